"""Search the conversations a person may see, by words and filters. The rights are part of the query.

What somebody may not see is neither counted nor quoted: every row starts from the asker's desks and nodes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, literal, or_, select
from sqlalchemy.orm import Session

from qa_server.conversations import word_search
from qa_server.conversations.closing_models import ClosingSheet
from qa_server.conversations.models import ENDED, Conversation
from qa_server.conversations.word_search import Span
from qa_server.conversations.words import wanted_words
from qa_server.desk.search_filters import RATINGS, ConversationFilters
from qa_server.desk.search_scope import visible_desks, visible_to
from qa_server.network.models import Desk, Library
from qa_server.people.models import Librarian
from qa_server.people.reader_models import ReaderIdentity
from qa_server.people.rights import StaffMember
from qa_server.routing.models import Assignment, Claim, HandOver, Route

PAGE_CONVERSATIONS = 30
# Beyond this a number says no more than "many", and costs as much as reading them all.
MAX_COUNTED = 1_000
_NUMBER = re.compile(r"(?P<code>[A-Za-z0-9]{2,8})-(?P<year>\d{4})-(?P<running>\d{1,6})")


@dataclass(frozen=True)
class Search:
    """A search as it goes to the database. `stale` names filters whose desk, library or person is not there."""

    filters: ConversationFilters
    words: list[str]
    number: str | None
    conditions: list[ColumnElement[bool]]
    stale: tuple[str, ...]


@dataclass(frozen=True)
class FoundIds:
    """Ids in order; `next` continues after them, None at the end."""

    ids: list[UUID]
    next: str | None


def prepare(session: Session, person: StaffMember, filters: ConversationFilters) -> Search:
    """Look up what the filters name and turn them into conditions, the person's rights first.

    A filter that names what is gone, or what the person may not see, finds nothing; it is never dropped quietly.
    """
    zone = ZoneInfo(session.get_one(Library, person.library_id).time_zone)
    stale: list[str] = []
    conditions = [visible_to(session, person)]
    for name, condition in _named(session, person, filters):
        if condition is None:
            stale.append(name)
            condition = literal(False)
        conditions.append(condition)
    conditions += list(_plain(filters)) + list(_dated(filters, zone))
    number = _number(filters.q)
    if number:
        conditions.append(Conversation.number == number)
    words = [] if number else wanted_words(filters.q)
    if filters.q and not number and not words:
        # Signs alone: nothing has them.
        conditions.append(literal(False))
    return Search(filters, words, number, conditions, tuple(stale))


def page_of(session: Session, search: Search, *, cursor: str = "", limit: int = PAGE_CONVERSATIONS) -> FoundIds:
    """Return the ids of one page in the order asked for. A cursor that is none begins at the beginning."""
    return _page(_found(session, search, _span(search, cursor, limit + 1)), limit)


def page_and_count(session: Session, search: Search, *, cursor: str = "") -> tuple[FoundIds, int]:
    """Return one page, and how many conversations are found in all, MAX_COUNTED + 1 when there are more."""
    span = _span(search, cursor, PAGE_CONVERSATIONS + 1)
    # In the order of the page, so that the first pages are in it, and every page of what is counted to the end.
    counted = _found(session, search, replace(span, limit=MAX_COUNTED + 1, after=None))
    found: Sequence[UUID] = [each for each in counted if span.has_ahead(each)]
    if len(found) < span.limit and len(counted) > MAX_COUNTED:
        found = _found(session, search, span)
    return _page(found, PAGE_CONVERSATIONS), len(counted)


def _found(session: Session, search: Search, span: Span) -> Sequence[UUID]:
    if search.words:
        return word_search.find(session, search.words, conditions=search.conditions, span=span)
    return session.scalars(span.of(search.conditions)).all()


def _span(search: Search, cursor: str, limit: int) -> Span:
    try:
        after = UUID(cursor) if cursor else None
    except ValueError:
        after = None
    return Span(limit, after, search.filters.sort == "oldest")


def _page(found: Sequence[UUID], limit: int) -> FoundIds:
    """Make a page of what was asked for with one more, which says that there is a next one."""
    return FoundIds(list(found[:limit]), str(found[limit - 1]) if len(found) > limit else None)


def _named(
    session: Session, person: StaffMember, filters: ConversationFilters
) -> Iterator[tuple[str, ColumnElement[bool] | None]]:
    """Yield the filters that name a row, each with its condition, None where the row is not there for the person."""
    if filters.desk_id:
        desk = session.scalar(visible_desks(person).where(Desk.id == filters.desk_id))
        yield "desk", _handled_at(desk.id) if desk else None
    if filters.library:
        library = session.scalar(select(Library.id).where(Library.code == filters.library))
        yield "library", Conversation.library_id == library if library else None
    if filters.librarian:
        librarian = session.scalar(select(Librarian.id).where(Librarian.login == filters.librarian))
        held = exists().where(Claim.conversation_id == Conversation.id, Claim.librarian_id == librarian)
        yield "librarian", held if librarian else None


def _handled_at(desk_id: UUID) -> ColumnElement[bool]:
    taken = exists().where(Claim.conversation_id == Conversation.id, Claim.desk_id == desk_id)
    return or_(Conversation.desk_id == desk_id, taken)


def _plain(filters: ConversationFilters) -> Iterator[ColumnElement[bool]]:
    if filters.state in ("open", "ended"):
        is_ended = Conversation.state.in_(ENDED)
        yield is_ended if filters.state == "ended" else ~is_ended
    elif filters.state:
        yield Conversation.state == filters.state
    for column, value in (
        (Conversation.channel, filters.channel),
        (Conversation.resolution, filters.resolution),
        (Conversation.language, filters.language),
    ):
        if value:
            yield column == value
    if filters.read:
        yield Conversation.read_level == int(filters.read)
    if filters.rating:
        yield Conversation.rating.between(*RATINGS[filters.rating])
    if filters.handed:
        handed = exists().where(HandOver.conversation_id == Conversation.id)
        yield handed if filters.handed == "yes" else ~handed
    if filters.subject:
        yield _about(filters.subject)
    if filters.reader:
        yield _asked_by(filters.reader)


def _about(subject: str) -> ColumnElement[bool]:
    """A class and everything below it, as the reader, the cascade or a librarian said."""
    said = Assignment.reasons["subject"].as_string()
    decided = exists().where(
        Assignment.conversation_id == Conversation.id,
        Assignment.action.in_(("asked", "corrected")),
        said.startswith(subject, autoescape=True),
    )
    waiting = exists().where(
        Route.conversation_id == Conversation.id, Route.subject.startswith(subject, autoescape=True)
    )
    closed = exists().where(
        ClosingSheet.conversation_id == Conversation.id, ClosingSheet.subject.startswith(subject, autoescape=True)
    )
    return or_(closed, waiting, decided)


def _asked_by(name: str) -> ColumnElement[bool]:
    """By name or number, where the reader agreed to tell it to this library."""
    return exists().where(
        ReaderIdentity.reader_id == Conversation.reader_id,
        ReaderIdentity.library_id == Conversation.library_id,
        or_(ReaderIdentity.name.icontains(name, autoescape=True), ReaderIdentity.subject == name),
    )


def _dated(filters: ConversationFilters, zone: ZoneInfo) -> Iterator[ColumnElement[bool]]:
    first, last = filters.days
    if first:
        yield Conversation.created_at >= datetime.combine(first, time(), zone).astimezone(UTC)
    if last:
        yield Conversation.created_at < datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)


def _number(q: str) -> str | None:
    found = _NUMBER.fullmatch(q)
    return f"{found['code'].upper()}-{found['year']}-{int(found['running']):06d}" if found else None
