"""The few stand-ins that tests may use."""

from datetime import UTC, datetime, timedelta

from qa_server.live.announcements import Announcement


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **spans: float) -> None:
        """Move on by hours, minutes or seconds."""
        self.now += timedelta(**spans)


class Ear:
    """Listens to a bus and keeps what it hears, in order."""

    def __init__(self) -> None:
        self.heard: list[Announcement] = []

    def __call__(self, announcement: Announcement) -> None:
        self.heard.append(announcement)

    def kinds(self) -> list[str]:
        """Return the kinds heard so far."""
        return [announcement.kind for announcement in self.heard]
