"""Carries announcements between the threads and processes that serve people.

A hint, never the truth: the database is, and losing an announcement loses nothing.
"""

from collections.abc import Callable
from typing import Protocol

from qa_server.live.announcements import Announcement
from qa_server.live.audience import Audience, Stop
from qa_server.metrics import BUS_CONNECTED

Listener = Callable[[Announcement], None]


class Bus(Protocol):
    """Carries announcements. `publish` may be called from any thread and never blocks."""

    @property
    def is_connected(self) -> bool:
        """Say whether announcements travel both ways right now."""

    @property
    def look_seconds(self) -> float | None:
        """Return after how many seconds listeners compare what they know with the database; None: no need to."""

    def start(self) -> None:
        """Begin to carry announcements to and from other processes. Does not block and does not fail."""

    def stop(self) -> None:
        """Send what is waiting and end; blocks for seconds at most. Listeners in this process are served as before."""

    def publish(self, announcement: Announcement) -> None:
        """Hand the announcement to every listener: here at once, in other processes soon, nowhere twice."""

    def listen(self, listener: Listener) -> Stop:
        """Call `listener` for each announcement, in a thread of the bus's choice; return a function that stops it."""

    def listen_for_gaps(self, listener: Callable[[], None]) -> Stop:
        """Call `listener`, in any thread, whenever announcements may have been missed."""


class MemoryBus:
    """The bus of a single process. Nothing can be missed on it."""

    is_connected = True
    look_seconds: float | None = None

    def __init__(self) -> None:
        self._audience: Audience[Announcement] = Audience()

    def start(self) -> None:
        """Say in the figures that nothing is missing."""
        BUS_CONNECTED.set(1)

    def stop(self) -> None:
        """Nothing to end."""

    def publish(self, announcement: Announcement) -> None:
        """Hand the announcement to every listener, in the calling thread."""
        self._audience.tell(announcement)

    def listen(self, listener: Listener) -> Stop:
        """Call `listener` for each announcement until the returned function is called."""
        return self._audience.join(listener)

    def listen_for_gaps(self, listener: Callable[[], None]) -> Stop:
        """Never call `listener`: there are no gaps."""
        return lambda: None
