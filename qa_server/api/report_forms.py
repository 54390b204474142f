"""A library's own forms of reports over HTTP: the body of an upload is the Word file or the picture of the seal."""

from functools import partial
from typing import Annotated, Any, Literal
from urllib.parse import unquote
from uuid import UUID

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Query, Request, Response

from qa_server.api.asker import AskedLanguage, Place, Staff
from qa_server.api.attachments import FILE_BODY, FileName, announced_size, checked, receive
from qa_server.attachments.service import check_size
from qa_server.desk import attaching
from qa_server.desk.commissions.reports import report_forms
from qa_server.desk.commissions.reports.report_forms import ReportFormView

router = APIRouter(prefix="/api/v1/staff", tags=["reports of commissions"])

Code = Annotated[str, Path(min_length=2, max_length=8, pattern="^[A-Za-z0-9]+$")]
# A service's code, or `seal`.
Service = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
_WORD: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document": {}}}
}


@router.get("/libraries/{code}/report-forms")
def list_forms(place: Place, person: Staff, code: Code) -> list[ReportFormView]:
    """Return the forms that hold at a library itself."""
    return report_forms.forms(place, person, code)


@router.get("/libraries/{code}/report-forms/{service}/sample.docx", response_class=Response, responses=_WORD)
def starting_point(
    place: Place,
    person: Staff,
    code: Code,
    service: Service,
    language: Annotated[Literal["zh", "en"], Query()] = "zh",
) -> Response:
    """Return the Word form that comes with the program, to be changed in Word."""
    data = report_forms.starting_point(place, person, code, service, language)
    headers = {"Content-Disposition": f'attachment; filename="{service}.docx"', "Cache-Control": "private, no-store"}
    return Response(data, media_type=next(iter(_WORD[200]["content"])), headers=headers)


@router.post("/libraries/{code}/report-forms/{service}", status_code=201, openapi_extra=FILE_BODY)
async def upload_form(
    request: Request, place: Place, person: Staff, language: AskedLanguage, code: Code, service: Service, name: FileName
) -> list[ReportFormView]:
    """Let a Word form, or the picture of the seal, hold from now on; it is tried with a sample first."""
    kind = await run_sync(report_forms.expect, place, person, code, service)
    limits = report_forms.LIMITS
    check_size(announced_size(request), limits)
    with attaching.store_of(place.settings).incoming() as path:
        await receive(request, place, path)
        check_size(path.stat().st_size, limits)
        content = await checked(partial(report_forms.take_in, place, path, unquote(name), kind, language))
    return await run_sync(report_forms.keep, place, person, code, service, content)


@router.delete("/report-forms/{form_id}", status_code=204)
def remove_form(place: Place, person: Staff, form_id: UUID) -> None:
    """Take a form away; that of the node above holds then, or the one of the program."""
    report_forms.remove(place, person, form_id)
