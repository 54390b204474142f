"""One socket or poll: who is behind it, what it listens to, and the bounded line of what it is still to be sent."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from qa_server.conversations.schemas import Wire
from qa_server.desk.asking import KnownReader
from qa_server.live.announcements import Side
from qa_server.people.rights import StaffMember

# What refusals are said in; questions and answers know no Chinese of Taiwan of their own.
Tongue = Literal["zh", "zh-TW", "en"]

# Close code of this protocol: the peer is nobody the service knows, or not any more.
CLOSE_UNAUTHENTICATED = 4401
# Frames that may wait for a slow peer. Past it the socket is closed and the client resumes from its last number.
SEND_QUEUE_FRAMES = 512


@dataclass(slots=True)
class Following:
    """How far a connection has been sent a conversation. While catching up, live messages only set `is_behind`.

    Until it is admitted nothing at all is offered to it: it listens already, but the right has not been looked at."""

    sent_seq: int
    is_admitted: bool = False
    is_catching_up: bool = False
    is_behind: bool = False


class Outgoing:
    """A frame on its way to one or several connections; it becomes JSON once, when the first of them needs it."""

    __slots__ = ("_text", "wire")

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self._text: str | None = None

    @property
    def text(self) -> str:
        """Return the frame as JSON."""
        if self._text is None:
            self._text = self.wire.model_dump_json()
        return self._text


def _nobody_waits() -> None:
    """Stand in until a transport wants to be told."""


# Slots and plain lists: thousands of idle connections are kept, and an asyncio.Queue alone takes 3 KB.
@dataclass(eq=False, slots=True)
class Connection:
    """A welcomed socket or poll. With a `close_code` it is closed once everything offered has been sent.

    `desks` has the version sent of each watched list. Used from the event loop only."""

    person: KnownReader | StaffMember
    language: Tongue
    follows: dict[UUID, Following] = field(default_factory=dict)
    entered: set[UUID] = field(default_factory=set)
    desks: dict[UUID, int] = field(default_factory=dict)
    close_code: int | None = None
    _on_offer: Callable[[], None] = _nobody_waits
    _on_overflow: Callable[[], None] = _nobody_waits
    _waiting: list[Outgoing] = field(default_factory=list)

    @property
    def side(self) -> Side:
        """Return the side of a conversation this connection stands on."""
        return "reader" if isinstance(self.person, KnownReader) else "librarian"

    def attach(self, on_offer: Callable[[], None], on_overflow: Callable[[], None] = _nobody_waits) -> None:
        """Call `on_offer` whenever there is something to send, also now; `on_overflow` when the peer is too slow."""
        self._on_offer, self._on_overflow = on_offer, on_overflow
        if self._waiting:
            on_offer()

    def detach(self) -> None:
        """Call nobody any more."""
        self._on_offer = self._on_overflow = _nobody_waits

    def offer(self, frame: Wire | Outgoing) -> None:
        """Put a frame in line; when the line is full, tell that the connection has to be closed instead."""
        if len(self._waiting) >= SEND_QUEUE_FRAMES:
            self._on_overflow()
            return
        self._waiting.append(frame if isinstance(frame, Outgoing) else Outgoing(frame))
        self._on_offer()

    def take_all(self) -> list[Outgoing]:
        """Return the frames that wait, in order, without waiting for more."""
        frames, self._waiting = self._waiting, []
        return frames

    def put_back(self, frames: list[Outgoing]) -> None:
        """Put frames that were taken, and not sent, before all that waits."""
        self._waiting[:0] = frames

    @property
    def is_drained(self) -> bool:
        """Say whether nothing waits to be sent."""
        return not self._waiting
