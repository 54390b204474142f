"""What the pages about one node of the tree share: the head with its tabs, and a form that comes back with a reason."""

from fastapi import Request
from starlette.responses import HTMLResponse

from admin.node_wording import DONE, TABS
from admin.page import Visitor, render
from admin.wording import LEVELS
from qa_server.desk import administering
from storage.errors import AppError


def render_node(
    request: Request,
    visitor: Visitor,
    template: str,
    code: str,
    *,
    refusal: AppError | None = None,
    **context: object,
) -> HTMLResponse:
    """Answer with a page about a node at which the visitor administers. Raises NotFound, Forbidden.

    With a refusal the page says why nothing was changed; the caller gives what was typed in the context.
    """
    return render(
        request,
        f"network/{template}",
        seen_by=visitor,
        status=refusal.status if refusal else 200,
        node=administering.node(visitor.place, visitor.person, code),
        tabs=TABS,
        levels=LEVELS,
        done=DONE.get(request.query_params.get("done", "")),
        problem=visitor.say(refusal.message, **refusal.details) if refusal else None,
        **context,
    )


def node_address(code: str, part: str = "") -> str:
    """Return the address of a page about a node."""
    return f"/console/network/{code.upper()}{part}"
