"""The reader's window of a node: its looks and forms with the real window beside them, and what its pages embed.

The preview is the widget itself in a frame without origin: it has no cookie and no storage of the console's, and asks
nobody anything. What is typed is shown in it before it is saved.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, Response

from admin import window_form
from admin.form_pages import public_address
from admin.node_pages import node_address, render_node
from admin.page import PageRoute, SignedInVisitor, go_to, render
from admin.session import posted
from qa_server.desk import onboarding, widget_admin
from qa_server.desk.widget_settings import widget_settings
from qa_server.network import widget_settings as keys
from qa_server.network.errors import SettingInvalid
from qa_server.network.setting_definitions import WEB_ORIGINS
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_PART = "/widget"
# The window asks its own server alone; the frame has no origin, and only the page of the form may show it.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: https:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)


@router.get("/console/network/{code}/widget")
def show(request: Request, visitor: SignedInVisitor, code: str) -> Response:
    """Show the form, the preview and the line to embed. Raises NotFound, Forbidden."""
    return _page(request, visitor, code)


@router.post("/console/network/{code}/widget")
def save(request: Request, visitor: SignedInVisitor, code: str, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Save the window, or let it be as above again."""
    given = _plain(sent)
    try:
        if "inherit" in given:
            widget_admin.inherit(visitor.place, visitor.person, code)
            return go_to(node_address(code, _PART), done="inherited")
        widget_admin.save(visitor.place, visitor.person, code, window_form.read_window(given))
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal, typed=given)
    return go_to(node_address(code, _PART), done="saved")


@router.post("/console/network/{code}/widget/draft")
def draft(visitor: SignedInVisitor, code: str, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Return the window as it would be with what is typed, for the preview. Writes nothing."""
    found = widget_admin.draft(visitor.place, visitor.person, code, window_form.read_window(_plain(sent)))
    problems = {key: visitor.say(reason) for key, reason in found.problems.items()}
    told = {"settings": found.settings.model_dump(mode="json"), "problems": problems}
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


@router.get("/console/network/{code}/widget/preview")
def preview(request: Request, visitor: SignedInVisitor, code: str) -> Response:
    """Show the window by itself, for the frame. Raises NotFound, Forbidden."""
    widget_admin.window_settings(visitor.place, visitor.person, code)
    state = {"settings": widget_settings(visitor.place, code).model_dump(mode="json")}
    response = render(request, "network/window_preview.html", seen_by=visitor, code=code.upper(), state=state)
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def _page(
    request: Request,
    visitor: SignedInVisitor,
    code: str,
    *,
    refusal: AppError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    held = widget_admin.window_settings(visitor.place, visitor.person, code)
    base_url = public_address(request, visitor)
    embed = onboarding.embed_code_of(visitor.place, code, base_url=base_url)
    return render_node(
        request,
        visitor,
        "window.html",
        code,
        refusal=refusal,
        held=held,
        keys=keys,
        origins_key=WEB_ORIGINS.key,
        values=_values(held) | (typed or {}),
        rows={group: _rows(held, group, typed) for group in window_form.GROUPS},
        group_keys=window_form.GROUPS,
        wrong=refusal.details.get("key") if isinstance(refusal, SettingInvalid) else None,
        embed_code=embed,
        service=base_url,
    )


def _rows(held: dict[str, Any], group: str, typed: dict[str, str] | None) -> list[window_form.Row]:
    if typed and f"{group}-sent" in typed:
        return window_form.typed_rows(typed, group)
    return window_form.rows_of(held[window_form.GROUPS[group]].value)


def _values(held: dict[str, Any]) -> dict[str, str]:
    return {key: "\n".join(each.value) if key == WEB_ORIGINS.key else str(each.value) for key, each in held.items()}


def _plain(sent: FormData) -> dict[str, str]:
    return {name: value for name, value in sent.items() if isinstance(value, str) and name != "csrf_token"}
