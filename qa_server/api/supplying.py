"""Suppliers of documents, how requests go along them, and what is settled, over HTTP for librarians."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from qa_server.api.asker import AskedLanguage, Place, Staff
from qa_server.conversations.schemas import Wire
from qa_server.desk.commissions.supply import settlements, suppliers, supplying
from qa_server.desk.commissions.supply.settlements import SettlementView
from qa_server.desk.commissions.supply.suppliers import SupplierInput, SupplierView
from qa_server.desk.commissions.supply.supplying import SupplyView

router = APIRouter(prefix="/api/v1/staff", tags=["document delivery"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MonthName = Annotated[str, Query(pattern=r"^(20[0-9]{2}-(0[1-9]|1[0-2]))?$", description="Such as 2026-09.")]
_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {XLSX: {}}, "description": "A workbook."}}

Code = Annotated[str, Path(min_length=2, max_length=8, pattern="^[A-Za-z0-9]+$")]


class Direction(Wire):
    """Whether a supplier is asked one place earlier or later."""

    up: bool


@router.get("/commissions/{commission_id}/supply")
def read_supply(place: Place, person: Staff, commission_id: UUID) -> SupplyView:
    """Return how a document request went along the suppliers, and the limits it passes."""
    return supplying.supply(place, person, commission_id)


@router.get("/libraries/{code}/suppliers")
def list_suppliers(place: Place, person: Staff, code: Code) -> list[SupplierView]:
    """Return whom a library asks for documents, in order."""
    return suppliers.suppliers(place, person, code)


@router.post("/libraries/{code}/suppliers", status_code=201)
def add_supplier(place: Place, person: Staff, code: Code, body: SupplierInput) -> list[SupplierView]:
    """Add a supplier at the end of the list."""
    return suppliers.add_supplier(place, person, code, body)


@router.put("/suppliers/{supplier_id}")
def change_supplier(place: Place, person: Staff, supplier_id: UUID, body: SupplierInput) -> list[SupplierView]:
    """Change what a supplier costs, how long it has, whether it is asked."""
    return suppliers.change_supplier(place, person, supplier_id, body)


@router.post("/suppliers/{supplier_id}/position")
def move_supplier(place: Place, person: Staff, supplier_id: UUID, body: Direction) -> list[SupplierView]:
    """Ask a supplier one place earlier or later."""
    return suppliers.move_supplier(place, person, supplier_id, up=body.up)


@router.delete("/suppliers/{supplier_id}")
def remove_supplier(place: Place, person: Staff, supplier_id: UUID) -> list[SupplierView]:
    """Take a supplier off the list."""
    return suppliers.remove_supplier(place, person, supplier_id)


@router.get("/nodes/{code}/settlement")
def read_settlement(place: Place, person: Staff, code: Code, month: MonthName = "") -> SettlementView:
    """Return what the libraries at and below a node owe their suppliers for a month."""
    return settlements.month_of(place, person, code, month)


@router.get("/nodes/{code}/settlement.xlsx", responses=_FILE, response_class=Response)
def save_settlement(
    place: Place,
    person: Staff,
    language: AskedLanguage,
    code: Code,
    month: MonthName = "",
    what: Literal["balances", "lines"] = "balances",
) -> Response:
    """Return the same as a workbook. The export is written down."""
    found = settlements.write_out(place, person, code, month, what=what, language=language)
    return Response(found, media_type=XLSX)


@router.post("/settlement-lines/{line_id}/reversal", status_code=204)
def reverse_line(place: Place, person: Staff, line_id: UUID) -> None:
    """Take a wrong settlement line back, once."""
    settlements.reverse_line(place, person, line_id)
