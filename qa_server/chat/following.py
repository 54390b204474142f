"""Follow a conversation: listen first, replay what was missed, drop doubles. Nothing is lost, nothing is twice."""

from uuid import UUID

from anyio.to_thread import run_sync

from qa_server.chat.connection import Connection, Following
from qa_server.chat.hub import Hub
from qa_server.chat.presence_notices import enter, is_reader_here
from qa_server.chat.protocol import (
    MESSAGES_PER_FRAME,
    CaughtUp,
    Messages,
    Notes,
    Presence,
    ReaderState,
    Reviews,
    StaffState,
)
from qa_server.conversations.schemas import ReaderThread, StaffThread
from qa_server.desk import answering, asking
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace


async def follow(place: Workplace, hub: Hub, connection: Connection, conversation_id: UUID, after_seq: int) -> None:
    """Let a connection listen to a conversation and send it everything after `after_seq`. Raises NotFound."""
    # Listen first: what happens while the thread is read makes the replay look once more.
    connection.follows[conversation_id] = Following(sent_seq=after_seq)
    hub.follow(connection, conversation_id)
    try:
        holder = await catch_up(place, connection, conversation_id)
    finally:
        following = connection.follows.get(conversation_id)
        if following and not following.is_admitted:
            hub.unfollow(connection, conversation_id)
    enter(place, connection, conversation_id)
    _offer_presence(place, connection, conversation_id, holder)


async def catch_up(place: Workplace, connection: Connection, conversation_id: UUID) -> UUID | None:
    """Send what the connection has not been sent yet of a conversation it follows, then say that it is complete.

    Returns who holds a reader's conversation, by what was read last; None where nothing was read here.
    """
    following = connection.follows.get(conversation_id)
    if following is None:
        return None
    if following.is_catching_up:
        # The replay under way looks once more before it ends.
        following.is_behind = True
        return None
    following.is_catching_up = True
    try:
        holder = await _replay(place, connection, conversation_id, following)
    finally:
        following.is_catching_up = False
    connection.offer(CaughtUp(conversation_id=conversation_id, last_seq=following.sent_seq))
    return holder


async def _replay(place: Workplace, connection: Connection, conversation_id: UUID, following: Following) -> UUID | None:
    while True:
        following.is_behind = False
        thread, holder = await run_sync(_thread, place, connection, conversation_id, following.sent_seq)
        following.is_admitted = True
        _offer_state(connection, thread)
        if following.sent_seq > thread.conversation.last_seq:
            # A client cannot be ahead of the thread: a number from another life of the database starts over.
            following.sent_seq, following.is_behind = 0, True
        for start in range(0, len(thread.messages), MESSAGES_PER_FRAME):
            items = thread.messages[start : start + MESSAGES_PER_FRAME]
            connection.offer(Messages(conversation_id=conversation_id, items=items))
            following.sent_seq = items[-1].seq
        if not thread.has_more and not following.is_behind:
            return holder


def _thread(
    place: Workplace, connection: Connection, conversation_id: UUID, after: int
) -> tuple[ReaderThread | StaffThread, UUID | None]:
    if isinstance(connection.person, KnownReader):
        return asking.followed_thread(place, connection.person, conversation_id, after)
    return answering.desk_thread(place, connection.person, conversation_id, after), None


def _offer_state(connection: Connection, thread: ReaderThread | StaffThread) -> None:
    if isinstance(thread, StaffThread):
        connection.offer(StaffState(conversation=thread.conversation))
        connection.offer(Notes(conversation_id=thread.conversation.id, items=thread.notes))
        if thread.reviews:
            connection.offer(Reviews(conversation_id=thread.conversation.id, items=thread.reviews))
    else:
        connection.offer(ReaderState(conversation=thread.conversation))


def _offer_presence(place: Workplace, connection: Connection, conversation_id: UUID, holder: UUID | None) -> None:
    if connection.side == "librarian":
        is_here = is_reader_here(place, conversation_id)
        connection.offer(Presence(conversation_id=conversation_id, side="reader", is_here=is_here))
    elif holder is not None:
        is_here = place.presence.is_present(holder)
        connection.offer(Presence(conversation_id=conversation_id, side="librarian", is_here=is_here))
