"""Announcements on their way from the threads that make them to the one thread that sends them. Bounded."""

from collections import deque
from dataclasses import dataclass
from threading import Condition

from qa_server.live.announcements import Announcement


@dataclass(frozen=True)
class Handful:
    """What is to be sent next, in order. `has_lost` says that something before it was thrown away."""

    items: list[Announcement]
    has_lost: bool


class Outbox:
    """Holds at most `limit` announcements and throws away what comes on top. Thread-safe."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: deque[Announcement] = deque()
        self._has_lost = False
        self._is_closed = False
        self._changed = Condition()

    def put(self, announcement: Announcement) -> None:
        """Add an announcement without waiting; when the outbox is full or closed it is lost."""
        with self._changed:
            if self._is_closed or len(self._items) >= self._limit:
                self._has_lost = True
                return
            self._items.append(announcement)
            if len(self._items) == 1:
                self._changed.notify()

    def take(self, limit: int, timeout_seconds: float) -> Handful:
        """Remove up to `limit` announcements, oldest first; wait for the first of them, or until it is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._is_closed, timeout_seconds)
            items = [self._items.popleft() for _ in range(min(limit, len(self._items)))]
            handful = Handful(items, self._has_lost)
            self._has_lost = False
            return handful

    def clear(self) -> None:
        """Throw away what is waiting."""
        with self._changed:
            self._items.clear()

    def close(self) -> None:
        """Take nothing more; `take` no longer waits."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    @property
    def is_done(self) -> bool:
        """Say whether it is closed and everything in it was taken."""
        with self._changed:
            return self._is_closed and not self._items
