"""When a place is open: weekly intervals in local time, special days that replace them, daylight saving time.

Pure: no clock, no database. One set of answers for everybody who asks "open now?", "from when?", "until when?".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTES_PER_DAY = 1440
# An opening may run past midnight, up to the end of the next day.
LATEST_END_MINUTE = 2 * MINUTES_PER_DAY
# Longer than any holiday or vacation; what does not open in that time is not "closed until", it is closed.
HORIZON_DAYS = 400
_DAYS_PER_WEEK = 7


@dataclass(frozen=True)
class Interval:
    """One weekly opening in local time; past midnight when `ends_minute` > 1440. Raises ValueError on nonsense."""

    weekday: int
    """0 Monday .. 6 Sunday: the day on which the opening starts."""
    starts_minute: int
    """0..1439 since local midnight."""
    ends_minute: int
    """starts_minute + 1 .. 2880."""

    def __post_init__(self) -> None:
        if not 0 <= self.weekday < _DAYS_PER_WEEK:
            raise ValueError("weekday is 0 to 6")
        check_minutes(self.starts_minute, self.ends_minute)


@dataclass(frozen=True)
class Schedule:
    """Opening times of one place. Half-open: open at the minute it starts, closed at the minute it ends.

    A date in `special` replaces the weekly openings that start on that day; () means closed. What started the evening
    before and runs past midnight is not cut. A local time that exists twice (clocks go back) means its first
    occurrence; one that does not exist (clocks go forward) means the moment of the change.
    """

    time_zone: str
    weekly: tuple[Interval, ...] = ()
    special: Mapping[date, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def is_open(self, at: datetime) -> bool:
        """Say whether the place is open at this moment; `at` is aware."""
        day = at.astimezone(self._zone).date()
        return any(
            starts <= at < ends
            for around in (day - timedelta(days=1), day, day + timedelta(days=1))
            for starts, ends in self._openings(around)
        )

    def opens_next(self, at: datetime) -> datetime | None:
        """Return the next moment (UTC) at which it is open: `at` itself when open, None when not within 400 days."""
        for starts, ends in self.openings_from(at):
            if ends > at:
                return max(starts, at.astimezone(UTC))
        return None

    def closes_next(self, at: datetime) -> datetime | None:
        """Return when the present opening ends (UTC); None when closed now, or open for longer than 400 days."""
        horizon = at + timedelta(days=HORIZON_DAYS)
        until: datetime | None = None
        for starts, ends in self.openings_from(at):
            if starts > (until or at):
                break
            if ends > (until or at):
                until = ends
        return until if until is not None and until < horizon else None

    def openings_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield openings (UTC) in order of their start, from the day before `at` for 400 days; they may overlap."""
        day = at.astimezone(self._zone).date() - timedelta(days=1)
        for offset in range(HORIZON_DAYS + 2):
            yield from self._openings(day + timedelta(days=offset))

    def minutes_on(self, day: date) -> tuple[tuple[int, int], ...]:
        """Return the openings that start on this local date, as minutes since midnight, in order."""
        if day in self.special:
            return tuple(sorted(self.special[day]))
        weekday = day.weekday()
        return tuple(sorted((one.starts_minute, one.ends_minute) for one in self.weekly if one.weekday == weekday))

    def local_date(self, at: datetime) -> date:
        """Return the date on the wall calendar of the place."""
        return at.astimezone(self._zone).date()

    def midnight(self, day: date) -> datetime:
        """Return the moment (UTC) at which this local date begins."""
        return moment_of(day, 0, self._zone)

    def _openings(self, day: date) -> list[tuple[datetime, datetime]]:
        moments = (
            (moment_of(day, starts, self._zone), moment_of(day, ends, self._zone))
            for starts, ends in self.minutes_on(day)
        )
        return [(starts, ends) for starts, ends in moments if starts < ends]

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


def always_open(time_zone: str) -> Schedule:
    """Return a schedule without a closed minute: for a library that has no hours anywhere, presence alone decides."""
    whole_days = tuple(Interval(weekday, 0, MINUTES_PER_DAY) for weekday in range(_DAYS_PER_WEEK))
    return Schedule(time_zone, whole_days)


def working_deadline(schedule: Schedule, from_: datetime, hours: int) -> datetime:
    """Return the moment (UTC) `hours` after `from_` by a clock that runs only on working days, all 24 hours of them.

    A working day is one on which an opening starts: 24 hours from Friday 15:00 end on Monday 15:00 where the weekend
    is closed. What working days within 400 days do not hold runs on by the plain clock after the last of them.
    """
    left = timedelta(hours=hours)
    day = schedule.local_date(from_)
    at = counted = from_.astimezone(UTC)
    for _ in range(HORIZON_DAYS):
        day_ends = schedule.midnight(day + timedelta(days=1))
        if schedule.minutes_on(day):
            if at + left <= day_ends:
                return at + left
            left -= max(day_ends - at, timedelta())
            counted = max(at, day_ends)
        at = max(at, day_ends)
        day += timedelta(days=1)
    return counted + left


def check_minutes(starts: int, ends: int) -> None:
    """Refuse an opening that is empty, runs backwards or longer than to the end of the next day. Raises ValueError."""
    if not (0 <= starts < MINUTES_PER_DAY and starts < ends <= LATEST_END_MINUTE):
        raise ValueError("an opening starts at 0 to 1439 minutes and ends after its start, at 2880 at the latest")


def moment_of(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return the moment (UTC) of a local wall time; `minute` counts from midnight of `day` and may pass 1440.

    Never decreases as the wall time grows, so openings that do not overlap on the wall do not overlap in UTC.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    first = wall.replace(tzinfo=zone).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return first if second >= first else _change_between(second, first, zone)


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find the second at which the clocks go forward; the offset of `before` is the old one."""
    old_offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    return after
