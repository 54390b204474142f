"""Dates that are in use. At the ends of the calendar a step or a change of zone leaves it."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator

_YEARS = (2000, 2200)


def _is_in_use(day: date) -> date:
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        raise ValueError("the year is not in use")
    return day


DateInUse = Annotated[date, AfterValidator(_is_in_use)]
