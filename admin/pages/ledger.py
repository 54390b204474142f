"""The ledger of unanswered questions: what readers asked in vain, by meaning, and how much of it there is."""

from typing import TypeVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from admin.bars import bars
from admin.ledger_wording import ENTRY_STATES, ORDERS, OWNERS
from admin.page import PageRoute, SignedInVisitor, render
from admin.wording import LANGUAGES
from knowledge.ledger.models import EntryState
from knowledge.ledger.queries import PAGE_SIZE, Order
from qa_server.desk.ledger import work as ledger_work
from qa_server.desk.ledger.work import Wanted
from storage.errors import NotFound

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_PAGE = "/console/articles/unanswered"
_MOST_PAGES = 10_000
_T = TypeVar("_T", EntryState, Order)


# A list is narrowed by its query, one parameter each.
@router.get(_PAGE)
def show(  # noqa: PLR0913
    request: Request,
    visitor: SignedInVisitor,
    node: str = "",
    state: str = "",
    language: str = "",
    owner: str = "",
    growing: str = "",
    order: str = "",
    page: str = "1",
) -> Response:
    """Show a page of entries. What is not known narrows nothing; a node of others has nothing."""
    number = min(int(page), _MOST_PAGES) if page.isdecimal() and int(page) > 0 else 1
    nodes = ledger_work.nodes(visitor.place, visitor.person)
    wanted = Wanted(
        node=node.upper() if node.upper() in {each.code for each in nodes} else "",
        state=_known(EntryState, state if state in ENTRY_STATES else ""),
        language=language if language in LANGUAGES else None,
        owner=owner if owner in OWNERS else "",
        growing=growing == "1",
        order=_known(Order, order) or Order.COUNT,
        page=number,
    )
    found = ledger_work.entries(visitor.place, visitor.person, wanted)
    return render(
        request,
        "ledger/page.html",
        seen_by=visitor,
        wanted=wanted,
        found=found,
        nodes=nodes,
        page=number,
        pages=max(1, -(-found.total // PAGE_SIZE)),
        states=ENTRY_STATES,
        orders=ORDERS,
        owners=OWNERS,
        languages=LANGUAGES,
    )


@router.get(_PAGE + "/figures")
def show_figures(request: Request, visitor: SignedInVisitor) -> Response:
    """Show what was asked in vain and closed, by week and by library. Raises NotFound for who sees no ledger."""
    figures = ledger_work.figures(visitor.place, visitor.person)
    if not ledger_work.nodes(visitor.place, visitor.person):
        raise NotFound()
    return render(
        request,
        "ledger/figures.html",
        seen_by=visitor,
        figures=figures,
        asked=bars([(week.isoformat(), asked) for week, asked, _ in figures.weeks]),
        closed=bars([(week.isoformat(), closed) for week, _, closed in figures.weeks]),
    )


def _known(values: type[_T], text: str) -> _T | None:
    return values(text) if text in set(values) else None
