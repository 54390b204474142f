"""Rooms where colleagues talk: who belongs to one, numbered messages, versions of changes, reading marks.

Callers hold the room's row lock where they change something.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from qa_server.colleagues.talk_models import RoomMark, StaffMessage, StaffRoom
from qa_server.network.models import Desk, DeskMember, DeskState
from qa_server.people.models import Librarian
from storage.errors import NotFound

# Messages in one page, backwards or forwards.
PAGE_MESSAGES = 50


def pair_of(one: UUID, other: UUID) -> str:
    """Return the key of the room of two people, the same for both."""
    return ":".join(sorted((one.hex, other.hex)))


def room_of_desk(session: Session, desk_id: UUID, *, now: datetime) -> StaffRoom:
    """Return the room of a desk, made when it is first needed. The caller has checked the right."""
    found = session.scalar(select(StaffRoom).where(StaffRoom.desk_id == desk_id))
    return found or _make(session, StaffRoom(desk_id=desk_id, created_at=now))


def room_of_pair(session: Session, one: UUID, other: UUID, *, now: datetime) -> StaffRoom:
    """Return the room of two people, made when it is first needed. The caller has checked the right."""
    pair = pair_of(one, other)
    found = session.scalar(select(StaffRoom).where(StaffRoom.pair == pair))
    return found or _make(session, StaffRoom(pair=pair, created_at=now))


def room_for(session: Session, librarian_id: UUID, room_id: UUID, *, lock: bool = False) -> StaffRoom:
    """Return a room the person belongs to now. `lock` holds its row until the end. Raises NotFound."""
    statement = select(StaffRoom).where(StaffRoom.id == room_id)
    found = session.scalar(statement.with_for_update() if lock else statement)
    if found is None or librarian_id not in members_of(session, found):
        raise NotFound()
    return found


def members_of(session: Session, room: StaffRoom) -> list[UUID]:
    """Return who belongs to a room now: the active staff of its desk, or its two people."""
    if room.pair is not None:
        wanted = Librarian.id.in_([UUID(hex=each) for each in room.pair.split(":")])
        return list(session.scalars(select(Librarian.id).where(wanted, Librarian.is_active).order_by(Librarian.id)))
    statement = (
        select(DeskMember.librarian_id)
        .join(Librarian, Librarian.id == DeskMember.librarian_id)
        .where(DeskMember.desk_id == room.desk_id, Librarian.is_active)
    )
    return list(session.scalars(statement.order_by(DeskMember.id)))


def rooms_of(session: Session, librarian_id: UUID, *, now: datetime) -> list[StaffRoom]:
    """Return the rooms of a person: those of the desks served at, then those with one colleague that were used."""
    desks = session.scalars(
        select(Desk.id)
        .join(DeskMember, DeskMember.desk_id == Desk.id)
        .where(DeskMember.librarian_id == librarian_id, Desk.state != DeskState.CLOSED)
        .order_by(Desk.id)
    ).all()
    own = f"%{librarian_id.hex}%"
    pairs = session.scalars(
        select(StaffRoom).where(StaffRoom.pair.like(own), StaffRoom.version > 0).order_by(StaffRoom.id)
    ).all()
    return [*(room_of_desk(session, desk_id, now=now) for desk_id in desks), *pairs]


def said_under(session: Session, room_id: UUID, librarian_id: UUID, client_id: str) -> StaffMessage | None:
    """Return what this person said under a client id, or None."""
    return session.scalar(
        select(StaffMessage).where(
            StaffMessage.room_id == room_id,
            StaffMessage.librarian_id == librarian_id,
            StaffMessage.client_id == client_id,
        )
    )


def say(
    session: Session,
    room: StaffRoom,
    librarian_id: UUID,
    *,
    client_id: str,
    body: str,
    mentions: Sequence[UUID],
    now: datetime,
) -> StaffMessage:
    """Add a message under the next number; its writer has read up to it."""
    room.last_seq += 1
    room.version += 1
    message = StaffMessage(
        room_id=room.id,
        seq=room.last_seq,
        version=room.version,
        librarian_id=librarian_id,
        client_id=client_id,
        body=body,
        mentions=[str(each) for each in mentions],
        created_at=now,
    )
    session.add(message)
    session.flush()
    mark_seen(session, room, librarian_id, message.seq)
    return message


def own_message(session: Session, room: StaffRoom, librarian_id: UUID, seq: int) -> StaffMessage:
    """Return a message this person said and has not deleted. Raises NotFound."""
    found = session.get(StaffMessage, (room.id, seq))
    if found is None or found.librarian_id != librarian_id or found.deleted_at is not None:
        raise NotFound()
    return found


def change(session: Session, room: StaffRoom, message: StaffMessage, body: str | None, *, now: datetime) -> None:
    """Give a message a new text, or take it away with None; the number stays, the room's version grows."""
    room.version += 1
    message.version = room.version
    if body is None:
        message.body, message.mentions, message.deleted_at = "", [], now
    else:
        message.body, message.edited_at = body, now
    session.flush()


def page_before(session: Session, room_id: UUID, before: int | None) -> Sequence[StaffMessage]:
    """Return the page of messages numbered below `before`, or the newest one, oldest first."""
    statement = select(StaffMessage).where(StaffMessage.room_id == room_id)
    if before is not None:
        statement = statement.where(StaffMessage.seq < before)
    newest_first = session.scalars(statement.order_by(StaffMessage.seq.desc()).limit(PAGE_MESSAGES)).all()
    return newest_first[::-1]


def changed_after(session: Session, room_id: UUID, version: int) -> Sequence[StaffMessage]:
    """Return the messages changed after a version, in the order of their changes, at most one page."""
    statement = select(StaffMessage).where(StaffMessage.room_id == room_id, StaffMessage.version > version)
    return session.scalars(statement.order_by(StaffMessage.version).limit(PAGE_MESSAGES)).all()


def mark_seen(session: Session, room: StaffRoom, librarian_id: UUID, seq: int) -> bool:
    """Move a reading mark forward, never back and never past the last message; say whether it moved."""
    mark = session.get(RoomMark, (room.id, librarian_id))
    if mark is None:
        mark = RoomMark(room_id=room.id, librarian_id=librarian_id, seen_seq=0)
        session.add(mark)
    bounded = min(seq, room.last_seq)
    if bounded <= mark.seen_seq:
        return False
    mark.seen_seq = bounded
    session.flush()
    return True


def marks_of(session: Session, librarian_id: UUID, room_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how far a person has read these rooms; unread ones are left out."""
    rows = session.execute(
        select(RoomMark.room_id, RoomMark.seen_seq).where(
            RoomMark.librarian_id == librarian_id, RoomMark.room_id.in_(room_ids)
        )
    )
    return {row.room_id: row.seen_seq for row in rows}


def unread_in(session: Session, librarian_id: UUID, room_id: UUID, seen_seq: int) -> int:
    """Return how many messages of others after a number are still there."""
    statement = select(func.count()).where(
        StaffMessage.room_id == room_id,
        StaffMessage.seq > seen_seq,
        StaffMessage.librarian_id != librarian_id,
        StaffMessage.deleted_at.is_(None),
    )
    return session.scalar(statement.select_from(StaffMessage)) or 0


def forget_before(session: Session, room_id: UUID, *, before: datetime) -> int:
    """Delete the messages of a room said before a moment, for good; return how many. Numbers are not used again."""
    gone = delete(StaffMessage).where(StaffMessage.room_id == room_id, StaffMessage.created_at < before)
    return len(session.scalars(gone.returning(StaffMessage.seq).execution_options(synchronize_session=False)).all())


def kept_since(now: datetime, days: int) -> datetime:
    """Return the moment from which on messages are kept."""
    return now - timedelta(days=days)


def _make(session: Session, room: StaffRoom) -> StaffRoom:
    room.last_seq = room.version = 0
    session.add(room)
    session.flush()
    return room
