"""Reading canned replies. The caller says whose: a reply is only found through a holder that was checked before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from qa_server.replies.holders import Holder, HolderKind
from qa_server.replies.models import CannedReply, ReplyUse

_COLUMNS = {
    HolderKind.NODE: CannedReply.library_id,
    HolderKind.DESK: CannedReply.desk_id,
    HolderKind.PERSON: CannedReply.librarian_id,
}


@dataclass(frozen=True)
class Uses:
    """How often replies were used, and when last."""

    count: int = 0
    last_used_at: datetime | None = None


def replies_of(session: Session, holders: Collection[Holder]) -> Sequence[CannedReply]:
    """Return the replies of these holders, by shortcut."""
    if not holders:
        return []
    statement = select(CannedReply).where(or_(*_of(holders)))
    return session.scalars(statement.order_by(CannedReply.shortcut, CannedReply.id)).all()


def reply_at(session: Session, holder: Holder, shortcut: str) -> CannedReply | None:
    """Return the reply with a shortcut of one holder, or None."""
    return session.scalar(select(CannedReply).where(*_of([holder]), CannedReply.shortcut == shortcut))


def count_of(session: Session, holder: Holder) -> int:
    """Return how many replies a holder has."""
    return session.scalar(select(func.count()).select_from(CannedReply).where(*_of([holder]))) or 0


def uses_of(session: Session, reply_ids: Collection[UUID], *, by: UUID | None = None) -> dict[UUID, Uses]:
    """Return how often these replies were used, by everybody or by one librarian; unused ones are left out."""
    statement = (
        select(ReplyUse.reply_id, func.sum(ReplyUse.count), func.max(ReplyUse.last_used_at))
        .where(ReplyUse.reply_id.in_(reply_ids))
        .group_by(ReplyUse.reply_id)
    )
    if by is not None:
        statement = statement.where(ReplyUse.librarian_id == by)
    return {reply: Uses(int(count), last) for reply, count, last in session.execute(statement)}


def _of(holders: Collection[Holder]) -> list[ColumnElement[bool]]:
    return [
        column.in_([holder.id for holder in holders if holder.kind is kind])
        for kind, column in _COLUMNS.items()
        if any(holder.kind is kind for holder in holders)
    ]
