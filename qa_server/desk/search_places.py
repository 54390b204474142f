"""The desks and nodes that a person may search in and share views with, for the lists to choose from."""

from uuid import UUID

from sqlalchemy import select

from qa_server.conversations.schemas import Wire
from qa_server.desk.search_scope import below, visible_desks
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk, Library
from qa_server.people.rights import Right, StaffMember, nodes_with

# A list to choose from; who may see more writes the code of the library.
MAX_LISTED = 200


class DeskChoice(Wire):
    """A desk to choose. `may_share`: the person may share views with its staff."""

    id: UUID
    name_zh: str
    name_en: str
    library: str
    may_share: bool


class NodeChoice(Wire):
    """A node to choose."""

    code: str
    name_zh: str
    name_en: str


class SearchPlaces(Wire):
    """Desks by library and name, own nodes at which the person supervises, libraries below by their codes."""

    desks: list[DeskChoice]
    supervised: list[NodeChoice]
    libraries: list[NodeChoice]


def places(place: Workplace, person: StaffMember) -> SearchPlaces:
    """Return where a person may search, at most 200 of each kind."""
    roots = nodes_with(person, Right.SUPERVISE)
    with place.database.read() as session:
        rows = session.execute(
            visible_desks(person)
            .join(Library, Library.id == Desk.library_id)
            .add_columns(Library.code)
            .order_by(Library.code, Desk.id)
            .limit(MAX_LISTED)
        ).all()
        nodes = session.scalars(
            select(Library).where(Library.id.in_(below(roots))).order_by(Library.code).limit(MAX_LISTED)
        ).all()
        supervised = {each.id for each in nodes}
        homes = {desk.library_id for desk, _ in rows} - supervised
        own = session.scalars(select(Library).where(Library.id.in_(homes)).order_by(Library.code)).all()
        return SearchPlaces(
            desks=[
                DeskChoice(
                    id=desk.id,
                    name_zh=desk.name_zh,
                    name_en=desk.name_en,
                    library=code,
                    may_share=desk.library_id in supervised,
                )
                for desk, code in rows
            ],
            supervised=[_node(each) for each in nodes if each.id in roots],
            libraries=sorted(map(_node, [*nodes, *own]), key=lambda each: each.code),
        )


def _node(row: Library) -> NodeChoice:
    return NodeChoice(code=row.code, name_zh=row.name_zh, name_en=row.name_en)
