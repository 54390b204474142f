"""The promises of every VectorIndex, exact and with cells."""

import threading
from collections.abc import Callable

import numpy as np
import pytest

from embeddings.encoder import Vectors, normalised
from embeddings.errors import DimensionMismatch
from embeddings.id_set import Ids
from embeddings.vector_index import FaissIndex, Selection, VectorIndex

DIMENSIONS = 24
COUNT = 4_000
Make = Callable[[], VectorIndex]


def vectors(count: int = COUNT, seed: int = 0) -> Vectors:
    """Clustered rows, as texts are."""
    generator = np.random.default_rng(seed)
    centres = generator.standard_normal((40, DIMENSIONS))
    rows = centres[generator.integers(0, 40, count)] + 0.4 * generator.standard_normal((count, DIMENSIONS))
    return normalised(rows.astype(np.float32))


def ids(count: int = COUNT, step: int = 32) -> Ids:
    return np.arange(count, dtype=np.int64) * step


def select(chosen: Ids) -> Selection:
    bits = np.zeros(COUNT * 32, dtype=bool)
    bits[chosen] = True
    return Selection(np.packbits(bits, bitorder="little"))


@pytest.fixture(params=["exact", "cells"])
def make(request: pytest.FixtureRequest) -> Make:
    limit = 10**9 if request.param == "exact" else 500
    return lambda: FaissIndex(DIMENSIONS, exact_limit=limit)


@pytest.fixture
def index(make: Make) -> VectorIndex:
    made = make()
    made.add(ids(), vectors())
    return made


def test_every_entry_finds_itself_first(index: VectorIndex) -> None:
    scores, found = index.search(vectors()[:200], 3)
    assert (found[:, 0] == ids()[:200]).mean() > 0.98
    assert (np.diff(scores, axis=1) <= 1e-6).all()
    assert len(index) == COUNT


def test_only_selected_ids_are_found_and_a_narrow_selection_is_full(index: VectorIndex) -> None:
    chosen = ids()[100:110]
    _, found = index.search(vectors()[:50], 10, select(chosen))
    present = found[found >= 0]
    assert set(present.tolist()) <= set(chosen.tolist())
    if getattr(index, "is_exact", True):
        assert (np.sort(found, axis=1) == chosen).all()


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


def test_missing_places_are_minus_one(make: Make) -> None:
    small = make()
    small.add(ids(2), vectors(2))
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


def test_cells_find_nearly_what_an_exact_search_finds() -> None:
    exact, cells = FaissIndex(DIMENSIONS), FaissIndex(DIMENSIONS, exact_limit=500)
    for index in (exact, cells):
        index.add(ids(), vectors())
    assert (exact.is_exact, cells.is_exact) == (True, False)
    queries = vectors(100, seed=3)
    wanted, found = exact.search(queries, 10)[1], cells.search(queries, 10)[1]
    recall = np.mean([len(set(one) & set(other)) / 10 for one, other in zip(wanted, found, strict=True)])
    assert recall > 0.9


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
