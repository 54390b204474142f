"""Reading the network: nodes by code, the way up the tree, what a library's readers may see."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.network.models import Alliance, AllianceMember, Desk, DeskKind, DeskMember, DeskState, Library
from storage.errors import NotFound

# Deeper than any tree in use (nation, region, province, library); a cycle in bad data cannot hang a request.
MAX_DEPTH = 10
# Ids asked for in one statement; both databases bound how many a statement may carry.
_CHUNK = 500


@dataclass(frozen=True)
class Owner:
    """Who stands behind an article: a node of the tree or an alliance."""

    id: UUID
    code: str
    name_zh: str
    name_en: str


def library_by_code(session: Session, code: str) -> Library:
    """Return the node with this code, in any case. Raises NotFound."""
    library = session.scalar(select(Library).where(Library.code == code.upper()))
    if library is None:
        raise NotFound()
    return library


def path_up(session: Session, library_id: UUID) -> tuple[UUID, ...]:
    """Return the ids from this node up to the root, itself first."""
    return paths_up(session, [library_id]).get(library_id, (library_id,))


def paths_up(session: Session, library_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """Return the way up of each of these nodes, itself first, in one statement for 500 of them; unknown are left out.

    Ends before a node is met twice, so that a cycle in bad data cannot hang a request.
    """
    parents: dict[UUID, UUID | None] = {}
    wanted = list(set(library_ids))
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        way = select(Library.id, Library.parent_id).where(Library.id.in_(chunk)).cte("way", recursive=True)
        # UNION drops what was met before: on a cycle the recursion ends.
        way = way.union(select(Library.id, Library.parent_id).where(Library.id == way.c.parent_id))
        parents.update((row.id, row.parent_id) for row in session.execute(select(way.c.id, way.c.parent_id)))
    return {library: _path(parents, library) for library in library_ids if library in parents}


def _path(parents: Mapping[UUID, UUID | None], library: UUID) -> tuple[UUID, ...]:
    path: list[UUID] = []
    current: UUID | None = library
    while current is not None and current not in path and len(path) < MAX_DEPTH:
        path.append(current)
        current = parents.get(current)
    return tuple(path)


def scope_of(session: Session, library_id: UUID, *, path: Sequence[UUID] | None = None) -> tuple[UUID, ...]:
    """Return the owners whose articles this library's readers may see, nearest first: own, alliances, then up.

    `path` is its way up where it is known already.
    """
    own, *above = path_up(session, library_id) if path is None else path
    alliances = session.scalars(
        select(AllianceMember.alliance_id)
        .where(AllianceMember.library_id == library_id)
        .order_by(AllianceMember.alliance_id)
    )
    return (own, *alliances, *above)


def subtree(session: Session, roots: Collection[UUID]) -> set[UUID]:
    """Return the ids of these nodes and of everything below them."""
    found = set(roots)
    level = set(roots)
    while level:
        below = set(session.scalars(select(Library.id).where(Library.parent_id.in_(level)))) - found
        found |= below
        level = below
    return found


def owners(session: Session, ids: Collection[UUID]) -> dict[UUID, Owner]:
    """Return names of nodes and alliances by id; unknown ids are left out."""
    found: dict[UUID, Owner] = {}
    for table in (Library, Alliance):
        rows = session.execute(select(table.id, table.code, table.name_zh, table.name_en).where(table.id.in_(ids)))
        found.update({row.id: Owner(row.id, row.code, row.name_zh, row.name_en) for row in rows})
    return found


def desk_of_library(session: Session, library_id: UUID) -> Desk:
    """Return the desk that takes this library's questions: its own, or the nearest one up the tree. Raises NotFound.

    Desks closed for good are passed over; of several at a node the oldest is taken, a subject's or alliance's last.
    """
    for node in path_up(session, library_id):
        statement = (
            select(Desk)
            .where(Desk.library_id == node, Desk.state != DeskState.CLOSED)
            .order_by(Desk.kind.in_((DeskKind.SUBJECT, DeskKind.ALLIANCE)), Desk.id)
        )
        desk = session.scalar(statement.limit(1))
        if desk is not None:
            return desk
    raise NotFound()


def desks_of(session: Session, librarian_id: UUID) -> Sequence[Desk]:
    """Return the desks where this librarian serves, oldest first."""
    statement = (
        select(Desk)
        .join(DeskMember, DeskMember.desk_id == Desk.id)
        .where(DeskMember.librarian_id == librarian_id)
        .order_by(Desk.id)
    )
    return session.scalars(statement).all()
