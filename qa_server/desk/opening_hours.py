"""Opening times as people see them: a library today, for everybody; the week and special days, for administrators."""

from datetime import date, datetime, timedelta

from pydantic import Field
from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.conversations.text import storable
from qa_server.desk.rights_at import node_for
from qa_server.desk.workplace import Workplace
from qa_server.network import opening
from qa_server.network.hours import HORIZON_DAYS, Schedule
from qa_server.network.models import Library
from qa_server.network.node_settings import effective
from qa_server.network.opening import Special
from qa_server.network.public_holidays import public_days
from qa_server.network.queries import owners, path_up
from qa_server.network.schedules import schedule_of
from qa_server.network.setting_definitions import HOLIDAY_CALENDAR
from qa_server.people.rights import Right, StaffMember


class Opening(Wire):
    """An opening of one day, in minutes since local midnight; more than 1440 is past midnight."""

    starts_minute: int = Field(ge=0, le=1439, strict=True)
    ends_minute: int = Field(ge=1, le=2880, strict=True)


class WeeklyOpening(Opening):
    """An opening of every week; `weekday` is 0 for Monday to 6 for Sunday."""

    weekday: int = Field(ge=0, le=6, strict=True)


class HoursNow(Wire):
    """Whether a library's service is open, and when next. Times in UTC; `today` in minutes of the local day.

    `opens_next` is None while open, and when it does not open within 400 days; `closes_next` is None while closed, and
    when it never closes.
    """

    is_open: bool
    opens_next: datetime | None
    closes_next: datetime | None
    today: list[Opening]


class SpecialDayView(Wire):
    """A date on which something else holds than in the week. `origin` is the node it comes from, None: by law."""

    day: date
    name_zh: str
    name_en: str
    openings: list[Opening]
    origin: str | None
    is_own: bool


class HoursView(Wire):
    """Everything about a node's opening times. `week_origin` is the node whose week holds; None: always open."""

    time_zone: str
    now: HoursNow
    week: list[WeeklyOpening]
    week_origin: str | None
    is_own_week: bool
    special_days: list[SpecialDayView]


def hours_now(schedule: Schedule, at: datetime) -> HoursNow:
    """Return the state of a schedule at a moment."""
    is_open = schedule.is_open(at)
    today = schedule.minutes_on(schedule.local_date(at))
    return HoursNow(
        is_open=is_open,
        opens_next=None if is_open else schedule.opens_next(at),
        closes_next=schedule.closes_next(at) if is_open else None,
        today=[Opening(starts_minute=starts, ends_minute=ends) for starts, ends in today],
    )


def hours_of(place: Workplace, person: StaffMember, code: str) -> HoursView:
    """Return a node's opening times and where they come from, special days for 400 days ahead.

    Raises NotFound, Forbidden.
    """
    with place.database.read() as session:
        found = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        return _view(session, found, place.clock())


def set_week(place: Workplace, person: StaffMember, code: str, week: list[WeeklyOpening]) -> HoursView:
    """Replace a node's week; an empty one lets it inherit. Raises NotFound, Forbidden, HoursInvalid."""
    with place.database.write() as session:
        found = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        intervals = [(each.weekday, each.starts_minute, each.ends_minute) for each in week]
        opening.set_week(session, found.id, intervals, by=person.id, now=place.clock())
        session.flush()
        return _view(session, found, place.clock())


def set_special_day(place: Workplace, person: StaffMember, code: str, special: Special) -> HoursView:
    """Put a special day at a node, for it and everything below. Raises NotFound, Forbidden, HoursInvalid."""
    with place.database.write() as session:
        found = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        clean = Special(special.day, storable(special.name_zh), storable(special.name_en), special.openings)
        opening.set_special_day(session, found.id, clean, by=person.id, now=place.clock())
        return _view(session, found, place.clock())


def clear_special_day(place: Workplace, person: StaffMember, code: str, day: date) -> HoursView:
    """Take a node's own special day away. Safe to repeat. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        found = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        opening.clear_special_day(session, found.id, day, by=person.id, now=place.clock())
        session.flush()
        return _view(session, found, place.clock())


def _view(session: Session, found: Library, now: datetime) -> HoursView:
    path = path_up(session, found.id)
    codes = {node: owner.code for node, owner in owners(session, path).items()}
    week_node = next((node for node in path if opening.week_of(session, node)), None)
    schedule = schedule_of(session, found.id, around=now)
    return HoursView(
        time_zone=found.time_zone,
        now=hours_now(schedule, now),
        week=[
            WeeklyOpening(weekday=one.weekday, starts_minute=one.starts_minute, ends_minute=one.ends_minute)
            for one in schedule.weekly
        ],
        week_origin=codes[week_node] if week_node else None,
        is_own_week=week_node == found.id,
        special_days=_special_days(session, found, schedule, now),
    )


def _special_days(session: Session, found: Library, schedule: Schedule, now: datetime) -> list[SpecialDayView]:
    first = schedule.local_date(now)
    last = first + timedelta(days=HORIZON_DAYS)
    path = path_up(session, found.id)
    codes = {node: owner.code for node, owner in owners(session, path).items()}
    calendar = str(effective(session, found.id, HOLIDAY_CALENDAR.key).value)
    named: dict[date, tuple[str, str, str | None, bool]] = {
        day: (public.name_zh, public.name_en, None, False)
        for year in range(first.year, last.year + 1)
        for day, public in public_days(calendar, year).items()
    }
    rows = opening.special_days_of(session, path, first, last)
    for row in sorted(rows, key=lambda row: path.index(row.library_id), reverse=True):
        named[row.day] = (row.name_zh, row.name_en, codes[row.library_id], row.library_id == found.id)
    return [
        SpecialDayView(
            day=day,
            name_zh=named[day][0],
            name_en=named[day][1],
            openings=[Opening(starts_minute=starts, ends_minute=ends) for starts, ends in schedule.minutes_on(day)],
            origin=named[day][2],
            is_own=named[day][3],
        )
        for day in sorted(named)
        if first <= day <= last and day in schedule.special
    ]
