"""The record of who changed what in the network. Rows are only ever added."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.network.setting_models import NetworkChange

# Rows on one page of the record.
PAGE_CHANGES = 100


@dataclass(frozen=True)
class Change:
    """What changed: the node it belongs to, the kind of thing, its key, what was done, before and after (JSON)."""

    library_id: UUID | None
    subject: str
    subject_key: str
    action: str
    old: Any
    new: Any


def record_change(session: Session, change: Change, *, by: UUID | None, now: datetime) -> None:
    """Write a change down; `by` is None for the command line."""
    session.add(
        NetworkChange(
            library_id=change.library_id,
            changed_at=now,
            changed_by=by,
            subject=change.subject,
            subject_key=change.subject_key[:80],
            action=change.action,
            old=change.old,
            new=change.new,
        )
    )


def changes_at(
    session: Session, library_ids: Collection[UUID], *, before: UUID | None = None, limit: int = PAGE_CHANGES
) -> Sequence[NetworkChange]:
    """Return changes at these nodes, newest first; `before` is the last one of the page before."""
    statement = select(NetworkChange).where(NetworkChange.library_id.in_(library_ids))
    if before is not None:
        statement = statement.where(NetworkChange.id < before)
    return session.scalars(statement.order_by(NetworkChange.id.desc()).limit(limit)).all()
