"""Workload and turnaround of commissions: tables that print, and the same as a file. No reader is named."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from admin import money_wording
from admin.page import PageRoute, SignedInVisitor, Visitor, render
from qa_server.desk.commissions.finding import statistics
from qa_server.desk.commissions.money import ledgers
from qa_server.desk.finding import OwnerView
from qa_server.people.rights import Right
from storage.errors import Forbidden

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_ADDRESS = "/console/commission-statistics"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get(_ADDRESS)
def show(request: Request, visitor: SignedInVisitor, library: str = "", first: str = "", last: str = "") -> Response:
    """Show the figures of a node that the person supervises. Raises NotFound, Forbidden."""
    nodes, code = _chosen(visitor, library)
    return render(
        request,
        "commission-statistics/page.html",
        seen_by=visitor,
        problem=None,
        done=None,
        nodes=nodes,
        code=code,
        found=statistics.statistics(visitor.place, visitor.person, code, first=first, last=last),
        tables=statistics.TABLES,
        heads=money_wording.HEADS,
    )


@router.get(f"{_ADDRESS}/file")
def save(visitor: SignedInVisitor, library: str = "", first: str = "", last: str = "") -> Response:
    """Return the figures as a workbook; the export is written down. Raises NotFound, Forbidden."""
    _, code = _chosen(visitor, library)
    found = statistics.write_out(visitor.place, visitor.person, code, first=first, last=last, language=visitor.language)
    headers = {"Content-Disposition": 'attachment; filename="commission-statistics.xlsx"'}
    return Response(found, media_type=_XLSX, headers=headers)


def _chosen(visitor: Visitor, library: str) -> tuple[list[OwnerView], str]:
    nodes = ledgers.nodes(visitor.place, visitor.person, Right.SUPERVISE)
    if not nodes:
        raise Forbidden()
    return nodes, library or nodes[0].code
