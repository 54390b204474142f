"""Search the commissions a person may open, by words and filters. The rights are part of the query.

What somebody may not open is neither counted nor quoted. Nothing that says who a reader is can be searched for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from knowledge.marking import marks
from qa_server.commissions import queries
from qa_server.commissions.models import Commission
from qa_server.conversations.schemas import Wire
from qa_server.desk.commissions import views
from qa_server.desk.commissions.finding import shelves
from qa_server.desk.commissions.finding.search_filters import CommissionFilters
from qa_server.desk.commissions.finding.shelves import Wanted
from qa_server.desk.commissions.views import ListedCommission
from qa_server.desk.search_excerpts import Piece, pieces
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language
from qa_server.network.models import Library
from qa_server.network.queries import subtree
from qa_server.people.models import Librarian
from qa_server.people.rights import StaffMember

PAGE_COMMISSIONS = 30
# Beyond this a number says no more than "many", and costs as much as reading them all.
MAX_COUNTED = 1_000


class CommissionHit(Wire):
    """A commission that was found, its title in pieces."""

    commission: ListedCommission
    title: list[Piece]


class FoundCommissions(Wire):
    """One page. `found` counts all hits, exactly up to 1,000; `is_more` when there are more than it says.

    `stale` names filters whose node or librarian is not there.
    """

    items: list[CommissionHit]
    found: int
    is_more: bool
    next: str | None
    stale: list[str]


class SearchChoices(Wire):
    """Services and states that occur among the person's commissions, by code and key, in the asker's language."""

    services: dict[str, str]
    states: dict[str, str]


@dataclass(frozen=True)
class Search:
    """A search as it goes to the database. `stale` names filters whose node or person is not there."""

    filters: CommissionFilters
    conditions: list[ColumnElement[bool]]
    stale: tuple[str, ...]


@dataclass(frozen=True)
class FoundRows:
    """Commissions in order; `next` continues after them, None at the end."""

    rows: Sequence[Commission]
    next: str | None


def find(
    place: Workplace, person: StaffMember, filters: CommissionFilters, *, language: Language, cursor: str = ""
) -> FoundCommissions:
    """Return one page of the commissions that a person may open and that fit."""
    with place.database.read() as session:
        now = place.clock()
        search = prepare(session, person, filters, now=now)
        page = page_of(session, search, cursor=cursor)
        listed = views.listed_for_staff(session, person, page.rows, language=language, now=now)
        total = _count(session, search)
        return FoundCommissions(
            items=[CommissionHit(commission=each, title=_marked(filters.q, each.title)) for each in listed],
            found=min(total, MAX_COUNTED),
            is_more=total > MAX_COUNTED,
            next=page.next,
            stale=list(search.stale),
        )


def choices(place: Workplace, person: StaffMember, *, language: Language) -> SearchChoices:
    """Return what the person's commissions can be narrowed to, by name."""
    with place.database.read() as session:
        seen = shelves.seen_by(session, person)
        kinds = select(Commission.code, Commission.state, Commission.version_id).where(seen).distinct()
        services: dict[str, UUID] = {}
        states: dict[str, UUID] = {}
        for code, state, version_id in session.execute(kinds):
            services[code] = states[state] = version_id
        known = {each: queries.definition_of(session, each) for each in {*services.values(), *states.values()}}
        return SearchChoices(
            services=_by_name({code: known[each].name.in_(language) for code, each in services.items()}),
            states=_by_name({key: known[each].state(key).label.in_(language) for key, each in states.items()}),
        )


def prepare(session: Session, person: StaffMember, filters: CommissionFilters, *, now: datetime) -> Search:
    """Look up what the filters name and turn them into conditions, the person's rights first.

    A filter that names what is gone finds nothing; it is never dropped quietly.
    """
    zone = ZoneInfo(session.get_one(Library, person.library_id).time_zone)
    stale: list[str] = []
    conditions = [shelves.seen_by(session, person)]
    for name, condition in _named(session, filters):
        if condition is None:
            stale.append(name)
            condition = literal(False)
        conditions.append(condition)
    wanted = Wanted(words=filters.q, service=filters.service, subject=filters.subject)
    conditions += [*shelves.fitting(wanted), *_in_state(filters.state, now), *_dated(filters, zone)]
    return Search(filters, conditions, tuple(stale))


def page_of(session: Session, search: Search, *, cursor: str = "", limit: int = PAGE_COMMISSIONS) -> FoundRows:
    """Return one page by the moment of submission. A cursor that is none begins at the beginning."""
    found = select(Commission).where(*search.conditions)
    at, key = Commission.submitted_at, Commission.id
    is_oldest_first = search.filters.sort == "oldest"
    after = _cursor(cursor)
    if after is not None:
        moment, last = after
        is_later = or_(at > moment, and_(at == moment, key > last))
        is_earlier = or_(at < moment, and_(at == moment, key < last))
        found = found.where(is_later if is_oldest_first else is_earlier)
    order = (at.asc(), key.asc()) if is_oldest_first else (at.desc(), key.desc())
    rows = session.scalars(found.order_by(*order).limit(limit + 1)).all()
    shown = rows[:limit]
    return FoundRows(shown, _written(shown[-1]) if len(rows) > limit else None)


def _count(session: Session, search: Search) -> int:
    some = select(Commission.id).where(*search.conditions).limit(MAX_COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _named(session: Session, filters: CommissionFilters) -> Iterator[tuple[str, ColumnElement[bool] | None]]:
    """Yield the filters that name a row, each with its condition, None where the row is not there."""
    if filters.node:
        node = session.scalar(select(Library.id).where(Library.code == filters.node))
        below = subtree(session, {node}) if node else set()
        at_node = or_(Commission.library_id.in_(below), Commission.service_library_id.in_(below))
        yield "node", at_node if node else None
    if filters.holder:
        holder = session.scalar(select(Librarian.id).where(Librarian.login == filters.holder))
        holds = or_(Commission.searcher_id == holder, Commission.contact_librarian_id == holder)
        yield "holder", holds if holder else None


def _in_state(state: str, now: datetime) -> Iterator[ColumnElement[bool]]:
    is_open = Commission.ended_at.is_(None)
    match state:
        case "":
            return
        case "is-open":
            yield is_open
        case "is-ended":
            yield Commission.ended_at.is_not(None)
        case "to-take-up":
            yield is_open & Commission.accepted_at.is_(None)
        case "is-overdue":
            yield is_open & (Commission.due_at < now)
        case _:
            yield Commission.state == state


def _dated(filters: CommissionFilters, zone: ZoneInfo) -> Iterator[ColumnElement[bool]]:
    at = _moment_of(filters.dated)
    first, last = filters.days
    if first:
        yield at >= datetime.combine(first, time(), zone).astimezone(UTC)
    if last:
        yield at < datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)


def _moment_of(dated: str) -> InstrumentedAttribute[datetime | None]:
    match dated:
        case "due":
            return Commission.due_at
        case "ended":
            return Commission.ended_at
        case _:
            return Commission.submitted_at


def _marked(query: str, title: str) -> list[Piece]:
    return pieces(title, marks(query, title) if query else ())


def _by_name(named: dict[str, str]) -> dict[str, str]:
    return dict(sorted(named.items(), key=lambda each: (each[1], each[0])))


def _cursor(cursor: str) -> tuple[datetime, UUID] | None:
    moment, _, key = cursor.partition("_")
    try:
        found = datetime.fromisoformat(moment)
        return (found, UUID(key)) if found.tzinfo is not None else None
    except ValueError:
        return None


def _written(commission: Commission) -> str:
    moment = commission.submitted_at or commission.created_at
    return f"{moment.isoformat()}_{commission.id}"
