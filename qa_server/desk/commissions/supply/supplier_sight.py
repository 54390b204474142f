"""What a supplier sees of a request: the document, and its own dealings with it. Who asks for it never appears.

A supplier sees the record from the offer made to it onwards: neither what the reader wrote before, nor who was asked
before it, nor at what cost. Of what the reader writes it reads objections alone, with everything about the reader
masked: only who supplied the copy can tell what is wrong with it.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_server.commissions.definition import FieldKind, Operation, ServiceDefinition
from qa_server.commissions.models import (
    By,
    Commission,
    CommissionEntry,
    CommissionFile,
    EntryKind,
    FilePurpose,
    PaymentState,
)
from qa_server.desk.commissions import reader_masks

# What reader and library have agreed on, and what the reader thought of it, is theirs.
HIDDEN: Mapping[str, Any] = {
    "price": None,
    "payment_state": PaymentState.NONE.value,
    "client_id": "",
    "conversation_id": None,
    "stars": None,
    "comment": None,
    "quotes": [],
}
HIDDEN_IN_LISTS: Mapping[str, Any] = {"price": None, "payment_state": PaymentState.NONE.value}
# Kinds of entries that a supplier sees at all.
SHOWN = frozenset({EntryKind.TRANSITION, EntryKind.SUPPLY})
# Kinds of fields whose words may say who somebody is; choices are the service's own words.
_TYPED = frozenset({FieldKind.TEXT, FieldKind.PARAGRAPH, FieldKind.EMAIL, FieldKind.PHONE, FieldKind.TERMS})


def begins_at(session: Session, commission: Commission, definition: ServiceDefinition) -> int:
    """Return the number of the entry by which the request was offered to whoever has it now; 0 before any offer."""
    keys = [each.key for each in definition.transitions if each.does is Operation.OFFER]
    found = select(func.max(CommissionEntry.seq)).where(
        CommissionEntry.commission_id == commission.id,
        CommissionEntry.kind == EntryKind.TRANSITION,
        CommissionEntry.key.in_(keys),
    )
    return session.scalar(found) or 0


def words_shown(
    session: Session, commission: Commission, definition: ServiceDefinition, rows: Sequence[CommissionEntry]
) -> dict[int, str]:
    """Return what a supplier reads of entries, by number, without details of the reader.

    Of the reader's own steps that is what an objection says; of the others a supplier learns that they were made.
    """
    objections = _objections(definition)
    read = [row for row in rows if row.body and (row.by_kind != By.READER or row.key in objections)]
    return dict(zip((row.seq for row in read), _masked(session, commission, definition, read), strict=True))


def objection(session: Session, commission: Commission, definition: ServiceDefinition) -> CommissionEntry | None:
    """Return the objection that waits for an answer, since the request was offered to whoever has it; or None."""
    found = (
        select(CommissionEntry)
        .where(
            CommissionEntry.commission_id == commission.id,
            CommissionEntry.seq >= begins_at(session, commission, definition),
            CommissionEntry.kind == EntryKind.TRANSITION,
        )
        .order_by(CommissionEntry.seq.desc())
        .limit(1)
    )
    last = session.scalar(found)
    return last if last is not None and last.key in _objections(definition) else None


def files_shown(
    session: Session, commission: Commission, files: Sequence[CommissionFile], begins: int
) -> list[CommissionFile]:
    """Return the results that were added since the request was offered to the supplier."""
    added = session.scalars(
        select(CommissionEntry.details).where(
            CommissionEntry.commission_id == commission.id,
            CommissionEntry.kind == EntryKind.FILE,
            CommissionEntry.seq > begins,
        )
    )
    since = {UUID(details["file_id"]) for details in added if "file_id" in details}
    return [each for each in files if each.purpose == FilePurpose.RESULT and each.id in since]


def _objections(definition: ServiceDefinition) -> set[str]:
    return {each.key for each in definition.transitions if each.does is Operation.OBJECT}


def _masked(
    session: Session, commission: Commission, definition: ServiceDefinition, rows: Sequence[CommissionEntry]
) -> Sequence[str]:
    if definition.delivery is None or not rows:
        return ["" for _ in rows]
    shown = set(definition.delivery.shown_to_suppliers)
    withheld = [each.key for each in definition.fields if each.key not in shown and each.kind in _TYPED]
    known = [value for key in shown if isinstance(value := commission.form.get(key), str)]
    bodies = [row.body for row in rows]
    return reader_masks.masked(session, commission, bodies, withheld=withheld, known=known).texts
