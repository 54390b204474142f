"""The one interface between text and vectors. Owns the contract and its small shared arithmetic, loads nothing."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors of length one, so that the inner product is the cosine.

    Thread-safe. `name` is stored beside every vector: two encoders with one name must give the same vectors.
    Queries and passages are apart because many models put a different prompt before each.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text, float32, in order. A text without any known token gives a row of zeros."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text, float32, in order. A text without any known token gives a row of zeros."""


def normalised(vectors: Vectors) -> Vectors:
    """Return the rows scaled to length one; rows of zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return scaled
