"""Public holidays with their make-up working days, from the kept library `holidays`. Pure, no database.

The library knows the State Council's notices; for years without a notice yet it knows the holidays by law only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import holidays

Calendar = Literal["CN", "none"]
CALENDARS: tuple[Calendar, ...] = ("CN", "none")
_SATURDAY = 5
_MAKE_UP_ZH, _MAKE_UP_EN = "调休上班", "Make-up working day"


@dataclass(frozen=True)
class PublicDay:
    """A day that is not what its weekday says: off, or a weekend day on which people work."""

    is_working: bool
    name_zh: str
    name_en: str


@lru_cache(maxsize=64)
def public_days(calendar: str, year: int) -> Mapping[date, PublicDay]:
    """Return the days of a year that differ from their weekday; empty for the calendar `none`.

    A weekend that touches a holiday belongs to it, as in the official notices, unless it is worked.
    """
    if calendar == "none":
        return {}
    chinese = holidays.country_holidays(calendar, years=year, language="zh_CN")
    english = holidays.country_holidays(calendar, years=year, language="en_US")
    worked = {day for day in getattr(chinese, "weekend_workdays", ()) if day.year == year}
    off = {day: PublicDay(False, chinese[day], english[day]) for day in sorted(chinese) if day not in worked}
    for day in sorted(off):
        for step in (-1, 1):
            _extend(off, day, step=step, worked=worked)
    return off | {day: PublicDay(True, _MAKE_UP_ZH, _MAKE_UP_EN) for day in worked}


def _extend(off: dict[date, PublicDay], day: date, *, step: int, worked: set[date]) -> None:
    """Give the weekend next to a holiday its name."""
    neighbour = day + timedelta(days=step)
    while neighbour.weekday() >= _SATURDAY and neighbour not in worked and neighbour not in off:
        off[neighbour] = off[day]
        neighbour += timedelta(days=step)
