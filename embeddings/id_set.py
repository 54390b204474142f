"""A set of small whole numbers as one bit each: a million ids in a few hundred kilobytes instead of 60 MB."""

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
_BITS = 8


class IdSet:
    """Holds ids of 0 and up. Not thread-safe: its owner holds a lock."""

    def __init__(self) -> None:
        self._bits = np.zeros(1, dtype=np.uint8)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def present(self, ids: Ids) -> Ids:
        """Return those of `ids` that are in the set, each once."""
        inside = np.unique(ids[ids < len(self._bits) * _BITS])
        found: Ids = inside[(self._bits[inside >> 3] >> (inside & 7).astype(np.uint8)) & 1 == 1]
        return found

    def add(self, ids: Ids) -> None:
        """Put `ids` in; those already there stay."""
        if not len(ids):
            return
        self._grow(int(ids.max()))
        fresh = np.setdiff1d(ids, self.present(ids))
        np.bitwise_or.at(self._bits, fresh >> 3, np.left_shift(1, fresh & 7).astype(np.uint8))
        self._count += len(fresh)

    def remove(self, ids: Ids) -> None:
        """Take `ids` out; those not there are ignored."""
        gone = self.present(ids)
        np.bitwise_and.at(self._bits, gone >> 3, ~np.left_shift(1, gone & 7).astype(np.uint8))
        self._count -= len(gone)

    def _grow(self, largest: int) -> None:
        needed = (largest >> 3) + 1
        if needed > len(self._bits):
            grown = np.zeros(max(needed, 2 * len(self._bits)), dtype=np.uint8)
            grown[: len(self._bits)] = self._bits
            self._bits = grown
