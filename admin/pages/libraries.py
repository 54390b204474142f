"""The library card as every librarian reads it: hours today, contacts, lines to copy, and "report an error"."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, Response

from admin import opening_text
from admin.card_wording import CARD_STATES, LINE_KEYS, LINE_KINDS
from admin.form_pages import render_form
from admin.library_cards import library_card as place_in_network
from admin.page import PageRoute, SignedInVisitor, go_to
from admin.session import posted
from admin.wording import LEVELS
from qa_server.desk import library_card
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

# The state "open now" is at most this old, in seconds.
_CARD_SECONDS = 60


@router.get("/console/libraries/{code}")
def show(request: Request, visitor: SignedInVisitor, code: str) -> Response:
    """Show a library's card. Raises NotFound."""
    return _page(request, visitor, code)


@router.get("/console/libraries/{code}/card")
def read(visitor: SignedInVisitor, code: str) -> Response:
    """Return a library's card for the panel beside the conversation. Raises NotFound."""
    view = library_card.card(visitor.place, visitor.person, code)
    found = {
        **place_in_network(visitor.place, code).as_json(),
        **view.model_dump(mode="json", include={"hours", "contacts", "is_usable", "lines"}),
        "times_today": opening_text.written(view.hours.today),
    }
    return JSONResponse(found, headers={"Cache-Control": f"private, max-age={_CARD_SECONDS}"})


@router.post("/console/libraries/{code}/reports")
def report(
    request: Request, visitor: SignedInVisitor, code: str, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Tell the owner of a line that it is wrong."""
    key, text = str(sent.get("key", "")), str(sent.get("text", ""))
    try:
        library_card.report_error(visitor.place, visitor.person, code, key, text)
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal, wrong_key=key, typed=text)
    return go_to(_address(code), done="sent")


@router.post("/console/libraries/{code}/lines/{key}/check")
def check(visitor: SignedInVisitor, code: str, key: str, _: Annotated[FormData, Depends(posted)]) -> Response:
    """Say that a line one answers for is still right. Raises NotFound, Forbidden."""
    library_card.check_line(visitor.place, visitor.person, code, key)
    return go_to(_address(code), done="checked")


@router.post("/console/libraries/{code}/reports/{report_id}")
def resolve(
    visitor: SignedInVisitor, code: str, report_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Close a report on a line one answers for with what was done. Raises NotFound."""
    library_card.resolve(visitor.place, visitor.person, report_id, answer=str(sent.get("answer", "")))
    return go_to(_address(code), done="resolved")


def _page(
    request: Request,
    visitor: SignedInVisitor,
    code: str,
    *,
    refusal: AppError | None = None,
    wrong_key: str = "",
    typed: str = "",
) -> Response:
    card = library_card.card(visitor.place, visitor.person, code)
    return render_form(
        request,
        visitor,
        "card/page.html",
        refusal=refusal,
        card=card,
        place=place_in_network(visitor.place, card.code),
        today=opening_text.written(card.hours.today),
        reports=library_card.reports(visitor.place, visitor.person),
        wrong_key=wrong_key,
        typed=typed,
        levels=LEVELS,
        kinds=LINE_KINDS,
        keys=LINE_KEYS,
        states=CARD_STATES,
    )


def _address(code: str) -> str:
    return f"/console/libraries/{code.upper()}"
