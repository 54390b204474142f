"""Saved views: a name for what is often searched for, one's own or shared with the staff of a desk or a node.

A view holds filters and gives no right: whoever opens it finds what that person may see.
"""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.conversations.text import storable
from qa_server.desk.articles.filters import read_article_filters
from qa_server.desk.commissions.finding.search_filters import read_commission_filters
from qa_server.desk.rights_at import desk_for, holds, node_for
from qa_server.desk.search_filters import read_filters
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk, Library
from qa_server.network.queries import paths_up
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import Right, StaffMember
from qa_server.people.view_models import SavedView, SavedViewChoice
from storage.errors import AppError, NotFound

MAX_NAME_CHARACTERS = 80
# A list beside the search; what is longer nobody reads.
MAX_OWN_VIEWS = 60

Searched = Literal["conversations", "articles", "commissions"]


class ViewRefused(AppError):
    """A view cannot be saved like this."""

    code = "view_refused"
    status = 422
    message = "The view was not saved: {reason}"


class ViewSharing(Wire):
    """With whom a view is shared: the staff of a desk, or of a node and everything below it; with nobody by default."""

    desk_id: UUID | None = None
    library: str | None = None


class SavedSearch(Wire):
    """A saved view as one person sees it. `filters` are those of the search's address."""

    id: UUID
    name: str
    searched: Searched
    filters: dict[str, str]
    shared_with: ViewSharing
    shared_zh: str | None
    shared_en: str | None
    owner_zh: str
    owner_en: str
    is_own: bool
    may_change: bool
    is_pinned: bool
    is_default: bool


def views(place: Workplace, person: StaffMember) -> list[SavedSearch]:
    """Return the person's own views and those shared with the person, pinned ones first, then by name."""
    with place.database.read() as session:
        rows = session.scalars(select(SavedView).where(_visible(session, person))).all()
        found = [_view(session, person, row) for row in rows]
        return sorted(found, key=lambda each: (not each.is_pinned, each.name.casefold(), each.id))


def save_view(
    place: Workplace,
    person: StaffMember,
    *,
    name: str,
    searched: Searched,
    filters: Mapping[str, object],
    sharing: ViewSharing,
) -> SavedSearch:
    """Save a view; sharing it takes the right to supervise the desk or the node.

    Raises ViewRefused, NotFound, Forbidden.
    """
    with place.database.write() as session:
        own = select(func.count()).select_from(SavedView).where(SavedView.librarian_id == person.id)
        if (session.scalar(own) or 0) >= MAX_OWN_VIEWS:
            raise ViewRefused(reason="You have 60 views. Delete one first.")
        row = SavedView(librarian_id=person.id, name=_name(name), filters=_kept(searched, filters))
        row.changed_at = place.clock()
        _share(session, person, row, sharing)
        session.add(row)
        session.flush()
        return _view(session, person, row)


def change_view(
    place: Workplace,
    person: StaffMember,
    view_id: UUID,
    *,
    name: str,
    sharing: ViewSharing,
    filters: Mapping[str, object] | None = None,
) -> SavedSearch:
    """Rename a view, share it differently, and perhaps give it other filters: one's own only.

    Raises NotFound, ViewRefused, Forbidden.
    """
    with place.database.write() as session:
        row = _own(session, person, view_id)
        row.name, row.changed_at = _name(name), place.clock()
        if filters is not None:
            row.filters = _kept(searched_in(row.filters), filters)
        if sharing != _sharing(session, row):
            _share(session, person, row, sharing)
        session.flush()
        return _view(session, person, row)


def delete_view(place: Workplace, person: StaffMember, view_id: UUID) -> None:
    """Delete a view: one's own, or one shared where the person supervises. Raises NotFound."""
    with place.database.write() as session:
        row = _seen(session, person, view_id)
        if not _may_change(session, person, row):
            raise NotFound()
        session.execute(delete(SavedViewChoice).where(SavedViewChoice.view_id == row.id))
        session.delete(row)


def choose_view(place: Workplace, person: StaffMember, view_id: UUID, *, is_pinned: bool, is_default: bool) -> None:
    """Pin a view for oneself, and perhaps begin every search with it. Safe to repeat. Raises NotFound."""
    with place.database.write() as session:
        row = _seen(session, person, view_id)
        if is_default:
            others = SavedViewChoice.librarian_id == person.id
            session.execute(update(SavedViewChoice).where(others).values(is_default=False))
        choice = session.get(SavedViewChoice, (person.id, row.id))
        if choice is None:
            choice = SavedViewChoice(librarian_id=person.id, view_id=row.id)
            session.add(choice)
        choice.is_pinned, choice.is_default = is_pinned, is_default


def searched_in(filters: Mapping[str, object]) -> Searched:
    """Return what an address or a saved view searches in; conversations where it does not say."""
    match filters.get("in"):
        case "articles":
            return "articles"
        case "commissions":
            return "commissions"
        case _:
            return "conversations"


def _visible(session: Session, person: StaffMember) -> ColumnElement[bool]:
    nodes = {person.library_id, *(grant.library_id for grant in person.grants)}
    above = {each for path in paths_up(session, nodes).values() for each in path}
    return or_(
        SavedView.librarian_id == person.id,
        SavedView.desk_id.in_(sorted(person.desk_ids)),
        SavedView.library_id.in_(sorted(above)),
    )


def _seen(session: Session, person: StaffMember, view_id: UUID) -> SavedView:
    row = session.scalar(select(SavedView).where(SavedView.id == view_id, _visible(session, person)))
    if row is None:
        raise NotFound()
    return row


def _own(session: Session, person: StaffMember, view_id: UUID) -> SavedView:
    row = session.scalar(select(SavedView).where(SavedView.id == view_id, SavedView.librarian_id == person.id))
    if row is None:
        raise NotFound()
    return row


def _may_change(session: Session, person: StaffMember, row: SavedView) -> bool:
    if row.librarian_id == person.id:
        return True
    node = session.get_one(Desk, row.desk_id).library_id if row.desk_id else row.library_id
    return node is not None and holds(session, person, Right.SUPERVISE, node)


def _share(session: Session, person: StaffMember, row: SavedView, sharing: ViewSharing) -> None:
    if sharing.desk_id and sharing.library:
        raise ViewRefused(reason="A view is shared with a desk or with a node, not with both.")
    desk = desk_for(session, person, Right.SUPERVISE, sharing.desk_id) if sharing.desk_id else None
    node = node_for(session, person, Right.SUPERVISE, sharing.library) if sharing.library else None
    row.desk_id, row.library_id = desk.id if desk else None, node.id if node else None


def _name(name: str) -> str:
    kept = " ".join(storable(name).split())
    if not 0 < len(kept) <= MAX_NAME_CHARACTERS:
        raise ViewRefused(reason="A view needs a name of at most 80 characters.")
    return kept


def _kept(searched: Searched, filters: Mapping[str, object]) -> dict[str, str]:
    match searched:
        case "articles":
            return {"in": searched, **read_article_filters(filters).written()}
        case "commissions":
            return {"in": searched, **read_commission_filters(filters).written()}
        case _:
            return read_filters(filters).written()


def _sharing(session: Session, row: SavedView) -> ViewSharing:
    node = session.get(Library, row.library_id) if row.library_id else None
    return ViewSharing(desk_id=row.desk_id, library=node.code if node else None)


def _view(session: Session, person: StaffMember, row: SavedView) -> SavedSearch:
    owner = librarians_by_id(session, {row.librarian_id})[row.librarian_id]
    choice = session.get(SavedViewChoice, (person.id, row.id))
    shared = session.get(Desk, row.desk_id) if row.desk_id else None
    named = shared or (session.get(Library, row.library_id) if row.library_id else None)
    return SavedSearch(
        id=row.id,
        name=row.name,
        searched=searched_in(row.filters),
        filters={str(name): str(value) for name, value in row.filters.items()},
        shared_with=_sharing(session, row),
        shared_zh=named.name_zh if named else None,
        shared_en=named.name_en if named else None,
        owner_zh=owner.name_zh,
        owner_en=owner.name_en,
        is_own=row.librarian_id == person.id,
        may_change=_may_change(session, person, row),
        is_pinned=choice is not None and choice.is_pinned,
        is_default=choice is not None and choice.is_default,
    )
