"""The numbered list of what readers can find: append to it in the changing transaction, read it from any process."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from knowledge.models import ChangeKind, KnowledgeChange, KnowledgeCounter

_COUNTER_ID = 1


def record_change(session: Session, *, article_id: UUID, kind: ChangeKind, now: datetime) -> int:
    """Append a change and return its number. Writes; other recorders wait until this transaction ends."""
    number = _next_number(session)
    session.add(KnowledgeChange(number=number, article_id=article_id, kind=kind, happened_at=now))
    session.flush()
    return number


def newest_change(session: Session) -> int:
    """Return the number of the newest committed change, 0 when there is none."""
    return session.scalar(select(func.max(KnowledgeChange.number))) or 0


def changed_articles(session: Session, *, after: int, limit: int) -> tuple[Sequence[UUID], int]:
    """Return the articles changed by the next `limit` changes after that number, and the last number looked at."""
    rows = session.execute(
        select(KnowledgeChange.number, KnowledgeChange.article_id)
        .where(KnowledgeChange.number > after)
        .order_by(KnowledgeChange.number)
        .limit(limit)
    ).all()
    return list(dict.fromkeys(row.article_id for row in rows)), rows[-1].number if rows else after


def _next_number(session: Session) -> int:
    advance = (
        update(KnowledgeCounter)
        .where(KnowledgeCounter.id == _COUNTER_ID)
        .values(number=KnowledgeCounter.number + 1)
        .returning(KnowledgeCounter.number)
        .execution_options(synchronize_session=False)
    )
    number = session.scalar(advance)
    if number is None:
        _create_counter(session)
        number = session.scalar(advance)
    if number is None:
        raise RuntimeError("the counter of the knowledge base could not be created")
    return number


def _create_counter(session: Session) -> None:
    try:
        with session.begin_nested():
            session.execute(insert(KnowledgeCounter).values(id=_COUNTER_ID, number=0))
    except IntegrityError:
        # Another transaction made the row between our two statements; it is there now.
        return
