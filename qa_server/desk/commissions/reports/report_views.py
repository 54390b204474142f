"""What librarians see of a report to write or review, and what anybody learns from its verification code."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.commissions.definition import Actor, ServiceDefinition
from qa_server.commissions.models import Commission, CommissionEntry, EntryKind
from qa_server.commissions.reports.content import from_json
from qa_server.commissions.reports.docx import can_make_docx
from qa_server.commissions.reports.outlines import missing_parts, outline
from qa_server.commissions.reports.pdf import can_make_pdf
from qa_server.commissions.work_models import CommissionReport, ReportRemark, ReportState
from qa_server.conversations.schemas import Wire
from qa_server.desk.commissions.reports import report_course
from qa_server.people.queries import librarians_by_id

# In these the searcher writes.
OPEN = frozenset({ReportState.DRAFT, ReportState.RETURNED})
WORKERS = frozenset({Actor.SEARCHER, Actor.SERVICE})


class RemarkView(Wire):
    """A remark on a part of a report."""

    id: UUID
    section: str
    body: str
    by_id: UUID
    name_zh: str
    name_en: str
    created_at: datetime
    is_settled: bool


class PartView(Wire):
    """A part that a report of this kind has."""

    key: str
    heading: str
    is_required: bool
    is_missing: bool


class VersionView(Wire):
    """A version of a report: what was given back, replaced or issued stays as it was.

    `is_kept` marks a text that nobody was given to read: it is kept because parts of it were written anew.
    """

    version: int
    state: str
    is_kept: bool
    number: str | None
    changed_at: datetime
    issued_at: datetime | None
    pdf_file_id: UUID | None
    docx_file_id: UUID | None


class ReportSheet(Wire):
    """A report to write or to review. `content` is its text as data; `may_...` say what the asker may do with it now.

    `is_with_reader`: the reader checks this text just now, so that nobody may change it. `may_begin`: a new version may
    follow the one that was passed, signed or issued. `may_issue`: its files may be drawn, again where that broke off.
    """

    id: UUID
    version: int
    revision: int
    state: str
    number: str | None
    code: str | None
    content: dict[str, Any]
    parts: list[PartView]
    remarks: list[RemarkView]
    searcher_zh: str
    searcher_en: str
    reviewer_zh: str | None
    reviewer_en: str | None
    may_edit: bool
    may_remark: bool
    may_begin: bool
    may_issue: bool
    is_with_reader: bool
    signs_by_issuing: bool
    versions: list[VersionView]
    can_make_pdf: bool
    can_make_docx: bool


class CheckedReport(Wire):
    """What anybody learns from a verification code: that a report was issued, by whom and when. Nothing of its reader.

    `digest` is the SHA-256 of its PDF; `is_replaced` says that a later version holds.
    """

    number: str
    title: str
    library_zh: str
    library_en: str
    issued_on: date
    digest: str | None
    is_replaced: bool


def sheet_of(
    session: Session,
    commission: Commission,
    definition: ServiceDefinition,
    report: CommissionReport,
    actors: Collection[Actor],
) -> ReportSheet:
    """Return a report with what these actors may do with it."""
    content = from_json(report.content)
    lacking = {part.key for part in missing_parts(content)}
    people = librarians_by_id(session, {each for each in (report.searcher_id, report.reviewer_id) if each})
    reviewer = people.get(report.reviewer_id) if report.reviewer_id else None
    is_open = ReportState(report.state) in OPEN
    is_worker = bool(WORKERS & set(actors))
    is_with_reader = report_course.is_with_reader(commission, definition)
    is_under_way = report_course.is_under_way(commission, definition)
    return ReportSheet(
        id=report.id,
        version=report.version,
        revision=report.revision,
        state=report.state,
        number=report.number,
        code=report.code if report.issued_at else None,
        content=report.content,
        parts=[
            PartView(key=part.key, heading=part.heading, is_required=part.is_required, is_missing=part.key in lacking)
            for part in outline(content.service_type, content.language)
        ],
        remarks=_remarks(session, report),
        searcher_zh=people[report.searcher_id].name_zh,
        searcher_en=people[report.searcher_id].name_en,
        reviewer_zh=reviewer.name_zh if reviewer else None,
        reviewer_en=reviewer.name_en if reviewer else None,
        may_edit=is_open and is_worker and not is_with_reader,
        may_remark=report.state in (ReportState.IN_REVIEW, ReportState.PASSED)
        and bool({Actor.REVIEWER, Actor.SIGNER} & set(actors)),
        may_begin=not is_open and is_worker and is_under_way and not is_with_reader,
        may_issue=_may_issue(definition, report, is_worker=is_worker, lacking=lacking, actors=actors)
        and not is_with_reader,
        is_with_reader=is_with_reader,
        signs_by_issuing=not report_course.is_signed_in_a_step(definition),
        versions=_versions(session, report),
        can_make_pdf=can_make_pdf(),
        can_make_docx=can_make_docx(),
    )


def kept_versions(session: Session, commission_id: UUID) -> set[int]:
    """Return the versions that only keep what the report said before parts of it were written anew."""
    entries = session.scalars(
        select(CommissionEntry.details).where(
            CommissionEntry.commission_id == commission_id, CommissionEntry.kind == EntryKind.REPORT
        )
    )
    return {int(details["kept"]) for details in entries if details.get("kept")}


def _may_issue(
    definition: ServiceDefinition,
    report: CommissionReport,
    *,
    is_worker: bool,
    lacking: Collection[str],
    actors: Collection[Actor],
) -> bool:
    if report.state == ReportState.SIGNED:
        return is_worker or bool({Actor.REVIEWER, Actor.SIGNER} & set(actors))
    if not is_worker or lacking or report_course.is_signed_in_a_step(definition):
        return False
    needs_review = definition.report is None or definition.report.needs_review
    return report.state == ReportState.PASSED or (not needs_review and ReportState(report.state) in OPEN)


def _versions(session: Session, report: CommissionReport) -> list[VersionView]:
    found = select(CommissionReport).where(CommissionReport.commission_id == report.commission_id)
    kept = kept_versions(session, report.commission_id)
    return [
        VersionView(
            version=row.version,
            state=row.state,
            is_kept=row.version in kept,
            number=row.number,
            changed_at=row.changed_at,
            issued_at=row.issued_at,
            pdf_file_id=row.pdf_file_id,
            docx_file_id=row.docx_file_id,
        )
        for row in session.scalars(found.order_by(CommissionReport.version.desc()))
    ]


def _remarks(session: Session, report: CommissionReport) -> list[RemarkView]:
    rows = session.scalars(
        select(ReportRemark).where(ReportRemark.report_id == report.id).order_by(ReportRemark.id)
    ).all()
    people = librarians_by_id(session, {row.by_id for row in rows})
    return [
        RemarkView(
            id=row.id,
            section=row.section,
            body=row.body,
            by_id=row.by_id,
            name_zh=people[row.by_id].name_zh,
            name_en=people[row.by_id].name_en,
            created_at=row.created_at,
            is_settled=row.settled_at is not None,
        )
        for row in rows
    ]
