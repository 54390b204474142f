"""A province with three libraries for routing: home, ally and centre desks, with people who come and go."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from qa_server.desk.workplace import Workplace
from qa_server.network.models import Alliance, AllianceMember, Desk, DeskKind, DeskMember, Level, Library
from qa_server.people.models import Librarian, Role, RoleGrant
from qa_server.people.queries import staff_member
from qa_server.people.rights import StaffMember
from tests.village import Village


@dataclass(frozen=True)
class Region:
    """The village, a centre's desk with WANG, an alliance's desk at library B, and HE, who dispatches."""

    village: Village
    centre: UUID
    shared: UUID
    wang: StaffMember
    he: StaffMember


@pytest.fixture
def region(place: Workplace, people: Village) -> Region:
    """The village with a province's desk and an alliance of its two libraries."""
    with place.database.write() as session:
        province = session.get_one(Library, people.library_a).parent_id
        assert province is not None
        centre = _desk(session, province, DeskKind.CENTRE)
        alliance = Alliance(code="ALLY", name_zh="联盟", name_en="Alliance")
        session.add(alliance)
        session.flush()
        for library in (people.library_a, people.library_b):
            session.add(AllianceMember(alliance_id=alliance.id, library_id=library))
        shared = _desk(session, people.library_b, DeskKind.ALLIANCE, alliance_id=alliance.id)
        session.add(DeskMember(desk_id=shared, librarian_id=people.grace.id))
        wang = _librarian(session, "wang", province, Role.LIBRARIAN)
        he = _librarian(session, "he", province, Role.DISPATCHER)
        session.add(DeskMember(desk_id=centre, librarian_id=wang))
        session.add(DeskMember(desk_id=centre, librarian_id=he))
    return Region(people, centre, shared, known(place, wang), known(place, he))


def known(place: Workplace, librarian_id: UUID) -> StaffMember:
    """Return a person as signed in now."""
    with place.database.read() as session:
        found = staff_member(session, librarian_id, csrf_token="csrf")
    assert found is not None
    return found


def _desk(session: Session, library_id: UUID, kind: DeskKind, alliance_id: UUID | None = None) -> UUID:
    row = Desk(library_id=library_id, name_zh="台", name_en="Desk", kind=kind, alliance_id=alliance_id, list_version=0)
    session.add(row)
    session.flush()
    return row.id


def _librarian(session: Session, login: str, library_id: UUID, role: Role) -> UUID:
    home = session.get_one(Library, library_id)
    assert home.level == Level.PROVINCE
    row = Librarian(
        login=login,
        name_zh=f"{login}老师",
        name_en=login.title(),
        library_id=library_id,
        language="zh",
        password_hash="-",
        created_at=home.created_at,
    )
    session.add(row)
    session.flush()
    session.add(RoleGrant(librarian_id=row.id, library_id=library_id, role=role))
    return row.id
