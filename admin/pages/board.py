"""The live board of a node, and the duties of the person's desks: two lists that are worked through from the top."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, Response

from admin import passing_wording, wording
from admin.library_cards import desk_cards
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to, render
from admin.session import posted
from qa_server.desk import live_board, owing
from qa_server.desk.live_board import BoardTotals
from qa_server.desk.wall_screens import may_link_screens
from storage.errors import Forbidden

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Node = Annotated[str, Query(max_length=8, pattern="^[A-Za-z0-9]*$")]


@router.get("/console/board")
def show_board(request: Request, visitor: SignedInVisitor, node: Node = "") -> Response:
    """Show the board of a node, the person's first one where none is named. Raises NotFound, Forbidden."""
    nodes = live_board.nodes_to_supervise(visitor.place, visitor.person)
    if not nodes:
        raise Forbidden()
    board = live_board.board(visitor.place, visitor.person, node or nodes[0].code)
    state = {
        "node": board.node,
        "language": visitor.language,
        "time_zone": visitor.home.zone.key,
        "states": wording.translated(wording.STATES, visitor.language),
        "board": board.model_dump(mode="json"),
    }
    return render(
        request,
        "board/page.html",
        seen_by=visitor,
        nodes=nodes,
        board=board,
        state=state,
        sums=_sums(visitor, board.totals),
        may_link=may_link_screens(visitor.place, visitor.person, board.node),
    )


def _sums(visitor: Visitor, totals: BoardTotals) -> list[tuple[str, object]]:
    longest = totals.longest_wait_seconds
    return [
        ("Waiting", totals.waiting),
        ("Longest wait", "–" if longest is None else visitor.say("{minutes} min", minutes=longest // 60)),
        ("In hand", totals.active),
        ("Staff here", totals.staff),
        ("Answered today", totals.answered_today),
    ]


@router.get("/console/board.json")
def read_board(visitor: SignedInVisitor, node: Node) -> Response:
    """Return the board anew for the page that shows it. Raises NotFound, Forbidden."""
    board = live_board.board(visitor.place, visitor.person, node)
    return JSONResponse(board.model_dump(mode="json"), headers={"Cache-Control": "no-store"})


@router.get("/console/duties")
def show_duties(request: Request, visitor: SignedInVisitor) -> Response:
    """Show what the person's desks owe to readers, the next due first."""
    return render(
        request,
        "duties/page.html",
        seen_by=visitor,
        duties=owing.my_duties(visitor.place, visitor.person),
        desks={desk.id: desk.names.in_language(visitor.language) for desk in desk_cards(visitor.place, visitor.person)},
        kinds=passing_wording.DUTY_KINDS,
        states=passing_wording.DUTY_STATES,
        now=visitor.place.clock(),
    )


@router.post("/console/duties/{duty_id}/take-up")
def take_up(visitor: SignedInVisitor, duty_id: UUID, _: Annotated[FormData, Depends(posted)]) -> Response:
    """Open the conversation of a duty again and go there. Raises NotFound."""
    conversation_id = owing.take_up_duty(visitor.place, visitor.person, duty_id)
    return go_to(f"/console/conversations/{conversation_id}")
