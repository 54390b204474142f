"""A library's own forms of reports: the picture of its seal, and a Word file for each service with a report."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.node_pages import node_address, render_node
from admin.page import PageRoute, SignedInVisitor, go_to
from admin.session import posted
from qa_server.desk.commissions.reports import report_forms

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_PART = "/report-forms"
_HEADERS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


@router.get("/console/network/{code}/report-forms")
def show(request: Request, visitor: SignedInVisitor, code: str) -> Response:
    """Show the seal and the Word files that hold at a node itself. Raises NotFound, Forbidden."""
    held = {each.code: each for each in report_forms.forms(visitor.place, visitor.person, code)}
    return render_node(
        request,
        visitor,
        "report_forms.html",
        code,
        tab="/services",
        held=held,
        seal=held.get(report_forms.SEAL),
        services=report_forms.services(visitor.place, visitor.person, code),
    )


@router.get("/console/network/{code}/report-forms/{form_id}/file")
def send(visitor: SignedInVisitor, code: str, form_id: UUID) -> Response:
    """Send the file of a form: a picture to be looked at, a Word file to be kept. Raises NotFound, Forbidden."""
    name, media_type, data = report_forms.file_of(visitor.place, visitor.person, code, form_id)
    headers = dict(_HEADERS)
    if not media_type.startswith("image/"):
        headers["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    return Response(data, media_type=media_type, headers=headers)


@router.post("/console/network/{code}/report-forms/{form_id}/remove")
def remove(visitor: SignedInVisitor, code: str, form_id: UUID, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Take a form away; the Word file of the node above holds then, or that of the program."""
    report_forms.remove(visitor.place, visitor.person, form_id)
    return go_to(node_address(code, _PART), done="removed")
