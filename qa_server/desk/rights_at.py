"""Finds a node, a desk or a person for somebody who wants to change it, and refuses who may not."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.network.models import Desk, Library
from qa_server.network.queries import library_by_code, path_up
from qa_server.people.accounts import grants_of
from qa_server.people.models import Librarian
from qa_server.people.rights import Right, StaffMember, has_right, may_give
from storage.errors import Forbidden, NotFound


def node_for(session: Session, person: StaffMember, right: Right, code: str) -> Library:
    """Return the node with this code at which the person holds the right. Raises NotFound, Forbidden."""
    node = library_by_code(session, code)
    require(session, person, right, node.id)
    return node


def desk_for(session: Session, person: StaffMember, right: Right, desk_id: UUID) -> Desk:
    """Return a desk of a node at which the person holds the right. Raises NotFound, Forbidden."""
    desk = session.get(Desk, desk_id)
    if desk is None:
        raise NotFound()
    require(session, person, right, desk.library_id)
    return desk


def account_for(session: Session, person: StaffMember, login: str) -> Librarian:
    """Return the account of somebody whom the person may administer, closed or not.

    That takes the right at the home library, and the power over every role the other one holds: a library's
    administrator does not change the password of the centre's. Raises NotFound, Forbidden.
    """
    found = session.scalar(select(Librarian).where(Librarian.login == login.lower()))
    if found is None:
        raise NotFound()
    require(session, person, Right.ADMINISTER_LIBRARY, found.library_id)
    for grant in grants_of(session, found.id):
        if not may_give(person, grant.role, path_up(session, grant.library_id)):
            raise Forbidden()
    return found


def require(session: Session, person: StaffMember, right: Right, library_id: UUID) -> None:
    """Raise Forbidden unless the person holds the right at this node or above it."""
    if not holds(session, person, right, library_id):
        raise Forbidden()


def holds(session: Session, person: StaffMember, right: Right, library_id: UUID) -> bool:
    """Say whether the person holds the right at this node or above it."""
    return has_right(person, right, path_up(session, library_id))
