"""A saved index comes back as it was, or is refused."""

from pathlib import Path

import numpy as np
import pytest

from embeddings.errors import IndexFileUnusable
from embeddings.faiss_index import FaissIndex
from embeddings.index_file import IndexHeader, load_index, save_index
from tests.embeddings.test_vector_index import COUNT, DIMENSIONS, ids, vectors


@pytest.fixture(params=["exact", "cells"])
def index(request: pytest.FixtureRequest) -> FaissIndex:
    made = FaissIndex(DIMENSIONS, exact_limit=10**9 if request.param == "exact" else 500)
    made.add(ids(), vectors())
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "vectors.index"


def test_a_saved_index_finds_the_same_and_can_go_on(index: FaissIndex, path: Path) -> None:
    header = save_index(index, path, encoder="e", change_number=7, mark="m")
    loaded, again = load_index(path, encoder="e", dimensions=DIMENSIONS)
    assert header == again == IndexHeader("e", DIMENSIONS, COUNT, 7, "m")
    assert loaded.is_exact is index.is_exact
    for one, other in zip(index.search(vectors()[:50], 5), loaded.search(vectors()[:50], 5), strict=True):
        np.testing.assert_array_equal(one, other)
    assert loaded.remove(ids()[:3]) == 3
    loaded.add(ids()[:1], vectors(1, seed=5))
    assert len(loaded) == COUNT - 2


def test_saving_again_replaces_the_file_and_leaves_no_draft(index: FaissIndex, path: Path) -> None:
    save_index(index, path, encoder="e", change_number=1)
    save_index(index, path, encoder="e", change_number=2)
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert load_index(path, encoder="e", dimensions=DIMENSIONS)[1].change_number == 2


@pytest.mark.parametrize("place", [0, 20, 60, -1])
def test_one_changed_byte_is_noticed(index: FaissIndex, path: Path, place: int) -> None:
    save_index(index, path, encoder="e", change_number=1)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(IndexFileUnusable, match="rebuilt"):
        load_index(path, encoder="e", dimensions=DIMENSIONS)


def test_a_cut_or_missing_file_and_another_encoder_are_refused(index: FaissIndex, path: Path) -> None:
    with pytest.raises(IndexFileUnusable, match="no such file"):
        load_index(path, encoder="e", dimensions=DIMENSIONS)
    save_index(index, path, encoder="e", change_number=1)
    for encoder, dimensions in (("other", DIMENSIONS), ("e", 8)):
        with pytest.raises(IndexFileUnusable, match="of the encoder e"):
            load_index(path, encoder=encoder, dimensions=dimensions)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(IndexFileUnusable, match="checksum"):
        load_index(path, encoder="e", dimensions=DIMENSIONS)
