"""A roster as it is drawn: days with duties and coverage in local minutes, and the weekly grid as rows to edit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from admin import opening_text
from qa_server.desk.opening_hours import Opening
from qa_server.desk.rostering import Alarm, DutyView, GridDuty, RosterView, StretchView

_MINUTES_OF_DAY = 1440


@dataclass(frozen=True)
class Piece:
    """A part of a day with the same cover: minutes since local midnight, as it is drawn and written."""

    starts_minute: int
    ends_minute: int
    cover: str
    logins: tuple[str, ...]

    @property
    def minutes(self) -> int:
        """How long it lasts, in minutes."""
        return self.ends_minute - self.starts_minute

    @property
    def times(self) -> str:
        """From when to when, as people write it."""
        return opening_text.written([Opening(starts_minute=self.starts_minute, ends_minute=self.ends_minute)])


@dataclass(frozen=True)
class Day:
    """One day of a roster. `is_open`: it has opening time at all."""

    day: date
    weekday: int
    is_today: bool
    duties: tuple[tuple[str, DutyView], ...]
    pieces: tuple[Piece, ...]

    @property
    def lacks(self) -> tuple[Piece, ...]:
        """The pieces that lack somebody."""
        return tuple(piece for piece in self.pieces if piece.cover != "covered")


@dataclass(frozen=True)
class GridRow:
    """One line of the weekly grid as it is typed: who, which weekday (0 is Monday), from when to when."""

    login: str
    weekday: str
    times: str


def days(roster: RosterView, *, today: date) -> list[Day]:
    """Return the days of a roster, in their order."""
    zone = ZoneInfo(roster.time_zone)
    pieces = [(day, piece) for stretch in roster.coverage for day, piece in _pieces(stretch, zone)]
    return [
        Day(
            day=day,
            weekday=day.weekday(),
            is_today=day == today,
            duties=tuple((_times(duty), duty) for duty in roster.duties if duty.day == day),
            pieces=tuple(piece for on, piece in pieces if on == day),
        )
        for day in (roster.first + timedelta(days=count) for count in range(roster.days))
    ]


def grid_rows(grid: Sequence[GridDuty]) -> list[GridRow]:
    """Return the weekly grid with one line for each person and weekday."""
    found: dict[tuple[int, str], list[Opening]] = {}
    for each in sorted(grid, key=lambda each: (each.weekday, each.starts_minute, each.login)):
        found.setdefault((each.weekday, each.login), []).append(each)
    return [GridRow(login, str(weekday), opening_text.written(times)) for (weekday, login), times in found.items()]


def open_hours(alarm: Alarm, zone: ZoneInfo, *, but_for: str) -> list[tuple[date, Piece]]:
    """Return the local hours of a desk that lack somebody, without those on which this person is on duty already."""
    return [found for gap in alarm.gaps if but_for not in gap.logins for found in _pieces(gap, zone)]


def _times(duty: DutyView) -> str:
    return opening_text.written([Opening(starts_minute=duty.starts_minute, ends_minute=duty.ends_minute)])


def _pieces(stretch: StretchView, zone: ZoneInfo) -> Iterator[tuple[date, Piece]]:
    """Cut a stretch at midnights of the wall clock."""
    starts, ends = stretch.starts.astimezone(zone), stretch.ends.astimezone(zone)
    day = starts.date()
    while day <= ends.date():
        first = _minute(starts) if day == starts.date() else 0
        last = _minute(ends) if day == ends.date() else _MINUTES_OF_DAY
        # A night on which clocks go back may end, on the wall clock, before it began.
        if last > first:
            yield day, Piece(first, last, stretch.cover, tuple(stretch.logins))
        day += timedelta(days=1)


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute
