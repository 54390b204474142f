"""Reading commissions. Every select starts from the asker; "not yours" and "not there" look alike."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from qa_server.commissions.definition import ServiceDefinition
from qa_server.commissions.models import Commission, CommissionDesk, CommissionEntry, CommissionFile, EntryKind
from qa_server.commissions.service_models import ServiceVersion
from qa_server.commissions.work_models import (
    CommissionReport,
    Quote,
    QuoteState,
    ReportState,
    ReportTemplate,
    WorkLogEntry,
)
from qa_server.network.models import Desk
from storage.errors import NotFound

PAGE = 50
# Entries of a record that are returned at once.
PAGE_ENTRIES = 200


@dataclass(frozen=True)
class EntrySight:
    """Which entries of a record somebody sees: private ones for staff alone, from a number on, all kinds or some."""

    is_staff: bool
    since: int = 0
    kinds: Collection[EntryKind] = ()


def of_reader(session: Session, reader_id: UUID, commission_id: UUID, *, lock: bool = False) -> Commission:
    """Return a reader's own commission. Raises NotFound."""
    return _one(session, select(Commission).where(Commission.id == commission_id, _of(reader_id)), lock=lock)


def begun_before(session: Session, reader_id: UUID, client_id: str) -> Commission | None:
    """Return the reader's commission that was begun under this client id, or None."""
    return session.scalar(select(Commission).where(_of(reader_id), Commission.client_id == client_id))


def page_of_reader(session: Session, reader_id: UUID, *, before: UUID | None) -> Sequence[Commission]:
    """Return the reader's commissions, newest first: one more than a page where there are more."""
    own = select(Commission).where(_of(reader_id))
    if before is not None:
        own = own.where(Commission.id < before)
    return session.scalars(own.order_by(Commission.id.desc()).limit(PAGE + 1)).all()


def seen_by(
    desk_ids: Collection[UUID], librarian_id: UUID, contact_ids: Collection[UUID], service_ids: Collection[UUID]
) -> ColumnElement[bool]:
    """Return the condition that a librarian may see a commission.

    It has reached one of the desks and nobody took it up yet, or that desk's library is the contact or does the work;
    it is in the person's own hands; or it belongs to a library at which the person holds a right over commissions:
    `contact_ids` where readers applied, `service_ids` where the work is done. What a reader has not submitted yet
    nobody else sees.
    """
    is_untaken = Commission.accepted_at.is_(None) & (Commission.service_library_id == Commission.library_id)
    is_concerned = Desk.library_id.in_((Commission.library_id, Commission.service_library_id))
    reached = (
        exists()
        .where(CommissionDesk.commission_id == Commission.id, CommissionDesk.desk_id == Desk.id)
        .where(Desk.id.in_(desk_ids), is_untaken | is_concerned)
    )
    return Commission.submitted_at.is_not(None) & or_(
        reached,
        Commission.searcher_id == librarian_id,
        Commission.contact_librarian_id == librarian_id,
        Commission.library_id.in_(contact_ids),
        Commission.service_library_id.in_(service_ids),
    )


def submitted(session: Session, commission_id: UUID, *, lock: bool = False) -> Commission:
    """Return a submitted commission. The caller decides who may see it. Raises NotFound."""
    found = select(Commission).where(Commission.id == commission_id, Commission.submitted_at.is_not(None))
    return _one(session, found, lock=lock)


def desks_reached(session: Session, commission_id: UUID) -> set[UUID]:
    """Return the desks whose members see a commission."""
    return set(session.scalars(select(CommissionDesk.desk_id).where(CommissionDesk.commission_id == commission_id)))


def definition_of(session: Session, version_id: UUID) -> ServiceDefinition:
    """Return the definition that a commission began with."""
    return ServiceDefinition.model_validate(session.get_one(ServiceVersion, version_id).definition)


def entries(
    session: Session, commission_id: UUID, sight: EntrySight, *, before: int | None = None
) -> Sequence[CommissionEntry]:
    """Return the newest entries of the record, or the newest before a number, in order.

    One more than a page, at the front, where there are earlier ones.
    """
    found = select(CommissionEntry).where(
        CommissionEntry.commission_id == commission_id, CommissionEntry.seq >= sight.since
    )
    if not sight.is_staff:
        found = found.where(CommissionEntry.is_private.is_(False))
    if sight.kinds:
        found = found.where(CommissionEntry.kind.in_(sight.kinds))
    return _newest(session, found, before)


def written(session: Session, commission_id: UUID, *, before: int | None = None) -> Sequence[CommissionEntry]:
    """Return what staff sees of the talk, paged as `entries` are: messages, notes, reasons of steps, files."""
    kinds = (EntryKind.MESSAGE, EntryKind.NOTE, EntryKind.FILE, EntryKind.TRANSITION)
    found = select(CommissionEntry).where(
        CommissionEntry.commission_id == commission_id,
        CommissionEntry.kind.in_(kinds),
        or_(CommissionEntry.kind != EntryKind.TRANSITION, CommissionEntry.body != ""),
    )
    return _newest(session, found, before)


def files_of(session: Session, commission_id: UUID, *, is_staff: bool) -> Sequence[CommissionFile]:
    """Return the files of a commission that are there, oldest first; private ones for staff alone."""
    found = select(CommissionFile).where(
        CommissionFile.commission_id == commission_id, CommissionFile.removed_at.is_(None)
    )
    if not is_staff:
        found = found.where(CommissionFile.is_private.is_(False))
    return session.scalars(found.order_by(CommissionFile.id)).all()


def file_room(session: Session, commission_id: UUID) -> tuple[int, int]:
    """Return how many files a commission has, and their bytes in all."""
    counted = select(func.count(), func.coalesce(func.sum(CommissionFile.size_bytes), 0)).where(
        CommissionFile.commission_id == commission_id, CommissionFile.removed_at.is_(None)
    )
    count, size_bytes = session.execute(counted).one()
    return count, int(size_bytes)


def wants_file(session: Session, sha256: str) -> bool:
    """Say whether a commission or a report template has this content."""
    files = select(CommissionFile.id).where(CommissionFile.sha256 == sha256, CommissionFile.removed_at.is_(None))
    forms = select(ReportTemplate.id).where(ReportTemplate.sha256 == sha256, ReportTemplate.removed_at.is_(None))
    return any(session.scalar(each.limit(1)) is not None for each in (files, forms))


def wanted_hashes(session: Session) -> set[str]:
    """Return the hashes of all contents that are wanted in this sense."""
    files = session.scalars(select(CommissionFile.sha256).where(CommissionFile.removed_at.is_(None)))
    return {*files, *session.scalars(select(ReportTemplate.sha256).where(ReportTemplate.removed_at.is_(None)))}


def quotes_of(session: Session, commission_id: UUID) -> Sequence[Quote]:
    """Return all quotes of a commission, newest first."""
    found = select(Quote).where(Quote.commission_id == commission_id)
    return session.scalars(found.order_by(Quote.number.desc())).all()


def standing_quote(session: Session, commission_id: UUID) -> Quote | None:
    """Return the quote that waits for the reader's answer, expired or not, or None."""
    return session.scalar(select(Quote).where(Quote.commission_id == commission_id, Quote.state == QuoteState.STANDING))


def log_of(session: Session, commission_id: UUID) -> Sequence[WorkLogEntry]:
    """Return the work log as it stands, oldest first: without what was replaced or removed."""
    found = select(WorkLogEntry).where(
        WorkLogEntry.commission_id == commission_id,
        WorkLogEntry.replaced_by_id.is_(None),
        WorkLogEntry.is_removed.is_(False),
    )
    return session.scalars(found.order_by(WorkLogEntry.searched_at, WorkLogEntry.id)).all()


def searchers_of(session: Session, commission_id: UUID) -> set[UUID]:
    """Return everybody who wrote in the work log or a report: none of them reviews it."""
    logged = select(WorkLogEntry.librarian_id).where(WorkLogEntry.commission_id == commission_id)
    wrote = select(CommissionReport.searcher_id).where(CommissionReport.commission_id == commission_id)
    return {*session.scalars(logged), *session.scalars(wrote)}


def report_of(session: Session, commission_id: UUID, *, lock: bool = False) -> CommissionReport | None:
    """Return the report that holds: the newest that was not replaced, or None."""
    found = (
        select(CommissionReport)
        .where(CommissionReport.commission_id == commission_id, CommissionReport.state != ReportState.REPLACED)
        .order_by(CommissionReport.version.desc())
        .limit(1)
    )
    return session.scalar(found.with_for_update() if lock else found)


def due_to_look(session: Session, now: datetime, *, limit: int) -> Sequence[UUID]:
    """Return commissions whose timer is due, the longest due first."""
    found = select(Commission.id).where(Commission.look_at <= now).order_by(Commission.look_at).limit(limit)
    return session.scalars(found).all()


def _newest(session: Session, found: Select[CommissionEntry], before: int | None) -> Sequence[CommissionEntry]:
    if before is not None:
        found = found.where(CommissionEntry.seq < before)
    return session.scalars(found.order_by(CommissionEntry.seq.desc()).limit(PAGE_ENTRIES + 1)).all()[::-1]


def _of(reader_id: UUID) -> ColumnElement[bool]:
    return Commission.reader_id == reader_id


def _one(session: Session, statement: Select[Commission], *, lock: bool) -> Commission:
    found = session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise NotFound()
    return found
