"""What the pages about one node of the tree share: the head with its tabs, and a form that comes back with a reason."""

from fastapi import Request
from starlette.responses import HTMLResponse

from admin.form_pages import render_form
from admin.node_wording import TABS
from admin.page import Visitor
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
    return render_form(
        request,
        visitor,
        f"network/{template}",
        refusal=refusal,
        node=administering.node(visitor.place, visitor.person, code),
        tabs=TABS,
        levels=LEVELS,
        **context,
    )


def node_address(code: str, part: str = "") -> str:
    """Return the address of a page about a node."""
    return f"/console/network/{code.upper()}{part}"
