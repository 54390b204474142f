"""Finds questions that say the same, or nearly, among many: exactly by their folded words, nearly by shared pairs.

Near ones are looked up by a few hashes of their character pairs (MinHash in bands) and then compared in full. A hundred
thousand questions take some 80 MB. Pure but for the memory.
"""

from array import array
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from knowledge.wordings import said_in

# With two hashes in each of eight bands, of questions that share three quarters of their pairs 99.8 % are looked at.
_BANDS, _ROWS = 8, 2
NEAR = 0.75
# As many others as share a band are compared; a band that thousands share ("图书馆") tells nothing.
_MAX_LOOKED_AT = 24
# Of sixteen hashes two like questions share twelve on average, and fewer than eight in one case of a hundred.
_MIN_SHARED = 8
# So many of the closest are compared pair by pair.
_MAX_COMPARED = 4
# "Room 100" and "room 1000" have the very same pairs: only the same words are wholly alike.
_MOST_WHEN_NEAR = 0.99
_PRIME = np.uint64(4_294_967_311)
_SEEDS = np.random.default_rng(20261124).integers(1, 2**32 - 1, size=(2, _BANDS * _ROWS), dtype=np.uint64)


@dataclass(frozen=True)
class Like:
    """Another question that is like this one: its place among those put in, and how much is shared, 0 to 1."""

    place: int
    likeness: float


class Questions:
    """Questions put in one after another; each asks for the first that is like it."""

    def __init__(self) -> None:
        self._said: list[str] = []
        self._exact: dict[str, int] = {}
        self._signatures: NDArray[np.uint32] = np.zeros((1024, _BANDS * _ROWS), dtype=np.uint32)
        self._heads: list[dict[int, int]] = [{} for _ in range(_BANDS)]
        self._next: list[array[int]] = [array("l") for _ in range(_BANDS)]

    def __len__(self) -> int:
        return len(self._said)

    def find(self, question: str) -> Like | None:
        """Return the first that says the same, else the closest that shares three quarters of its pairs."""
        said = said_in(question)
        if said in self._exact:
            return Like(self._exact[said], 1.0)
        pairs = _pairs(said)
        if len(pairs) < 2:
            return None
        places = self._candidates(_signature(pairs))
        likes = [Like(place, _jaccard(pairs, _pairs(self._said[place]))) for place in places]
        best = max(likes, key=lambda like: (like.likeness, -like.place), default=None)
        return best if best is not None and best.likeness >= NEAR else None

    def put(self, question: str) -> int:
        """Put a question in; return its place."""
        said, place = said_in(question), len(self._said)
        self._said.append(said)
        self._exact.setdefault(said, place)
        pairs = _pairs(said)
        if place >= len(self._signatures):
            self._signatures = np.concatenate([self._signatures, np.zeros_like(self._signatures)])
        has_pairs = len(pairs) >= 2
        if has_pairs:
            self._signatures[place] = _signature(pairs)
        bands = _bands(self._signatures[place]) if has_pairs else [-1] * _BANDS
        for band, value in enumerate(bands):
            self._next[band].append(self._heads[band].get(value, -1) if value >= 0 else -1)
            if value >= 0:
                self._heads[band][value] = place
        return place

    def _candidates(self, signature: NDArray[np.uint32]) -> list[int]:
        found: set[int] = set()
        for band, value in enumerate(_bands(signature)):
            place = self._heads[band].get(value, -1)
            for _ in range(_MAX_LOOKED_AT):
                if place < 0:
                    break
                found.add(place)
                place = self._next[band][place]
        if not found:
            return []
        places = np.fromiter(sorted(found), np.int64, len(found))
        shared = (self._signatures[places] == signature).sum(axis=1)
        closest = np.argsort(-shared, kind="stable")[:_MAX_COMPARED]
        return [int(places[each]) for each in closest if shared[each] >= _MIN_SHARED]


def _pairs(said: str) -> frozenset[str]:
    return frozenset(said[place : place + 2] for place in range(len(said) - 1))


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return min(_MOST_WHEN_NEAR, len(one & other) / (len(one | other) or 1))


def _signature(pairs: frozenset[str]) -> NDArray[np.uint32]:
    hashes: NDArray[np.uint64] = np.fromiter((crc32(pair.encode()) for pair in pairs), np.uint64, len(pairs))
    mixed = (hashes[:, None] * _SEEDS[0] + _SEEDS[1]) % _PRIME
    least: NDArray[np.uint32] = mixed.min(axis=0).astype(np.uint32)
    return least


def _bands(signature: NDArray[np.uint32]) -> list[int]:
    values = signature.tolist()
    return [values[place] << 32 | values[place + 1] for place in range(0, _BANDS * _ROWS, _ROWS)]
