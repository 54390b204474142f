"""The library card (馆情卡): lines with owner and check date, inherited line by line; approval; reports of errors."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from qa_server.network.card_models import CardLine, CardReport, LibraryCard
from qa_server.network.changes import Change, record_change
from qa_server.network.errors import CardRefused
from qa_server.network.node_settings import effective
from qa_server.network.queries import path_up
from qa_server.network.setting_definitions import CARD_FRESH_DAYS
from storage.errors import NotFound

# Without these, own or inherited, a card is not approved: outsiders could not answer the commonest local questions.
REQUIRED_KEYS = ("loans.rules", "access.off_campus", "contacts.desk")
_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+){0,3}")
_MAX_TEXT = 4_000
_MAX_LINES = 200

LineKind = Literal["fact", "fault", "paste"]


@dataclass(frozen=True)
class LineFields:
    """What a line says: a fact, a fault known now, or a sentence to paste; in both languages."""

    kind: LineKind
    text_zh: str
    text_en: str


@dataclass(frozen=True)
class CardStanding:
    """Where a card stands. `is_usable`: approved and every own line checked within the days that count as fresh."""

    state: str
    is_fresh: bool
    is_usable: bool
    stale_keys: tuple[str, ...]
    missing_keys: tuple[str, ...]
    fresh_days: int


def lines_of(session: Session, library_id: UUID) -> list[CardLine]:
    """Return the lines that hold for a library, nearest node first for each key; by key."""
    path = path_up(session, library_id)
    rows = session.scalars(select(CardLine).where(CardLine.library_id.in_(path))).all()
    nearest: dict[str, CardLine] = {}
    for row in sorted(rows, key=lambda row: path.index(row.library_id)):
        nearest.setdefault(row.key, row)
    return [nearest[key] for key in sorted(nearest)]


def set_line(
    session: Session,
    library_id: UUID,
    key: str,
    fields: LineFields,
    *,
    owner_id: UUID,
    by: UUID | None,
    now: datetime,
) -> CardLine:
    """Write a line of a node's own card; writing is checking. Raises CardRefused."""
    _check_line(key, fields)
    row = _own_line(session, library_id, key)
    old = None if row is None else _written(row)
    if row is None:
        _refuse_full(session, library_id)
        row = CardLine(library_id=library_id, key=key)
        session.add(row)
    row.kind, row.text_zh, row.text_en = fields.kind, fields.text_zh.strip(), fields.text_en.strip()
    row.owner_id, row.checked_at, row.changed_at = owner_id, now, now
    record_change(session, Change(library_id, "card_line", key, "set", old, _written(row)), by=by, now=now)
    session.flush()
    return row


def check_line(session: Session, library_id: UUID, key: str, *, by: UUID, now: datetime) -> CardLine:
    """Say that a line of a node's own card is still right. Raises NotFound."""
    row = own_line(session, library_id, key)
    old = {"checked_at": row.checked_at.isoformat()}
    row.checked_at = now
    new = {"checked_at": now.isoformat()}
    record_change(session, Change(library_id, "card_line", key, "checked", old, new), by=by, now=now)
    session.flush()
    return row


def remove_line(session: Session, library_id: UUID, key: str, *, by: UUID, now: datetime) -> None:
    """Take a line of a node's own card away; an inherited one holds again. Raises NotFound."""
    row = own_line(session, library_id, key)
    record_change(session, Change(library_id, "card_line", key, "removed", _written(row), None), by=by, now=now)
    session.delete(row)
    session.flush()


def own_line(session: Session, library_id: UUID, key: str) -> CardLine:
    """Return a line of a node's own card. Raises NotFound."""
    row = _own_line(session, library_id, key)
    if row is None:
        raise NotFound()
    return row


def pass_on_lines(session: Session, owner_id: UUID, *, to: UUID) -> int:
    """Give all lines and open reports of one owner to another, as when somebody leaves; return how many lines."""
    lines = session.execute(update(CardLine).where(CardLine.owner_id == owner_id).values(owner_id=to))
    session.execute(
        update(CardReport).where(CardReport.owner_id == owner_id, CardReport.state == "open").values(owner_id=to)
    )
    return int(getattr(lines, "rowcount", 0))


def standing_of(session: Session, library_id: UUID, *, now: datetime) -> CardStanding:
    """Return where a library's card stands at a moment."""
    card = session.get(LibraryCard, library_id)
    state = card.state if card else "draft"
    fresh_days = int(effective(session, library_id, CARD_FRESH_DAYS.key).value)
    lines = lines_of(session, library_id)
    stale = tuple(
        line.key
        for line in lines
        if line.library_id == library_id and line.checked_at + timedelta(days=fresh_days) <= now
    )
    missing = tuple(key for key in REQUIRED_KEYS if key not in {line.key for line in lines})
    is_usable = state == "approved" and not stale and not missing
    return CardStanding(state, not stale, is_usable, stale, missing, fresh_days)


def may_join_shared_desks(session: Session, library_id: UUID, *, now: datetime) -> bool:
    """Say whether others may be asked to answer for a library: only with an approved and fresh card."""
    return standing_of(session, library_id, now=now).is_usable


def submit_card(session: Session, library_id: UUID, *, by: UUID, now: datetime) -> None:
    """Ask the centre to approve a card. Raises CardRefused when lines are missing or stale."""
    standing = standing_of(session, library_id, now=now)
    if standing.missing_keys:
        raise CardRefused(reason="Lines that every card needs are missing: loans, access from outside, contacts.")
    if standing.stale_keys:
        raise CardRefused(reason="Some lines have not been checked for too long. Check them first.")
    _move(session, library_id, "submitted", "", by=by, now=now)


def approve_card(session: Session, library_id: UUID, *, by: UUID, now: datetime) -> None:
    """Approve a submitted card. Raises CardRefused."""
    card = _submitted(session, library_id)
    if card.changed_by == by:
        raise CardRefused(reason="Somebody other than the one who submitted it approves a card.")
    _move(session, library_id, "approved", "", by=by, now=now)


def send_card_back(session: Session, library_id: UUID, note: str, *, by: UUID, now: datetime) -> None:
    """Return a card, also an approved one, with what has to be better. Raises CardRefused."""
    card = session.get(LibraryCard, library_id)
    if card is None or card.state not in ("submitted", "approved"):
        raise CardRefused(reason="This card has not been submitted.")
    if not note.strip():
        raise CardRefused(reason="Say what has to be better.")
    _move(session, library_id, "sent_back", note.strip(), by=by, now=now)


def report_error(
    session: Session, library_id: UUID, key: str, text: str, *, reporter_id: UUID, now: datetime
) -> CardReport:
    """Tell the owner of a line that it is wrong; the line may be one that the library inherits.

    The report belongs to the node whose line it is. Raises CardRefused for a key without a line, and without words.
    """
    line = next((line for line in lines_of(session, library_id) if line.key == key), None)
    if line is None:
        raise CardRefused(reason="This card has no such line.")
    if not text.strip():
        raise CardRefused(reason="Say what is wrong.")
    report = CardReport(
        library_id=line.library_id,
        key=key,
        text=text.strip()[:_MAX_TEXT],
        reporter_id=reporter_id,
        owner_id=line.owner_id,
        state="open",
        created_at=now,
    )
    session.add(report)
    session.flush()
    return report


def reports_for(session: Session, librarian_id: UUID, library_ids: Collection[UUID]) -> Sequence[CardReport]:
    """Return open reports on a librarian's own lines and on the cards of these nodes, oldest first."""
    statement = (
        select(CardReport)
        .where(
            CardReport.state == "open",
            or_(CardReport.owner_id == librarian_id, CardReport.library_id.in_(library_ids)),
        )
        .order_by(CardReport.id)
    )
    return session.scalars(statement).all()


def resolve_report(session: Session, report: CardReport, answer: str, *, by: UUID, now: datetime) -> None:
    """Close a report with what was done. Safe to repeat: the first answer stays."""
    if report.state == "resolved":
        return
    report.state, report.answer, report.resolved_at, report.resolved_by = "resolved", answer.strip(), now, by


def _check_line(key: str, fields: LineFields) -> None:
    if len(key) > 64 or not _KEY.fullmatch(key):
        raise CardRefused(reason="The key of a line is written like loans.rules.")
    if not (fields.text_zh.strip() and fields.text_en.strip()):
        raise CardRefused(reason="A line is written in Chinese and in English.")
    if max(len(fields.text_zh), len(fields.text_en)) > _MAX_TEXT:
        raise CardRefused(reason="A line has at most 4,000 characters.")


def _refuse_full(session: Session, library_id: UUID) -> None:
    if len(session.scalars(select(CardLine.id).where(CardLine.library_id == library_id)).all()) >= _MAX_LINES:
        raise CardRefused(reason="A card has at most 200 lines.")


def _own_line(session: Session, library_id: UUID, key: str) -> CardLine | None:
    return session.scalar(select(CardLine).where(CardLine.library_id == library_id, CardLine.key == key))


def _submitted(session: Session, library_id: UUID) -> LibraryCard:
    card = session.get(LibraryCard, library_id)
    if card is None or card.state != "submitted":
        raise CardRefused(reason="This card has not been submitted.")
    return card


def _move(session: Session, library_id: UUID, state: str, note: str, *, by: UUID, now: datetime) -> None:
    card = session.get(LibraryCard, library_id)
    old = {"state": card.state} if card else None
    if card is None:
        card = LibraryCard(library_id=library_id)
        session.add(card)
    card.state, card.note, card.changed_at, card.changed_by = state, note, now, by
    new = {"state": state, "note": note}
    record_change(session, Change(library_id, "card", str(library_id), state, old, new), by=by, now=now)
    session.flush()


def _written(row: CardLine) -> dict[str, object]:
    return {"kind": row.kind, "text_zh": row.text_zh, "text_en": row.text_en, "owner": str(row.owner_id)}
