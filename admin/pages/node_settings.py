"""A node's settings: what holds, where it comes from, what is locked, and how to change it."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.node_pages import node_address, render_node
from admin.node_wording import SETTING_KINDS
from admin.page import PageRoute, SignedInVisitor, go_to
from admin.session import posted
from qa_server.desk import administering
from qa_server.desk.administering import SettingView
from qa_server.network.errors import SettingInvalid, SettingUnknown
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_PART = "/settings"


@router.get("/console/network/{code}/settings")
def show(request: Request, visitor: SignedInVisitor, code: str) -> Response:
    """Show everything that may be set at a node. Raises NotFound, Forbidden."""
    return _page(request, visitor, code)


@router.post("/console/network/{code}/settings/{key}")
def save(
    request: Request, visitor: SignedInVisitor, code: str, key: str, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Set one key, lock it or open it for what is below, or let the node inherit it again."""
    typed = str(sent.get("value", ""))
    try:
        if "inherit" in sent:
            administering.clear_setting(visitor.place, visitor.person, code, key)
            return go_to(node_address(code, _PART), done="inherited")
        value = _value(_setting(visitor, code, key), typed)
        administering.set_setting(visitor.place, visitor.person, code, key, value, is_locked="lock" in sent)
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal, typed={key: typed})
    return go_to(node_address(code, _PART), done="saved")


def _page(
    request: Request,
    visitor: SignedInVisitor,
    code: str,
    *,
    refusal: AppError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    settings = administering.settings_of(visitor.place, visitor.person, code)
    shown = {each.key: _typed(each) for each in settings} | (typed or {})
    return render_node(
        request,
        visitor,
        "settings.html",
        code,
        refusal=refusal,
        settings=settings,
        shown=shown,
        kinds=SETTING_KINDS,
        wrong=next(iter(typed), None) if typed else None,
    )


def _setting(visitor: SignedInVisitor, code: str, key: str) -> SettingView:
    for each in administering.settings_of(visitor.place, visitor.person, code):
        if each.key == key:
            return each
    raise SettingUnknown(key=key[:64])


def _typed(setting: SettingView) -> str:
    """Return a value as it stands in the form: lists by line, objects as JSON."""
    value = setting.value
    if setting.kind == "list" and all(isinstance(each, str) for each in value):
        return "\n".join(value)
    if isinstance(value, str) and setting.kind == "text":
        return value
    return json.dumps(value, ensure_ascii=False, indent=2 if setting.kind in ("object", "list") else None)


def _value(setting: SettingView, typed: str) -> Any:
    """Return what was typed as a value of the setting's kind. Raises SettingInvalid."""
    text = typed.replace("\r\n", "\n").strip()
    if setting.kind == "text":
        return text
    if setting.kind == "list" and not text.startswith("["):
        return [line.strip() for line in text.split("\n") if line.strip()]
    try:
        return json.loads(text)
    except ValueError:
        if setting.kind == "choice":
            return text
        raise SettingInvalid(key=setting.key, reason=SETTING_KINDS[setting.kind]) from None
