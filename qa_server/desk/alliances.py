"""Alliances across the tree: libraries that share a domain and may answer for one another."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.conversations.text import storable
from qa_server.desk.rights_at import node_for
from qa_server.desk.workplace import Workplace
from qa_server.network import cards, tree
from qa_server.network.changes import Change, record_change
from qa_server.network.errors import CodeTaken, NodeRefused
from qa_server.network.models import Alliance, AllianceMember, Level, Library, LibraryState
from qa_server.people.rights import Right, StaffMember, nodes_with
from storage.errors import Forbidden, NotFound

_MAX_NAME = 200


class AllianceLibrary(Wire):
    """A member of an alliance."""

    code: str
    name_zh: str
    name_en: str


class AllianceView(Wire):
    """An alliance with its members, by code."""

    code: str
    name_zh: str
    name_en: str
    members: list[AllianceLibrary]


def alliances(place: Workplace, person: StaffMember) -> list[AllianceView]:
    """Return all alliances, by code; for administrators of a centre. Raises Forbidden."""
    _require_centre(person)
    with place.database.read() as session:
        found = session.scalars(select(Alliance).order_by(Alliance.code)).all()
        rows = session.execute(
            select(AllianceMember.alliance_id, Library)
            .join(Library, Library.id == AllianceMember.library_id)
            .order_by(Library.code)
        )
        members: dict[UUID, list[AllianceLibrary]] = defaultdict(list)
        for alliance_id, library in rows:
            view = AllianceLibrary(code=library.code, name_zh=library.name_zh, name_en=library.name_en)
            members[alliance_id].append(view)
        return [
            AllianceView(code=each.code, name_zh=each.name_zh, name_en=each.name_en, members=members[each.id])
            for each in found
        ]


def found_alliance(place: Workplace, person: StaffMember, code: str, *, name_zh: str, name_en: str) -> None:
    """Make an alliance without members; for administrators of a centre. Raises Forbidden, NodeRefused, CodeTaken."""
    _require_centre(person)
    clean, names = code.strip().upper(), (storable(name_zh).strip(), storable(name_en).strip())
    tree.check_code(clean)
    if not all(0 < len(name) <= _MAX_NAME for name in names):
        raise NodeRefused(reason="A Chinese and an English name of at most 200 characters are needed.")
    try:
        with place.database.write() as session:
            row = Alliance(code=clean, name_zh=names[0], name_en=names[1])
            session.add(row)
            session.flush()
            written = {"name_zh": row.name_zh, "name_en": row.name_en}
            change = Change(None, "alliance", clean, "added", None, written)
            record_change(session, change, by=person.id, now=place.clock())
    except IntegrityError:
        raise CodeTaken(library=clean) from None


def add_member(place: Workplace, person: StaffMember, code: str, library: str) -> None:
    """Let a library join an alliance; takes the right over the library's tree, and an approved, fresh card.

    Safe to repeat. Raises NotFound, Forbidden, NodeRefused.
    """
    with place.database.write() as session:
        alliance, node = _alliance_and_node(session, person, code, library)
        if session.get(AllianceMember, (alliance.id, node.id)) is not None:
            return
        if node.level != Level.LIBRARY or node.state != LibraryState.ACTIVE:
            raise NodeRefused(reason="Only a library that takes part joins an alliance.")
        if not cards.may_join_shared_desks(session, node.id, now=place.clock()):
            raise NodeRefused(reason="Its library card is not approved, or lines of it are to be checked.")
        session.add(AllianceMember(alliance_id=alliance.id, library_id=node.id))
        change = Change(node.id, "alliance", alliance.code, "added", None, node.code)
        record_change(session, change, by=person.id, now=place.clock())


def remove_member(place: Workplace, person: StaffMember, code: str, library: str) -> None:
    """Take a library out of an alliance. Safe to repeat. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        alliance, node = _alliance_and_node(session, person, code, library)
        member = session.get(AllianceMember, (alliance.id, node.id))
        if member is None:
            return
        session.delete(member)
        change = Change(node.id, "alliance", alliance.code, "removed", node.code, None)
        record_change(session, change, by=person.id, now=place.clock())


def _require_centre(person: StaffMember) -> None:
    if not nodes_with(person, Right.ADMINISTER_TREE):
        raise Forbidden()


def _alliance_and_node(session: Session, person: StaffMember, code: str, library: str) -> tuple[Alliance, Library]:
    node = node_for(session, person, Right.ADMINISTER_TREE, library.strip().upper())
    alliance = session.scalar(select(Alliance).where(Alliance.code == code.upper()).with_for_update())
    if alliance is None:
        raise NotFound()
    return alliance, node
