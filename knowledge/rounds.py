"""Work that comes round, such as every night: one process takes it, and does it once. Callers commit."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from knowledge.life_models import KnowledgeTimer

# A process that died holds the work up for this long; the longest round (all test questions) takes minutes.
LEASE = timedelta(hours=1)


def is_due(session: Session, name: str, *, now: datetime) -> bool:
    """Say whether there may be something to take, without writing: the first look of a new installation says so too."""
    timer = session.get(KnowledgeTimer, name)
    if timer is None:
        return True
    return timer.due_at <= now and (timer.lease_until is None or timer.lease_until <= now)


def take(session: Session, name: str, *, first_due: datetime, now: datetime) -> bool:
    """Take the work when it is due and nobody has it; say whether it was taken. `first_due` is for the first round."""
    if session.get(KnowledgeTimer, name) is None:
        try:
            with session.begin_nested():
                session.add(KnowledgeTimer(name=name, due_at=first_due))
        except IntegrityError:
            # Another process made the row between our two statements.
            return False
    timer = session.scalar(
        select(KnowledgeTimer)
        .where(KnowledgeTimer.name == name)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if timer is None or timer.due_at > now or (timer.lease_until is not None and timer.lease_until > now):
        return False
    timer.lease_until = now + LEASE
    session.flush()
    return True


def finish(session: Session, name: str, *, next_due: datetime, now: datetime) -> None:
    """Say that the work is done and when it comes round again."""
    timer = session.get_one(KnowledgeTimer, name)
    timer.due_at, timer.lease_until, timer.done_at = next_due, None, now
    session.flush()
