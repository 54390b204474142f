"""What a library owes its suppliers for a month: balances, lines, files of both, and a wrong line taken back."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.form_pages import render_form
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to
from admin.session import posted
from qa_server.desk.commissions.money import ledgers
from qa_server.desk.commissions.supply import settlements
from storage.errors import AppError, Forbidden, NotFound

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_ADDRESS = "/console/settlements"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get(_ADDRESS)
def show(request: Request, visitor: SignedInVisitor, library: str = "", month: str = "") -> Response:
    """Show a month. Raises NotFound, Forbidden."""
    return _page(request, visitor, library, month)


@router.get(f"{_ADDRESS}/file")
def save(
    visitor: SignedInVisitor, library: str, month: str = "", what: Literal["balances", "lines"] = "balances"
) -> Response:
    """Return a month as a workbook; the export is written down. Raises NotFound, Forbidden."""
    place, person = visitor.place, visitor.person
    found = settlements.write_out(place, person, library, month, what=what, language=visitor.language)
    name = f"settlement-{library}-{month or 'month'}-{what}.xlsx"
    # A month of an address is shown again only where it is one.
    clean = "".join(each for each in name if (each.isascii() and each.isalnum()) or each in "-.")
    return Response(found, media_type=_XLSX, headers={"Content-Disposition": f'attachment; filename="{clean}"'})


@router.post(_ADDRESS + "/lines/{line_id}/reversal")
def reverse(
    request: Request, visitor: SignedInVisitor, line_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Take a wrong line back."""
    library, month = str(sent.get("library", "")), str(sent.get("month", ""))
    try:
        settlements.reverse_line(visitor.place, visitor.person, line_id)
    except AppError as refusal:
        if isinstance(refusal, Forbidden | NotFound):
            raise
        return _page(request, visitor, library, month, refusal=refusal)
    return go_to(_ADDRESS, done="saved", library=library, month=month)


def _page(request: Request, visitor: Visitor, library: str, month: str, *, refusal: AppError | None = None) -> Response:
    nodes = ledgers.nodes(visitor.place, visitor.person)
    if not nodes:
        raise Forbidden()
    code = library or nodes[0].code
    found = settlements.month_of(visitor.place, visitor.person, code, month)
    return render_form(
        request,
        visitor,
        "suppliers/settlement.html",
        refusal=refusal,
        nodes=nodes,
        code=code,
        found=found,
        kinds=settlements.KINDS,
    )
