"""How the vectors of a text's tokens become one: the modes of sentence-transformers' Pooling module."""

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors

POOLING_MODES = ("cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken")


def pooled(tokens: Vectors, mask: NDArray[np.int64], modes: tuple[str, ...]) -> Vectors:
    """Return one row per text, the modes side by side; `tokens` is (texts, tokens, numbers), filled up on the right.

    A text without any token gives a row of zeros.
    """
    rows = np.concatenate([_pooled(tokens, mask, mode) for mode in modes], axis=1)
    rows[mask.sum(axis=1) == 0] = 0
    return rows.astype(np.float32, copy=False)


def _pooled(tokens: Vectors, mask: NDArray[np.int64], mode: str) -> Vectors:
    counts = np.maximum(mask.sum(axis=1), 1)
    if mode == "cls":
        first: Vectors = tokens[:, 0]
        return first
    if mode == "lasttoken":
        last: Vectors = tokens[np.arange(len(tokens)), counts - 1]
        return last
    if mode == "max":
        most: Vectors = np.where(mask[:, :, None] == 1, tokens, -np.inf).max(axis=1)
        return most
    weights = mask.astype(np.float32)
    if mode == "weightedmean":
        weights = weights * np.arange(1, mask.shape[1] + 1, dtype=np.float32)
    sums = np.einsum("tn,tnd->td", weights, tokens)
    lengths = np.sqrt(counts) if mode == "mean_sqrt_len_tokens" else np.maximum(weights.sum(axis=1), 1e-9)
    means: Vectors = sums / lengths[:, None]
    return means
