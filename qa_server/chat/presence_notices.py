"""Say who came and who left: a connection's arrival and end, as the other side of its conversations sees them."""

import asyncio
from uuid import UUID

from anyio.to_thread import run_sync

from qa_server.chat.connection import Connection
from qa_server.chat.hub import Hub
from qa_server.desk import being_here, working_day
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import SidePresence
from qa_server.people.rights import StaffMember

# Going from one page of the console to the next closes a connection and opens one; colleagues are not told of it.
NAVIGATION_SECONDS = 5.0


def come(place: Workplace, hub: Hub, connection: Connection) -> None:
    """Count a connection in; a librarian's first one is told to the readers of the conversations held."""
    hub.join(connection)
    if isinstance(connection.person, StaffMember) and place.presence.arrive(connection.person.id):
        hub.spawn(_tell_readers(place, connection.person.id, is_here=True))
        hub.spawn(_tell_colleagues(place, connection.person.id, after_seconds=0))


def enter(place: Workplace, connection: Connection, conversation_id: UUID) -> None:
    """Count a reader's connection into a conversation; the first one is told to the staff."""
    if connection.side == "reader" and conversation_id not in connection.entered:
        connection.entered.add(conversation_id)
        if place.presence.arrive(_reader_key(conversation_id)):
            place.bus.publish(SidePresence(conversation_id=conversation_id, side="reader", is_here=True))


def leave(place: Workplace, connection: Connection, conversation_id: UUID) -> None:
    """Count a reader's connection out of a conversation; the last one is told to the staff."""
    if conversation_id in connection.entered:
        connection.entered.discard(conversation_id)
        if place.presence.leave(_reader_key(conversation_id)):
            place.bus.publish(SidePresence(conversation_id=conversation_id, side="reader", is_here=False))


def go(place: Workplace, hub: Hub, connection: Connection) -> None:
    """Count an ended connection out of everything."""
    for conversation_id in list(connection.entered):
        leave(place, connection, conversation_id)
    hub.leave(connection)
    if isinstance(connection.person, StaffMember) and place.presence.leave(connection.person.id):
        hub.spawn(_tell_readers(place, connection.person.id, is_here=False))
        hub.spawn(_tell_colleagues(place, connection.person.id, after_seconds=NAVIGATION_SECONDS))


def is_reader_here(place: Workplace, conversation_id: UUID) -> bool:
    """Say whether the reader of a conversation is connected."""
    return place.presence.is_present(_reader_key(conversation_id))


async def _tell_colleagues(place: Workplace, librarian_id: UUID, *, after_seconds: float) -> None:
    await asyncio.sleep(after_seconds)
    await run_sync(working_day.tell_working, place, librarian_id)


async def _tell_readers(place: Workplace, librarian_id: UUID, *, is_here: bool) -> None:
    for conversation_id in await run_sync(being_here.held_conversations, place, librarian_id):
        place.bus.publish(SidePresence(conversation_id=conversation_id, side="librarian", is_here=is_here))


def _reader_key(conversation_id: UUID) -> tuple[str, UUID]:
    return ("reader", conversation_id)
