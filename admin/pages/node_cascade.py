"""A node's cascade: its ordered steps as a form, and who would get a question at a moment, step by step."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin import cascade_form, passing_wording, wording
from admin.cascade_form import CascadeForm
from admin.node_pages import node_address, render_node
from admin.node_wording import WEEKDAYS
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to
from admin.session import posted
from qa_server.desk import administering, planning
from qa_server.routing.cascade import QuestionKind
from qa_server.routing.journey import Journey
from storage.errors import AppError, NotFound

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_PART = "/cascade"
_TYPED_MOMENT = "%Y-%m-%dT%H:%M"

PLACES = {
    "home": "home desk",
    "alliance": "desks of its alliances",
    "up": "desks of the centres above",
    "desk": "one desk, by its code",
    "continue": "go on with the cascade of a node",
}
SECONDS = {
    "head_start_seconds": "Head start of the home desk",
    "local_head_start_seconds": "The same for local questions",
    "wait_seconds": "Usual wait of a step",
    "peak_wait_seconds": "Wait in busy hours",
    "absence_seconds": "With nobody at the home desk",
}


@router.get("/console/network/{code}/cascade")
def show(request: Request, visitor: SignedInVisitor, code: str) -> Response:
    """Show the cascade that holds at a node and, where asked, who gets a question. Raises NotFound, Forbidden."""
    return _page(request, visitor, code)


@router.post("/console/network/{code}/cascade")
def save(request: Request, visitor: SignedInVisitor, code: str, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Keep the cascade, let the node inherit it again, or show the form with a row added, moved or removed."""
    form, act = cascade_form.from_sent(sent), str(sent.get("act", "save"))
    try:
        if act == "inherit":
            planning.inherit_cascade(visitor.place, visitor.person, code)
        elif act == "save":
            rule = cascade_form.as_rule(form)
            planning.set_cascade(visitor.place, visitor.person, code, rule, is_locked=form.is_locked)
        else:
            return _page(request, visitor, code, form=cascade_form.changed(form, act), is_unsaved=True)
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal, form=form, is_unsaved=True)
    return go_to(node_address(code, _PART), done="inherited" if act == "inherit" else "saved")


def _page(
    request: Request,
    visitor: Visitor,
    code: str,
    *,
    refusal: AppError | None = None,
    form: CascadeForm | None = None,
    is_unsaved: bool = False,
) -> Response:
    holds = planning.cascade_of(visitor.place, visitor.person, code)
    zone = ZoneInfo(administering.node(visitor.place, visitor.person, code).time_zone)
    asked = _asked(request, visitor, zone)
    is_own = holds.origin == holds.library
    return render_node(
        request,
        visitor,
        "cascade.html",
        code,
        refusal=refusal,
        holds=holds,
        is_own=is_own,
        form=form or cascade_form.from_rule(holds.rule, is_locked=holds.is_locked and is_own),
        is_unsaved=is_unsaved,
        places=PLACES,
        seconds=SECONDS,
        weekdays=WEEKDAYS,
        whens=passing_wording.WHENS,
        kinds=passing_wording.QUESTION_KINDS,
        relations=passing_wording.RELATIONS,
        skips=passing_wording.SKIPS,
        points=passing_wording.POINTS,
        classes=wording.CLC_CLASSES,
        languages=wording.LANGUAGES,
        asked=asked,
        is_asked="at" in request.query_params,
        journey=_journey(visitor, code, asked, zone) if "at" in request.query_params else None,
        zone=zone,
    )


def _asked(request: Request, visitor: Visitor, zone: ZoneInfo) -> dict[str, str]:
    """Return what "Who gets it?" asks about; what cannot be read is replaced by the usual."""
    query = request.query_params
    now = visitor.place.clock().astimezone(zone).strftime(_TYPED_MOMENT)
    return {
        "at": query.get("at", now) if _moment(query.get("at", now), zone) else now,
        "kind": "local" if query.get("kind") == "local" else "general",
        "subject": query.get("subject", "") if query.get("subject", "") in wording.CLC_CLASSES else "",
        "language": "en" if query.get("language") == "en" else "zh",
    }


def _journey(visitor: Visitor, code: str, asked: dict[str, str], zone: ZoneInfo) -> Journey | None:
    at = _moment(asked["at"], zone)
    if at is None:
        return None
    try:
        return planning.foresee(
            visitor.place,
            visitor.person,
            code,
            at=at,
            kind=QuestionKind(asked["kind"]),
            subject=asked["subject"] or None,
            language=asked["language"],
        )
    except NotFound:
        # The node is there, the page has just been read for it: it is a desk that is missing.
        return None


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.strptime(text, _TYPED_MOMENT).replace(tzinfo=zone)
    except ValueError:
        return None
