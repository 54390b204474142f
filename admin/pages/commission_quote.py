"""The price of a commission: what the list gives for it, the quote, what was quoted before, what a change costs."""

from decimal import Decimal, InvalidOperation
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.commission_form import read_staff_fields, sections
from admin.commission_pages import PAGE, Refused, back_to, may_stay, plain, show, whole
from admin.commission_wording import QUOTE_STATES
from admin.page import PageRoute, SignedInVisitor, Visitor
from admin.session import posted
from qa_server.commissions.errors import AmountUnreadable
from qa_server.desk.commissions import handling
from qa_server.desk.commissions.money.quoting import Offer
from qa_server.desk.commissions.operating import Asked
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_MOST = Decimal("1000000")


@router.get(PAGE + "/{commission_id}/quote")
def show_quote(request: Request, visitor: SignedInVisitor, commission_id: UUID) -> Response:
    """Show the reckoning and the quotes."""
    return _quote(request, visitor, commission_id)


@router.post(PAGE + "/{commission_id}/staff-form")
def fill_in(
    request: Request, visitor: SignedInVisitor, commission_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Keep the library's part of the form, which the prices count."""
    given = plain(sent)
    definition = handling.definition(visitor.place, visitor.person, commission_id)
    try:
        handling.fill_in(
            visitor.place,
            visitor.person,
            commission_id,
            read_staff_fields(definition, given),
            revision=whole(given.get("revision", "")),
            language=visitor.language,
        )
    except AppError as error:
        if not may_stay(error):
            raise
        return _quote(request, visitor, commission_id, refused=Refused(error, "staff-form", given))
    return back_to(commission_id, {"tab": "/quote"}, "filled")


@router.post(PAGE + "/{commission_id}/quote/{key}")
def quote(
    request: Request,
    visitor: SignedInVisitor,
    commission_id: UUID,
    key: str,
    sent: Annotated[FormData, Depends(posted)],
) -> Response:
    """Offer a price and a time to the reader, at first or after a change. Sent twice it is offered once."""
    given = plain(sent)
    try:
        offer = Offer(
            total=_amount(given.get("total", "")),
            days=whole(given.get("days", "")) or None,
            note=given.get("note", "").strip()[:2_000],
            valid_days=whole(given.get("valid_days", "")) or None,
        )
        asked = Asked(
            client_id=given.get("client_id", "")[:64],
            revision=whole(given.get("revision", "")),
            reason=given.get("reason", ""),
            offer=offer,
        )
        handling.step(visitor.place, visitor.person, commission_id, key, asked, language=visitor.language)
    except AppError as error:
        if not may_stay(error):
            raise
        return _quote(request, visitor, commission_id, refused=Refused(error, key, given))
    return back_to(commission_id, {"tab": "/quote"}, "step")


def _quote(request: Request, visitor: Visitor, commission_id: UUID, *, refused: Refused | None = None) -> Response:
    place, person, language = visitor.place, visitor.person, visitor.language
    view = handling.read(place, person, commission_id, language=language)
    definition = handling.definition(place, person, commission_id)
    return show(
        request,
        visitor,
        commission_id,
        "commissions/quote.html",
        tab="/quote",
        refused=refused,
        staff_part=sections(definition, view.staff_form, by="staff", language=language, say=visitor.say),
        staff_fields=[each for each in definition.fields if each.by == "staff"],
        quote_states=QUOTE_STATES,
        field_problems={each["field"]: each["message"] for each in _problems(refused)},
    )


def _problems(refused: Refused | None) -> list[dict[str, str]]:
    found = refused.error.details.get("problems", []) if refused else []
    return found if isinstance(found, list) else []


def _amount(text: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        amount = Decimal(text.strip().replace(",", "").removeprefix("¥"))
    except InvalidOperation:
        raise AmountUnreadable() from None
    if not amount.is_finite() or not 0 <= amount <= _MOST or amount != amount.quantize(Decimal("0.01")):
        raise AmountUnreadable()
    return amount.quantize(Decimal("0.01"))
