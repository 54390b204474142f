"""The desks of a node and the people who serve there: kinds, modes, subjects, limits, and taking somebody away."""

from datetime import date
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.node_pages import node_address, render_node
from admin.node_wording import DESK_KINDS, DESK_MODES, DESK_STATES, MEMBER_ROLES, TRAINEE_REVIEWS
from admin.page import PageRoute, SignedInVisitor, go_to
from admin.session import posted
from admin.wording import CLC_CLASSES, LANGUAGES
from qa_server.desk import duty_desks, staffing
from qa_server.network.desks import DeskFields, MemberFields
from qa_server.network.errors import DeskRefused
from qa_server.network.models import DeskKind, DeskMode, DeskState, MemberRole
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_PART = "/desks"
# What a form says of the review of trainees; anything else is left to the node.
_REVIEWS = {"yes": True, "no": False}
Code = TypeVar("Code", DeskKind, DeskMode, DeskState, MemberRole)


@router.get("/console/network/{code}/desks")
def show(request: Request, visitor: SignedInVisitor, code: str) -> Response:
    """Show the desks of a node with their staff. Raises NotFound, Forbidden."""
    return _page(request, visitor, code)


@router.post("/console/network/{code}/desks")
def add(request: Request, visitor: SignedInVisitor, code: str, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Add an open desk to a node."""
    try:
        staffing.add_desk(visitor.place, visitor.person, code, _desk_fields(sent), alliance=_alliance(sent))
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal)
    return go_to(node_address(code, _PART), done="added")


@router.post("/console/network/{code}/desks/{desk_id}")
def save(
    request: Request, visitor: SignedInVisitor, code: str, desk_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Change what a desk is and whether it takes questions; closing is for good."""
    try:
        staffing.change_desk(visitor.place, visitor.person, desk_id, _desk_fields(sent), alliance=_alliance(sent))
        staffing.set_desk_state(visitor.place, visitor.person, desk_id, _code(DeskState, sent, "state"))
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal)
    return go_to(node_address(code, _PART), done="saved")


@router.post("/console/network/{code}/desks/{desk_id}/members")
def save_member(
    request: Request, visitor: SignedInVisitor, code: str, desk_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Let somebody serve at a desk, change as what, or take the person away: what is held goes back to the queue."""
    login = str(sent.get("login", "")).strip().lower()
    try:
        if "remove" in sent:
            staffing.remove_member(visitor.place, visitor.person, desk_id, login)
            return go_to(node_address(code, _PART), done="removed")
        mentor = str(sent.get("mentor", "")).strip().lower() or None
        fields = _member_fields(sent)
        staffing.set_member(visitor.place, visitor.person, desk_id, login, fields, mentor=mentor)
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal)
    return go_to(node_address(code, _PART), done="saved")


def _page(request: Request, visitor: SignedInVisitor, code: str, *, refusal: AppError | None = None) -> Response:
    desks = staffing.desks_of_node(visitor.place, visitor.person, code)
    lacking = duty_desks.lacking(visitor.place, visitor.person, [desk.id for desk in desks])
    return render_node(
        request,
        visitor,
        "desks.html",
        code,
        refusal=refusal,
        desks=desks,
        mentors={desk.id: {member.login: member for member in desk.members} for desk in desks},
        gaps={alarm.desk_id: len(alarm.gaps) for alarm in lacking},
        kinds=DESK_KINDS,
        modes=DESK_MODES,
        states=DESK_STATES,
        roles=MEMBER_ROLES,
        reviews=TRAINEE_REVIEWS,
        classes=CLC_CLASSES,
        languages=LANGUAGES,
    )


def _desk_fields(sent: FormData) -> DeskFields:
    return DeskFields(
        name_zh=str(sent.get("name_zh", "")),
        name_en=str(sent.get("name_en", "")),
        kind=_code(DeskKind, sent, "kind"),
        mode=_code(DeskMode, sent, "mode"),
        clc_classes=_classes(sent),
        languages=_languages(sent),
        min_staff=_count(sent, "min_staff"),
        reviews_trainees=_REVIEWS.get(str(sent.get("reviews_trainees", ""))),
    )


def _member_fields(sent: FormData) -> MemberFields:
    return MemberFields(
        role=_code(MemberRole, sent, "role"),
        clc_classes=_classes(sent),
        languages=_languages(sent),
        max_chats=_count(sent, "max_chats"),
        trainee_until=_day(sent, "trainee_until"),
    )


def _alliance(sent: FormData) -> str | None:
    return str(sent.get("alliance", "")).strip().upper() or None


def _classes(sent: FormData) -> tuple[str, ...]:
    # Typed as letters, with or without anything between them: `H I`, `H, I`, `HI`.
    return tuple(dict.fromkeys(each for each in str(sent.get("clc_classes", "")).upper() if each.isalpha()))


def _languages(sent: FormData) -> tuple[str, ...]:
    return tuple(str(each) for each in sent.getlist("languages"))


def _code(codes: type[Code], sent: FormData, name: str) -> Code:
    try:
        return codes(str(sent.get(name, "")))
    except ValueError:
        raise DeskRefused(reason="Choose one of the values offered.") from None


def _day(sent: FormData, name: str) -> date | None:
    text = str(sent.get(name, "")).strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise DeskRefused(reason="Choose one of the values offered.") from None


def _count(sent: FormData, name: str) -> int:
    text = str(sent.get(name, "")).strip()
    if not text.isdecimal() or len(text) > 4:
        raise DeskRefused(reason="Give a whole number within the limits.")
    return int(text)
