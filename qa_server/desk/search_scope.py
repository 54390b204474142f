"""Which conversations a person may see, as a condition of the query: desks served, desks reached, nodes supervised."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, any_, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from qa_server.conversations.models import Conversation, Reach
from qa_server.conversations.word_index import is_sqlite
from qa_server.network.models import Desk, Library
from qa_server.people.rights import Right, StaffMember, nodes_with


def visible_to(session: Session, person: StaffMember) -> ColumnElement[bool]:
    """Return the condition that a person may open a conversation, by the same rules as opening it."""
    roots = nodes_with(person, Right.SUPERVISE)
    if roots and set(session.scalars(select(Library.id).where(Library.parent_id.is_(None)))) <= roots:
        # Everything is below: a condition that excludes nothing only costs time.
        return true()
    desk_ids = sorted(person.desk_ids)
    reached = select(Reach.conversation_id).where(Reach.desk_id.in_(desk_ids), Reach.is_shown.is_(True))
    places = [Conversation.desk_id.in_(desk_ids), _is_one_of(session, Conversation.id, reached)]
    if roots:
        nodes = below(roots)
        places += [
            _is_one_of(session, Conversation.library_id, nodes),
            _is_one_of(session, Conversation.desk_id, select(Desk.id).where(Desk.library_id.in_(nodes))),
        ]
    return or_(*places)


def visible_desks(person: StaffMember) -> Select[Desk]:
    """Return the desks whose conversations a person may see as a statement."""
    roots = nodes_with(person, Right.SUPERVISE)
    return select(Desk).where(or_(Desk.id.in_(sorted(person.desk_ids)), Desk.library_id.in_(below(roots))))


def below(roots: set[UUID]) -> Select[UUID]:
    """Return the ids of these nodes and of everything below them, as a statement inside another one."""
    tree = select(Library.id).where(Library.id.in_(sorted(roots))).cte("below", recursive=True)
    # UNION drops what was met before: on a cycle in bad data the recursion ends.
    tree = tree.union(select(Library.id).where(Library.parent_id == tree.c.id))
    return select(tree.c.id)


def _is_one_of(session: Session, column: InstrumentedAttribute[UUID], ids: Select[UUID]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of these ids, beside others in an OR."""
    if is_sqlite(session):
        return column.in_(ids)
    # A subquery beside an OR keeps PostgreSQL from its indexes, and all conversations are read; an array does not.
    return column == any_(func.array(ids.scalar_subquery()))
