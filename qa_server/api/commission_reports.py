"""Reports of commissions over HTTP: composed, written, remarked on, issued by librarians; checked by anybody."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import Field

from qa_server.api.asker import Network, Place, Reader, Staff
from qa_server.conversations.schemas import Wire
from qa_server.desk.commissions.reports import bringing_in, reporting
from qa_server.desk.commissions.reports.report_drawing import Drawn, Format
from qa_server.desk.commissions.reports.report_views import CheckedReport, ReportSheet

router = APIRouter(prefix="/api/v1", tags=["reports of commissions"])

# A drawn report is somebody's text on our address: it may load nothing, run nothing and be framed by the console alone.
_REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox allow-modals"
)


class ReportInput(Wire):
    """What the searcher wrote, as the report's data, on the sight of a revision."""

    content: dict[str, Any] = Field(max_length=40)
    revision: Annotated[int, Field(ge=1, le=2**31 - 1)]


class PartsInput(Wire):
    """Parts to be written anew, by their keys, out of a version, or without one out of form and work log."""

    parts: list[Annotated[str, Field(max_length=80)]] = Field(max_length=100)
    revision: Annotated[int, Field(ge=1, le=2**31 - 1)]
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class RemarkInput(Wire):
    """A remark on a part; an empty section means the report as a whole."""

    section: str = Field("", max_length=80)
    body: str = Field(min_length=1, max_length=10_000)


@router.get("/staff/commissions/{commission_id}/report")
def read_report(place: Place, person: Staff, commission_id: UUID) -> ReportSheet | None:
    """Return the report that holds; null when none was begun."""
    return reporting.sheet(place, person, commission_id)


@router.post("/staff/commissions/{commission_id}/report")
def draft_report(place: Place, person: Staff, commission_id: UUID) -> ReportSheet:
    """Begin a report out of form and log, or a new version of one that was passed, signed or issued."""
    return reporting.draft(place, person, commission_id)


@router.put("/staff/commissions/{commission_id}/report")
def save_report(place: Place, person: Staff, commission_id: UUID, body: ReportInput) -> ReportSheet:
    """Keep what the searcher wrote."""
    return reporting.save(place, person, commission_id, body.content, revision=body.revision)


@router.post("/staff/commissions/{commission_id}/report/parts")
def bring_in(place: Place, person: Staff, commission_id: UUID, body: PartsInput) -> ReportSheet:
    """Write the chosen parts anew; what the report said before is kept as a version."""
    return bringing_in.bring_in(place, person, commission_id, body.parts, revision=body.revision, version=body.version)


@router.post("/staff/commissions/{commission_id}/report/remarks")
def remark(place: Place, person: Staff, commission_id: UUID, body: RemarkInput) -> ReportSheet:
    """Add a remark of the review."""
    return reporting.remark(place, person, commission_id, section=body.section, body=body.body)


@router.post("/staff/commissions/{commission_id}/report/remarks/{remark_id}/settled")
def settle(place: Place, person: Staff, commission_id: UUID, remark_id: UUID) -> ReportSheet:
    """Mark a remark as seen to."""
    return reporting.settle(place, person, commission_id, remark_id)


@router.post("/staff/commissions/{commission_id}/report/issue")
def issue(place: Place, person: Staff, commission_id: UUID) -> ReportSheet:
    """Draw the files of a signed report for delivery. Safe to repeat."""
    return reporting.issue(place, person, commission_id)


@router.get("/staff/commissions/{commission_id}/report.{format_}", response_class=Response)
def preview(place: Place, person: Staff, commission_id: UUID, format_: Annotated[Format, Path()]) -> Response:
    """Return the report as it stands, marked as a draft until it is signed."""
    return _sent(reporting.preview(place, person, commission_id, format_))


@router.get("/commissions/{commission_id}/draft.{format_}", response_class=Response)
def draft_for_reader(place: Place, reader: Reader, commission_id: UUID, format_: Annotated[Format, Path()]) -> Response:
    """Return the draft that the reader is asked to check."""
    return _sent(reporting.draft_for_reader(place, reader, commission_id, format_))


@router.get("/reports/{code}")
def check(place: Place, network: Network, code: Annotated[str, Path(max_length=60)]) -> CheckedReport:
    """Return what a verification code stands for: that a report was issued, by whom and when."""
    place.rates.spend("search", network)
    return reporting.check(place, code)


def _sent(drawn: Drawn) -> Response:
    headers = {
        "Content-Security-Policy": _REPORT_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    if drawn.media_type != "text/html; charset=utf-8":
        # Names are numbers of reports and commissions: ASCII, or percent-encoded by the browser's own rule.
        suffix = drawn.name.rpartition(".")[2]
        headers["Content-Disposition"] = f'attachment; filename="report.{suffix}"'
    return Response(drawn.data, media_type=drawn.media_type, headers=headers)
