"""How a report moves along with its commission: into review, back, passed, signed; inside the step's transaction.

The reviewer is never one who searched, and passes nothing while a remark of the review is open. What was given back
stays as it was read: the searcher goes on with a new version of it.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_server.commissions import queries, service
from qa_server.commissions.definition import Operation, ServiceDefinition
from qa_server.commissions.errors import TransitionRefused
from qa_server.commissions.models import Commission
from qa_server.commissions.reports.content import ReportContent, from_json
from qa_server.commissions.reports.errors import NumberDoesNotFit
from qa_server.commissions.reports.numbering import format_number
from qa_server.commissions.reports.outlines import missing_parts
from qa_server.commissions.reports.verification import new_code
from qa_server.commissions.service import REPORTS
from qa_server.commissions.work_models import CommissionReport, ReportRemark, ReportState
from qa_server.network.models import Library
from qa_server.network.node_settings import effective
from qa_server.network.schedules import schedule_of
from qa_server.network.setting_definitions import Definition, define, text
from storage.errors import AppError

REPORT_AGENCY = define(
    Definition(
        "report_agency_number",
        "text",
        "",
        text,
        "查新机构代码（省 2 位 + 机构 3 位）",
        "Number of the novelty search agency (2 digits of the province, 3 of the agency)",
    )
)
_AGENCY_DIGITS = 5


class ReportUnfinished(AppError):
    """Required parts of the report are still empty."""

    code = "report_unfinished"
    status = 409
    message = "These parts of the report are still empty: {parts}."


class RemarksOpen(AppError):
    """The review has remarks that nobody has seen to yet."""

    code = "report_remarks_open"
    status = 409
    message = "{count} remarks on the report are still open. Settle them, or give the report back."


class DraftWithReader(AppError):
    """The reader is reading this very text and is to confirm it, so that it cannot change meanwhile."""

    code = "report_with_reader"
    status = 409
    message = "The reader is checking this draft. It can be changed again as soon as the reader has answered."


class AgencyNumberMissing(AppError):
    """The number of the report needs the agency's own number, which is not set."""

    code = "agency_number_missing"
    status = 409
    message = "Set the number of the novelty search agency (5 digits) in the library's settings first."


def check(session: Session, commission: Commission, operation: Operation | None) -> None:
    """Refuse a step for which the report is not ready. Raises ReportUnfinished, RemarksOpen."""
    report = queries.report_of(session, commission.id)
    if report is None:
        return
    if operation in (Operation.ASK_REVIEW, Operation.PASS_REVIEW, Operation.SIGN):
        _check_complete(report)
    if operation is Operation.PASS_REVIEW and (count := len(open_remarks(session, report.id))):
        raise RemarksOpen(count=count)


def follow(
    session: Session,
    commission: Commission,
    definition: ServiceDefinition,
    operation: Operation | None,
    *,
    by: UUID | None,
    now: datetime,
) -> None:
    """Let the report follow a step that was made. Raises AgencyNumberMissing, NumberDoesNotFit."""
    report = queries.report_of(session, commission.id, lock=True)
    if report is None:
        return
    match operation:
        case Operation.ASK_REVIEW | Operation.APPROVE_DRAFT if report.state in _OPEN:
            # Where the library asks for no second reader it is ready to be signed.
            report.state = ReportState.IN_REVIEW if needs_review(definition) else ReportState.PASSED
        case Operation.PASS_REVIEW if report.state == ReportState.IN_REVIEW:
            report.state, report.reviewer_id, report.reviewed_at = ReportState.PASSED, by, now
        case Operation.FAIL_REVIEW | Operation.CORRECT_DRAFT | Operation.REWORK if report.state not in _SETTLED:
            _give_back(session, report, now=now)
        case Operation.SIGN if report.state != ReportState.ISSUED:
            sign(session, commission, definition, report, by=by, now=now)
        case _:
            return
    report.revision += 1
    session.flush()


def needs_review(definition: ServiceDefinition) -> bool:
    """Say whether a second person reads the reports of a service before they are signed."""
    return definition.report is None or definition.report.needs_review


def open_remarks(session: Session, report_id: UUID) -> list[ReportRemark]:
    """Return the remarks that nobody has settled, oldest first."""
    found = select(ReportRemark).where(ReportRemark.report_id == report_id, ReportRemark.settled_at.is_(None))
    return list(session.scalars(found.order_by(ReportRemark.id)))


def content_of(report: CommissionReport) -> ReportContent:
    """Return what a report says."""
    return from_json(report.content)


def check_editable(commission: Commission, definition: ServiceDefinition, report: CommissionReport) -> None:
    """Refuse to change what others are reading or have signed. Raises DraftWithReader, TransitionRefused."""
    if is_with_reader(commission, definition):
        raise DraftWithReader()
    if ReportState(report.state) not in _OPEN:
        raise TransitionRefused(state=definition.state(commission.state).label.in_(commission.language))


def is_with_reader(commission: Commission, definition: ServiceDefinition) -> bool:
    """Say whether the reader is asked to check a draft just now."""
    return _can(definition, commission, Operation.APPROVE_DRAFT)


def is_under_way(commission: Commission, definition: ServiceDefinition) -> bool:
    """Say whether a new version still has its way to delivery before it: review where there is one."""
    needs_review = definition.report is not None and definition.report.needs_review
    return _can(definition, commission, Operation.ASK_REVIEW if needs_review else Operation.DELIVER)


def is_signed_in_a_step(definition: ServiceDefinition) -> bool:
    """Say whether the service has somebody sign its reports; where not, they are signed by being issued."""
    return any(each.does is Operation.SIGN for each in definition.transitions)


def sign_by_issuing(
    session: Session,
    commission: Commission,
    definition: ServiceDefinition,
    report: CommissionReport,
    *,
    now: datetime,
) -> None:
    """Sign a report of a service without a step for it, once it is complete and was reviewed where that is the rule.

    Raises ReportUnfinished, DraftWithReader, TransitionRefused, AgencyNumberMissing.
    """
    is_open = ReportState(report.state) in _OPEN
    ready = report.state == ReportState.PASSED or (not needs_review(definition) and is_open)
    if is_signed_in_a_step(definition) or not ready:
        raise TransitionRefused(state=definition.state(commission.state).label.in_(commission.language))
    if is_with_reader(commission, definition):
        raise DraftWithReader()
    _check_complete(report)
    sign(session, commission, definition, report, by=None, now=now)
    report.revision += 1


_OPEN = frozenset({ReportState.DRAFT, ReportState.RETURNED})
_SETTLED = frozenset({ReportState.SIGNED, ReportState.ISSUED})
# Serials that other libraries or services with the same pattern have used are passed over.
_MOST_SERIALS = 1_000


def sign(
    session: Session,
    commission: Commission,
    definition: ServiceDefinition,
    report: CommissionReport,
    *,
    by: UUID | None,
    now: datetime,
) -> None:
    """Sign a report: it gets its number and its code. Raises AgencyNumberMissing, NumberDoesNotFit."""
    report.state, report.signer_id, report.signed_at = ReportState.SIGNED, by, now
    report.number = report.number or _number(session, commission, definition, now)
    report.code = report.code or new_code()


def _number(session: Session, commission: Commission, definition: ServiceDefinition, now: datetime) -> str:
    rule = definition.report
    if rule is None:
        raise ValueError("this service has no report")
    library = session.get_one(Library, commission.service_library_id)
    today = schedule_of(session, library.id, around=now).local_date(now)
    agency = str(effective(session, library.id, REPORT_AGENCY.key).value)
    if "{agency" in rule.number and (len(agency) != _AGENCY_DIGITS or not agency.isdecimal()):
        raise AgencyNumberMissing()
    values: dict[str, str | int] = {
        "year": today.year,
        "month": today.month,
        "day": today.day,
        "library": library.code,
        "service": _ABBREVIATIONS.get(definition.code) or _initials(definition.code),
        "province": agency[:2],
        "agency": agency[2:],
    }
    for _ in range(_MOST_SERIALS):
        serial = service.next_number(session, library.id, f"{REPORTS}:{definition.code}", today.year)
        number = format_number(rule.number, {**values, "serial": serial})
        taken = select(CommissionReport.id).where(CommissionReport.number == number)
        if session.scalar(taken) is None:
            return number
    raise NumberDoesNotFit(name="serial")


def _initials(code: str) -> str:
    """Return a service's own abbreviation: the initials of its code, or two letters of a single word."""
    words = code.split("_")
    return "".join(word[:1] for word in words).upper() if len(words) > 1 else code[:2].upper()


def _check_complete(report: CommissionReport) -> None:
    lacking = missing_parts(from_json(report.content))
    if lacking:
        raise ReportUnfinished(parts="、".join(part.heading for part in lacking), keys=[each.key for each in lacking])


def _give_back(session: Session, report: CommissionReport, *, now: datetime) -> None:
    """Keep what was read, and go on with a version of its own; the remarks go along with the work."""
    anew = CommissionReport(
        commission_id=report.commission_id,
        version=report.version + 1,
        state=ReportState.RETURNED,
        content=report.content,
        searcher_id=report.searcher_id,
        created_at=now,
        changed_at=now,
    )
    report.state = ReportState.REPLACED
    session.add(anew)
    session.flush()
    session.execute(update(ReportRemark).where(ReportRemark.report_id == report.id).values(report_id=anew.id))


def _can(definition: ServiceDefinition, commission: Commission, operation: Operation) -> bool:
    return any(each.does is operation and commission.state in each.from_ for each in definition.transitions)


_ABBREVIATIONS = {
    "topic_consultation": "KT",
    "citation_search": "CY",
    "novelty_search": "CX",
    "proxy_search": "DC",
    "document_delivery": "YW",
}
