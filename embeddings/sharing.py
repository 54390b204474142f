"""Let many callers share one encoder: concurrent queries go through it together, repeated ones not at all."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder, Vectors

# Searching as one types repeats queries (every client asks the popular ones); 1,024 numbers each make 16 MB at most.
CACHED_QUERIES = 4_096
# A batch larger than this takes a transformer longer than a reader should wait.
MAX_BATCH = 32


@dataclass
class _Job:
    text: str
    vector: NDArray[np.float32] | None = None
    error: Exception | None = None
    is_done: bool = field(default=False)


class SharedEncoder:
    """Wraps an encoder. Thread-safe.

    A query that comes while a batch is running waits for it and then goes with all others that wait: nobody waits for a
    timer, and under load the batches grow by themselves.
    """

    def __init__(self, encoder: Encoder, *, cached_queries: int = CACHED_QUERIES, max_batch: int = MAX_BATCH) -> None:
        self._encoder = encoder
        self._max_batch = max_batch
        self._cached_queries = cached_queries
        self._cache: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()
        self._pending: list[_Job] = []
        self._state = threading.Lock()
        self._running = threading.Lock()

    @property
    def name(self) -> str:
        return self._encoder.name

    @property
    def dimensions(self) -> int:
        return self._encoder.dimensions

    @property
    def waiting(self) -> int:
        """How many queries wait for the batch that is running."""
        with self._state:
            return len(self._pending)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_passages(texts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        found = [self._cached(text) for text in texts]
        jobs = {text: _Job(text) for text, vector in zip(texts, found, strict=True) if vector is None}
        with self._state:
            self._pending.extend(jobs.values())
        for job in jobs.values():
            self._finish(job)
        pairs = zip(texts, found, strict=True)
        rows = [self._result(jobs[text]) if vector is None else vector for text, vector in pairs]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dimensions)

    def _finish(self, job: _Job) -> None:
        while not job.is_done:
            with self._running:
                if not job.is_done:
                    self._run_batch()

    def _run_batch(self) -> None:
        with self._state:
            batch, self._pending = self._pending[: self._max_batch], self._pending[self._max_batch :]
        try:
            vectors = self._encoder.encode_queries([job.text for job in batch])
        except Exception as error:
            # Everybody in the batch must hear of it; the caller's thread alone would leave the others waiting.
            for job in batch:
                job.error, job.is_done = error, True
            return
        for job, vector in zip(batch, vectors, strict=True):
            job.vector, job.is_done = vector, True
            self._remember(job.text, vector)

    def _result(self, job: _Job) -> NDArray[np.float32]:
        if job.error is not None:
            raise job.error
        if job.vector is None:
            raise RuntimeError("a finished query has no vector")
        return job.vector

    def _cached(self, text: str) -> NDArray[np.float32] | None:
        with self._state:
            key = _key(text)
            vector = self._cache.get(key)
            if vector is not None:
                self._cache.move_to_end(key)
            return vector

    def _remember(self, text: str, vector: NDArray[np.float32]) -> None:
        with self._state:
            self._cache[_key(text)] = vector
            if len(self._cache) > self._cached_queries:
                self._cache.popitem(last=False)


def _key(text: str) -> bytes:
    # The hash and not the text: what readers typed must not lie about in memory.
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
