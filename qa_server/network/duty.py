"""Who is on duty when, and which hours lack somebody. Pure: no clock, no database; local minutes in, UTC out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from qa_server.network.hours import Schedule, moment_of

Cover = Literal["covered", "short", "alone", "uncovered"]
_Range = tuple[int, int]


@dataclass(frozen=True)
class Slot:
    """A duty of every week, from `valid_from` to `valid_until`, both included; None: until further notice."""

    librarian_id: UUID
    weekday: int
    starts_minute: int
    ends_minute: int
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True)
class Exchange:
    """A dated change: the librarian's duty between two minutes of a day added, or taken away."""

    librarian_id: UUID
    day: date
    starts_minute: int
    ends_minute: int
    is_added: bool


@dataclass(frozen=True)
class Roster:
    """All that decides the duties of one desk. `absent` are days without duty, by librarian, both ends included."""

    schedule: Schedule
    slots: Sequence[Slot] = ()
    exchanges: Sequence[Exchange] = ()
    absent: Mapping[UUID, Sequence[tuple[date, date]]] | None = None


@dataclass(frozen=True)
class Duty:
    """One stretch of duty: who, from when to when (UTC), and as what it is written in the roster (local)."""

    librarian_id: UUID
    starts: datetime
    ends: datetime
    day: date
    starts_minute: int
    ends_minute: int


@dataclass(frozen=True)
class Stretch:
    """A stretch of opening time (UTC) with the same people on duty, and whether they are enough."""

    starts: datetime
    ends: datetime
    librarian_ids: tuple[UUID, ...]
    cover: Cover


def duties(roster: Roster, first: date, last: date) -> list[Duty]:
    """Return the duties that start on these local dates, both included, in order of their start.

    On days of absence there is no duty. A weekly duty also falls away on a day on which the place does not open; one
    that was added for the date stands.
    """
    zone = ZoneInfo(roster.schedule.time_zone)
    found: list[Duty] = []
    day = first
    while day <= last:
        for librarian_id, ranges in _ranges_on(roster, day).items():
            for starts, ends in ranges:
                moments = moment_of(day, starts, zone), moment_of(day, ends, zone)
                if moments[0] < moments[1]:
                    found.append(Duty(librarian_id, *moments, day, starts, ends))
        day += timedelta(days=1)
    return sorted(found, key=lambda duty: (duty.starts, duty.ends, duty.librarian_id))


def on_duty(roster: Roster, at: datetime) -> set[UUID]:
    """Return who is on duty at a moment."""
    day = roster.schedule.local_date(at)
    around = duties(roster, day - timedelta(days=1), day + timedelta(days=1))
    return {duty.librarian_id for duty in around if duty.starts <= at < duty.ends}


def coverage(
    roster: Roster, first: date, last: date, *, min_staff: int, counted: Collection[UUID] | None = None
) -> list[Stretch]:
    """Return the opening time of these local dates, cut wherever the people on duty change, in order.

    `uncovered`: nobody; `alone`: one where two or more are wanted; `short`: fewer than wanted. `counted` are those who
    count as staff, such as members without trainees; None: everybody.
    """
    found = duties(roster, first - timedelta(days=1), last)
    return [
        stretch
        for starts, ends in _openings(roster.schedule, first, last)
        for stretch in _cut(starts, ends, found, min_staff=min_staff, counted=counted)
    ]


def gaps(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the stretches that lack somebody."""
    return [stretch for stretch in stretches if stretch.cover != "covered"]


def _ranges_on(roster: Roster, day: date) -> dict[UUID, list[_Range]]:
    ranges: dict[UUID, list[_Range]] = {}
    if roster.schedule.minutes_on(day):
        for slot in roster.slots:
            if slot.weekday == day.weekday() and _is_valid(slot, day):
                ranges.setdefault(slot.librarian_id, []).append((slot.starts_minute, slot.ends_minute))
    for exchange in roster.exchanges:
        if exchange.day == day:
            taken = (exchange.starts_minute, exchange.ends_minute)
            present = ranges.get(exchange.librarian_id, [])
            ranges[exchange.librarian_id] = [*present, taken] if exchange.is_added else _take(present, taken)
    return {who: _joined(spans) for who, spans in ranges.items() if spans and not _is_absent(roster, who, day)}


def _is_valid(slot: Slot, day: date) -> bool:
    return slot.valid_from <= day and (slot.valid_until is None or day <= slot.valid_until)


def _is_absent(roster: Roster, librarian_id: UUID, day: date) -> bool:
    return any(first <= day <= last for first, last in (roster.absent or {}).get(librarian_id, ()))


def _take(present: list[_Range], taken: _Range) -> list[_Range]:
    left = [
        piece for starts, ends in present for piece in ((starts, min(ends, taken[0])), (max(starts, taken[1]), ends))
    ]
    return [(starts, ends) for starts, ends in left if starts < ends]


def _joined(spans: list[_Range]) -> list[_Range]:
    joined: list[_Range] = []
    for starts, ends in sorted(spans):
        if joined and starts <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((starts, ends))
    return joined


def _openings(schedule: Schedule, first: date, last: date) -> list[tuple[datetime, datetime]]:
    """Return the openings between the beginning of the first and the end of the last date, joined, cut at both."""
    begin, end = schedule.midnight(first), schedule.midnight(last + timedelta(days=1))
    joined: list[tuple[datetime, datetime]] = []
    for opens, closes in schedule.openings_from(begin):
        if opens >= end:
            break
        starts, ends = max(opens, begin), min(closes, end)
        if starts >= ends:
            continue
        if joined and starts <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((starts, ends))
    return joined


def _cut(
    starts: datetime, ends: datetime, found: Sequence[Duty], *, min_staff: int, counted: Collection[UUID] | None
) -> list[Stretch]:
    inside = [duty for duty in found if duty.starts < ends and duty.ends > starts]
    edges = {starts, ends, *(max(duty.starts, starts) for duty in inside), *(min(duty.ends, ends) for duty in inside)}
    ordered = sorted(edges)
    stretches: list[Stretch] = []
    for begin, end in pairwise(ordered):
        here = tuple(sorted({duty.librarian_id for duty in inside if duty.starts <= begin and duty.ends >= end}))
        staff = [each for each in here if counted is None or each in counted]
        stretch = Stretch(begin, end, here, _cover(len(staff), min_staff))
        if stretches and stretches[-1].librarian_ids == here:
            stretch = Stretch(stretches.pop().starts, end, here, stretch.cover)
        stretches.append(stretch)
    return stretches


def _cover(staff: int, min_staff: int) -> Cover:
    if staff >= min_staff:
        return "covered"
    if staff == 0:
        return "uncovered"
    return "alone" if staff == 1 else "short"
