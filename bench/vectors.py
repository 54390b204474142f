"""Measure the ways to keep vectors, on clustered vectors made here: the table that the rules of faiss_index.py rest on.

Recall is against an exact search, the first 10 of all vectors, of a selection of 8 % of them, and of one of 0.1 %. The
row "as Wenjin does it" is the product's own index with its own rules; the others are what it was chosen from. A million
vectors take more than five times as long as the 200,000 it takes unless told otherwise.

    python -m bench.vectors [--vectors 200000] [--dimensions 256] [--pq]
"""

import argparse
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import faiss
import numpy as np

from bench.figures import table
from embeddings.encoder import Vectors, normalised
from embeddings.faiss_index import FaissIndex
from embeddings.id_set import Ids
from embeddings.vector_index import Selection

_faiss: Any = faiss
_LATENT = 32
_TOPICS, _SUBJECTS = 600, 20_000
_AT_ONCE = 50_000
_QUERIES = 60
_WANTED = 10
# As the product trains its own: more makes the table slower and hardly another.
_TRAINING_PER_CELL = 40
_ROUNDS = 8
_SHARES = (1.0, 0.08, 0.001)
Options = Callable[[dict[str, Any]], Any]
Ask = Callable[[Vectors, Selection | None], Ids]


@dataclass(frozen=True)
class Tried:
    """A kind of index: how long it took to build, what it takes in bytes, and how it is asked."""

    name: str
    build_seconds: float
    size: int
    ask: Ask


def clustered(dimensions: int) -> Callable[[int, int], Vectors]:
    """Return what makes so many vectors from a seed: subjects within topics, of few true dimensions, as texts have."""
    generator = np.random.default_rng(0)
    topics = generator.standard_normal((_TOPICS, _LATENT), dtype=np.float32)
    near = 0.6 * generator.standard_normal((_SUBJECTS, _LATENT), dtype=np.float32)
    subjects = topics[generator.integers(0, _TOPICS, _SUBJECTS)] + near
    turn = generator.standard_normal((_LATENT, dimensions), dtype=np.float32) / np.float32(_LATENT**0.5)

    def make(count: int, seed: int) -> Vectors:
        own = np.random.default_rng(seed)
        latent = subjects[own.integers(0, _SUBJECTS, count)]
        latent = latent + 0.35 * own.standard_normal((count, _LATENT), dtype=np.float32)
        return normalised(latent @ turn + 0.15 * own.standard_normal((count, dimensions), dtype=np.float32))

    return make


def main() -> None:
    """Build each kind of index and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", type=int, default=200_000)
    parser.add_argument("--dimensions", type=int, default=256)
    parser.add_argument("--pq", action="store_true", help="the compressed kinds too, which take longest to build")
    options = parser.parse_args()
    faiss.omp_set_num_threads(1)
    make = clustered(options.dimensions)
    count: int = options.vectors
    rows = np.concatenate([make(min(_AT_ONCE, count - at), at) for at in range(0, count, _AT_ONCE)])
    queries = make(_QUERIES, count + 1)
    owners = np.random.default_rng(5).random(count)
    selections = [Selection(np.packbits(owners < share, bitorder="little"), share=share) for share in _SHARES]
    flat = faiss.IndexFlatIP(options.dimensions)
    flat.add(rows)
    exact = _asking(flat, _plain)
    truths = [_found(exact, queries, selection)[1] for selection in selections]
    head = ["index", "build s", "bytes a vector"]
    head += [name for share in _SHARES for name in (f"ms, {share:.1%}", "recall@10")]
    lines = []
    for tried in _indexes(rows, flat, with_pq=options.pq):
        line: list[object] = [tried.name, round(tried.build_seconds, 1), tried.size // count]
        for selection, truth in zip(selections, truths, strict=True):
            took, found = _found(tried.ask, queries, selection)
            shared = [len(set(one) & set(two)) / _WANTED for one, two in zip(found, truth, strict=True)]
            line += [round(took, 2), round(float(np.mean(shared)), 3)]
        lines.append(line)
    print(table(head, lines))


def _indexes(rows: Vectors, flat: Any, *, with_pq: bool) -> Iterator[Tried]:
    yield _ours(rows)
    yield Tried("exact", 0.0, flat.ntotal * flat.code_size, _asking(flat, _plain))
    yield _built(rows, "SQ8", {"SQ8, every one": _plain})[0]
    cells = min(4_096, int(2 * len(rows) ** 0.5))
    for codes in ("SQ8", f"PQ{rows.shape[1] // 4}")[: 1 + with_pq]:
        searched = sorted({8, 16, min(16 * 12, cells), cells})
        names = {f"{cells} cells, {codes}, {probes} searched": _probing(probes) for probes in searched}
        yield from _built(rows, f"IVF{cells},{codes}", names)
    names = {"graph HNSW16, SQ8, ef 128": lambda given: _faiss.SearchParametersHNSW(efSearch=128, **given)}
    yield from _built(rows, "HNSW16_SQ8", names)


def _plain(given: dict[str, Any]) -> Any:
    return faiss.SearchParameters(**given)


def _probing(probes: int) -> Options:
    return lambda given: _faiss.SearchParametersIVF(nprobe=probes, **given)


def _ours(rows: Vectors) -> Tried:
    """The product's own index, which chooses by its own rules."""
    began = time.perf_counter()
    index = FaissIndex(rows.shape[1], expected=len(rows))
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        index.add(np.arange(start, start + len(part), dtype=np.int64), part)
    took = time.perf_counter() - began
    file = io.BytesIO()
    index.write_to(file)

    def ask(query: Vectors, selection: Selection | None) -> Ids:
        found: Ids = index.search(query, _WANTED, selection)[1][0]
        return found

    return Tried("as Wenjin does it", took, file.tell(), ask)


def _built(rows: Vectors, kind: str, asked: dict[str, Options]) -> list[Tried]:
    began = time.perf_counter()
    index: Any = faiss.index_factory(rows.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    if hasattr(index, "cp"):
        index.cp.niter = _ROUNDS
        index.cp.min_points_per_centroid = 1
    if hasattr(index, "pq"):
        # Left alone, 64 parts of a vector learn for minutes, each in 25 rounds over 65,000 vectors.
        index.pq.cp.niter, index.pq.cp.max_points_per_centroid = _ROUNDS, _TRAINING_PER_CELL
        index.pq.cp.min_points_per_centroid = 1
    sample = _TRAINING_PER_CELL * getattr(index, "nlist", 1_000)
    index.train(rows[np.random.default_rng(0).permutation(len(rows))[:sample]])
    for start in range(0, len(rows), _AT_ONCE):
        index.add(rows[start : start + _AT_ONCE])
    took, size = time.perf_counter() - began, len(faiss.serialize_index(index))
    return [Tried(name, took, size, _asking(index, options)) for name, options in asked.items()]


def _asking(index: Any, options: Options) -> Ask:
    def ask(query: Vectors, selection: Selection | None) -> Ids:
        given = {} if selection is None else {"sel": _faiss.IDSelectorBitmap(selection.bits)}
        found: Ids = index.search(query, _WANTED, params=options(given))[1][0]
        return found

    return ask


def _found(ask: Ask, queries: Vectors, selection: Selection) -> tuple[float, Ids]:
    """Return milliseconds on a core a query and the ids found, one query at a time as readers come."""
    chosen = None if selection.share == 1 else selection
    began = time.thread_time()
    found = [ask(queries[place : place + 1], chosen) for place in range(len(queries))]
    return 1000 * (time.thread_time() - began) / len(queries), np.array(found)


if __name__ == "__main__":
    main()
