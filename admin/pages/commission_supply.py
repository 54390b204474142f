"""Answers of a document delivery: dispatch with an exception, a supplier's condition or refusal, delivery of a copy."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.commission_pages import PAGE, Refused, back_to, may_stay, plain, whole
from admin.page import PageRoute, SignedInVisitor, go_to
from admin.pages.commission import form_page, still_sees
from admin.session import posted
from admin.supply_wording import GIVEN_REASONS
from qa_server.commissions.money_errors import AmountInvalid
from qa_server.desk.commissions import handling
from qa_server.desk.commissions.operating import Asked
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_MOST = Decimal("100000")


@router.post(PAGE + "/{commission_id}/supply/{key}")
def answer(
    request: Request,
    visitor: SignedInVisitor,
    commission_id: UUID,
    key: str,
    sent: Annotated[FormData, Depends(posted)],
) -> Response:
    """Take a step of a delivery with what it carries. Pressed twice it is taken once; what was typed stays."""
    given = plain(sent)
    place, person, language = visitor.place, visitor.person, visitor.language
    try:
        asked = Asked(
            client_id=given.get("client_id", "")[:64],
            revision=whole(given.get("revision", "")),
            reason=given.get("reason", ""),
            details=_details(given),
        )
        pages = whole(given.get("page_count", ""))
        if pages is not None:
            held = handling.read(place, person, commission_id, language=language).staff_form
            if held.get("page_count") != pages:
                # The step is decided on the same sight: counting pages is part of it.
                counted = handling.fill_in(
                    place,
                    person,
                    commission_id,
                    {**held, "page_count": pages},
                    revision=asked.revision,
                    language=language,
                )
                asked = Asked(asked.client_id, counted.revision, asked.reason, details=asked.details)
        handling.step(place, person, commission_id, key, asked, language=language)
    except AppError as error:
        if not may_stay(error):
            raise
        return form_page(request, visitor, commission_id, refused=Refused(error, key, given))
    if not still_sees(visitor, commission_id):
        return go_to(PAGE, done="step")
    return back_to(commission_id, given, "step")


def _details(given: dict[str, str]) -> dict[str, Any]:
    """Return what a supplier's answer carries. Raises AmountInvalid."""
    details: dict[str, Any] = {}
    if given.get("cost", "").strip():
        details["cost"] = _cost(given["cost"])
    if given.get("supply_reason") in GIVEN_REASONS:
        details["supply_reason"] = given["supply_reason"]
    return details


def _cost(text: str) -> str:
    try:
        cost = Decimal(text.strip().replace(",", "").removeprefix("¥"))
        is_right = cost.is_finite() and 0 <= cost <= _MOST and cost == cost.quantize(Decimal("0.01"))
    except InvalidOperation:
        is_right = False
    if not is_right:
        raise AmountInvalid()
    return str(cost.quantize(Decimal("0.01")))
