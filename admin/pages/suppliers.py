"""Whom a library asks for documents: a list in order, whose fees and times a row holds; read by whoever works there."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.form_pages import render_form
from admin.node_wording import TABS
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to
from admin.session import posted
from admin.supply_wording import WRONG
from admin.wording import LEVELS
from qa_server.desk import administering
from qa_server.desk.commissions.supply import suppliers
from qa_server.desk.commissions.supply.suppliers import SupplierInput, SupplierInvalid
from storage.errors import AppError, Forbidden, NotFound

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_ADDRESS = "/console/network/{code}/suppliers"
_FIELDS = ("kind", "library", "name_zh", "name_en", "agency", "fee_page", "fee_item", "subsidy_percent", "offer_hours")
Form = Annotated[FormData, Depends(posted)]


@router.get(_ADDRESS)
def show(request: Request, visitor: SignedInVisitor, code: str, to: str = "") -> Response:
    """Show the list; `to` looks for a library to add. Raises NotFound, Forbidden."""
    return _page(request, visitor, code, words=to)


@router.post(_ADDRESS)
def add(request: Request, visitor: SignedInVisitor, code: str, sent: Form) -> Response:
    """Add a supplier at the end of the list."""
    try:
        suppliers.add_supplier(visitor.place, visitor.person, code, _input(sent))
    except AppError as refusal:
        return _refused(request, visitor, code, refusal, sent, form=f"add-{sent.get('kind', '')}")
    return go_to(_address(code), done="added")


@router.post(_ADDRESS + "/{supplier_id}")
def change(request: Request, visitor: SignedInVisitor, code: str, supplier_id: UUID, sent: Form) -> Response:
    """Change what a supplier costs, how long it has, whether it is asked."""
    try:
        suppliers.change_supplier(visitor.place, visitor.person, supplier_id, _input(sent))
    except AppError as refusal:
        return _refused(request, visitor, code, refusal, sent, form=str(supplier_id))
    return go_to(_address(code), done="saved")


@router.post(_ADDRESS + "/{supplier_id}/{act}")
def move(visitor: SignedInVisitor, code: str, supplier_id: UUID, act: str, _: Form) -> Response:
    """Ask a supplier one place earlier or later, or take it off the list."""
    if act == "remove":
        suppliers.remove_supplier(visitor.place, visitor.person, supplier_id)
        return go_to(_address(code), done="removed")
    if act not in ("up", "down"):
        raise NotFound()
    suppliers.move_supplier(visitor.place, visitor.person, supplier_id, up=act == "up")
    return go_to(_address(code), done="saved")


def _address(code: str) -> str:
    return _ADDRESS.format(code=code.upper())


def _refused(
    request: Request, visitor: Visitor, code: str, refusal: AppError, sent: FormData, *, form: str
) -> Response:
    if isinstance(refusal, Forbidden | NotFound):
        raise refusal
    typed = dict.fromkeys(_FIELDS, "") | {key: str(value) for key, value in sent.items() if isinstance(value, str)}
    return _page(request, visitor, code, refusal=refusal, typed=typed, form=form)


def _page(
    request: Request,
    visitor: Visitor,
    code: str,
    *,
    words: str = "",
    refusal: AppError | None = None,
    typed: dict[str, str] | None = None,
    form: str = "",
) -> Response:
    found = suppliers.listing(visitor.place, visitor.person, code, words=words)
    try:
        node: Any = administering.node(visitor.place, visitor.person, code)
    except Forbidden:
        # Who works here reads the list without administering the node.
        node = None
    return render_form(
        request,
        visitor,
        "suppliers/page.html",
        refusal=refusal,
        frame="network/layout.html" if node else "suppliers/layout.html",
        node=node or found.node,
        tabs=TABS,
        levels=LEVELS,
        found=found,
        words=words[:80],
        typed=typed or {},
        form=form,
    )


def _input(sent: FormData) -> SupplierInput:
    """Return what was typed. Raises SupplierInvalid."""
    given: dict[str, Any] = {name: str(sent.get(name, "")).strip() for name in _FIELDS}
    for name in ("fee_page", "fee_item"):
        given[name] = _amount(given[name])
    given["subsidy_percent"] = given["subsidy_percent"] or "0"
    given["offer_hours"] = given["offer_hours"] or None
    given["library"] = given["library"] or None
    # A new one is asked at once; a listed one only while its box is ticked.
    given["is_active"] = "is_active" in sent or "is_new" in sent
    try:
        return SupplierInput.model_validate(given)
    except ValidationError as error:
        fields = sorted({str(each["loc"][0]) for each in error.errors() if each["loc"]})
        raise SupplierInvalid(reason=WRONG.get(fields[0], WRONG[""])) from error


def _amount(text: str) -> Decimal | str:
    try:
        return Decimal(text.replace(",", "").removeprefix("¥") or "0")
    except InvalidOperation:
        return text
