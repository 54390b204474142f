"""What pages with forms of changes share: what was done, or the reason why nothing was, and the address of readers."""

from fastapi import Request
from starlette.responses import HTMLResponse

from admin.node_wording import DONE
from admin.page import Visitor, render
from storage.errors import AppError


def render_form(
    request: Request, visitor: Visitor, template: str, *, refusal: AppError | None = None, **context: object
) -> HTMLResponse:
    """Answer with a page of forms. With a refusal it says why nothing was changed; `context` has what was typed."""
    return render(
        request,
        template,
        seen_by=visitor,
        status=refusal.status if refusal else 200,
        done=DONE.get(request.query_params.get("done", "")),
        problem=visitor.say(refusal.message, **refusal.details) if refusal else None,
        **context,
    )


def public_address(request: Request, visitor: Visitor) -> str:
    """Return the address under which readers and calendar programs find the service, without a slash at the end."""
    return (visitor.place.settings.public_url or str(request.base_url)).rstrip("/")
