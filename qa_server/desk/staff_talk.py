"""The talk among colleagues: a room for each desk, and one for each two people who want it. Readers never meet it.

Whether somebody belongs to a room is looked up for every call; what is said goes to those who belong to it then.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_server.colleagues import notices, rooms
from qa_server.colleagues.errors import MentionRefused, TooManyMentions
from qa_server.colleagues.node_settings import STAFF_TALK_DAYS
from qa_server.colleagues.schemas import ColleagueView, RoomPage, RoomView, StaffMessageView
from qa_server.colleagues.talk_models import StaffMessage, StaffRoom
from qa_server.conversations.text import clean_text
from qa_server.desk.noticing import Told, announce_notices, notify
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import RoomRead, StaffTalked
from qa_server.network.models import Desk, DeskMember, Library
from qa_server.network.node_settings import effective
from qa_server.people.models import Librarian
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import StaffMember
from storage.after_commit import after_commit
from storage.errors import NotFound

# A message that names more people than this is meant for the room.
MAX_MENTIONS = 20

Made = TypeVar("Made")


def my_rooms(place: Workplace, person: StaffMember) -> list[RoomView]:
    """Return the rooms of the person with what is unread: desks first, then single colleagues."""

    def find(session: Session) -> list[RoomView]:
        found = rooms.rooms_of(session, person.id, now=place.clock())
        return _room_views(session, person.id, found)

    # Rooms of desks are made by the first look at them.
    return _twice(place, find)


def read_room(place: Workplace, person: StaffMember, room_id: UUID, *, before: int | None = None) -> RoomPage:
    """Return a room of the person with the newest page of messages, or that before a number. Raises NotFound."""
    with place.database.read() as session:
        room = rooms.room_for(session, person.id, room_id)
        rows = rooms.page_before(session, room.id, before)
        earlier = rooms.page_before(session, room.id, rows[0].seq) if rows else ()
        people = librarians_by_id(session, rooms.members_of(session, room))
        return RoomPage(
            room=_room_views(session, person.id, [room])[0],
            people=[_colleague(each) for each in people.values() if each.id != person.id],
            items=_message_views(session, rows),
            has_earlier=bool(earlier),
        )


def changes_of_rooms(
    place: Workplace, person: StaffMember, known: Mapping[UUID, int]
) -> list[tuple[UUID, int, list[StaffMessageView]]]:
    """Return for each of the person's rooms that changed after the version at hand: id, version, changed messages.

    Rooms that the person no longer belongs to are left out. At most one page each; the version says how far it goes.
    """
    found: list[tuple[UUID, int, list[StaffMessageView]]] = []
    with place.database.read() as session:
        for room_id, version in known.items():
            try:
                room = rooms.room_for(session, person.id, room_id)
            except NotFound:
                continue
            if room.version > version:
                rows = rooms.changed_after(session, room.id, version)
                last = rows[-1].version if len(rows) == rooms.PAGE_MESSAGES else room.version
                found.append((room.id, last, _message_views(session, rows)))
    return found


def say(
    place: Workplace, person: StaffMember, room_id: UUID, *, client_id: str, body: str, mentions: Sequence[UUID] = ()
) -> StaffMessageView:
    """Say something in a room of the person; whoever is mentioned gets a notice. A resend changes nothing.

    Raises NotFound, MessageEmpty, MessageTooLong, MentionRefused, TooManyMentions.
    """
    text = clean_text(body, limit=place.settings.max_message_characters)
    with place.database.write() as session:
        room = rooms.room_for(session, person.id, room_id, lock=True)
        message = rooms.said_under(session, room.id, person.id, client_id)
        if message is None:
            members = rooms.members_of(session, room)
            named = checked_mentions(mentions, members)
            now = place.clock()
            message = rooms.say(session, room, person.id, client_id=client_id, body=text, mentions=named, now=now)
            told = Told("talk_mention", person.id, f"talk:{room.id.hex}:{message.seq}", room_id=room.id)
            notify(place, session, named, told)
        return _announce(place, session, room, message)


def edit(place: Workplace, person: StaffMember, room_id: UUID, seq: int, body: str) -> StaffMessageView:
    """Give an own message a new text. Raises NotFound, MessageEmpty, MessageTooLong."""
    text = clean_text(body, limit=place.settings.max_message_characters)
    return _change(place, person, room_id, seq, text)


def delete(place: Workplace, person: StaffMember, room_id: UUID, seq: int) -> StaffMessageView:
    """Take an own message away, for good; its number stays. Raises NotFound."""
    return _change(place, person, room_id, seq, None)


def see(place: Workplace, person: StaffMember, room_id: UUID, seq: int) -> RoomView:
    """Mark a room as read up to a number, on all screens of the person; never moves back. Raises NotFound."""
    with place.database.write() as session:
        room = rooms.room_for(session, person.id, room_id, lock=True)
        if rooms.mark_seen(session, room, person.id, seq):
            moved = RoomRead(librarian_id=person.id, room_id=room.id, seen_seq=min(seq, room.last_seq))
            after_commit(session, lambda: place.bus.publish(moved))
        if notices.mark_seen_in_room(session, person.id, room.id, now=place.clock()):
            announce_notices(place, session, person.id)
        return _room_views(session, person.id, [room])[0]


def room_with(place: Workplace, person: StaffMember, librarian_id: UUID) -> RoomView:
    """Return the room with one colleague: somebody who serves at a desk of the person's. Raises NotFound."""

    def find(session: Session) -> RoomView:
        if librarian_id not in {each.id for each in _colleagues(session, person)}:
            raise NotFound()
        room = rooms.room_of_pair(session, person.id, librarian_id, now=place.clock())
        return _room_views(session, person.id, [room])[0]

    return _twice(place, find)


def my_colleagues(place: Workplace, person: StaffMember) -> list[ColleagueView]:
    """Return who serves at a desk of the person's, by name."""
    with place.database.read() as session:
        return [_colleague(each) for each in _colleagues(session, person)]


def forget_old_talk(session: Session, place: Workplace) -> int:
    """Delete what was said longer ago than the desk's node keeps; rooms of two go by the default. Return how many."""
    now, gone = place.clock(), 0
    rows = session.execute(select(StaffRoom.id, Desk.library_id).join(Desk, StaffRoom.desk_id == Desk.id, isouter=True))
    for room_id, library_id in rows.all():
        days = effective(session, library_id, STAFF_TALK_DAYS.key).value if library_id else STAFF_TALK_DAYS.default
        gone += rooms.forget_before(session, room_id, before=rooms.kept_since(now, days))
    return gone


def checked_mentions(mentions: Sequence[UUID], may_read: Sequence[UUID]) -> list[UUID]:
    """Return the mentioned people, each once. Raises MentionRefused for one who may not read it, TooManyMentions."""
    named = list(dict.fromkeys(mentions))
    if len(named) > MAX_MENTIONS:
        raise TooManyMentions(limit=MAX_MENTIONS)
    if not set(named) <= set(may_read):
        raise MentionRefused()
    return named


def _change(place: Workplace, person: StaffMember, room_id: UUID, seq: int, body: str | None) -> StaffMessageView:
    with place.database.write() as session:
        room = rooms.room_for(session, person.id, room_id, lock=True)
        message = rooms.own_message(session, room, person.id, seq)
        if message.body != body:
            rooms.change(session, room, message, body, now=place.clock())
        return _announce(place, session, room, message)


def _announce(place: Workplace, session: Session, room: StaffRoom, message: StaffMessage) -> StaffMessageView:
    view = _message_views(session, [message])[0]
    talked = StaffTalked(
        room_id=room.id, version=message.version, recipients=rooms.members_of(session, room), items=[view]
    )
    after_commit(session, lambda: place.bus.publish(talked))
    return view


def _colleagues(session: Session, person: StaffMember) -> Sequence[Librarian]:
    served = select(DeskMember.desk_id).where(DeskMember.librarian_id == person.id)
    beside = select(DeskMember.librarian_id).where(DeskMember.desk_id.in_(served))
    statement = select(Librarian).where(Librarian.id.in_(beside), Librarian.id != person.id, Librarian.is_active)
    return session.scalars(statement.order_by(Librarian.name_en, Librarian.id)).all()


def _room_views(session: Session, librarian_id: UUID, found: Sequence[StaffRoom]) -> list[RoomView]:
    marks = rooms.marks_of(session, librarian_id, [room.id for room in found])
    rows = session.execute(
        select(Desk, Library)
        .join(Library, Library.id == Desk.library_id)
        .where(Desk.id.in_([room.desk_id for room in found if room.desk_id is not None]))
    )
    desks = {desk.id: (desk, library) for desk, library in rows}
    others = {room.id: _other(room, librarian_id) for room in found}
    people = librarians_by_id(session, {each for each in others.values() if each is not None})
    views: list[RoomView] = []
    for room in found:
        other = people.get(others[room.id] or librarian_id)
        desk = desks.get(room.desk_id) if room.desk_id else None
        seen = marks.get(room.id, 0)
        views.append(
            RoomView(
                id=room.id,
                desk_id=room.desk_id,
                name_zh=_name(desk[1].name_zh, desk[0].name_zh) if desk else other.name_zh if other else "",
                name_en=_name(desk[1].name_en, desk[0].name_en) if desk else other.name_en if other else "",
                colleague=_colleague(other) if other and not desk else None,
                version=room.version,
                last_seq=room.last_seq,
                seen_seq=seen,
                unread=rooms.unread_in(session, librarian_id, room.id, seen),
            )
        )
    return views


def _name(library: str, desk: str) -> str:
    return desk if library in desk else f"{library} · {desk}"


def _other(room: StaffRoom, librarian_id: UUID) -> UUID | None:
    if room.pair is None:
        return None
    return next((found for each in room.pair.split(":") if (found := UUID(hex=each)) != librarian_id), None)


def _message_views(session: Session, rows: Sequence[StaffMessage]) -> list[StaffMessageView]:
    people = librarians_by_id(session, {row.librarian_id for row in rows})
    return [
        StaffMessageView(
            seq=row.seq,
            version=row.version,
            librarian_id=row.librarian_id,
            name_zh=people[row.librarian_id].name_zh,
            name_en=people[row.librarian_id].name_en,
            client_id=row.client_id,
            body=row.body,
            mentions=[UUID(each) for each in row.mentions],
            created_at=row.created_at,
            edited_at=row.edited_at,
            is_deleted=row.deleted_at is not None,
        )
        for row in rows
    ]


def _colleague(person: Librarian) -> ColleagueView:
    return ColleagueView(id=person.id, name_zh=person.name_zh, name_en=person.name_en)


def _twice(place: Workplace, find: Callable[[Session], Made]) -> Made:
    """Do what may make a room; where another process made it at the same moment, the second try finds it."""
    try:
        with place.database.write() as session:
            return find(session)
    except IntegrityError:
        with place.database.write() as session:
            return find(session)
