"""FAISS in the memory of this process: exact while small, cells of compressed vectors when large.

The rules below were measured on a million clustered vectors; docs/search.md has the table.
"""

import threading
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, BinaryIO

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.errors import DimensionMismatch
from embeddings.id_set import Ids, IdSet
from embeddings.read_write_lock import ReadWriteLock
from embeddings.vector_index import Selection

# Above this many vectors an exact search (every vector compared) takes longer than 5 ms on one core; from here on an
# inverted file with compressed vectors is used.
EXACT_LIMIT = 60_000
# Cells grow with the square root of the count, up to where training them takes longer than a minute on one core. The
# nearest cells are found by comparing them all: a graph over the cells is slower to build and cannot name every cell.
_CELLS_PER_ROOT = 2
_MAX_CELLS = 4_096
# At least this many cells are searched, and so many more that about this many selected vectors are compared, or ten
# for each one wanted: with fewer a narrow selection loses what lies just beyond the nearest cells.
_PROBES = 16
_COMPARED = 1_000
_COMPARED_PER_HIT = 10
# Vectors given to k-means per cell and rounds of it, kept small because they decide how long a build takes.
_TRAINING_PER_CELL = 40
_TRAINING_ROUNDS = 8
# An index that has grown to so many times of what its cells were made for is cut into cells anew.
_OUTGROWN = 4
_DECODED_AT_ONCE = 50_000

_per_thread = threading.local()
# The stubs that come with FAISS lack the keyword arguments its Python layer adds.
_faiss: Any = faiss


class Codes(StrEnum):
    """How vectors are kept above EXACT_LIMIT: one byte per number, or a quarter of that with much less recall."""

    SQ8 = "sq8"
    PQ = "pq"


class FaissIndex:
    """A VectorIndex in memory: exact up to `exact_limit` entries, cells of compressed vectors above.

    `expected` is how many entries a fill will bring, so that the cells are cut once and for that many.
    """

    def __init__(
        self, dimensions: int, *, exact_limit: int = EXACT_LIMIT, expected: int = 0, codes: Codes = Codes.SQ8
    ) -> None:
        self._dimensions = dimensions
        self._exact_limit = exact_limit
        self._expected = expected
        self._codes = codes
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimensions))
        # 0 while exact; else how many entries the cells were cut for.
        self._cut_for = 0
        self._known = IdSet()
        # Writers take turns with `_changing` and hold `_lock` only for the moment in which a search may not look.
        self._changing = threading.Lock()
        self._lock = ReadWriteLock()

    @property
    def dimensions(self) -> int:
        return self._dimensions

    @property
    def is_exact(self) -> bool:
        return not self._cut_for

    def __len__(self) -> int:
        return len(self._known)

    def add(self, ids: Ids, vectors: Vectors, *, groups: Sequence[str] = (), instead_of: Ids | None = None) -> None:
        self._check(vectors)
        _use_one_thread()
        with self._changing:
            with self._lock.writing():
                if instead_of is not None:
                    self._remove(instead_of)
                self._remove(ids)
                self._index.add_with_ids(np.ascontiguousarray(vectors), np.ascontiguousarray(ids))
                self._known.add(ids)
            if self._has_outgrown():
                # Takes seconds; searches go on in the old index.
                fresh, count = self._recut()
                with self._lock.writing():
                    self._index, self._cut_for = fresh, count

    def remove(self, ids: Ids) -> int:
        with self._changing, self._lock.writing():
            return self._remove(ids)

    def search(self, queries: Vectors, limit: int, selection: Selection | None = None) -> tuple[Vectors, Ids]:
        self._check(queries)
        _use_one_thread()
        rows = np.ascontiguousarray(queries)
        with self._lock.reading():
            probes = self._probes(selection, limit)
            scores, ids = self._index.search(rows, limit, params=self._options(selection, probes))
            if probes < self._cells and (ids[:, -1] < 0).any():
                # The cells looked into did not hold enough that is selected: look into all.
                scores, ids = self._index.search(rows, limit, params=self._options(selection, self._cells))
        return scores, ids

    def close(self) -> None:
        """Nothing is held outside this process."""

    def write_to(self, file: BinaryIO) -> int:
        """Write the index as FAISS does and return the number of its entries. Searches go on, changes wait."""
        with self._changing:
            _faiss.write_index(self._index, _faiss.PyCallbackIOWriter(file.write))
            return len(self._known)

    @classmethod
    def read_from(cls, file: BinaryIO, dimensions: int, *, codes: Codes = Codes.SQ8) -> "FaissIndex":
        """Make an index from what `write_to` wrote. Raises what FAISS raises when it is not an index."""
        made = cls(dimensions, codes=codes)
        index: Any = _faiss.read_index(_faiss.PyCallbackIOReader(file.read))
        made._index = index
        if not isinstance(index, faiss.IndexIDMap2):
            made._cut_for = max(int(index.ntotal), (int(index.nlist) // _CELLS_PER_ROOT) ** 2)
        made._known.add(_ids_of(index))
        return made

    @property
    def _cells(self) -> int:
        return 0 if self.is_exact else int(self._index.nlist)

    def _check(self, vectors: Vectors) -> None:
        if vectors.shape[1] != self._dimensions:
            raise DimensionMismatch(self._dimensions, vectors.shape[1])

    def _remove(self, ids: Ids) -> int:
        present = self._known.present(ids)
        if len(present):
            self._index.remove_ids(faiss.IDSelectorBatch(present))
            self._known.remove(present)
        return len(present)

    def _probes(self, selection: Selection | None, limit: int) -> int:
        if self.is_exact:
            return 0
        share = 1.0 if selection is None else selection.share
        selected_per_cell = max(len(self._known) * share / self._cells, 1e-6)
        wanted = max(_COMPARED, _COMPARED_PER_HIT * limit) / selected_per_cell
        return int(min(self._cells, max(_PROBES, wanted)))

    def _options(self, selection: Selection | None, probes: int) -> Any:
        # FAISS writes into the options while it searches: every search needs its own.
        selector = {} if selection is None else {"sel": _faiss.IDSelectorBitmap(selection.bits)}
        if self.is_exact:
            return faiss.SearchParameters(**selector)
        return _faiss.SearchParametersIVF(nprobe=probes, **selector)

    def _has_outgrown(self) -> bool:
        count = len(self._known)
        if not self.is_exact:
            return count > _OUTGROWN * self._cut_for
        enough = min(self._expected, _cells_for(self._expected) * _TRAINING_PER_CELL)
        return count > self._exact_limit and count >= enough

    def _recut(self) -> tuple[Any, int]:
        count = max(len(self._known), self._expected)
        index = _new_cells(self._dimensions, _cells_for(count), self._codes)
        sample = np.random.default_rng(0).random(len(self._known)) < index.nlist * _TRAINING_PER_CELL / len(self._known)
        start, chosen = 0, []
        for _, vectors in _entries_of(self._index):
            chosen.append(vectors[sample[start : start + len(vectors)]])
            start += len(vectors)
        index.train(np.concatenate(chosen))
        for ids, vectors in _entries_of(self._index):
            index.add_with_ids(vectors, ids)
        return index, count


def _cells_for(count: int) -> int:
    return int(min(_MAX_CELLS, max(1, _CELLS_PER_ROOT * count**0.5)))


def _new_cells(dimensions: int, cells: int, codes: Codes) -> Any:
    coded = "SQ8" if codes is Codes.SQ8 or dimensions % 4 else f"PQ{dimensions // 4}"
    index: Any = faiss.index_factory(dimensions, f"IVF{cells},{coded}", faiss.METRIC_INNER_PRODUCT)
    index.cp.niter = _TRAINING_ROUNDS
    # FAISS warns on standard output when it has fewer vectors per cell than this.
    index.cp.min_points_per_centroid = 1
    return index


def _entries_of(index: Any) -> Iterator[tuple[Ids, Vectors]]:
    """Yield the ids and vectors of an index in parts, always in the same order."""
    if isinstance(index, faiss.IndexIDMap2):
        every: Ids = faiss.vector_to_array(index.id_map)
        for start in range(0, len(every), _DECODED_AT_ONCE):
            part = every[start : start + _DECODED_AT_ONCE]
            yield part, index.index.reconstruct_n(start, len(part))
        return
    for cell in range(index.nlist):
        if index.invlists.list_size(cell):
            yield _ids_in(index, cell), index.sa_decode(_codes_in(index, cell))


def _ids_of(index: Any) -> Ids:
    if isinstance(index, faiss.IndexIDMap2):
        every: Ids = faiss.vector_to_array(index.id_map)
        return every
    return np.concatenate([_ids_in(index, cell) for cell in range(index.nlist) if index.invlists.list_size(cell)])


def _ids_in(index: Any, cell: int) -> Ids:
    lists = index.invlists
    ids: Ids = faiss.rev_swig_ptr(lists.get_ids(cell), lists.list_size(cell)).astype(np.int64)
    return ids


def _codes_in(index: Any, cell: int) -> NDArray[np.uint8]:
    """Return the codes of one cell as FAISS's own codec reads them: the number of the cell before each code."""
    lists, size = index.invlists, index.invlists.list_size(cell)
    codes = faiss.rev_swig_ptr(lists.get_codes(cell), size * lists.code_size).reshape(size, lists.code_size)
    number = np.frombuffer(cell.to_bytes(index.coarse_code_size(), "little"), dtype=np.uint8)
    return np.hstack([np.tile(number, (size, 1)), codes])


def _use_one_thread() -> None:
    # OpenMP counts per thread: each worker must set it, or one search would start as many threads as there are cores.
    if not getattr(_per_thread, "is_set", False):
        faiss.omp_set_num_threads(1)
        _per_thread.is_set = True
