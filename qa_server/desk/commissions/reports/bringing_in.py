"""Parts of an open report written anew, each one chosen: out of form and work log, or out of an earlier version.

What the report said before is kept as a version of its own, so that each part can be had back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.commissions import service
from qa_server.commissions.definition import ServiceDefinition
from qa_server.commissions.errors import CommissionChanged
from qa_server.commissions.models import By, Commission, EntryKind
from qa_server.commissions.reports.checking import checked
from qa_server.commissions.reports.content import ReportContent, as_json, from_json
from qa_server.commissions.reports.parts import OtherPart, differing, with_parts
from qa_server.commissions.service import Deed, Doer
from qa_server.commissions.work_models import CommissionReport, ReportState
from qa_server.desk.commissions.reports import composing, reporting
from qa_server.desk.commissions.reports.report_views import ReportSheet, sheet_of
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Librarian
from qa_server.people.rights import StaffMember
from storage.errors import NotFound


@dataclass(frozen=True)
class Offer:
    """The parts that read otherwise elsewhere, on the sight of a revision; version `keeps` will hold what is now."""

    revision: int
    keeps: int
    parts: tuple[OtherPart, ...]


def offer(place: Workplace, person: StaffMember, commission_id: UUID, *, version: int | None = None) -> Offer:
    """Return what a version, or without one form and log as they are now, would bring into the report. Writes nothing.

    Raises NotFound, Forbidden, DraftWithReader, TransitionRefused for a report that is not open.
    """
    with place.database.read() as session:
        commission, definition, report, _ = reporting.open_report(session, person, commission_id)
        other = _other(session, commission, definition, report, person_id=person.id, version=version)
        return Offer(report.revision, report.version, differing(from_json(report.content), other))


def bring_in(
    place: Workplace,
    person: StaffMember,
    commission_id: UUID,
    keys: Collection[str],
    *,
    revision: int,
    version: int | None = None,
) -> ReportSheet:
    """Let the chosen parts say what a version, or without one form and log, say; the text so far becomes a version.

    Nothing is written where no chosen part differs. Raises as `offer`, CommissionChanged when somebody saved
    meanwhile, ReportTooLarge.
    """
    with place.database.write() as session:
        commission, definition, report, actors = reporting.open_report(session, person, commission_id, lock=True)
        if revision != report.revision:
            raise CommissionChanged(revision=report.revision)
        content = from_json(report.content)
        other = _other(session, commission, definition, report, person_id=person.id, version=version)
        chosen = {each.key for each in differing(content, other)} & set(keys)
        if chosen:
            now = place.clock()
            kept = _keep(session, report)
            report.content = as_json(checked(with_parts(content, other, chosen)))
            report.revision, report.changed_at = report.revision + 1, now
            key = "brought_in" if version is None else "taken_up"
            _record(session, commission, person, key=key, kept=kept, now=now)
        return sheet_of(session, commission, definition, report, actors)


def _other(
    session: Session,
    commission: Commission,
    definition: ServiceDefinition,
    report: CommissionReport,
    *,
    person_id: UUID,
    version: int | None,
) -> ReportContent:
    if version is None:
        searcher = session.get_one(Librarian, person_id)
        language = from_json(report.content).language
        return composing.compose(session, commission, definition, searcher, language=language)
    earlier = select(CommissionReport).where(
        CommissionReport.commission_id == commission.id, CommissionReport.version == version
    )
    found = session.scalar(earlier)
    if found is None:
        raise NotFound()
    return from_json(found.content)


def _keep(session: Session, report: CommissionReport) -> int:
    """Keep the text as it is under its number, and return that; the report and its remarks go on under the next one."""
    kept = report.version
    report.version = kept + 1
    # The number is free only after this.
    session.flush()
    session.add(
        CommissionReport(
            commission_id=report.commission_id,
            version=kept,
            state=ReportState.REPLACED,
            content=report.content,
            searcher_id=report.searcher_id,
            created_at=report.created_at,
            changed_at=report.changed_at,
        )
    )
    return kept


def _record(
    session: Session, commission: Commission, person: StaffMember, *, key: str, kept: int, now: datetime
) -> None:
    deed = Deed(EntryKind.REPORT, key, details={"version": kept + 1, "kept": kept}, is_private=True)
    service.record(session, commission, deed, Doer(By.LIBRARIAN, person.id), now=now)
