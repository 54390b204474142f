"""The report of a commission: written, read by a second person with remarks, signed, issued."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.commission_pages import PAGE, Refused, address_of, may_stay, plain, show, whole
from admin.commission_wording import REPORT_STATES
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to
from admin.report_text import changes
from admin.session import posted
from qa_server.commissions.reports.content import ReportContent, from_json
from qa_server.commissions.reports.layout import lay_out
from qa_server.commissions.reports.parts import key_of
from qa_server.desk.commissions.reports import reporting
from qa_server.desk.commissions.reports.report_views import RemarkView, ReportSheet
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_TAB = "/report"


@dataclass(frozen=True)
class Undo:
    """The version that keeps what parts said before they were written anew, and these parts."""

    version: int
    parts: list[str]


@router.get(PAGE + "/{commission_id}/report")
def show_report(request: Request, visitor: SignedInVisitor, commission_id: UUID) -> Response:
    """Show the report that holds: to write for the searcher, to read and remark on for the others. Raises NotFound."""
    return report_page(request, visitor, commission_id)


@router.post(PAGE + "/{commission_id}/report")
def begin(
    request: Request, visitor: SignedInVisitor, commission_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Begin the report out of form and log, or begin a new version."""
    return _done(
        request,
        visitor,
        commission_id,
        sent,
        "begun",
        lambda: reporting.draft(visitor.place, visitor.person, commission_id),
    )


@router.post(PAGE + "/{commission_id}/report/remarks")
def remark(
    request: Request, visitor: SignedInVisitor, commission_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Add a remark of the review; a refused one stays as it was typed."""
    given = plain(sent)

    def add() -> ReportSheet:
        return reporting.remark(
            visitor.place, visitor.person, commission_id, section=given.get("section", ""), body=given.get("body", "")
        )

    return _done(request, visitor, commission_id, sent, "remarked", add)


@router.post(PAGE + "/{commission_id}/report/remarks/{remark_id}")
def settle(
    request: Request,
    visitor: SignedInVisitor,
    commission_id: UUID,
    remark_id: UUID,
    sent: Annotated[FormData, Depends(posted)],
) -> Response:
    """Mark a remark as seen to."""
    return _done(
        request,
        visitor,
        commission_id,
        sent,
        "settled",
        lambda: reporting.settle(visitor.place, visitor.person, commission_id, remark_id),
    )


@router.post(PAGE + "/{commission_id}/report/issue")
def issue(
    request: Request, visitor: SignedInVisitor, commission_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Draw the files of a signed report. Safe to repeat."""
    return _done(
        request,
        visitor,
        commission_id,
        sent,
        "issued",
        lambda: reporting.issue(visitor.place, visitor.person, commission_id),
    )


def _done(
    request: Request,
    visitor: Visitor,
    commission_id: UUID,
    sent: FormData,
    done: str,
    act: Callable[[], ReportSheet],
) -> Response:
    try:
        act()
    except AppError as error:
        if not may_stay(error):
            raise
        return report_page(request, visitor, commission_id, refused=Refused(error, done, plain(sent)))
    return go_to(address_of(commission_id, _TAB), done=done)


def report_page(request: Request, visitor: Visitor, commission_id: UUID, *, refused: Refused | None = None) -> Response:
    """Answer with the report as it is now, and with what was refused on it. Raises NotFound."""
    sheet = reporting.sheet(visitor.place, visitor.person, commission_id)
    content = _as_shown(sheet) if sheet else None
    since = whole(request.query_params.get("since", ""))
    before = reporting.before(visitor.place, visitor.person, commission_id, version=since) if sheet else None
    return show(
        request,
        visitor,
        commission_id,
        "commissions/report.html",
        tab=_TAB,
        refused=refused,
        report_states=REPORT_STATES,
        sheet=sheet,
        laid=lay_out(content) if content else None,
        key_of=key_of,
        remarks=_by_section(sheet, content),
        changes=changes(before.content, content) if before and content else [],
        before=before,
        is_compared=since is not None,
        undo=_undo(request, sheet),
        just_signed=request.query_params.get("done") == "step",
        begun={
            "commission": str(commission_id),
            "me": str(visitor.person.id),
            "sheet": sheet.model_dump(mode="json") if sheet else None,
        },
    )


def _as_shown(sheet: ReportSheet) -> ReportContent:
    """Return what the report says, with the number that it has got meanwhile."""
    content = from_json(sheet.content)
    return replace(content, report_number=sheet.number or content.report_number)


def _undo(request: Request, sheet: ReportSheet | None) -> Undo | None:
    """Return how to take back what was just brought in, by the words in the address that say so."""
    kept = whole(request.query_params.get("kept", ""))
    known = sheet is not None and any(each.version == kept and each.is_kept for each in sheet.versions)
    return Undo(kept, request.query_params.getlist("part")) if known and kept else None


def _by_section(sheet: ReportSheet | None, content: ReportContent | None) -> dict[str, list[RemarkView]]:
    """Return the remarks by the section they stand at; those on sections that are gone stand at the whole, ""."""
    found: dict[str, list[RemarkView]] = {}
    if sheet is None or content is None:
        return found
    known = {key_of(each.part, each.heading) for each in lay_out(content).sections}
    for each in sheet.remarks:
        found.setdefault(each.section if each.section in known else "", []).append(each)
    return found
