"""Writes down what people read and take out, in the transaction of the caller. Nothing here changes an entry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qa_server.people.audit_models import AuditEntry

# Reading goes on by reading again; one entry stands for this long.
STANDS_FOR = timedelta(minutes=10)
# The database refuses to remove what is younger.
MIN_KEPT_DAYS = 180


class Action(StrEnum):
    """What is written down."""

    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    READ_CONVERSATION = "read_conversation"
    SAW_READER = "saw_reader"
    EXPORT_STARTED = "export_started"
    EXPORTED = "exported"
    BOARD_SHOWN = "board_shown"


@dataclass(frozen=True)
class Deed:
    """What somebody did: at which node, to what. `details` hold no text that people wrote."""

    action: Action
    subject: str
    subject_key: str
    library_id: UUID | None
    librarian_id: UUID | None
    details: Mapping[str, Any] = field(default_factory=dict)


def write_down(session: Session, deed: Deed, *, now: datetime) -> None:
    """Add an entry; it is there when the caller's transaction commits."""
    session.add(
        AuditEntry(
            library_id=deed.library_id,
            librarian_id=deed.librarian_id,
            happened_at=now,
            action=deed.action.value,
            subject=deed.subject,
            subject_key=deed.subject_key[:80],
            details=dict(deed.details),
        )
    )


def stands(session: Session, deed: Deed, *, now: datetime) -> bool:
    """Say whether an entry of the last ten minutes says the same already."""
    statement = select(AuditEntry.id).where(
        AuditEntry.librarian_id == deed.librarian_id,
        AuditEntry.subject_key == deed.subject_key[:80],
        AuditEntry.action == deed.action.value,
        AuditEntry.happened_at > now - STANDS_FOR,
    )
    return session.scalar(statement.limit(1)) is not None


def forget(session: Session, library_id: UUID | None, *, before: datetime) -> int:
    """Remove a node's entries from before a moment; return how many. The database keeps the last 180 days."""
    at_node = AuditEntry.library_id.is_(None) if library_id is None else AuditEntry.library_id == library_id
    gone = session.execute(delete(AuditEntry).where(at_node, AuditEntry.happened_at < before))
    return int(getattr(gone, "rowcount", 0))
