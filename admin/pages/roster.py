"""The roster of a desk: a week with who serves when and what lacks, its grid, dated changes, requests, absences."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin import opening_text
from admin.form_pages import render_form
from admin.node_wording import WEEKDAYS
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to
from admin.roster_view import GridRow, days, grid_rows
from admin.roster_wording import COVERS, REQUEST_KINDS
from admin.session import posted
from admin.shift_form import read_day, read_shift
from qa_server.desk import absences, duty_desks, rostering, shift_relief
from qa_server.desk.absences import AbsenceView
from qa_server.desk.duty_desks import DutyDesk
from qa_server.desk.opening_hours import Opening
from qa_server.desk.rostering import ALARM_DAYS, GridDuty
from qa_server.network.errors import HoursInvalid
from storage.errors import AppError, NotFound

router = APIRouter(route_class=PageRoute, include_in_schema=False)

# Empty lines at the end of the grid, for shifts to add.
_SPARE_ROWS = 4
# How far from today a week may be looked at, in days: a year and a bit, back and ahead.
_MOST_DAYS_AWAY = 400


@router.get("/console/desks/{desk_id}/roster")
def show(request: Request, visitor: SignedInVisitor, desk_id: UUID, first: date | None = None) -> Response:
    """Show a week of a desk, from today or the date asked for. Raises NotFound."""
    return _page(request, visitor, desk_id, first=first)


@router.post("/console/desks/{desk_id}/roster/grid")
def save_grid(
    request: Request, visitor: SignedInVisitor, desk_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Replace the weekly grid from a date on."""
    rows = _typed_rows(sent)
    try:
        grid = _grid(rows)
        valid_from = read_day(sent, "valid_from")
        rostering.set_grid(visitor.place, visitor.person, desk_id, grid, valid_from=valid_from)
    except AppError as refusal:
        return _page(request, visitor, desk_id, refusal=refusal, rows=rows, typed=dict(sent), opened="grid")
    return go_to(_address(desk_id), done="saved", first=valid_from)


@router.post("/console/desks/{desk_id}/roster/shifts")
def change_shift(
    request: Request, visitor: SignedInVisitor, desk_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Add a dated shift, or take one away."""
    is_dropped = "drop" in sent
    change = rostering.drop_shift if is_dropped else rostering.add_shift
    try:
        shift = read_shift(sent)
        change(visitor.place, visitor.person, desk_id, str(sent.get("login", "")), shift)
    except AppError as refusal:
        return _page(request, visitor, desk_id, refusal=refusal, typed=dict(sent), opened="shift")
    return go_to(_address(desk_id), done="removed" if is_dropped else "added", first=shift.day)


@router.post("/console/desks/{desk_id}/roster/requests/{request_id}")
def decide(
    request: Request,
    visitor: SignedInVisitor,
    desk_id: UUID,
    request_id: UUID,
    sent: Annotated[FormData, Depends(posted)],
) -> Response:
    """Release somebody from a shift, or decline the request."""
    decision = str(sent.get("decision", ""))
    try:
        shift_relief.decide(visitor.place, visitor.person, request_id, decision)
    except AppError as refusal:
        return _page(request, visitor, desk_id, refusal=refusal)
    return go_to(_address(desk_id), done="released" if decision == "release" else "declined")


@router.post("/console/desks/{desk_id}/roster/absences")
def add_absence(
    request: Request, visitor: SignedInVisitor, desk_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Write down days on which somebody does no duty."""
    try:
        starts_on, ends_on = read_day(sent, "starts_on"), read_day(sent, "ends_on")
        login = str(sent.get("login", ""))
        absences.add_absence(visitor.place, visitor.person, login, starts_on=starts_on, ends_on=ends_on)
    except AppError as refusal:
        return _page(request, visitor, desk_id, refusal=refusal, typed=dict(sent), opened="absence")
    return go_to(_address(desk_id), done="added", first=starts_on)


@router.post("/console/desks/{desk_id}/roster/absences/{absence_id}/remove")
def remove_absence(
    visitor: SignedInVisitor, desk_id: UUID, absence_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Take an absence back. Raises NotFound."""
    absences.remove_absence(visitor.place, visitor.person, str(sent.get("login", "")), absence_id)
    return go_to(_address(desk_id), done="removed")


def _page(
    request: Request,
    visitor: Visitor,
    desk_id: UUID,
    *,
    refusal: AppError | None = None,
    first: date | None = None,
    rows: Sequence[GridRow] | None = None,
    typed: Mapping[str, object] | None = None,
    opened: str = "",
) -> Response:
    desk = duty_desks.duty_desk(visitor.place, visitor.person, desk_id)
    today = visitor.place.clock().astimezone(ZoneInfo(desk.time_zone)).date()
    begin = first if first is not None and abs((first - today).days) <= _MOST_DAYS_AWAY else today
    roster = rostering.roster(visitor.place, visitor.person, desk_id, first=begin, days=ALARM_DAYS)
    return render_form(
        request,
        visitor,
        "roster/page.html",
        refusal=refusal,
        desk=desk,
        roster=roster,
        days=days(roster, today=today),
        today=today,
        earlier=roster.first - timedelta(days=ALARM_DAYS),
        later=roster.first + timedelta(days=ALARM_DAYS),
        alarms=duty_desks.lacking(visitor.place, visitor.person, [desk_id]),
        requests=[
            (each, _times(each.starts_minute, each.ends_minute))
            for each in shift_relief.open_requests(visitor.place, visitor.person)
            if each.desk_id == desk_id
        ],
        absences=_absences(visitor, desk),
        names={each.login: each for each in desk.colleagues},
        rows=[*(rows if rows is not None else grid_rows(roster.grid)), *([GridRow("", "0", "")] * _SPARE_ROWS)],
        typed=typed or {},
        opened=opened,
        weekdays=WEEKDAYS,
        covers=COVERS,
        request_kinds=REQUEST_KINDS,
    )


def _absences(visitor: Visitor, desk: DutyDesk) -> list[AbsenceView]:
    """Return absences of those at the desk whose shifts the visitor plans; a colleague of another library is theirs."""
    found: list[AbsenceView] = []
    for each in desk.colleagues if desk.may_plan else ():
        try:
            found += absences.absences(visitor.place, visitor.person, each.login)
        except NotFound:
            continue
    return found


def _typed_rows(sent: FormData) -> list[GridRow]:
    lists = (sent.getlist(name) for name in ("login", "weekday", "times"))
    rows = [GridRow(*(str(value).strip() for value in row)) for row in zip(*lists, strict=False)]
    return [row for row in rows if row.times]


def _grid(rows: Sequence[GridRow]) -> list[GridDuty]:
    """Read the lines of the grid. Raises HoursInvalid."""
    if any(row.weekday not in {str(day) for day in WEEKDAYS} or len(row.login) > 64 for row in rows):
        raise HoursInvalid(reason=opening_text.TIMES_REMEDY)
    return [
        GridDuty(login=row.login, weekday=int(row.weekday), starts_minute=starts, ends_minute=ends)
        for row in rows
        for starts, ends in opening_text.read(row.times)
    ]


def _times(starts: int, ends: int) -> str:
    return opening_text.written([Opening(starts_minute=starts, ends_minute=ends)])


def _address(desk_id: UUID) -> str:
    return f"/console/desks/{desk_id}/roster"
