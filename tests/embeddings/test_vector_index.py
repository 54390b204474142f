"""The promises of every VectorIndex: FAISS exact and with cells, pgvector exact and with its graph."""

import threading
from collections.abc import Callable, Iterator
from uuid import uuid4

import numpy as np
import pytest

from embeddings.encoder import Vectors, normalised
from embeddings.errors import DimensionMismatch
from embeddings.faiss_index import Codes, FaissIndex
from embeddings.id_set import Ids
from embeddings.pgvector_index import PgvectorIndex
from embeddings.vector_index import Selection, VectorIndex
from tests.vector_server import fresh_database, vector_server

DIMENSIONS = 24
COUNT = 2_400
Make = Callable[[], VectorIndex]


def vectors(count: int = COUNT, seed: int = 0) -> Vectors:
    """Clustered rows, as texts are."""
    generator = np.random.default_rng(seed)
    centres = generator.standard_normal((40, DIMENSIONS))
    rows = centres[generator.integers(0, 40, count)] + 0.4 * generator.standard_normal((count, DIMENSIONS))
    return normalised(rows.astype(np.float32))


def ids(count: int = COUNT, step: int = 32) -> Ids:
    return np.arange(count, dtype=np.int64) * step


def group(id_: int) -> str:
    """The group an entry is in: a hundredth of all, in turn."""
    return f"g{id_ // 32 % 100}"


def fill(index: VectorIndex, chosen: Ids, rows: Vectors) -> None:
    index.add(chosen, rows, groups=[group(int(id_)) for id_ in chosen])


def select(*groups: str) -> Selection:
    bits = np.zeros(COUNT * 32, dtype=bool)
    bits[[id_ for id_ in ids() if group(int(id_)) in groups]] = True
    return Selection(np.packbits(bits, bitorder="little"), groups, share=len(groups) / 100)


@pytest.fixture(scope="session")
def pgvector() -> Iterator[str]:
    """The URL of a server with pgvector."""
    with vector_server() as url:
        yield url


@pytest.fixture(params=["exact", "cells", "pgvector exact", "pgvector graph"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    kind, _, way = request.param.partition(" ")
    if kind != "pgvector":
        yield lambda: FaissIndex(DIMENSIONS, exact_limit=10**9 if kind == "exact" else 500)
        return
    server = request.getfixturevalue("pgvector")
    made: list[PgvectorIndex] = []

    def make_one() -> VectorIndex:
        url = fresh_database(server, f"v{uuid4().hex}")
        rows = 10**9 if way == "exact" else 50
        made.append(PgvectorIndex(url, encoder="e", dimensions=DIMENSIONS, exact_rows=rows))
        return made[-1]

    yield make_one
    for each in made:
        each.close()


@pytest.fixture
def index(make: Make) -> VectorIndex:
    made = make()
    fill(made, ids(), vectors())
    return made


def test_every_entry_finds_itself_first(index: VectorIndex) -> None:
    scores, found = index.search(vectors()[:200], 3)
    assert (found[:, 0] == ids()[:200]).mean() > 0.98
    assert (np.diff(scores, axis=1) <= 1e-6).all()
    assert len(index) == COUNT


def test_only_selected_ids_are_found_and_a_narrow_selection_is_full(index: VectorIndex) -> None:
    chosen = np.array([id_ for id_ in ids() if group(int(id_)) == "g7"])
    _, found = index.search(vectors()[:20], len(chosen), select("g7"))
    assert (np.sort(found, axis=1) == chosen).all()
    _, found = index.search(vectors()[:20], 10, select("g7", "g8"))
    assert {group(int(id_)) for id_ in found.ravel()} == {"g7", "g8"}
    _, found = index.search(vectors()[:2], 10, select())
    assert (found == -1).all()


def test_a_narrow_selection_finds_what_an_exact_search_finds(index: VectorIndex) -> None:
    exact = FaissIndex(DIMENSIONS)
    fill(exact, ids(), vectors())
    queries, narrow = vectors(50, seed=3), select("g1", "g2", "g3")
    assert recall(exact, index, queries, narrow) > 0.95


def test_removed_entries_are_not_found_and_removal_can_be_repeated(index: VectorIndex) -> None:
    gone = ids()[:5]
    assert index.remove(gone) == 5
    assert index.remove(gone) == 0
    assert len(index) == COUNT - 5
    _, found = index.search(vectors()[:5], 10)
    assert not np.isin(found, gone).any()


def test_adding_an_id_again_replaces_its_vector(index: VectorIndex) -> None:
    other = vectors(1, seed=9)
    index.add(ids()[:1], other)
    assert len(index) == COUNT
    scores, found = index.search(other, 1)
    # Eight-bit codes blur a direction the index has not been trained on.
    assert found[0, 0] == 0
    assert scores[0, 0] > 0.8


def test_entries_take_the_place_of_others_in_one_step(index: VectorIndex) -> None:
    index.add(ids()[:2] + 1, vectors(2, seed=9), groups=["x", "x"], instead_of=ids()[:3])
    assert len(index) == COUNT - 1
    _, found = index.search(vectors(2, seed=9), 1)
    assert found.ravel().tolist() == [1, 33]
    _, found = index.search(vectors()[:3], 10)
    assert not np.isin(found, ids()[:3]).any()


def test_missing_places_are_minus_one(make: Make) -> None:
    small = make()
    fill(small, ids(2), vectors(2))
    _, found = small.search(vectors(1), 5)
    assert sorted(found[0].tolist()) == [-1, -1, -1, 0, 32]


def test_an_empty_index_finds_nothing(make: Make) -> None:
    _, found = make().search(vectors(1), 3)
    assert found.tolist() == [[-1, -1, -1]]


def test_vectors_of_another_length_are_refused(index: VectorIndex) -> None:
    with pytest.raises(DimensionMismatch, match="Rebuild"):
        index.add(ids(1), np.zeros((1, DIMENSIONS + 1), dtype=np.float32))
    with pytest.raises(DimensionMismatch):
        index.search(np.zeros((1, 3), dtype=np.float32), 1)


def recall(exact: VectorIndex, other: VectorIndex, queries: Vectors, selection: Selection | None = None) -> float:
    wanted, found = exact.search(queries, 10, selection)[1], other.search(queries, 10, selection)[1]
    return float(np.mean([len(set(one) & set(two)) / 10 for one, two in zip(wanted, found, strict=True)]))


def test_every_index_finds_nearly_what_an_exact_search_finds(index: VectorIndex) -> None:
    exact = FaissIndex(DIMENSIONS)
    fill(exact, ids(), vectors())
    assert exact.is_exact
    assert recall(exact, index, vectors(100, seed=3)) > 0.9


def test_smaller_codes_find_less_and_take_less() -> None:
    exact, small = FaissIndex(DIMENSIONS), FaissIndex(DIMENSIONS, exact_limit=500, codes=Codes.PQ)
    for index in (exact, small):
        fill(index, ids(), vectors())
    assert 0.3 < recall(exact, small, vectors(100, seed=3)) < 1


def test_a_fill_that_is_announced_cuts_its_cells_once_for_all_of_it() -> None:
    announced = FaissIndex(DIMENSIONS, exact_limit=500, expected=COUNT)
    fill(announced, ids()[:1_200], vectors()[:1_200])
    assert announced.is_exact
    fill(announced, ids()[1_200:], vectors()[1_200:])
    assert not announced.is_exact
    assert len(announced) == COUNT


def test_an_index_that_has_outgrown_its_cells_is_cut_anew_and_loses_nothing() -> None:
    grown = FaissIndex(DIMENSIONS, exact_limit=100)
    for start in range(0, COUNT, 200):
        fill(grown, ids()[start : start + 200], vectors()[start : start + 200])
    assert len(grown) == COUNT
    _, found = grown.search(vectors(), 1)
    assert (found[:, 0] == ids()).mean() > 0.98


def test_searches_go_on_while_entries_come_and_go(index: VectorIndex) -> None:
    faults: list[BaseException] = []
    done = threading.Event()

    def keep_searching() -> None:
        try:
            while not done.is_set():
                _, found = index.search(vectors()[1000:1004], 5)
                assert (found >= 0).all()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=keep_searching) for _ in range(3)]
    for thread in threads:
        thread.start()
    for round_ in range(30):
        index.add(ids(20), vectors(20, seed=round_))
        index.remove(ids(20))
    done.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(index) == COUNT - 20
