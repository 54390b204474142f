"""A node's opening times: the week as it is typed, special days, and what is inherited from above."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin import opening_text
from admin.node_pages import node_address, render_node
from admin.node_wording import WEEKDAYS
from admin.page import PageRoute, SignedInVisitor, go_to
from admin.session import posted
from admin.shift_form import read_day
from qa_server.desk import opening_hours
from qa_server.desk.opening_hours import HoursView, WeeklyOpening
from qa_server.network.opening import Special
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_PART = "/hours"


@router.get("/console/network/{code}/hours")
def show(request: Request, visitor: SignedInVisitor, code: str) -> Response:
    """Show the week and the special days that hold at a node. Raises NotFound, Forbidden."""
    return _page(request, visitor, code)


@router.post("/console/network/{code}/hours")
def save_week(
    request: Request, visitor: SignedInVisitor, code: str, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Replace the week, or let the node inherit it again."""
    typed = {day: str(sent.get(f"day-{day}", "")) for day in WEEKDAYS}
    is_inheriting = "inherit" in sent
    try:
        week = [] if is_inheriting else _week(typed)
        opening_hours.set_week(visitor.place, visitor.person, code, week)
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal, typed=typed)
    return go_to(node_address(code, _PART), done="inherited" if is_inheriting else "saved")


@router.post("/console/network/{code}/hours/days")
def save_day(
    request: Request, visitor: SignedInVisitor, code: str, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Put a special day at a node; no times mean closed."""
    typed = {name: str(sent.get(name, "")) for name in ("day", "name_zh", "name_en", "times")}
    try:
        special = Special(
            read_day(sent, "day"), typed["name_zh"], typed["name_en"], tuple(opening_text.read(typed["times"]))
        )
        opening_hours.set_special_day(visitor.place, visitor.person, code, special)
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal, typed_day=typed)
    return go_to(node_address(code, _PART), done="saved")


@router.post("/console/network/{code}/hours/days/{day}/remove")
def remove_day(visitor: SignedInVisitor, code: str, day: date, _: Annotated[FormData, Depends(posted)]) -> Response:
    """Take a node's own special day away."""
    opening_hours.clear_special_day(visitor.place, visitor.person, code, day)
    return go_to(node_address(code, _PART), done="removed")


def _page(
    request: Request,
    visitor: SignedInVisitor,
    code: str,
    *,
    refusal: AppError | None = None,
    typed: dict[int, str] | None = None,
    typed_day: dict[str, str] | None = None,
) -> Response:
    hours = opening_hours.hours_of(visitor.place, visitor.person, code)
    return render_node(
        request,
        visitor,
        "hours.html",
        code,
        refusal=refusal,
        hours=hours,
        today=opening_text.written(hours.now.today),
        week=typed or _typed_week(hours),
        weekdays=WEEKDAYS,
        special_days=[(each, opening_text.written(each.openings)) for each in hours.special_days],
        typed_day=typed_day or {"day": "", "name_zh": "", "name_en": "", "times": ""},
    )


def _typed_week(hours: HoursView) -> dict[int, str]:
    # Where no hours are set the schedule is open around the clock; that is no week of anybody.
    week = hours.week if hours.week_origin else []
    return {day: opening_text.written(each for each in week if each.weekday == day) for day in WEEKDAYS}


def _week(typed: dict[int, str]) -> list[WeeklyOpening]:
    return [
        WeeklyOpening(weekday=day, starts_minute=starts, ends_minute=ends)
        for day, text in typed.items()
        for starts, ends in opening_text.read(text)
    ]
