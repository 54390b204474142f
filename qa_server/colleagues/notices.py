"""Notices for one person: kept until seen, at most one for one thing."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from qa_server.colleagues.talk_models import StaffNotice

# What a person is shown at once; the rest follows when these were seen.
SHOWN = 50
# A seen notice tells nobody anything and goes after this.
KEPT_SEEN = timedelta(days=30)


def add(session: Session, recipients: Collection[UUID], notice: StaffNotice) -> list[UUID]:
    """Keep a notice for each of these people but its sender; return who has not had it yet."""
    told = set(session.scalars(select(StaffNotice.librarian_id).where(StaffNotice.source == notice.source)))
    fresh = [each for each in dict.fromkeys(recipients) if each not in told and each != notice.from_id]
    for librarian_id in fresh:
        session.add(
            StaffNotice(
                librarian_id=librarian_id,
                kind=notice.kind,
                from_id=notice.from_id,
                source=notice.source,
                conversation_id=notice.conversation_id,
                room_id=notice.room_id,
                practice_id=notice.practice_id,
                created_at=notice.created_at,
            )
        )
    session.flush()
    return fresh


def unseen(session: Session, librarian_id: UUID) -> Sequence[StaffNotice]:
    """Return what a person has not seen, oldest first, at most SHOWN."""
    statement = select(StaffNotice).where(StaffNotice.librarian_id == librarian_id, StaffNotice.seen_at.is_(None))
    return session.scalars(statement.order_by(StaffNotice.created_at, StaffNotice.id).limit(SHOWN)).all()


def count_unseen(session: Session, librarian_id: UUID) -> int:
    """Return how much a person has not seen."""
    statement = select(func.count()).where(StaffNotice.librarian_id == librarian_id, StaffNotice.seen_at.is_(None))
    return session.scalar(statement.select_from(StaffNotice)) or 0


def mark_seen(session: Session, librarian_id: UUID, notice_ids: Collection[UUID], *, now: datetime) -> bool:
    """Mark own notices as seen; say whether any was not. Others' are left alone."""
    changed = (
        update(StaffNotice)
        .where(StaffNotice.librarian_id == librarian_id, StaffNotice.id.in_(notice_ids), StaffNotice.seen_at.is_(None))
        .values(seen_at=now)
        .returning(StaffNotice.id)
        .execution_options(synchronize_session="fetch")
    )
    return bool(session.scalars(changed).all())


def mark_seen_in_room(session: Session, librarian_id: UUID, room_id: UUID, *, now: datetime) -> bool:
    """Mark the person's mentions in a room as seen, because the room was read; say whether any was not."""
    statement = select(StaffNotice.id).where(StaffNotice.librarian_id == librarian_id, StaffNotice.room_id == room_id)
    return mark_seen(session, librarian_id, session.scalars(statement).all(), now=now)


def forget_old(session: Session, *, now: datetime) -> int:
    """Delete what was seen long ago; return how much."""
    gone = delete(StaffNotice).where(StaffNotice.seen_at < now - KEPT_SEEN).returning(StaffNotice.id)
    return len(session.scalars(gone.execution_options(synchronize_session=False)).all())
