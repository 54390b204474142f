"""Who may do what with an article: the rights over its owner, a node of the tree or an alliance across it.

An alliance has no node of its own. Whoever has a role at a member, or above one, sees and drafts its articles; what
reaches the readers of all members is decided by a role above all of them.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import queries
from knowledge.models import VISIBLE_STATES, Article
from qa_server.network.models import Alliance, AllianceMember, Library
from qa_server.network.queries import path_up, paths_up, scope_of, subtree
from qa_server.people.rights import Right, StaffMember, has_right, nodes_with
from storage.errors import Forbidden, NotFound

_EVERY_MEMBER_MAY = (Right.VIEW_ARTICLES, Right.DRAFT_ARTICLES)


def holds(session: Session, person: StaffMember, right: Right, owner: UUID) -> bool:
    """Say whether the person holds the right over articles of this owner."""
    return has_right(person, right, nodes_over(session, owner, right))


def require(session: Session, person: StaffMember, right: Right, owner: UUID) -> None:
    """Raise Forbidden unless the person holds the right over articles of this owner."""
    if not holds(session, person, right, owner):
        raise Forbidden()


def nodes_over(session: Session, owner: UUID, right: Right) -> Collection[UUID]:
    """Return the nodes at any of which a role gives the right over this owner's articles."""
    if session.get(Library, owner) is not None:
        return path_up(session, owner)
    members = session.scalars(select(AllianceMember.library_id).where(AllianceMember.alliance_id == owner)).all()
    paths = [set(path) for path in paths_up(session, members).values()]
    if not paths:
        return ()
    return set.union(*paths) if right in _EVERY_MEMBER_MAY else set.intersection(*paths)


def owners_with(session: Session, person: StaffMember, right: Right) -> set[UUID]:
    """Return the nodes and alliances over whose articles the person holds the right."""
    nodes = subtree(session, nodes_with(person, right))
    alliances = session.scalars(select(Alliance.id)).all() if nodes else ()
    return nodes | {each for each in alliances if holds(session, person, right, each)}


def owners_above(session: Session, person: StaffMember) -> set[UUID]:
    """Return the owners whose published answers reach the person's own library, that library aside."""
    return set(scope_of(session, person.library_id)) - {person.library_id}


def to_read(session: Session, person: StaffMember, article_id: UUID) -> Article:
    """Return an article the person may see: of owners with the right, or published to the own library's readers.

    Raises NotFound.
    """
    found = queries.find_article(session, article_id)
    if not (sees_all(session, person, found) or sees_published(session, person, found)):
        raise NotFound()
    return found


def to_change(session: Session, person: StaffMember, article_id: UUID, right: Right) -> Article:
    """Return an article locked until the transaction ends, for somebody with the right. Raises NotFound, Forbidden."""
    found = to_read(session, person, article_id)
    session.refresh(found, with_for_update=True)
    require(session, person, right, found.library_id)
    return found


def sees_all(session: Session, person: StaffMember, article: Article) -> bool:
    """Say whether the person sees drafts, comments and history of the article."""
    return holds(session, person, Right.VIEW_ARTICLES, article.library_id)


def sees_published(session: Session, person: StaffMember, article: Article) -> bool:
    """Say whether the person sees what readers of the own library are shown of it."""
    is_published = article.published_revision is not None and article.state in VISIBLE_STATES
    return (
        is_published
        and bool(nodes_with(person, Right.VIEW_ARTICLES))
        and article.library_id in owners_above(session, person)
    )
