"""What reader and library wrote to one another about a commission, notes for colleagues, and files both ways."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.commission_pages import PAGE, Refused, back_to, may_stay, plain, show, whole
from admin.commission_wording import PURPOSES, STAFF_PURPOSES
from admin.page import PageRoute, SignedInVisitor, Visitor
from admin.session import posted
from qa_server.desk.commissions import handling
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get(PAGE + "/{commission_id}/talk")
def show_talk(request: Request, visitor: SignedInVisitor, commission_id: UUID, before: str = "") -> Response:
    """Show what was written and sent, the newest or what came before a number; it counts as read by the library."""
    view = handling.read(visitor.place, visitor.person, commission_id, language=visitor.language)
    handling.see(visitor.place, visitor.person, commission_id, view.last_seq)
    return _talk(request, visitor, commission_id, before=whole(before) or None)


@router.post(PAGE + "/{commission_id}/talk")
def say(
    request: Request, visitor: SignedInVisitor, commission_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Write to the reader, or a note; sent twice it is written once."""
    given = plain(sent)
    is_note = "note" in given
    try:
        handling.say(
            visitor.place,
            visitor.person,
            commission_id,
            client_id=given.get("client_id", "")[:64],
            body=given.get("body", ""),
            is_note=is_note,
            language=visitor.language,
        )
    except AppError as error:
        if not may_stay(error):
            raise
        return _talk(request, visitor, commission_id, refused=Refused(error, "talk", given))
    return back_to(commission_id, {"tab": "/talk"}, "noted" if is_note else "said")


def _talk(
    request: Request,
    visitor: Visitor,
    commission_id: UUID,
    *,
    before: int | None = None,
    refused: Refused | None = None,
) -> Response:
    page = handling.talk(visitor.place, visitor.person, commission_id, before=before, language=visitor.language)
    return show(
        request,
        visitor,
        commission_id,
        "commissions/talk.html",
        tab="/talk",
        refused=refused,
        record=page,
        is_newest=before is None,
        purposes=PURPOSES,
        staff_purposes=STAFF_PURPOSES,
    )
