"""The whole course of a commission: who did what, when and why."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from admin.commission_pages import PAGE, show, whole
from admin.commission_wording import ENTRIES
from admin.page import PageRoute, SignedInVisitor
from qa_server.desk.commissions import handling

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get(PAGE + "/{commission_id}/record")
def show_record(request: Request, visitor: SignedInVisitor, commission_id: UUID, before: str = "") -> Response:
    """Show who did what, when and why: the newest, or what came before a number."""
    page = handling.record(
        visitor.place, visitor.person, commission_id, before=whole(before) or None, language=visitor.language
    )
    return show(
        request,
        visitor,
        commission_id,
        "commissions/record.html",
        tab="/record",
        record=page,
        is_newest=not whole(before),
        sentences=ENTRIES,
    )
