"""Neighbours of a vector: the interface, and FAISS in this process behind it. Knows ids, not articles.

An entry's id is chosen by the caller. A selection (which ids may be found) is applied inside the search, so that a
narrow scope still gets its full number of neighbours and nothing outside it ever leaves the index.
"""

import threading
from dataclasses import dataclass
from typing import Any, Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.errors import DimensionMismatch
from embeddings.id_set import Ids, IdSet
from embeddings.read_write_lock import ReadWriteLock

# Above this many vectors an exact search (every vector compared) takes longer than 5 ms on one core; from here on an
# inverted file with eight-bit codes is used. Measured in bench/search.py.
EXACT_LIMIT = 60_000
# Cells grow with the square root of the count; probing this share of them keeps recall@10 above 0.98.
_CELLS_PER_ROOT = 4
_PROBES = 16
# Vectors given to k-means per cell; fewer than 39 make FAISS warn, more only cost time.
_TRAINING_PER_CELL = 64

_per_thread = threading.local()
# The stubs that come with FAISS lack the keyword arguments its Python layer adds.
_faiss: Any = faiss


@dataclass(frozen=True)
class Selection:
    """The ids that may be found: bit `id` of `bits` is set. Ids past its end are not selected."""

    bits: NDArray[np.uint8]


class VectorIndex(Protocol):
    """Thread-safe: many searches at once, also while entries come and go."""

    @property
    def dimensions(self) -> int: ...

    def __len__(self) -> int: ...

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Put entries in; an id that is there already is replaced."""

    def remove(self, ids: Ids) -> int:
        """Take entries out; return how many were there."""

    def search(self, queries: Vectors, limit: int, selection: Selection | None = None) -> tuple[Vectors, Ids]:
        """Return inner products and ids, best first, one row per query; missing places have id -1."""


class FaissIndex:
    """FAISS in memory: exact up to EXACT_LIMIT entries, an inverted file with eight-bit codes above."""

    def __init__(self, dimensions: int, *, exact_limit: int = EXACT_LIMIT) -> None:
        self._dimensions = dimensions
        self._exact_limit = exact_limit
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimensions))
        self._is_exact = True
        self._known = IdSet()
        self._lock = ReadWriteLock()

    @property
    def dimensions(self) -> int:
        return self._dimensions

    @property
    def is_exact(self) -> bool:
        return self._is_exact

    def __len__(self) -> int:
        return len(self._known)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        self._check(vectors)
        _use_one_thread()
        with self._lock.writing():
            self._remove(ids)
            self._index.add_with_ids(np.ascontiguousarray(vectors), np.ascontiguousarray(ids))
            self._known.add(ids)
            if self._is_exact and len(self._known) > self._exact_limit:
                self._switch_to_cells()

    def remove(self, ids: Ids) -> int:
        with self._lock.writing():
            return self._remove(ids)

    def search(self, queries: Vectors, limit: int, selection: Selection | None = None) -> tuple[Vectors, Ids]:
        self._check(queries)
        _use_one_thread()
        with self._lock.reading():
            options = self._options(selection)
            scores, ids = self._index.search(np.ascontiguousarray(queries), limit, params=options)
        return scores, ids

    def to_bytes(self) -> tuple[NDArray[np.uint8], int]:
        """Return the index as bytes and the number of its entries."""
        with self._lock.reading():
            body: NDArray[np.uint8] = faiss.serialize_index(self._index)
            return body, len(self._known)

    @classmethod
    def from_bytes(cls, body: NDArray[np.uint8], dimensions: int) -> "FaissIndex":
        """Make an index from what `to_bytes` gave. Raises what FAISS raises when the bytes are not an index."""
        made = cls(dimensions)
        index: Any = faiss.deserialize_index(body)
        made._index = index
        made._is_exact = isinstance(index, faiss.IndexIDMap2)
        made._known.add(_ids_of(index))
        return made

    def _check(self, vectors: Vectors) -> None:
        if vectors.shape[1] != self._dimensions:
            raise DimensionMismatch(self._dimensions, vectors.shape[1])

    def _remove(self, ids: Ids) -> int:
        present = self._known.present(ids)
        if len(present):
            self._index.remove_ids(faiss.IDSelectorBatch(present))
            self._known.remove(present)
        return len(present)

    def _options(self, selection: Selection | None) -> Any:
        # FAISS writes into the options while it searches: every search needs its own.
        selector = {} if selection is None else {"sel": _faiss.IDSelectorBitmap(selection.bits)}
        if self._is_exact:
            return faiss.SearchParameters(**selector)
        return _faiss.SearchParametersIVF(nprobe=_PROBES, **selector)

    def _switch_to_cells(self) -> None:
        flat = self._index
        ids: Ids = faiss.vector_to_array(flat.id_map)
        vectors = flat.index.reconstruct_n(0, len(ids))
        cells = max(1, int(_CELLS_PER_ROOT * len(ids) ** 0.5))
        index = faiss.index_factory(self._dimensions, f"IVF{cells},SQ8", faiss.METRIC_INNER_PRODUCT)
        sample = np.random.default_rng(0).permutation(len(ids))[: cells * _TRAINING_PER_CELL]
        index.train(vectors[sample])
        index.add_with_ids(vectors, ids)
        self._index, self._is_exact = index, False


def _ids_of(index: Any) -> Ids:
    if isinstance(index, faiss.IndexIDMap2):
        flat: Ids = faiss.vector_to_array(index.id_map)
        return flat
    lists = index.invlists
    cells = [faiss.rev_swig_ptr(lists.get_ids(cell), lists.list_size(cell)).copy() for cell in range(lists.nlist)]
    ids: Ids = np.concatenate(cells).astype(np.int64)
    return ids


def _use_one_thread() -> None:
    # OpenMP counts per thread: each worker must set it, or one search would start as many threads as there are cores.
    if not getattr(_per_thread, "is_set", False):
        faiss.omp_set_num_threads(1)
        _per_thread.is_set = True
