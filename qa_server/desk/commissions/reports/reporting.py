"""Reports of commissions: composed from the log, written by the searcher, remarked on, signed, issued as files.

Files are drawn outside of any transaction. A report that was signed and whose files are missing, as after a stop in
between, is issued again; what was issued never changes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.attachments.service import Content
from qa_server.commissions import queries, service
from qa_server.commissions.definition import Actor, Operation, ServiceDefinition
from qa_server.commissions.errors import CommissionChanged, TransitionRefused
from qa_server.commissions.models import By, Commission, CommissionFile, EntryKind, FilePurpose
from qa_server.commissions.reports.checking import checked
from qa_server.commissions.reports.content import ReportContent, as_json, from_json
from qa_server.commissions.reports.verification import normalise
from qa_server.commissions.reports.wording import report_name
from qa_server.commissions.service import SYSTEM, Deed, Doer
from qa_server.commissions.work_models import CommissionReport, ReportRemark, ReportState
from qa_server.conversations.text import clean_text
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import filing, standing
from qa_server.desk.commissions.filing import Upload
from qa_server.desk.commissions.reports import composing, report_course
from qa_server.desk.commissions.reports.report_drawing import Drawn, Format, draw, drawing_of, keep, possible_formats
from qa_server.desk.commissions.reports.report_views import (
    OPEN,
    WORKERS,
    CheckedReport,
    ReportSheet,
    kept_versions,
    sheet_of,
)
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Library
from qa_server.network.schedules import schedule_of
from qa_server.people.models import Librarian
from qa_server.people.rights import StaffMember
from storage.errors import Forbidden, NotFound

MAX_REMARK_CHARACTERS = 2_000
_ISSUERS = frozenset({*WORKERS, Actor.REVIEWER, Actor.SIGNER})


@dataclass(frozen=True)
class EarlierText:
    """What a version of a report said."""

    version: int
    content: ReportContent


def sheet(place: Workplace, person: StaffMember, commission_id: UUID) -> ReportSheet | None:
    """Return the report that holds, None when none was begun. Raises NotFound."""
    with place.database.read() as session:
        commission, actors = standing.for_staff(session, person, commission_id)
        report = queries.report_of(session, commission.id)
        return _sheet(session, commission, report, actors) if report else None


def before(
    place: Workplace, person: StaffMember, commission_id: UUID, *, version: int | None = None
) -> EarlierText | None:
    """Return what an earlier version of the report said, None where there is none.

    Without a number it is the newest that somebody was given to read: one that only keeps what parts said before they
    were written anew is left out. Raises NotFound.
    """
    with place.database.read() as session:
        commission, _ = standing.for_staff(session, person, commission_id)
        report = queries.report_of(session, commission.id)
        if report is None:
            return None
        earlier = [each for each in _versions(session, commission.id) if each.version < report.version]
        if version is None:
            kept = kept_versions(session, commission.id)
            earlier = [each for each in earlier if each.version not in kept]
        found = next((each for each in earlier if version in (None, each.version)), None)
        return EarlierText(found.version, from_json(found.content)) if found else None


def draft(place: Workplace, person: StaffMember, commission_id: UUID) -> ReportSheet:
    """Begin a report out of form and log; an open one stays as it is. Safe to repeat.

    After one was signed or issued a new version begins, with what that one says. Raises NotFound, Forbidden,
    TransitionRefused for a report in review and for services without a report.
    """
    with place.database.write() as session:
        commission, actors = standing.for_staff(session, person, commission_id, lock=True)
        _require_worker(actors)
        definition = queries.definition_of(session, commission.version_id)
        _require_open(commission, definition)
        report = queries.report_of(session, commission.id, lock=True)
        if report is not None and ReportState(report.state) in OPEN:
            report_course.check_editable(commission, definition, report)
            return _sheet(session, commission, report, actors)
        if report is not None and not report_course.is_under_way(commission, definition):
            raise TransitionRefused(state=definition.state(commission.state).label.in_(commission.language))
        if report is None:
            anew = composing.compose(session, commission, definition, session.get_one(Librarian, person.id))
            content, key = as_json(anew), "drafted"
        else:
            content, key = report.content, "continued"
        now = place.clock()
        report = _new_version(session, commission, report, content, person.id, now)
        deed = Deed(EntryKind.REPORT, key, details={"version": report.version}, is_private=True)
        service.record(session, commission, deed, Doer(By.LIBRARIAN, person.id), now=now)
        return _sheet(session, commission, report, actors)


def save(
    place: Workplace, person: StaffMember, commission_id: UUID, content: Mapping[str, Any], *, revision: int
) -> ReportSheet:
    """Keep what the searcher wrote. Head, number, dates and code stay what they are: those are not written by hand.

    Raises NotFound, Forbidden, CommissionChanged when somebody else saved meanwhile, ReportContentRefused,
    ReportTooLarge, TransitionRefused for a report that is not open.
    """
    with place.database.write() as session:
        commission, _, report, actors = open_report(session, person, commission_id, lock=True)
        if revision != report.revision:
            raise CommissionChanged(revision=report.revision)
        kept = from_json(report.content)
        written = _written(kept, from_json(content))
        if written.language != kept.language:
            library = session.get_one(Library, commission.service_library_id)
            written = composing.in_language(replace(written, language=kept.language), written.language, library)
        report.content = as_json(written)
        report.revision, report.changed_at = report.revision + 1, place.clock()
        session.flush()
        return _sheet(session, commission, report, actors)


def open_report(
    session: Session, person: StaffMember, commission_id: UUID, *, lock: bool = False
) -> tuple[Commission, ServiceDefinition, CommissionReport, set[Actor]]:
    """Return a report that this person may write in now, with what it belongs to and what the person is to it.

    Raises NotFound, Forbidden, DraftWithReader, TransitionRefused for a report that is not open.
    """
    commission, actors = standing.for_staff(session, person, commission_id, lock=lock)
    _require_worker(actors)
    report = _report(session, commission)
    definition = queries.definition_of(session, commission.version_id)
    report_course.check_editable(commission, definition, report)
    return commission, definition, report, actors


def remark(place: Workplace, person: StaffMember, commission_id: UUID, *, section: str, body: str) -> ReportSheet:
    """Add a remark of the review to a part. Raises NotFound, Forbidden for all but reviewers and signers."""
    text = clean_text(body, limit=MAX_REMARK_CHARACTERS)
    with place.database.write() as session:
        commission, actors = standing.for_staff(session, person, commission_id, lock=True)
        if not actors & {Actor.REVIEWER, Actor.SIGNER}:
            raise Forbidden()
        report = _report(session, commission)
        now = place.clock()
        session.add(ReportRemark(report_id=report.id, section=section[:80], body=text, by_id=person.id, created_at=now))
        deed = Deed(EntryKind.REPORT, "remarked", details={"version": report.version}, is_private=True)
        service.record(session, commission, deed, Doer(By.LIBRARIAN, person.id), now=now)
        return _sheet(session, commission, report, actors)


def settle(place: Workplace, person: StaffMember, commission_id: UUID, remark_id: UUID) -> ReportSheet:
    """Mark a remark as seen to: by the searcher or by who made it. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        commission, actors = standing.for_staff(session, person, commission_id, lock=True)
        report = _report(session, commission)
        found = session.get(ReportRemark, remark_id)
        if found is None or found.report_id != report.id:
            raise NotFound()
        if found.by_id != person.id and Actor.SEARCHER not in actors:
            raise Forbidden()
        found.settled_at, found.settled_by_id = found.settled_at or place.clock(), person.id
        session.flush()
        return _sheet(session, commission, report, actors)


def preview(place: Workplace, person: StaffMember, commission_id: UUID, format_: Format) -> Drawn:
    """Draw the report as it stands, marked as a draft until it is issued. Blocks; raises the refusals of drawing."""
    with place.database.read() as session:
        commission, _ = standing.for_staff(session, person, commission_id)
        report = _report(session, commission)
        drawing = drawing_of(session, place, commission, report)
    return draw(place, drawing, format_)


def draft_for_reader(place: Workplace, reader: KnownReader, commission_id: UUID, format_: Format) -> Drawn:
    """Draw the draft for its reader, who is asked to check it; only while that is so. Raises NotFound."""
    with place.database.read() as session:
        commission = queries.of_reader(session, reader.id, commission_id)
        definition = queries.definition_of(session, commission.version_id)
        is_asked = any(
            each.does is Operation.APPROVE_DRAFT and commission.state in each.from_ for each in definition.transitions
        )
        report = queries.report_of(session, commission.id)
        if not is_asked or report is None:
            raise NotFound()
        drawing = drawing_of(session, place, commission, report)
    return draw(place, drawing, format_)


def issue(place: Workplace, person: StaffMember, commission_id: UUID) -> ReportSheet:
    """Draw the files of a signed report and keep them for delivery. Safe to repeat: an issued one stays as it is.

    Where the service has no step for signing, this signs. Raises NotFound, Forbidden, TransitionRefused for a report
    that is not signed, ReportUnfinished, DraftWithReader, AgencyNumberMissing, and the refusals of drawing.
    """
    with place.database.write() as session:
        commission, actors = standing.for_staff(session, person, commission_id, lock=True)
        if not actors & _ISSUERS:
            raise Forbidden()
        report = _report(session, commission)
        if report.state == ReportState.ISSUED:
            return _sheet(session, commission, report, actors)
        if report.state != ReportState.SIGNED:
            _require_worker(actors)
            definition = queries.definition_of(session, commission.version_id)
            report_course.sign_by_issuing(session, commission, definition, report, now=place.clock())
        drawing = drawing_of(session, place, commission, report)
    formats = possible_formats()
    kept = {each: keep(place, draw(place, drawing, each)) for each in formats}
    with place.database.write() as session:
        commission, actors = standing.for_staff(session, person, commission_id, lock=True)
        report = _report(session, commission)
        if report.state == ReportState.SIGNED:
            _issue(session, commission, report, kept, now=place.clock())
        return _sheet(session, commission, report, actors)


def check(place: Workplace, code: str) -> CheckedReport:
    """Return what a verification code stands for. Raises NotFound for a code that no issued report has."""
    proper = normalise(code)
    with place.database.read() as session:
        report = session.scalar(
            select(CommissionReport).where(CommissionReport.code == proper, CommissionReport.issued_at.is_not(None))
        )
        if proper is None or report is None:
            raise NotFound()
        commission = session.get_one(Commission, report.commission_id)
        library = session.get_one(Library, commission.service_library_id)
        later = select(CommissionReport.id).where(
            CommissionReport.commission_id == commission.id,
            CommissionReport.version > report.version,
            CommissionReport.issued_at.is_not(None),
        )
        content = from_json(report.content)
        issued_at = cast("datetime", report.issued_at)
        return CheckedReport(
            number=report.number or "",
            # What kind of report, not what about: its subject may name the reader.
            title=report_name(content.service_type, content.language),
            library_zh=library.name_zh,
            library_en=library.name_en,
            issued_on=schedule_of(session, library.id, around=issued_at).local_date(issued_at),
            digest=report.digest,
            is_replaced=session.scalar(later.limit(1)) is not None,
        )


def _sheet(session: Session, commission: Commission, report: CommissionReport, actors: set[Actor]) -> ReportSheet:
    definition = queries.definition_of(session, commission.version_id)
    return sheet_of(session, commission, definition, report, actors)


def _versions(session: Session, commission_id: UUID) -> Sequence[CommissionReport]:
    found = select(CommissionReport).where(CommissionReport.commission_id == commission_id)
    return session.scalars(found.order_by(CommissionReport.version.desc())).all()


def _new_version(
    session: Session,
    commission: Commission,
    earlier: CommissionReport | None,
    content: dict[str, Any],
    searcher_id: UUID,
    now: datetime,
) -> CommissionReport:
    if earlier is not None and earlier.issued_at is None:
        earlier.state = ReportState.REPLACED
    report = CommissionReport(
        commission_id=commission.id,
        version=len(_versions(session, commission.id)) + 1,
        state=ReportState.DRAFT,
        content=content,
        searcher_id=searcher_id,
        created_at=now,
        changed_at=now,
    )
    session.add(report)
    session.flush()
    return report


def _issue(
    session: Session,
    commission: Commission,
    report: CommissionReport,
    kept: Mapping[Format, Content],
    *,
    now: datetime,
) -> None:
    _withdraw_files(session, commission, now=now)
    files: dict[Format, CommissionFile] = {}
    for format_, content in kept.items():
        upload = Upload(FilePurpose.REPORT, "", is_private=True)
        files[format_] = filing.add(
            session, commission, content, upload, librarian_id=report.signer_id or report.searcher_id, now=now
        )
    report.state, report.issued_at = ReportState.ISSUED, now
    report.pdf_file_id = files["pdf"].id if "pdf" in files else None
    report.docx_file_id = files["docx"].id if "docx" in files else None
    report.digest = kept["pdf"].sha256 if "pdf" in kept else None
    session.flush()
    for earlier in session.scalars(
        select(CommissionReport).where(
            CommissionReport.commission_id == commission.id, CommissionReport.version < report.version
        )
    ):
        earlier.state = ReportState.REPLACED
    details = {"number": report.number, "version": report.version}
    service.record(
        session, commission, Deed(EntryKind.REPORT, "issued", details=details, is_private=True), SYSTEM, now=now
    )


def _withdraw_files(session: Session, commission: Commission, *, now: datetime) -> None:
    """Take back the files of earlier versions that nobody was given: with the next delivery only one may come."""
    for file in queries.files_of(session, commission.id, is_staff=True):
        if file.purpose == FilePurpose.REPORT and file.is_private:
            file.removed_at = now


def _written(kept: ReportContent, given: ReportContent) -> ReportContent:
    """Return the content with what searchers write by hand taken from what was given."""
    by_hand = ("title", "applicant", "organisation", "purpose", "sections", "facts", "attachments", "notes", "language")
    return checked(replace(kept, **{name: getattr(given, name) for name in by_hand}))


def _report(session: Session, commission: Commission) -> CommissionReport:
    report = queries.report_of(session, commission.id)
    if report is None:
        raise NotFound()
    return report


def _require_worker(actors: set[Actor]) -> None:
    if not actors & WORKERS:
        raise Forbidden()


def _require_open(commission: Commission, definition: ServiceDefinition) -> None:
    is_over = definition.state(commission.state).is_end or commission.accepted_at is None
    if definition.report is None or is_over:
        raise TransitionRefused(state=definition.state(commission.state).label.in_(commission.language))
