"""Wall screens: the board in large type for a room, signed in or by a link of the display's own; and those links.

The page of a display is open to everybody and shows nothing by itself: its script sends the token in a header.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, Response

from admin.form_pages import public_address, render_form
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to, render
from admin.preferences import language_of
from admin.session import posted
from qa_server.desk import wall_screens
from qa_server.desk.wall_screens import NewScreen
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/console/board/{code}/wall")
def show_wall(request: Request, visitor: SignedInVisitor, code: str) -> Response:
    """Show the wall of a node that the person supervises. Raises NotFound, Forbidden."""
    wall = wall_screens.wall(visitor.place, visitor.person, code)
    state = {"source": f"/console/board/{wall.node}/wall.json", "language": visitor.language, "isLinked": False}
    return render(request, "board/wall.html", seen_by=visitor, state=state, wall=wall)


@router.get("/console/board/{code}/wall.json")
def read_wall(visitor: SignedInVisitor, code: str) -> Response:
    """Return the numbers anew for the wall that shows them. Raises NotFound, Forbidden."""
    wall = wall_screens.wall(visitor.place, visitor.person, code)
    return JSONResponse(wall.model_dump(mode="json"), headers={"Cache-Control": "no-store"})


@router.get("/wall")
def show_display(request: Request) -> Response:
    """Show the page of a display. It has no number of its own; the link's token stays in the browser."""
    state = {"source": "/api/v1/wall", "language": language_of(request, None), "isLinked": True}
    response = render(request, "board/wall.html", state=state, wall=None)
    # The address holds the token behind its #; no page that is opened from here may hear of the address at all.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@router.get("/console/board/{code}/screens")
def show_screens(request: Request, visitor: SignedInVisitor, code: str) -> Response:
    """Show the displays that are linked to a node. Raises NotFound, Forbidden."""
    return _page(request, visitor, code)


@router.post("/console/board/{code}/screens")
def link_screen(
    request: Request, visitor: SignedInVisitor, code: str, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Link a display and show its address, this once."""
    try:
        made = wall_screens.link_screen(visitor.place, visitor.person, code, name=str(sent.get("name", "")))
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal)
    # Not by another address: the token would have to be in it.
    return _page(request, visitor, code, made=made)


@router.post("/console/board/{code}/screens/{screen_id}/revoke")
def revoke_screen(
    visitor: SignedInVisitor, code: str, screen_id: UUID, _: Annotated[FormData, Depends(posted)]
) -> Response:
    """Let a display show nothing any more."""
    wall_screens.revoke_screen(visitor.place, visitor.person, code, screen_id)
    return go_to(f"/console/board/{code.upper()}/screens", done="removed")


def _page(
    request: Request,
    visitor: Visitor,
    code: str,
    *,
    refusal: AppError | None = None,
    made: NewScreen | None = None,
) -> Response:
    return render_form(
        request,
        visitor,
        "board/screens.html",
        refusal=refusal,
        code=code.upper(),
        screens=wall_screens.screens(visitor.place, visitor.person, code),
        made=made,
        address=f"{public_address(request, visitor)}/wall#{made.token}" if made else "",
    )
