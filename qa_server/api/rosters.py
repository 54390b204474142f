"""Shifts: rosters, coverage and alarms, requests between colleagues, absences, calendar feeds."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from qa_server.api.asker import Place, Staff
from qa_server.api.dates import DateInUse
from qa_server.api.desks import Done, Login
from qa_server.conversations.schemas import Wire
from qa_server.desk import absences, calendars, rostering, shift_relief
from qa_server.desk.absences import AbsenceView
from qa_server.desk.calendars import FeedView, NewFeed
from qa_server.desk.opening_hours import Opening
from qa_server.desk.rostering import Alarm, GridDuty, RosterView
from qa_server.desk.shift_relief import RequestView
from qa_server.network.shift_requests import Shift

router = APIRouter(prefix="/api/v1/staff", tags=["shifts"])
public = APIRouter(prefix="/api/v1/calendars", tags=["shifts"])

LoginText = Annotated[str, Field(min_length=2, max_length=64, pattern="^[A-Za-z0-9._-]+$")]
_CALENDAR: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/calendar": {}}, "description": "The duties as iCalendar (RFC 5545)."}
}


class GridBody(Wire):
    """A weekly grid and the date from which it holds."""

    valid_from: DateInUse
    grid: list[GridDuty] = Field(max_length=1000)


class ShiftBody(Opening):
    """A stretch of duty on a date, in local minutes."""

    day: DateInUse

    def shift(self) -> Shift:
        """Return it as the roster takes it."""
        return Shift(self.day, self.starts_minute, self.ends_minute)


class DutyBody(ShiftBody):
    """A dated duty of somebody."""

    login: LoginText


class ReliefBody(ShiftBody):
    """A shift to be relieved of: by a colleague, perhaps for one of theirs, or by anybody of the desk."""

    reason: str = Field("", max_length=500)
    colleague: LoginText | None = None
    in_return: ShiftBody | None = None


class AbsenceBody(Wire):
    """Days without duty, both included."""

    starts_on: DateInUse
    ends_on: DateInUse


@router.get("/desks/{desk_id}/roster")
def read_roster(
    place: Place,
    person: Staff,
    desk_id: UUID,
    first: DateInUse | None = None,
    days: Annotated[int, Query(ge=1, le=92)] = 7,
) -> RosterView:
    """Return a desk's grid, duties, coverage and gaps."""
    return rostering.roster(place, person, desk_id, first=first, days=days)


@router.put("/desks/{desk_id}/roster")
def set_grid(place: Place, person: Staff, desk_id: UUID, body: GridBody) -> RosterView:
    """Replace the weekly grid from a date on."""
    return rostering.set_grid(place, person, desk_id, body.grid, valid_from=body.valid_from)


@router.post("/desks/{desk_id}/shifts", status_code=201)
def add_shift(place: Place, person: Staff, desk_id: UUID, body: DutyBody) -> Done:
    """Add a dated duty: one's own, or anybody's for who plans."""
    rostering.add_shift(place, person, desk_id, body.login, body.shift())
    return Done()


@router.post("/desks/{desk_id}/shifts/removal")
def drop_shift(place: Place, person: Staff, desk_id: UUID, body: DutyBody) -> Done:
    """Take a dated duty away without a substitute."""
    rostering.drop_shift(place, person, desk_id, body.login, body.shift())
    return Done()


@router.post("/desks/{desk_id}/shift-requests", status_code=201)
def ask_for_relief(place: Place, person: Staff, desk_id: UUID, body: ReliefBody) -> RequestView:
    """Ask to be relieved of a shift; until somebody takes it, it stays one's own."""
    return shift_relief.ask_for_relief(
        place,
        person,
        desk_id,
        body.shift(),
        reason=body.reason,
        colleague=body.colleague,
        in_return=body.in_return.shift() if body.in_return else None,
    )


@router.get("/shift-requests")
def list_requests(place: Place, person: Staff) -> list[RequestView]:
    """Return open requests of one's desks."""
    return shift_relief.open_requests(place, person)


@router.post("/shift-requests/{request_id}/{decision}")
def decide_request(
    place: Place,
    person: Staff,
    request_id: UUID,
    decision: Annotated[Literal["take", "release", "decline", "withdraw"], Path()],
) -> RequestView:
    """Take a shift over, let somebody off, turn a request down, or withdraw one's own."""
    return shift_relief.decide(place, person, request_id, decision)


@router.get("/shift-alarms")
def list_alarms(place: Place, person: Staff) -> list[Alarm]:
    """Return the hours of the coming week that lack somebody."""
    return rostering.alarms(place, person)


@router.get("/accounts/{login}/absences")
def list_absences(place: Place, person: Staff, login: Login) -> list[AbsenceView]:
    """Return absences that are not over."""
    return absences.absences(place, person, login)


@router.post("/accounts/{login}/absences", status_code=201)
def add_absence(place: Place, person: Staff, login: Login, body: AbsenceBody) -> AbsenceView:
    """Write down days without duty."""
    return absences.add_absence(place, person, login, starts_on=body.starts_on, ends_on=body.ends_on)


@router.delete("/accounts/{login}/absences/{absence_id}")
def remove_absence(place: Place, person: Staff, login: Login, absence_id: UUID) -> Done:
    """Take an absence back."""
    absences.remove_absence(place, person, login, absence_id)
    return Done()


@router.get("/calendar-feeds")
def list_feeds(place: Place, person: Staff) -> list[FeedView]:
    """Return one's working calendar feeds."""
    return calendars.feeds_of(place, person)


@router.post("/calendar-feeds", status_code=201)
def make_feed(place: Place, person: Staff) -> NewFeed:
    """Make a secret address for one's duties; it is shown this once."""
    return calendars.make_feed(place, person)


@router.delete("/calendar-feeds/{feed_id}")
def revoke_feed(place: Place, person: Staff, feed_id: UUID) -> Done:
    """Take a feed back."""
    calendars.revoke_feed(place, person, feed_id)
    return Done()


@public.get("/{token}.ics", response_class=Response, responses=_CALENDAR)
def read_calendar(place: Place, token: Annotated[str, Path(max_length=100)]) -> Response:
    """Return the duties behind a secret address."""
    body = calendars.calendar(place, token)
    return Response(body, media_type="text/calendar", headers={"Cache-Control": "private, max-age=300"})
