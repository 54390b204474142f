"""The village with people who administer it: the whole network, the province, library A."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from qa_server.desk.workplace import Workplace
from qa_server.network.models import Library
from qa_server.people.models import Librarian, Role, RoleGrant
from qa_server.people.queries import staff_member
from qa_server.people.rights import StaffMember
from tests.village import Village


@dataclass(frozen=True)
class Council:
    """Who administers: the network, the province PRV, library AAA; and who plans the shifts of AAA."""

    network: StaffMember
    province: StaffMember
    library: StaffMember
    planner: StaffMember


@pytest.fixture
def council(place: Workplace, people: Village) -> Council:
    """Administrators at three levels of the village."""
    with place.database.read() as session:
        province = session.get_one(Library, people.library_a).parent_id
    assert province is not None
    return Council(
        appoint(place, "root", people.nation, Role.NETWORK_ADMINISTRATOR),
        appoint(place, "centre", province, Role.CENTRE_ADMINISTRATOR),
        appoint(place, "head", people.library_a, Role.LIBRARY_ADMINISTRATOR),
        appoint(place, "planner", people.library_a, Role.DISPATCHER),
    )


def appoint(place: Workplace, login: str, node: UUID, role: Role) -> StaffMember:
    """Open an account with one role at a node."""
    with place.database.write() as session:
        row = Librarian(
            login=login,
            name_zh=f"{login}老师",
            name_en=login.title(),
            library_id=node,
            language="en",
            password_hash="!",
            created_at=place.clock(),
        )
        session.add(row)
        session.flush()
        session.add(RoleGrant(librarian_id=row.id, library_id=node, role=role))
    return again(place, row.id)


def again(place: Workplace, librarian_id: UUID) -> StaffMember:
    """Return somebody with roles and desks as they are now."""
    with place.database.read() as session:
        found = staff_member(session, librarian_id, csrf_token="csrf")
    assert found is not None
    return found
