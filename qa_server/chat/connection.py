"""One socket: who is behind it, what it listens to, and the bounded queue of what it is still to be sent."""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

from qa_server.conversations.schemas import Wire
from qa_server.desk.asking import KnownReader
from qa_server.i18n import Language
from qa_server.live.announcements import Side
from qa_server.people.rights import StaffMember

# Frames that may wait for a slow peer. Past it the socket is closed and the client resumes from its last number.
SEND_QUEUE_FRAMES = 512


@dataclass
class Following:
    """How far a connection has been sent a conversation. While catching up, live messages only set `is_behind`.

    Until it is admitted nothing at all is offered to it: it listens already, but the right has not been looked at."""

    sent_seq: int
    is_admitted: bool = False
    is_catching_up: bool = False
    is_behind: bool = False


@dataclass(eq=False)
class Connection:
    """A welcomed socket or poll. With a `close_code` it is closed once everything offered has been sent.

    `desks` has the version sent of each watched list. Used from the event loop only."""

    person: KnownReader | StaffMember
    language: Language
    follows: dict[UUID, Following] = field(default_factory=dict)
    entered: set[UUID] = field(default_factory=set)
    desks: dict[UUID, int] = field(default_factory=dict)
    close_code: int | None = None
    overflown: asyncio.Event = field(default_factory=asyncio.Event)
    _queue: asyncio.Queue[Wire] = field(default_factory=lambda: asyncio.Queue(SEND_QUEUE_FRAMES))

    @property
    def side(self) -> Side:
        """Return the side of a conversation this connection stands on."""
        return "reader" if isinstance(self.person, KnownReader) else "librarian"

    def offer(self, frame: Wire) -> None:
        """Put a frame into the queue; mark the connection as overflown, to be closed, when it is full."""
        try:
            self._queue.put_nowait(frame)
        except asyncio.QueueFull:
            self.overflown.set()

    async def next_frame(self) -> Wire:
        """Wait for the next frame to send."""
        return await self._queue.get()

    def take_all(self) -> list[Wire]:
        """Return the frames that wait, in order, without waiting for more."""
        frames: list[Wire] = []
        while not self._queue.empty():
            frames.append(self._queue.get_nowait())
        return frames

    @property
    def is_drained(self) -> bool:
        """Say whether nothing waits to be sent."""
        return self._queue.empty()
