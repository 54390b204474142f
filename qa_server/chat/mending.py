"""Watch desks' lists, and bring connections up to date from the database where an announcement was missed."""

from uuid import UUID

from anyio.to_thread import run_sync

from qa_server.chat import following
from qa_server.chat.connection import Connection
from qa_server.chat.hub import Hub
from qa_server.chat.protocol import DeskList
from qa_server.desk import answering
from qa_server.desk.workplace import Workplace
from qa_server.people.errors import Unauthenticated
from qa_server.people.rights import StaffMember


class DatabaseMending:
    """Reads what is missing from the database of a workplace."""

    def __init__(self, place: Workplace) -> None:
        self._place = place

    async def catch_up(self, connection: Connection, conversation_id: UUID) -> None:
        """Send the state of a followed conversation, then the messages that the connection has not been sent."""
        await following.catch_up(self._place, connection, conversation_id)

    async def relist(self, connection: Connection, desk_id: UUID) -> None:
        """Send a watched desk's whole list."""
        await _send_list(self._place, connection, desk_id)


async def watch(place: Workplace, hub: Hub, connection: Connection, desks: dict[UUID, int]) -> None:
    """Let a librarian watch desks, and send each list whose version at hand is not the newest.

    Raises Unauthenticated for a reader, DeskNotYours.
    """
    if not isinstance(connection.person, StaffMember):
        raise Unauthenticated()
    for desk_id, version in desks.items():
        if desk_id not in connection.person.desk_ids:
            raise answering.DeskNotYours()
        # Listen first: a change during the reading arrives as well, and the version tells which is newer.
        hub.watch(connection, desk_id, version)
        await _send_list(place, connection, desk_id, known_version=version)


async def _send_list(
    place: Workplace, connection: Connection, desk_id: UUID, *, known_version: int | None = None
) -> None:
    if not isinstance(connection.person, StaffMember) or desk_id not in connection.desks:
        return
    listing = await run_sync(answering.desk_listing, place, connection.person, desk_id)
    if listing.version == known_version != 0:
        return
    connection.desks[desk_id] = max(listing.version, connection.desks.get(desk_id, 0))
    connection.offer(DeskList(desk_id=desk_id, version=listing.version, items=list(listing.items)))
