"""Bring the rooms and notices of a librarian's screen up to date; what comes later finds the screen by itself."""

from collections.abc import Mapping
from uuid import UUID

from anyio.to_thread import run_sync

from qa_server.chat.connection import Connection
from qa_server.chat.protocol import Notices, Talk
from qa_server.desk import noticing, staff_talk
from qa_server.desk.workplace import Workplace
from qa_server.people.errors import Unauthenticated
from qa_server.people.rights import StaffMember


async def attend(place: Workplace, connection: Connection, rooms: Mapping[UUID, int]) -> None:
    """Send what the person has not seen, and what was said in these rooms after the versions at hand.

    Rooms that the person does not belong to any more are passed over. Raises Unauthenticated for a reader.
    """
    person = connection.person
    if not isinstance(person, StaffMember):
        raise Unauthenticated()
    connection.offer(Notices(items=await run_sync(noticing.my_notices, place, person)))
    known = dict(rooms)
    # A page at a time, until nothing newer is there.
    while changed := await run_sync(staff_talk.changes_of_rooms, place, person, known):
        for room_id, version, items in changed:
            connection.offer(Talk(room_id=room_id, after=known[room_id], version=version, items=items))
            known[room_id] = version
