"""The clock of working days: runs between marks, only on days on which the library opens. Pure; UTC in, UTC out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from qa_server.commissions.definition import EVENTS, ClockRule, Operation, ServiceDefinition
from qa_server.network.hours import Schedule, working_deadline

_DAY_HOURS = 24


class Mark(StrEnum):
    """What happened to the clock."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    # Runs again after an objection, with some working days more where few or none are left.
    REWORK = "rework"


RUNNING = frozenset({Mark.START, Mark.RESUME, Mark.REWORK})


@dataclass(frozen=True)
class Marked:
    """A mark at a moment (UTC). `days` are the working days that a rework has at least."""

    mark: Mark
    at: datetime
    days: int = 0


def mark_for(rule: ClockRule, key: str, marks: Sequence[Marked], *, is_rework: bool = False) -> Mark | None:
    """Return what a transition or event does to the clock as it stands; None where it changes nothing.

    A clock that was stopped runs again where a start or resume follows, as when a result is sent back to be redone;
    with `is_rework` it has time of its own for that. An event that starts it, such as a payment proof, does not end a
    pause.
    """
    running = is_running(marks)
    if key in rule.stops_on:
        return Mark.STOP if marks and marks[-1].mark is not Mark.STOP else None
    if key in rule.pauses_on and running:
        return Mark.PAUSE
    if key in rule.starts_on and not marks:
        return Mark.START
    goes_on = key in rule.resumes_on or (key in rule.starts_on and key not in EVENTS)
    if goes_on and marks and is_rework:
        return Mark.REWORK
    return Mark.RESUME if goes_on and marks and not running else None


def turned(definition: ServiceDefinition, key: str, marks: Sequence[Marked], now: datetime) -> Marked | None:
    """Return the mark that a transition or event of a service sets now; None where it changes nothing."""
    is_rework = any(each.key == key and each.does is Operation.REWORK for each in definition.transitions)
    mark = mark_for(definition.clock, key, marks, is_rework=is_rework)
    if mark is None:
        return None
    return Marked(mark, now, definition.clock.rework_days if mark is Mark.REWORK else 0)


def is_running(marks: Sequence[Marked]) -> bool:
    """Say whether the clock runs after these marks."""
    return bool(marks) and marks[-1].mark in RUNNING


def used(schedule: Schedule, marks: Sequence[Marked], now: datetime) -> timedelta:
    """Return the working time that passed on the clock until now; never negative."""
    total = timedelta()
    for begun, ended in pairwise((*marks, Marked(Mark.STOP, now))):
        if begun.mark in RUNNING:
            total += working_time(schedule, begun.at, min(ended.at, now))
    return total


def allowed(schedule: Schedule, marks: Sequence[Marked], *, days: int) -> timedelta:
    """Return the working time there is in all: what was agreed, more where a rework needed it."""
    return _allowances(schedule, marks, days)[-1]


def is_overrun(schedule: Schedule, marks: Sequence[Marked], now: datetime, *, days: int) -> bool:
    """Say whether the working time was passed by now, or before any rework began: time for that excuses nothing."""
    allowances = _allowances(schedule, marks, days)
    ends = [(marks[:at], marks[at].at) for at in _reworks(marks)]
    return any(
        used(schedule, before, end) > allowance
        for (before, end), allowance in zip([*ends, (marks, now)], allowances, strict=True)
    )


def due_at(schedule: Schedule, marks: Sequence[Marked], *, days: int) -> datetime | None:
    """Return the moment (UTC) at which a running clock of so many working days ends; None while it does not run.

    After a rework there are at least its days left from then on.
    """
    if not is_running(marks):
        return None
    since = marks[-1].at
    left = allowed(schedule, marks, days=days) - used(schedule, marks, since)
    # Whole hours upwards: nobody is due earlier than was agreed.
    hours = max(-(-left // timedelta(hours=1)), 0)
    return working_deadline(schedule, since, hours)


def working_time(schedule: Schedule, starts: datetime, ends: datetime) -> timedelta:
    """Return how much of the time between two moments lies on working days, all 24 hours of them."""
    total, at = timedelta(), starts
    while at < ends:
        day = schedule.local_date(at)
        day_ends = min(schedule.midnight(day + timedelta(days=1)), ends)
        if schedule.minutes_on(day):
            total += day_ends - at
        at = max(day_ends, at + timedelta(microseconds=1))
    return total


def remind_at(schedule: Schedule, due: datetime, *, hours: int) -> datetime:
    """Return the moment so many working hours before a deadline; the deadline itself where no working day precedes."""
    left, at = timedelta(hours=hours), due
    for _ in range(_DAY_HOURS * 20):
        day = schedule.local_date(at - timedelta(microseconds=1))
        day_begins = schedule.midnight(day)
        if schedule.minutes_on(day):
            if at - left >= day_begins:
                return at - left
            left -= at - day_begins
        at = day_begins
    return due


def _reworks(marks: Sequence[Marked]) -> list[int]:
    return [at for at, each in enumerate(marks) if each.mark is Mark.REWORK]


def _allowances(schedule: Schedule, marks: Sequence[Marked], days: int) -> list[timedelta]:
    """Return the working time before the first rework, and after each."""
    found = [timedelta(days=days)]
    for at in _reworks(marks):
        needed = used(schedule, marks[:at], marks[at].at) + timedelta(days=marks[at].days)
        found.append(max(found[-1], needed))
    return found
