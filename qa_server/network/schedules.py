"""Opening times of libraries as they are stored and inherited, put together into schedules."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.network.hours import HORIZON_DAYS, Interval, Schedule, always_open
from qa_server.network.hours_models import SpecialDay, WeeklyHours
from qa_server.network.models import Library
from qa_server.network.node_settings import effective_for
from qa_server.network.public_holidays import public_days
from qa_server.network.queries import paths_up
from qa_server.network.setting_definitions import HOLIDAY_CALENDAR

T = TypeVar("T")

# Ids asked for in one statement; both databases bound how many a statement may carry.
_CHUNK = 500
_WORKING_WEEKDAYS = range(5)

_Intervals = tuple[tuple[int, int], ...]


def schedules_of(session: Session, library_ids: Collection[UUID], *, around: datetime) -> dict[UUID, Schedule]:
    """Return the schedules of these nodes, good from the day before `around` for 400 days.

    The week is that of the nearest node up the tree which has one; without any the place counts as always open, and
    presence alone decides. A special day of a nearer node wins over one further up, and both over public holidays; on
    a make-up working day the hours are those of the first working day of the week.
    """
    paths = paths_up(session, library_ids)
    nodes = list({node for path in paths.values() for node in path})
    zones = _time_zones(session, list(paths))
    weeks = _weeks(session, nodes)
    special = _special_days(session, nodes, around)
    calendars = effective_for(session, list(paths), HOLIDAY_CALENDAR.key, paths=paths)
    years = range((around - timedelta(days=2)).year, (around + timedelta(days=HORIZON_DAYS + 2)).year + 1)
    return {
        library: _schedule(
            zones[library],
            next((weeks[node] for node in path if node in weeks), None),
            [special[node] for node in reversed(path) if node in special],
            calendar=str(calendars[library].value),
            years=years,
        )
        for library, path in paths.items()
    }


def schedule_of(session: Session, library_id: UUID, *, around: datetime) -> Schedule:
    """Return the schedule of one node; see `schedules_of`."""
    return schedules_of(session, [library_id], around=around)[library_id]


def _schedule(
    time_zone: str,
    weekly: tuple[Interval, ...] | None,
    special_from_the_top: Sequence[Mapping[date, _Intervals]],
    *,
    calendar: str,
    years: range,
) -> Schedule:
    special: dict[date, _Intervals] = {}
    if weekly is not None:
        special.update(_public(weekly, calendar, years))
    for days in special_from_the_top:
        special.update(days)
    return Schedule(time_zone, always_open(time_zone).weekly if weekly is None else weekly, special)


def _public(weekly: tuple[Interval, ...], calendar: str, years: range) -> dict[date, _Intervals]:
    working = _working_hours(weekly)
    return {
        day: working if public.is_working else ()
        for year in years
        for day, public in public_days(calendar, year).items()
    }


def _working_hours(weekly: tuple[Interval, ...]) -> _Intervals:
    for weekday in _WORKING_WEEKDAYS:
        found = tuple(sorted((one.starts_minute, one.ends_minute) for one in weekly if one.weekday == weekday))
        if found:
            return found
    return ()


def _time_zones(session: Session, nodes: Sequence[UUID]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for chunk in _chunks(nodes):
        rows = session.execute(select(Library.id, Library.time_zone).where(Library.id.in_(chunk)))
        found.update((row.id, row.time_zone) for row in rows)
    return found


def _weeks(session: Session, nodes: Sequence[UUID]) -> dict[UUID, tuple[Interval, ...]]:
    found: dict[UUID, list[Interval]] = {}
    for chunk in _chunks(nodes):
        for row in session.scalars(select(WeeklyHours).where(WeeklyHours.library_id.in_(chunk))):
            found.setdefault(row.library_id, []).append(Interval(row.weekday, row.starts_minute, row.ends_minute))
    return {node: tuple(sorted(week, key=lambda one: (one.weekday, one.starts_minute))) for node, week in found.items()}


def _special_days(session: Session, nodes: Sequence[UUID], around: datetime) -> dict[UUID, dict[date, _Intervals]]:
    first, last = around.date() - timedelta(days=2), around.date() + timedelta(days=HORIZON_DAYS + 2)
    found: dict[UUID, dict[date, _Intervals]] = {}
    for chunk in _chunks(nodes):
        statement = select(SpecialDay).where(SpecialDay.library_id.in_(chunk), SpecialDay.day.between(first, last))
        for row in session.scalars(statement):
            intervals = tuple(sorted((starts, ends) for starts, ends in row.intervals))
            found.setdefault(row.library_id, {})[row.day] = intervals
    return found


def _chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
