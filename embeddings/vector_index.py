"""Neighbours of a vector: what every index promises. Knows ids and groups, not articles.

An entry's id is chosen by the caller. A selection (which entries may be found) is applied inside the search, so that a
narrow scope still gets its full number of neighbours and nothing outside it ever leaves the index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.id_set import Ids


@dataclass(frozen=True)
class Selection:
    """The entries that may be found, said twice: bit `id` of `bits` is set, and the group is one of `groups`.

    An index in memory reads the bits (ids past their end are not selected), an engine elsewhere the groups. `share`
    (0..1) is about which part of all entries is selected: it decides how widely an index looks, never what is found.
    """

    bits: NDArray[np.uint8]
    groups: tuple[str, ...] = ()
    share: float = 1.0


class VectorIndex(Protocol):
    """Thread-safe: many searches at once, also while entries come and go. May raise EngineUnavailable."""

    @property
    def dimensions(self) -> int: ...

    def __len__(self) -> int: ...

    def add(self, ids: Ids, vectors: Vectors, *, groups: Sequence[str] = (), instead_of: Ids | None = None) -> None:
        """Put entries in; an id that is there already is replaced.

        `groups` names the group of each entry, for the groups of a Selection. `instead_of` are ids that are taken out
        in the same step, so that nobody finds neither the old entries nor the new.
        """

    def remove(self, ids: Ids) -> int:
        """Take entries out; return how many were there."""

    def search(self, queries: Vectors, limit: int, selection: Selection | None = None) -> tuple[Vectors, Ids]:
        """Return inner products and ids, best first, one row per query; missing places have id -1.

        A place is missing only where fewer than `limit` entries are selected.
        """

    def close(self) -> None:
        """Give back what the index holds outside this process. It cannot be used afterwards. Safe to repeat."""
