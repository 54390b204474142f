"""Tasks of the background that one process at a time may do: a lease in the database, checked when work is stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from knowledge.ledger.models import KnowledgeTask

# A process that died holds a task up for this long.
LEASE = timedelta(seconds=120)


@dataclass(frozen=True)
class Lease:
    """A task taken by a process. `round` is what it has come to, `position` how far it has read."""

    name: str
    holder: str
    round: int
    position: datetime | None


class LeaseLost(Exception):
    """Another process has taken the task meanwhile: what was prepared may be outdated and is not stored."""


def take(session: Session, name: str, holder: str, *, now: datetime) -> Lease | None:
    """Take the task, or return None while another process holds it. Safe to repeat: the holder's lease is renewed."""
    _ensure(session, name)
    taken = session.execute(
        update(KnowledgeTask)
        .where(
            KnowledgeTask.name == name,
            or_(
                KnowledgeTask.holder.is_(None),
                KnowledgeTask.holder == holder,
                KnowledgeTask.held_until.is_(None),
                KnowledgeTask.held_until <= now,
            ),
        )
        .values(holder=holder, held_until=now + LEASE)
        .execution_options(synchronize_session=False)
    )
    if getattr(taken, "rowcount", 0) != 1:
        return None
    row = session.get_one(KnowledgeTask, name, populate_existing=True)
    return Lease(name, holder, row.round, row.position)


def advance(session: Session, lease: Lease, *, now: datetime, position: datetime | None = None) -> Lease:
    """Count a round of work in the transaction that stores it, and renew the lease. Raises LeaseLost."""
    row = session.scalar(
        select(KnowledgeTask)
        .where(KnowledgeTask.name == lease.name)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or row.holder != lease.holder or row.round != lease.round:
        raise LeaseLost(lease.name)
    row.round += 1
    row.held_until = now + LEASE
    row.position = position or row.position
    session.flush()
    return Lease(lease.name, lease.holder, row.round, row.position)


def give_up(session: Session, lease: Lease) -> None:
    """Let another process have the task at once. Harmless where it has it already."""
    session.execute(
        update(KnowledgeTask)
        .where(KnowledgeTask.name == lease.name, KnowledgeTask.holder == lease.holder)
        .values(holder=None, held_until=None)
        .execution_options(synchronize_session=False)
    )


def _ensure(session: Session, name: str) -> None:
    if session.get(KnowledgeTask, name) is not None:
        return
    try:
        with session.begin_nested():
            session.add(KnowledgeTask(name=name, round=0))
    except IntegrityError:
        # Another process made the row between our two statements.
        return
