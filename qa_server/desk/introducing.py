"""Who a signed-in librarian is, for the console's first screen."""

from uuid import UUID

from sqlalchemy import select

from qa_server.conversations.schemas import Wire
from qa_server.desk.finding import OwnerView
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Library
from qa_server.network.queries import desks_of
from qa_server.people.rights import StaffMember


class RoleView(Wire):
    """A role at a node."""

    library: str
    role: str


class DeskView(Wire):
    """A desk where the person serves."""

    id: UUID
    name_zh: str
    name_en: str
    library_code: str


class StaffIntroduction(Wire):
    """The person, the home library, roles and desks. `csrf_token` goes along with every change."""

    id: UUID
    login: str
    name_zh: str
    name_en: str
    language: str
    library: OwnerView
    roles: list[RoleView]
    desks: list[DeskView]
    csrf_token: str


def introduce(place: Workplace, person: StaffMember) -> StaffIntroduction:
    """Return who the person is and where the person serves."""
    with place.database.read() as session:
        desks = desks_of(session, person.id)
        ids = {person.library_id, *(grant.library_id for grant in person.grants), *(d.library_id for d in desks)}
        nodes = {node.id: node for node in session.scalars(select(Library).where(Library.id.in_(ids)))}
    home = nodes[person.library_id]
    return StaffIntroduction(
        id=person.id,
        login=person.login,
        name_zh=person.name_zh,
        name_en=person.name_en,
        language=person.language,
        library=OwnerView(code=home.code, name_zh=home.name_zh, name_en=home.name_en),
        roles=[RoleView(library=nodes[grant.library_id].code, role=grant.role) for grant in person.grants],
        desks=[
            DeskView(id=d.id, name_zh=d.name_zh, name_en=d.name_en, library_code=nodes[d.library_id].code)
            for d in desks
        ],
        csrf_token=person.csrf_token,
    )
