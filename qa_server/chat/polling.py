"""The long poll: the frames of the socket over plain HTTP, for networks that cut sockets.

Stateless between polls: each brings what the client follows and how far, so any process may answer any poll.
"""

import asyncio
from hashlib import sha256
from uuid import UUID

from pydantic import Field

from qa_server.chat.connection import Connection, Tongue
from qa_server.chat.floods import count_frames
from qa_server.chat.frames import FrameHandler
from qa_server.chat.hub import Hub
from qa_server.chat.presence_notices import come, go
from qa_server.chat.protocol import (
    Ack,
    CaughtUp,
    ClientFrame,
    DeskList,
    ErrorFrame,
    Follow,
    Hello,
    Messages,
    Ping,
    Pong,
    Seq,
    ServerFrame,
    Unfollow,
    Watch,
)
from qa_server.chat.refusals import refusal_frame
from qa_server.conversations.schemas import Wire
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember

# A poll waits this long for news at most, in seconds: under the thirty that campus proxies allow a request.
MAX_WAIT_SECONDS = 20
# After the first news a poll waits this long for more that belongs to it.
GATHER_SECONDS = 0.05
# Between two polls a person counts as still here for this many seconds.
LINGER_SECONDS = 15
MAX_FOLLOWED = 50
MAX_FRAMES = 50

# What repeats at each poll without being news; it is compared by its digest.
_NEWS = (Messages, Ack, ErrorFrame, DeskList)


class Poll(Wire):
    """One long poll. `known` is the digest of the last answer; without it the poll answers at once."""

    follows: dict[UUID, Seq] = Field(default_factory=dict, max_length=MAX_FOLLOWED)
    desks: dict[UUID, Seq] = Field(default_factory=dict, max_length=200)
    frames: list[ClientFrame] = Field(default_factory=list, max_length=MAX_FRAMES)
    known: str | None = Field(None, max_length=64)
    wait_seconds: float = Field(MAX_WAIT_SECONDS, ge=0, le=MAX_WAIT_SECONDS)


class PollAnswer(Wire):
    """The frames a socket would have sent, in order, and the digest to bring along next time."""

    frames: list[ServerFrame]
    known: str


async def answer(
    place: Workplace, hub: Hub, person: KnownReader | StaffMember, poll: Poll, language: Tongue
) -> PollAnswer:
    """Do what the poll's frames ask, then wait for news of what it follows. Refusals are among the frames.

    Raises TooManyRequests when the session asks for too much in all.
    """
    count_frames(place, person, len(poll.follows) + len(poll.desks) + len(poll.frames))
    connection = Connection(person=person, language=language)
    come(place, hub, connection)
    try:
        await _work_off(place, hub, connection, poll)
        frames = _taken(connection)
        known = _digest(frames)
        if known == poll.known and not any(isinstance(frame, _NEWS) for frame in frames):
            frames = await _wait(connection, poll.wait_seconds)
        return PollAnswer.model_validate({"frames": frames, "known": known})
    finally:
        hub.leave(connection)
        hub.spawn(_leave_later(place, hub, connection))


async def _work_off(place: Workplace, hub: Hub, connection: Connection, poll: Poll) -> None:
    handler = FrameHandler(place, hub, connection)
    asked: list[ClientFrame] = [
        *(Follow(type="follow", conversation_id=each, after_seq=seq) for each, seq in poll.follows.items()),
        *(frame for frame in poll.frames if not isinstance(frame, Hello | Follow | Unfollow | Watch | Ping)),
    ]
    if poll.desks:
        asked.append(Watch(type="watch", desks=poll.desks))
    for frame in asked:
        try:
            await handler.handle(frame)
        except Exception as error:
            ref = getattr(frame, "client_id", None) or getattr(frame, "conversation_id", None)
            connection.offer(refusal_frame(error, connection.language, ref=str(ref) if ref else None))
    await handler.settle()


async def _wait(connection: Connection, seconds: float) -> list[Wire]:
    offered = asyncio.Event()
    connection.attach(offered.set)
    try:
        await asyncio.wait_for(offered.wait(), seconds)
    except TimeoutError:
        return []
    await asyncio.sleep(GATHER_SECONDS)
    return _taken(connection)


def _taken(connection: Connection) -> list[Wire]:
    return [frame.wire for frame in connection.take_all()]


async def _leave_later(place: Workplace, hub: Hub, connection: Connection) -> None:
    await asyncio.sleep(LINGER_SECONDS)
    go(place, hub, connection)


def _digest(frames: list[Wire]) -> str:
    quiet = [frame for frame in frames if not isinstance(frame, (*_NEWS, CaughtUp, Pong))]
    return sha256("".join(frame.model_dump_json() for frame in quiet).encode()).hexdigest()
