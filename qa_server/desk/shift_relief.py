"""Requests between colleagues: swap a shift, hand it back, take one over, let somebody off."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.conversations.text import storable
from qa_server.desk.rights_at import holds
from qa_server.desk.rostering import ids_of, planned_desks, visible_desk
from qa_server.desk.workplace import Workplace
from qa_server.network import shift_requests
from qa_server.network.roster_models import ShiftRequest
from qa_server.network.shift_requests import Shift
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import Right, StaffMember
from storage.errors import Forbidden


class RequestView(Wire):
    """Somebody who wants to be relieved of a shift. `to_login`: the colleague asked, None: anybody of the desk."""

    id: UUID
    desk_id: UUID
    login: str
    kind: str
    day: date
    starts_minute: int
    ends_minute: int
    to_login: str | None
    return_day: date | None
    return_starts_minute: int | None
    return_ends_minute: int | None
    reason: str
    state: str


def ask_for_relief(
    place: Workplace,
    person: StaffMember,
    desk_id: UUID,
    shift: Shift,
    *,
    reason: str,
    colleague: str | None = None,
    in_return: Shift | None = None,
) -> RequestView:
    """Offer one's own shift to a colleague, perhaps for one of theirs, or to the whole desk.

    Raises NotFound, ShiftRefused, HoursInvalid.
    """
    with place.database.write() as session:
        desk = visible_desk(session, person, desk_id)
        colleague_id = ids_of(session, {colleague.lower()})[colleague.lower()] if colleague else None
        request = shift_requests.ask_for_relief(
            session,
            desk,
            person.id,
            shift,
            reason=storable(reason)[:500],
            now=place.clock(),
            colleague_id=colleague_id,
            in_return=in_return,
        )
        return _request_views(session, [request])[0]


def open_requests(place: Workplace, person: StaffMember) -> list[RequestView]:
    """Return open requests of the desks where the person serves or plans, next shift first."""
    with place.database.read() as session:
        ids = {*person.desk_ids, *planned_desks(session, person)}
        found = shift_requests.open_requests(session, ids, from_=place.clock().date() - timedelta(days=1))
        return _request_views(session, found)


def decide(place: Workplace, person: StaffMember, request_id: UUID, decision: str) -> RequestView:
    """Decide on a request: `take` (a colleague), `release` (a planner), `decline` (either), `withdraw` (who asked).

    Raises NotFound, Forbidden, ShiftRefused.
    """
    with place.database.write() as session:
        request = shift_requests.request_by_id(session, request_id)
        desk = visible_desk(session, person, request.desk_id)
        may_plan = holds(session, person, Right.PLAN_SHIFTS, desk.library_id)
        now = place.clock()
        if decision == "take" and desk.id in person.desk_ids:
            shift_requests.take_over(session, desk, request, person.id, now=now)
        elif decision == "release" and may_plan:
            shift_requests.release(session, desk, request, by=person.id, now=now)
        elif decision == "decline" and (may_plan or request.to_librarian_id == person.id):
            shift_requests.decline(session, desk, request, by=person.id, now=now)
        elif decision == "withdraw" and request.librarian_id == person.id:
            shift_requests.withdraw(session, desk, request, by=person.id, now=now)
        else:
            raise Forbidden()
        return _request_views(session, [request])[0]


def _request_views(session: Session, found: Sequence[ShiftRequest]) -> list[RequestView]:
    ids = {each.librarian_id for each in found} | {each.to_librarian_id for each in found if each.to_librarian_id}
    people = librarians_by_id(session, ids)
    return [
        RequestView(
            id=each.id,
            desk_id=each.desk_id,
            login=people[each.librarian_id].login,
            kind=each.kind,
            day=each.day,
            starts_minute=each.starts_minute,
            ends_minute=each.ends_minute,
            to_login=people[each.to_librarian_id].login if each.to_librarian_id else None,
            return_day=each.return_day,
            return_starts_minute=each.return_starts_minute,
            return_ends_minute=each.return_ends_minute,
            reason=each.reason,
            state=each.state,
        )
        for each in found
    ]
