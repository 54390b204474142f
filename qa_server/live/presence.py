"""Who is connected right now. A hint: it is empty after a restart and fills as people come back."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Protocol
from uuid import UUID

from qa_server.live.audience import Stop

# A librarian, by id; or a reader in a conversation: ("reader", id of the conversation).
PresenceKey = UUID | tuple[str, UUID]


@dataclass(frozen=True)
class Sighting:
    """Somebody was found to have come or gone, without a word that this process heard."""

    key: PresenceKey
    is_here: bool


class Presence(Protocol):
    """Counts connections per key; somebody with two tabs is present until both are gone.

    Thread-safe, and nothing but `stop` blocks. "Here" is this process, and every other one whose word reached it.
    """

    def start(self) -> None:
        """Begin to exchange with other processes. Does not block and does not fail."""

    def stop(self) -> None:
        """End the exchange; blocks for seconds at most."""

    def arrive(self, key: PresenceKey) -> bool:
        """Count one more connection to this process; return whether it is the first one anywhere."""

    def leave(self, key: PresenceKey) -> bool:
        """Count one connection to this process less; return whether it was the last one anywhere."""

    def is_present(self, key: PresenceKey) -> bool:
        """Say whether at least one connection is open, anywhere."""

    def is_any_present(self, keys: Collection[PresenceKey]) -> bool:
        """Say whether one of these is connected, anywhere."""

    def librarians(self) -> list[UUID]:
        """Return the ids of librarians connected to this process, which keeps their leases."""

    def watch(self, listener: Callable[[Sequence[Sighting]], None]) -> Stop:
        """Call `listener`, in a thread of its own, with who came to or left other processes; return what stops it.

        Told are changes of the whole: not that somebody who is connected to this process left another one.
        """


class MemoryPresence:
    """Who is connected to this process, and nobody else."""

    def __init__(self) -> None:
        self._counts: Counter[PresenceKey] = Counter()
        self._lock = Lock()

    def start(self) -> None:
        """Nothing to begin."""

    def stop(self) -> None:
        """Nothing to end."""

    def arrive(self, key: PresenceKey) -> bool:
        """Count one more connection; return whether it is the first."""
        with self._lock:
            self._counts[key] += 1
            return self._counts[key] == 1

    def leave(self, key: PresenceKey) -> bool:
        """Count one connection less; return whether it was the last."""
        with self._lock:
            self._counts[key] -= 1
            if self._counts[key] > 0:
                return False
            del self._counts[key]
            return True

    def is_present(self, key: PresenceKey) -> bool:
        """Say whether at least one connection is open."""
        with self._lock:
            return key in self._counts

    def is_any_present(self, keys: Collection[PresenceKey]) -> bool:
        """Say whether one of these is connected."""
        with self._lock:
            return any(key in self._counts for key in keys)

    def librarians(self) -> list[UUID]:
        """Return the ids of connected librarians."""
        with self._lock:
            return [key for key in self._counts if isinstance(key, UUID)]

    def keys(self) -> frozenset[PresenceKey]:
        """Return everybody connected."""
        with self._lock:
            return frozenset(self._counts)

    def watch(self, listener: Callable[[Sequence[Sighting]], None]) -> Stop:
        """Never call `listener`: there is no other process."""
        return lambda: None
