"""A librarian's own duties: what comes, asking for relief, picking up open hours, absences, calendar addresses."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin import opening_text
from admin.form_pages import public_address, render_form
from admin.node_wording import WEEKDAYS
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to
from admin.roster_view import open_hours
from admin.roster_wording import COVERS, REQUEST_KINDS
from admin.session import posted
from admin.shift_form import desk_of, read_day, read_shift
from qa_server.desk import absences, calendars, duty_desks, rostering, shift_relief
from qa_server.desk.duty_desks import DutyDesk
from qa_server.desk.opening_hours import Opening
from qa_server.desk.rostering import ALARM_DAYS
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_ADDRESS = "/console/shifts"
# What the page says after each decision on a request.
_DONE = {"take": "taken", "decline": "declined", "withdraw": "withdrawn", "release": "released"}


@router.get(_ADDRESS)
def show(request: Request, visitor: SignedInVisitor) -> Response:
    """Show the visitor's duties of the coming four weeks."""
    return _page(request, visitor)


@router.post(f"{_ADDRESS}/relief")
def ask_for_relief(request: Request, visitor: SignedInVisitor, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Offer an own shift, or a part of it, to a colleague or to the desk."""
    try:
        shift = read_shift(sent)
        is_exchange = bool(str(sent.get("return_day", "")).strip() or str(sent.get("return_times", "")).strip())
        shift_relief.ask_for_relief(
            visitor.place,
            visitor.person,
            desk_of(sent),
            shift,
            reason=str(sent.get("reason", "")),
            colleague=str(sent.get("colleague", "")).strip() or None,
            in_return=read_shift(sent, day="return_day", times="return_times") if is_exchange else None,
        )
    except AppError as refusal:
        return _page(request, visitor, refusal=refusal, typed=dict(sent))
    return go_to(_ADDRESS, done="asked")


@router.post(f"{_ADDRESS}/pick-up")
def pick_up(request: Request, visitor: SignedInVisitor, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Take hours that nobody covers."""
    try:
        rostering.add_shift(visitor.place, visitor.person, desk_of(sent), visitor.person.login, read_shift(sent))
    except AppError as refusal:
        return _page(request, visitor, refusal=refusal, typed=dict(sent))
    return go_to(_ADDRESS, done="taken")


@router.post(f"{_ADDRESS}/requests/{{request_id}}")
def decide(
    request: Request, visitor: SignedInVisitor, request_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Take a colleague's shift over, decline it, or take the own request back."""
    decision = str(sent.get("decision", ""))
    try:
        shift_relief.decide(visitor.place, visitor.person, request_id, decision)
    except AppError as refusal:
        return _page(request, visitor, refusal=refusal)
    return go_to(_ADDRESS, done=_DONE[decision])


@router.post(f"{_ADDRESS}/absences")
def add_absence(request: Request, visitor: SignedInVisitor, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Write down own days without duty."""
    try:
        starts_on, ends_on = read_day(sent, "starts_on"), read_day(sent, "ends_on")
        absences.add_absence(visitor.place, visitor.person, visitor.person.login, starts_on=starts_on, ends_on=ends_on)
    except AppError as refusal:
        return _page(request, visitor, refusal=refusal, typed=dict(sent))
    return go_to(_ADDRESS, done="added")


@router.post(f"{_ADDRESS}/absences/{{absence_id}}/remove")
def remove_absence(visitor: SignedInVisitor, absence_id: UUID, _: Annotated[FormData, Depends(posted)]) -> Response:
    """Take an own absence back."""
    absences.remove_absence(visitor.place, visitor.person, visitor.person.login, absence_id)
    return go_to(_ADDRESS, done="removed")


@router.post(f"{_ADDRESS}/feeds")
def make_feed(request: Request, visitor: SignedInVisitor, _: Annotated[FormData, Depends(posted)]) -> Response:
    """Make a secret address for a calendar program. It is in this answer and nowhere else, so no other page follows."""
    try:
        made = calendars.make_feed(visitor.place, visitor.person)
    except AppError as refusal:
        return _page(request, visitor, refusal=refusal)
    return _page(request, visitor, secret=public_address(request, visitor) + made.path)


@router.post(f"{_ADDRESS}/feeds/{{feed_id}}/revoke")
def revoke_feed(visitor: SignedInVisitor, feed_id: UUID, _: Annotated[FormData, Depends(posted)]) -> Response:
    """Take a calendar address back."""
    calendars.revoke_feed(visitor.place, visitor.person, feed_id)
    return go_to(_ADDRESS, done="withdrawn")


def _page(
    request: Request,
    visitor: Visitor,
    *,
    refusal: AppError | None = None,
    typed: Mapping[str, object] | None = None,
    secret: str = "",
) -> Response:
    desks = {
        desk_id: duty_desks.duty_desk(visitor.place, visitor.person, desk_id) for desk_id in visitor.person.desk_ids
    }
    lacking = duty_desks.lacking(visitor.place, visitor.person, list(desks))
    requests = shift_relief.open_requests(visitor.place, visitor.person)
    duties = duty_desks.own_duties(visitor.place, visitor.person)
    week_ends = visitor.place.clock() + timedelta(days=ALARM_DAYS)
    return render_form(
        request,
        visitor,
        "shifts/page.html",
        refusal=refusal,
        desks=desks,
        duties=[(each, _times(each.starts_minute, each.ends_minute)) for each in duties],
        soon=sum(each.starts < week_ends for each in duties),
        weekdays=WEEKDAYS,
        open_hours=[
            (desks[alarm.desk_id], day, piece)
            for alarm in lacking
            for day, piece in open_hours(alarm, ZoneInfo(desks[alarm.desk_id].time_zone), but_for=visitor.person.login)
        ],
        requests=[
            (each, _times(each.starts_minute, each.ends_minute), _returned(each))
            for each in requests
            if each.desk_id in desks
        ],
        names=_names(desks),
        absences=absences.absences(visitor.place, visitor.person, visitor.person.login),
        feeds=calendars.feeds_of(visitor.place, visitor.person),
        secret=secret,
        typed=typed or {},
        covers=COVERS,
        request_kinds=REQUEST_KINDS,
    )


def _names(desks: Mapping[UUID, DutyDesk]) -> dict[str, object]:
    return {each.login: each for desk in desks.values() for each in desk.colleagues}


def _returned(asked: shift_relief.RequestView) -> str:
    if asked.return_starts_minute is None or asked.return_ends_minute is None:
        return ""
    return f"{asked.return_day} {_times(asked.return_starts_minute, asked.return_ends_minute)}"


def _times(starts: int, ends: int) -> str:
    return opening_text.written([Opening(starts_minute=starts, ends_minute=ends)])
