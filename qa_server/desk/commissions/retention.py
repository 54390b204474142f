"""The end of what is kept: drafts that were never submitted go; ended commissions lose who and what they were about.

What stays of a commission is its number, its course with moments and people of the library, and every amount. Nothing
else ever deletes anything. Safe to repeat and on several processes.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_server.commissions import queries
from qa_server.commissions.delivery_models import SupplyOffer
from qa_server.commissions.models import Commission, CommissionEntry, CommissionFile
from qa_server.commissions.money_models import Payment
from qa_server.commissions.money_settings import DRAFT_DAYS
from qa_server.commissions.reports.content import as_json, from_json
from qa_server.commissions.reports.errors import ReportContentRefused
from qa_server.commissions.work_models import CommissionReport, Quote, ReportRemark, WorkLogEntry
from qa_server.desk.workplace import Workplace
from qa_server.network.node_settings import effective_for
from qa_server.people.models import Reader
from qa_server.people.tokens import hash_token, new_token

# Commissions seen to in one round; the next comes within the hour.
MAX_AT_ONCE = 200
# The fewest days for which a library may keep drafts.
_FEWEST_DAYS = timedelta(days=7)
# Details of entries that may name somebody or hold words of people; amounts, moments and keys stay.
_PERSONAL_DETAILS = frozenset({"name", "reader", "note", "reason", "title"})


def drop_drafts(place: Workplace) -> int:
    """Remove drafts that were left alone for as long as their library keeps them; return how many."""
    now = place.clock()
    with place.database.read() as session:
        left = session.execute(
            select(Commission.id, Commission.library_id, Commission.updated_at)
            .where(Commission.submitted_at.is_(None), Commission.updated_at <= now - _FEWEST_DAYS)
            .order_by(Commission.updated_at)
            .limit(20 * MAX_AT_ONCE)
        ).all()
        days = effective_for(session, {row.library_id for row in left}, DRAFT_DAYS.key)
    ends = {row.id: now - timedelta(days=int(days[row.library_id].value)) for row in left}
    due = [row.id for row in left if row.updated_at <= ends[row.id]]
    return sum(_drop(place, each, untouched_since=ends[each]) for each in due[:MAX_AT_ONCE])


def forget_ended(place: Workplace) -> int:
    """Make ended commissions anonymous whose service keeps them no longer; return how many."""
    now = place.clock()
    return sum(_forget(place, commission_id) for commission_id in _due(place, now))


def _drop(place: Workplace, commission_id: UUID, *, untouched_since: datetime) -> bool:
    with place.database.write() as session:
        draft = select(Commission).where(Commission.id == commission_id, Commission.submitted_at.is_(None))
        commission = session.scalar(draft.with_for_update(skip_locked=True))
        if commission is None or commission.updated_at > untouched_since:
            # Somebody went on with it, or another process was quicker.
            return False
        remove_draft(session, commission)
        return True


def remove_draft(session: Session, commission: Commission) -> None:
    """Remove a draft with its record and files; nobody but its reader ever saw it."""
    for file in session.scalars(select(CommissionFile).where(CommissionFile.commission_id == commission.id)):
        session.delete(file)
    for entry in session.scalars(select(CommissionEntry).where(CommissionEntry.commission_id == commission.id)):
        session.delete(entry)
    session.flush()
    session.delete(commission)
    session.flush()


def _due(place: Workplace, now: datetime) -> list[UUID]:
    """Return ended commissions that are past the years of the version they began with, oldest first."""
    kept = select(Commission.version_id).where(Commission.ended_at.is_not(None), Commission.forgotten_at.is_(None))
    found: list[UUID] = []
    with place.database.read() as session:
        for version_id in session.scalars(kept.distinct()).all():
            years = queries.definition_of(session, version_id).retention_years
            old = select(Commission.id).where(
                Commission.version_id == version_id,
                Commission.forgotten_at.is_(None),
                Commission.ended_at <= _years_before(now, years),
            )
            found += session.scalars(old.order_by(Commission.ended_at).limit(MAX_AT_ONCE - len(found))).all()
            if len(found) >= MAX_AT_ONCE:
                break
    return found


def _years_before(now: datetime, years: int) -> datetime:
    try:
        return now.replace(year=now.year - years)
    except ValueError:
        # The last day of a February that has 29.
        return now.replace(year=now.year - years, day=28)


def _forget(place: Workplace, commission_id: UUID) -> bool:
    now = place.clock()
    with place.database.write() as session:
        kept = select(Commission).where(Commission.id == commission_id, Commission.forgotten_at.is_(None))
        commission = session.scalar(kept.with_for_update(skip_locked=True))
        if commission is None:
            return False
        _empty(session, commission, now)
        _empty_record(session, commission)
        _empty_work(session, commission)
        files = update(CommissionFile).where(CommissionFile.commission_id == commission.id)
        # The names say whose they were; the contents go with the next clearing of files.
        session.execute(files.where(CommissionFile.removed_at.is_(None)).values(removed_at=now))
        session.execute(files.values(name=""))
        return True


def _empty(session: Session, commission: Commission, now: datetime) -> None:
    # A reader of its own that nobody can sign in as: the real one may be known by name elsewhere.
    nobody = Reader(
        token_hash=hash_token(new_token()),
        library_id=commission.library_id,
        language=commission.language,
        created_at=now,
    )
    session.add(nobody)
    session.flush()
    commission.reader_id, commission.conversation_id = nobody.id, None
    commission.title, commission.comment = "", None
    commission.form, commission.staff_form, commission.contact, commission.invoice = {}, {}, {}, {}
    commission.look_at, commission.forgotten_at = None, now
    session.flush()


def _empty_record(session: Session, commission: Commission) -> None:
    for entry in session.scalars(select(CommissionEntry).where(CommissionEntry.commission_id == commission.id)):
        entry.body = ""
        entry.details = {key: value for key, value in entry.details.items() if key not in _PERSONAL_DETAILS}
        # It holds the reader's own id.
        entry.sender = None
    session.flush()


def _empty_work(session: Session, commission: Commission) -> None:
    own = commission.id
    session.execute(update(Payment).where(Payment.commission_id == own).values(reference="", note="", client_id=None))
    session.execute(update(Quote).where(Quote.commission_id == own).values(note=""))
    session.execute(update(SupplyOffer).where(SupplyOffer.commission_id == own).values(note=""))
    session.execute(
        update(WorkLogEntry).where(WorkLogEntry.commission_id == own).values(note="", strategy="", file_ids=[])
    )
    for report in session.scalars(select(CommissionReport).where(CommissionReport.commission_id == own)):
        report.content = _emptied(report.content)
        session.execute(update(ReportRemark).where(ReportRemark.report_id == report.id).values(body="", section=""))
    session.flush()


def _emptied(content: dict[str, object]) -> dict[str, object]:
    """Return a report's text without what it says; its number and who signed stay, for whoever checks it."""
    try:
        known = from_json(content)
    except ReportContentRefused:
        return {}
    bare = replace(
        known, title="", applicant="", organisation="", purpose="", sections=(), attachments=(), facts=(), notes=""
    )
    return as_json(bare)
