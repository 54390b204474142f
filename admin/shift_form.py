"""Shifts as forms send them: a day, and one range of times such as 08:00-12:00."""

from datetime import date
from uuid import UUID

from starlette.datastructures import FormData

from admin import opening_text
from qa_server.network.errors import HoursInvalid
from qa_server.network.shift_requests import Shift
from storage.errors import NotFound


def read_shift(sent: FormData, *, day: str = "day", times: str = "times") -> Shift:
    """Read a shift from two fields of a form. Raises HoursInvalid."""
    ranges = opening_text.read(str(sent.get(times, "")))
    if len(ranges) != 1:
        raise HoursInvalid(reason=opening_text.TIMES_REMEDY)
    return Shift(read_day(sent, day), *ranges[0])


def desk_of(sent: FormData) -> UUID:
    """Return the desk that a form is about. Raises NotFound."""
    try:
        return UUID(str(sent.get("desk_id", "")))
    except ValueError:
        raise NotFound() from None


def read_day(sent: FormData, name: str) -> date:
    """Read a date from a field of a form. Raises HoursInvalid."""
    try:
        return date.fromisoformat(str(sent.get(name, "")).strip())
    except ValueError:
        raise HoursInvalid(reason=opening_text.DAY_REMEDY) from None
