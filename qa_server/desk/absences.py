"""Days on which a librarian does no duty: one's own, or those of people one plans shifts for."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.desk.rights_at import holds
from qa_server.desk.workplace import Workplace
from qa_server.network.changes import Change, record_change
from qa_server.network.errors import ShiftRefused
from qa_server.network.roster_models import Absence
from qa_server.people.models import Librarian
from qa_server.people.rights import Right, StaffMember
from storage.errors import NotFound


class AbsenceView(Wire):
    """Days without duty, both included."""

    id: UUID
    login: str
    starts_on: date
    ends_on: date


def absences(place: Workplace, person: StaffMember, login: str) -> list[AbsenceView]:
    """Return somebody's absences that are not over: one's own, or of people one plans for. Raises NotFound."""
    with place.database.read() as session:
        librarian = _plannable(session, person, login)
        since = place.clock().date() - timedelta(days=1)
        statement = select(Absence).where(Absence.librarian_id == librarian.id, Absence.ends_on >= since)
        rows = session.scalars(statement.order_by(Absence.starts_on))
        return [_absence_view(row, librarian) for row in rows]


def add_absence(place: Workplace, person: StaffMember, login: str, *, starts_on: date, ends_on: date) -> AbsenceView:
    """Write down days without duty; the shifts of those days become gaps. Raises NotFound, ShiftRefused."""
    if not starts_on <= ends_on <= starts_on + timedelta(days=366):
        raise ShiftRefused(reason="An absence ends on the day it starts or later, within a year.")
    with place.database.write() as session:
        librarian = _plannable(session, person, login)
        row = Absence(librarian_id=librarian.id, starts_on=starts_on, ends_on=ends_on, created_at=place.clock())
        session.add(row)
        session.flush()
        days = {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
        change = Change(librarian.library_id, "absence", librarian.login, "added", None, days)
        record_change(session, change, by=person.id, now=place.clock())
        return _absence_view(row, librarian)


def remove_absence(place: Workplace, person: StaffMember, login: str, absence_id: UUID) -> None:
    """Take an absence back. Safe to repeat. Raises NotFound."""
    with place.database.write() as session:
        librarian = _plannable(session, person, login)
        row = session.get(Absence, absence_id)
        if row is None or row.librarian_id != librarian.id:
            return
        session.delete(row)
        days = {"starts_on": row.starts_on.isoformat(), "ends_on": row.ends_on.isoformat()}
        change = Change(librarian.library_id, "absence", librarian.login, "removed", days, None)
        record_change(session, change, by=person.id, now=place.clock())


def _plannable(session: Session, person: StaffMember, login: str) -> Librarian:
    found = session.scalar(select(Librarian).where(Librarian.login == login.lower()))
    if found is None:
        raise NotFound()
    if found.id != person.id and not holds(session, person, Right.PLAN_SHIFTS, found.library_id):
        raise NotFound()
    return found


def _absence_view(row: Absence, librarian: Librarian) -> AbsenceView:
    return AbsenceView(id=row.id, login=librarian.login, starts_on=row.starts_on, ends_on=row.ends_on)
