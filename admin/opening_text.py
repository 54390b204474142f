"""Opening times as people write them: `08:00-12:00, 13:30-22:00` for a day, an end past 24:00 for the next morning."""

import re
from collections.abc import Iterable

from qa_server.desk.opening_hours import Opening
from qa_server.network.errors import HoursInvalid

# What a person reads who typed something else.
TIMES_REMEDY = "Write times such as 08:00-12:00, 13:30-22:00."
DAY_REMEDY = "Write the day as 2026-10-01."
_MINUTES_OF_DAY = 1440
_RANGE = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~～至]\s*(\d{1,2})[:：](\d{2})")
_BETWEEN = re.compile(r"[,，、;；]")


def written(openings: Iterable[Opening]) -> str:
    """Return the openings of a day as they are typed; empty for a closed day."""
    return ", ".join(f"{_clock(each.starts_minute)}-{_clock(each.ends_minute)}" for each in openings)


def read(text: str) -> list[tuple[int, int]]:
    """Return the openings of a day in minutes since midnight. An end not after its start is on the next day.

    Raises HoursInvalid for what cannot be understood.
    """
    return [_range(part.strip()) for part in _BETWEEN.split(text) if part.strip()]


def _range(text: str) -> tuple[int, int]:
    found = _RANGE.fullmatch(text)
    if found is None:
        raise HoursInvalid(reason=TIMES_REMEDY)
    starts = int(found[1]) * 60 + int(found[2])
    ends = int(found[3]) * 60 + int(found[4])
    if int(found[2]) > 59 or int(found[4]) > 59 or starts >= _MINUTES_OF_DAY:
        raise HoursInvalid(reason=TIMES_REMEDY)
    if ends <= starts:
        ends += _MINUTES_OF_DAY
    return starts, ends


def _clock(minute: int) -> str:
    # 26:00 would be right too, but nobody says so: the end of the next morning is written as its time.
    shown = minute - _MINUTES_OF_DAY if minute > _MINUTES_OF_DAY else minute
    return f"{shown // 60:02d}:{shown % 60:02d}"
