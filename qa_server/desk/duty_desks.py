"""Desks as those who serve or plan there see them: whose it is, who serves, what they lack; and one's own duties."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from qa_server.conversations.schemas import Wire
from qa_server.desk.rights_at import holds
from qa_server.desk.rostering import Alarm, DutyView, alarm_of, duty_view, visible_desk
from qa_server.desk.workplace import Workplace
from qa_server.network import rosters
from qa_server.network.models import Desk, DeskMember, DeskState, Library
from qa_server.people.models import Librarian
from qa_server.people.rights import Right, StaffMember

# How far ahead one's own duties are listed, in days.
OWN_DAYS = 28


class Colleague(Wire):
    """Somebody who serves at a desk."""

    login: str
    name_zh: str
    name_en: str


class DutyDesk(Wire):
    """A desk with its library and those who serve there, by user name."""

    id: UUID
    library: str
    time_zone: str
    name_zh: str
    name_en: str
    colleagues: list[Colleague]
    may_plan: bool


def duty_desk(place: Workplace, person: StaffMember, desk_id: UUID) -> DutyDesk:
    """Return a desk where the person serves or plans. Raises NotFound."""
    with place.database.read() as session:
        desk = visible_desk(session, person, desk_id)
        library = session.get_one(Library, desk.library_id)
        serving = (
            select(Librarian)
            .join(DeskMember, DeskMember.librarian_id == Librarian.id)
            .where(DeskMember.desk_id == desk.id)
            .order_by(Librarian.login)
        )
        return DutyDesk(
            id=desk.id,
            library=library.code,
            time_zone=library.time_zone,
            name_zh=desk.name_zh,
            name_en=desk.name_en,
            colleagues=[
                Colleague(login=each.login, name_zh=each.name_zh, name_en=each.name_en)
                for each in session.scalars(serving)
            ],
            may_plan=holds(session, person, Right.PLAN_SHIFTS, desk.library_id),
        )


def own_duties(place: Workplace, person: StaffMember, *, days: int = OWN_DAYS) -> list[DutyView]:
    """Return the person's duties of the coming days that are not over, in order of their start."""
    now = place.clock()
    first, last = now.date() - timedelta(days=1), now.date() + timedelta(days=days)
    with place.database.read() as session:
        librarian = session.get_one(Librarian, person.id)
        found = rosters.duties_of(session, person.id, first, last)
        return [duty_view(desk, duty, librarian) for desk, duty in found if duty.ends > now]


def lacking(place: Workplace, person: StaffMember, desk_ids: Collection[UUID]) -> list[Alarm]:
    """Return those of these desks that lack somebody in the coming seven days, by library.

    Desks where the person neither serves nor plans are left out, as are those without a roster.
    """
    now = place.clock()
    with place.database.read() as session:
        rows = session.execute(
            select(Desk, Library)
            .join(Library, Library.id == Desk.library_id)
            .where(Desk.id.in_(desk_ids), Desk.state != DeskState.CLOSED)
            .order_by(Library.code, Desk.id)
        ).all()
        seen = [
            (desk, library)
            for desk, library in rows
            if desk.id in person.desk_ids or holds(session, person, Right.PLAN_SHIFTS, library.id)
        ]
        return [alarm for desk, library in seen if (alarm := alarm_of(session, desk, library, now)) is not None]
