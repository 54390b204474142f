"""Who listens to what in this process, and who gets which announcement. Lives in the event loop; stores nothing."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Coroutine, Sequence
from functools import partial
from typing import Protocol
from uuid import UUID

import structlog

from qa_server.chat.connection import CLOSE_UNAUTHENTICATED, Connection, Following, Outgoing
from qa_server.chat.inbox import Inbox
from qa_server.chat.protocol import (
    DeskChange,
    LookedBy,
    Messages,
    Notes,
    Notices,
    Position,
    Presence,
    ReaderState,
    Reviews,
    RoomSeen,
    SeenBy,
    StaffState,
    Talk,
    TypingBy,
    Working,
)
from qa_server.chat.refusals import refusal_frame
from qa_server.conversations.schemas import MessageView, NamedMessageView, Wire, as_readers_see
from qa_server.desk.asking import KnownReader
from qa_server.live.announcements import (
    Announcement,
    ConversationChanged,
    DeskChanged,
    LinksRevoked,
    MessagesPosted,
    NotePosted,
    NoticesChanged,
    ReviewChanged,
    RoomRead,
    SeenMoved,
    Side,
    SidePresence,
    SideTyped,
    StaffLooked,
    StaffTalked,
    WorkingChanged,
)
from qa_server.live.bus import Bus
from qa_server.people.errors import ReaderUnknown
from storage.errors import AppError

_log = structlog.get_logger(__name__)


class Mending(Protocol):
    """Brings connections up to date from the database."""

    async def catch_up(self, connection: Connection, conversation_id: UUID) -> None:
        """Send the state of a followed conversation, then the messages that the connection has not been sent."""

    async def relist(self, connection: Connection, desk_id: UUID) -> None:
        """Send a watched desk's whole list."""


class Hub:
    """Delivers announcements to connections. `mending` reads from the database what a connection missed.

    `inbox` takes calls from other threads into the loop the hub lives in.
    """

    def __init__(self, bus: Bus, mending: Mending) -> None:
        self._bus = bus
        self._mending = mending
        self._by_conversation: dict[UUID, set[Connection]] = defaultdict(set)
        self._by_desk: dict[UUID, set[Connection]] = defaultdict(set)
        self._by_librarian: dict[UUID, set[Connection]] = defaultdict(set)
        self._tasks: set[asyncio.Task[None]] = set()
        self._stop: Callable[[], None] | None = None
        self.connections: set[Connection] = set()
        self.inbox = Inbox()

    def start(self) -> None:
        """Begin to deliver what the bus carries, in the running loop."""
        self.inbox.open()
        self._stop = self._bus.listen(lambda announcement: self.inbox.put(partial(self.deliver, announcement)))

    def stop(self) -> None:
        """Stop listening to the bus."""
        if self._stop is not None:
            self._stop()
        for task in self._tasks:
            task.cancel()

    def join(self, connection: Connection) -> None:
        """Count a welcomed connection in."""
        self.connections.add(connection)
        if connection.side == "librarian":
            self._by_librarian[connection.person.id].add(connection)

    def leave(self, connection: Connection) -> None:
        """Forget a connection and everything it listened to."""
        self.connections.discard(connection)
        for conversation_id in list(connection.follows):
            self.unfollow(connection, conversation_id)
        for desk_id in connection.desks:
            _discard(self._by_desk, desk_id, connection)
        if connection.side == "librarian":
            _discard(self._by_librarian, connection.person.id, connection)

    def follow(self, connection: Connection, conversation_id: UUID) -> None:
        """Listen to a conversation, which the caller has entered in `follows`; it is offered nothing until admitted."""
        self._by_conversation[conversation_id].add(connection)

    def unfollow(self, connection: Connection, conversation_id: UUID) -> None:
        """Stop listening to a conversation."""
        connection.follows.pop(conversation_id, None)
        _discard(self._by_conversation, conversation_id, connection)

    def watch(self, connection: Connection, desk_id: UUID, version: int) -> None:
        """Listen to a desk's list, of which the client has this version; the caller has checked the right."""
        connection.desks[desk_id] = version
        self._by_desk[desk_id].add(connection)

    def followed_conversations(self) -> dict[UUID, int]:
        """Return the conversations somebody here listens to, each with the lowest number sent to anybody."""
        return {
            conversation_id: min(connection.follows[conversation_id].sent_seq for connection in connections)
            for conversation_id, connections in self._by_conversation.items()
        }

    def watched_desks(self) -> dict[UUID, int]:
        """Return the desks somebody here watches, each with the lowest version of its list sent to anybody."""
        return {
            desk_id: min(connection.desks[desk_id] for connection in connections)
            for desk_id, connections in self._by_desk.items()
        }

    def on_gap(self, conversation_ids: Collection[UUID], desk_ids: Collection[UUID]) -> None:
        """Bring everybody who follows these conversations, or watches these desks, up to date from the database."""
        for conversation_id in conversation_ids:
            for connection in self._followers(conversation_id):
                self.spawn(self._mending.catch_up(connection, conversation_id))
        for desk_id in desk_ids:
            for connection in list(self._by_desk.get(desk_id, ())):
                self.spawn(self._mending.relist(connection, desk_id))

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Run something short beside the connections; it goes on when the connection that began it is gone."""
        task = asyncio.create_task(_log_refusals(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def deliver(self, announcement: Announcement) -> None:
        """Offer an announcement to everybody it concerns."""
        match announcement:
            case MessagesPosted():
                self._deliver_messages(announcement)
            case ConversationChanged():
                for connection in self._followers(announcement.reader.id):
                    connection.offer(_state_frame(connection, announcement))
            case NotePosted() | ReviewChanged():
                for connection in self._followers(announcement.conversation_id):
                    if connection.side == "librarian":
                        connection.offer(_note_frame(announcement))
            case DeskChanged():
                self._deliver_desk(announcement)
            case StaffTalked() | RoomRead() | NoticesChanged():
                self._deliver_to_people(announcement)
            case LinksRevoked():
                self._end_linked(announcement)
            case StaffLooked():
                self._deliver_look(announcement)
            case WorkingChanged():
                self._deliver_working(announcement)
            case SeenMoved() | SideTyped() | SidePresence():
                for connection in self._followers(announcement.conversation_id):
                    if isinstance(announcement, SeenMoved) or connection.side != announcement.side:
                        connection.offer(_side_frame(announcement))

    def _deliver_look(self, looked: StaffLooked) -> None:
        frame = Outgoing(LookedBy.model_validate(looked.model_dump(exclude={"kind"})))
        for connection in self._followers(looked.conversation_id):
            if connection.side == "librarian" and connection.person.id != looked.librarian_id:
                connection.offer(frame)

    def _deliver_working(self, changed: WorkingChanged) -> None:
        frame = Outgoing(Working.model_validate(changed.model_dump(exclude={"kind", "desk_ids"})))
        told = {each for desk_id in changed.desk_ids for each in self._by_desk.get(desk_id, ())}
        # The person's other pages watch no desk.
        told |= {each for each in self.connections if each.person.id == changed.librarian_id}
        for connection in told:
            connection.offer(frame)

    def _deliver_to_people(self, announcement: StaffTalked | RoomRead | NoticesChanged) -> None:
        """Offer what is meant for persons, whatever they listen to, on all their screens."""
        frame = Outgoing(_person_frame(announcement))
        recipients = announcement.recipients if isinstance(announcement, StaffTalked) else [announcement.librarian_id]
        for librarian_id in recipients:
            for connection in list(self._by_librarian.get(librarian_id, ())):
                connection.offer(frame)

    def _end_linked(self, revoked: LinksRevoked) -> None:
        """Close what a private link opened; it is told why, so that it does not come again."""
        for connection in list(self.connections):
            person = connection.person
            if isinstance(person, KnownReader) and person.is_linked and person.id == revoked.reader_id:
                for conversation_id in list(connection.follows):
                    self.unfollow(connection, conversation_id)
                connection.close_code = CLOSE_UNAUTHENTICATED
                connection.offer(refusal_frame(ReaderUnknown(), connection.language, is_final=True))

    def _deliver_messages(self, posted: MessagesPosted) -> None:
        followers = self._followers(posted.conversation_id)
        # Most of what other processes tell concerns nobody here.
        frames = _messages_frames({connection.side for connection in followers}, posted)
        first, last = posted.items[0].seq, posted.items[-1].seq
        for connection in followers:
            following = connection.follows[posted.conversation_id]
            if first == following.sent_seq + 1 and not following.is_catching_up:
                following.sent_seq = last
                connection.offer(frames[connection.side])
            elif last > following.sent_seq:
                self._deliver_rest(connection, following, posted)

    def _deliver_rest(self, connection: Connection, following: Following, posted: MessagesPosted) -> None:
        """Offer what of it is new to one that has a part already, or that an announcement did not reach."""
        fresh = [item for item in posted.items if item.seq > following.sent_seq]
        if following.is_catching_up:
            following.is_behind = True
        elif fresh[0].seq == following.sent_seq + 1:
            following.sent_seq = fresh[-1].seq
            connection.offer(_messages_frame(connection.side, posted.conversation_id, fresh))
        else:
            # An announcement was overtaken or lost; the database has what is missing.
            self.spawn(self._mending.catch_up(connection, posted.conversation_id))

    def _deliver_desk(self, changed: DeskChanged) -> None:
        frame = DeskChange(
            desk_id=changed.desk_id, version=changed.version, item=changed.item, is_listed=changed.is_listed
        )
        for connection in list(self._by_desk.get(changed.desk_id, ())):
            connection.desks[changed.desk_id] = max(changed.version, connection.desks[changed.desk_id])
            connection.offer(frame)
        for place, conversation_id in enumerate(changed.waiting, start=1):
            for connection in self._followers(conversation_id):
                if connection.side == "reader":
                    connection.offer(Position(conversation_id=conversation_id, position=place))

    def _followers(self, conversation_id: UUID) -> list[Connection]:
        admitted: list[Connection] = []
        for connection in self._by_conversation.get(conversation_id, ()):
            following = connection.follows[conversation_id]
            if following.is_admitted:
                admitted.append(connection)
            else:
                # What it is about to be sent was perhaps read before this happened: it is to be read again.
                following.is_behind = True
        return admitted


async def _log_refusals(work: Coroutine[None, None, None]) -> None:
    try:
        await work
    except AppError as refusal:
        # As when a right was lost meanwhile: nobody waits for an answer here.
        _log.info("mending refused", code=refusal.code)
    except Exception:
        _log.exception("mending failed")


def _state_frame(connection: Connection, changed: ConversationChanged) -> Wire:
    if connection.side == "reader":
        return ReaderState(conversation=changed.reader)
    return StaffState(conversation=changed.staff)


def _messages_frames(sides: set[Side], posted: MessagesPosted) -> dict[Side, Outgoing]:
    """Write each side's frame once, and one for both where they see the same."""
    if len(sides) == 2 and not any(isinstance(each, NamedMessageView) for each in posted.items):
        return dict.fromkeys(sides, Outgoing(_messages_frame("librarian", posted.conversation_id, posted.items)))
    return {side: Outgoing(_messages_frame(side, posted.conversation_id, posted.items)) for side in sides}


def _messages_frame(side: Side, conversation_id: UUID, items: Sequence[MessageView]) -> Messages:
    told = as_readers_see(items) if side == "reader" else list(items)
    return Messages(conversation_id=conversation_id, items=told)


def _note_frame(posted: NotePosted | ReviewChanged) -> Wire:
    if isinstance(posted, ReviewChanged):
        return Reviews(conversation_id=posted.conversation_id, items=[posted.review])
    return Notes(conversation_id=posted.conversation_id, items=[posted.note])


def _person_frame(announcement: StaffTalked | RoomRead | NoticesChanged) -> Wire:
    match announcement:
        case StaffTalked():
            version = announcement.version
            return Talk(room_id=announcement.room_id, after=version - 1, version=version, items=announcement.items)
        case RoomRead():
            return RoomSeen(room_id=announcement.room_id, seq=announcement.seen_seq)
        case NoticesChanged():
            return Notices(items=announcement.items)


def _side_frame(announcement: SeenMoved | SideTyped | SidePresence) -> Wire:
    conversation_id, side = announcement.conversation_id, announcement.side
    match announcement:
        case SeenMoved():
            return SeenBy(conversation_id=conversation_id, side=side, seq=announcement.seq)
        case SideTyped():
            return TypingBy(conversation_id=conversation_id, side=side)
        case SidePresence():
            return Presence(conversation_id=conversation_id, side=side, is_here=announcement.is_here)


def _discard(index: dict[UUID, set[Connection]], key: UUID, connection: Connection) -> None:
    index[key].discard(connection)
    if not index[key]:
        del index[key]
