"""Changes to opening times: the week of a node and its special days. Written down; refused when openings overlap."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qa_server.network.changes import Change, record_change
from qa_server.network.errors import HoursInvalid
from qa_server.network.hours import MINUTES_PER_DAY, Interval
from qa_server.network.hours_models import SpecialDay, WeeklyHours

# Openings that one week or one day may have; more is a mistake of whoever sends them.
MAX_WEEKLY = 70
MAX_DAILY = 10
_MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY


@dataclass(frozen=True)
class Special:
    """What replaces the week on a date; without openings the place is closed."""

    day: date
    name_zh: str
    name_en: str
    openings: tuple[tuple[int, int], ...]


def week_of(session: Session, library_id: UUID) -> list[Interval]:
    """Return a node's own weekly openings, from Monday on; empty when it inherits them."""
    statement = (
        select(WeeklyHours)
        .where(WeeklyHours.library_id == library_id)
        .order_by(WeeklyHours.weekday, WeeklyHours.starts_minute)
    )
    return [Interval(row.weekday, row.starts_minute, row.ends_minute) for row in session.scalars(statement)]


def set_week(
    session: Session, library_id: UUID, intervals: Sequence[tuple[int, int, int]], *, by: UUID | None, now: datetime
) -> None:
    """Replace a node's week (weekday, starts, ends); an empty one lets it inherit again. Raises HoursInvalid."""
    if len(intervals) > MAX_WEEKLY:
        raise HoursInvalid(reason="A week has at most 70 openings.")
    checked = [checked_interval(*each) for each in intervals]
    refuse_weekly_overlap(checked)
    old, new = _written(week_of(session, library_id)), _written(checked)
    if old == new:
        return
    session.execute(delete(WeeklyHours).where(WeeklyHours.library_id == library_id))
    session.add_all(
        WeeklyHours(library_id=library_id, weekday=weekday, starts_minute=starts, ends_minute=ends)
        for weekday, starts, ends in new
    )
    record_change(session, Change(library_id, "hours", "week", "set", old, new), by=by, now=now)


def special_days_of(session: Session, library_ids: Iterable[UUID], first: date, last: date) -> Sequence[SpecialDay]:
    """Return the special days that these nodes have of their own between two dates, both included, by date."""
    statement = (
        select(SpecialDay)
        .where(SpecialDay.library_id.in_(list(library_ids)), SpecialDay.day.between(first, last))
        .order_by(SpecialDay.day)
    )
    return session.scalars(statement).all()


def set_special_day(session: Session, library_id: UUID, special: Special, *, by: UUID | None, now: datetime) -> None:
    """Put a special day at a node, for it and everything below; an earlier one of the date is replaced.

    Raises HoursInvalid.
    """
    openings = _checked_openings(special.openings)
    row = _special(session, library_id, special.day)
    old = None if row is None else _special_written(row)
    if row is None:
        row = SpecialDay(library_id=library_id, day=special.day)
        session.add(row)
    row.name_zh, row.name_en = special.name_zh, special.name_en
    row.intervals = [[starts, ends] for starts, ends in openings]
    change = Change(library_id, "special_day", special.day.isoformat(), "set", old, _special_written(row))
    record_change(session, change, by=by, now=now)
    session.flush()


def clear_special_day(session: Session, library_id: UUID, day: date, *, by: UUID | None, now: datetime) -> None:
    """Take a node's own special day away; what it inherits for the date holds again. Safe to repeat."""
    row = _special(session, library_id, day)
    if row is None:
        return
    change = Change(library_id, "special_day", day.isoformat(), "cleared", _special_written(row), None)
    record_change(session, change, by=by, now=now)
    session.delete(row)


def checked_interval(weekday: int, starts: int, ends: int) -> Interval:
    """Return the interval. Raises HoursInvalid with the reason."""
    try:
        return Interval(weekday, starts, ends)
    except ValueError:
        raise HoursInvalid(
            reason="An opening starts between 00:00 and 23:59 and ends after that, at the latest at the end of the "
            "next day."
        ) from None


def refuse_weekly_overlap(intervals: Sequence[Interval]) -> None:
    """Raise HoursInvalid when two of these weekly intervals share a minute, also over the end of the week."""
    spans = sorted(
        (one.weekday * MINUTES_PER_DAY + one.starts_minute, one.weekday * MINUTES_PER_DAY + one.ends_minute)
        for one in intervals
    )
    if not spans:
        return
    # The first of the week comes again after the last.
    spans.append((spans[0][0] + _MINUTES_PER_WEEK, spans[0][1] + _MINUTES_PER_WEEK))
    if any(ends > next_starts for (_, ends), (next_starts, _) in pairwise(spans)):
        raise HoursInvalid(reason="Two of the times overlap.")


def _checked_openings(openings: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    if len(openings) > MAX_DAILY:
        raise HoursInvalid(reason="A day has at most 10 openings.")
    ordered = sorted(openings)
    for starts, ends in ordered:
        checked_interval(0, starts, ends)
    if any(ends > following for (_, ends), (following, _) in pairwise(ordered)):
        raise HoursInvalid(reason="Two of the times overlap.")
    return ordered


def _special(session: Session, library_id: UUID, day: date) -> SpecialDay | None:
    return session.scalar(select(SpecialDay).where(SpecialDay.library_id == library_id, SpecialDay.day == day))


def _special_written(row: SpecialDay) -> dict[str, object]:
    return {"name_zh": row.name_zh, "name_en": row.name_en, "intervals": row.intervals}


def _written(intervals: Iterable[Interval]) -> list[list[int]]:
    return sorted([one.weekday, one.starts_minute, one.ends_minute] for one in intervals)
