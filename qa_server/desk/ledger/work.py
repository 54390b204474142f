"""The ledger of unanswered questions for those who work it: look, take, assign, count.

Everybody sees the questions of libraries below the nodes where they may draft articles, and nothing of others.
"""

from dataclasses import dataclass
from uuid import UUID

from knowledge.catalogue import Scope
from knowledge.ledger import queries as ledger_queries
from knowledge.ledger.models import EntryState
from knowledge.ledger.queries import LedgerFilter, Order
from knowledge.ledger.service import lock_entry
from qa_server.desk.ledger.views import (
    EntryCards,
    EntryPage,
    GapFigures,
    LibraryGap,
    NearArticle,
    card_of,
    closing_card,
    concerns,
    curators_of,
    may_assign,
    reviewed_by,
    seen_by,
)
from qa_server.desk.workplace import Workplace
from qa_server.network.queries import Owner, library_by_code, owners, scope_of, subtree
from qa_server.people.rights import StaffMember
from storage.errors import AppError, Forbidden

# Articles shown beside an entry as nearest to its typical question.
NEAREST = 5


class NotACurator(AppError):
    """The person who should answer for an entry may not review articles at its node."""

    code = "not_a_curator"
    status = 409
    message = "This person may not review articles there. Choose one of the curators named."


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to. `node` is a code; `owner` is `mine`, `nobody` or empty."""

    node: str = ""
    state: EntryState | None = None
    language: str | None = None
    owner: str = ""
    growing: bool = False
    order: Order = Order.COUNT
    page: int = 1


def entries(place: Workplace, person: StaffMember, wanted: Wanted) -> EntryCards:
    """Return a page of what the person's libraries asked in vain. A node that is not the person's has nothing."""
    with place.database.read() as session:
        libraries = seen_by(session, person)
        if wanted.node:
            libraries &= subtree(session, [library_by_code(session, wanted.node).id])
        narrowed = LedgerFilter(
            libraries=libraries,
            state=wanted.state,
            language=wanted.language,
            owner_id=person.id if wanted.owner == "mine" else None,
            unowned=wanted.owner == "nobody",
            growing=wanted.growing,
            order=wanted.order,
        )
        found = ledger_queries.list_entries(session, narrowed, now=place.clock(), page=wanted.page)
        cards = [card_of(session, person, each) for each in found.rows]
        return EntryCards(cards, found.total, ledger_queries.gaps_of(session, libraries))


def count_open(place: Workplace, person: StaffMember) -> int:
    """Return how many entries have open questions of the person's libraries."""
    with place.database.read() as session:
        return ledger_queries.gaps_of(session, seen_by(session, person)).entries


def nodes(place: Workplace, person: StaffMember) -> list[Owner]:
    """Return the nodes the person may narrow the ledger to, by code."""
    with place.database.read() as session:
        found = owners(session, seen_by(session, person)).values()
        return sorted(found, key=lambda node: node.code)


def entry(place: Workplace, person: StaffMember, entry_id: UUID) -> EntryPage:
    """Return an entry, or the one it went into. Raises NotFound where the person's libraries have nothing in it."""
    with place.database.read() as session:
        now, libraries = place.clock(), seen_by(session, person)
        standing = ledger_queries.standing_for(session, entry_id)
        seen = ledger_queries.find_seen(session, standing.id, libraries, now=now)
        shares = ledger_queries.libraries_of(session, standing.id, libraries)
        names = owners(session, [share.library_id for share in shares])
        closers = reviewed_by(session, person)
        return EntryPage(
            card=card_of(session, person, seen),
            asked=ledger_queries.asked_words(session, standing.id, libraries),
            names=names,
            libraries=[(names[each.library_id], each.asked, each.open_count) for each in shares],
            weeks=ledger_queries.weeks_of(session, libraries, now=now, entry_id=standing.id),
            closings=[
                closing_card(session, person, each)
                for each in ledger_queries.closings_of(session, standing.id)
                if concerns(session, each, libraries)
            ],
            curators=curators_of(session, standing),
            may_close=any(each.library_id in closers for each in shares),
        )


def nearest(place: Workplace, page: EntryPage, *, sought: str = "") -> list[NearArticle]:
    """Return the published articles nearest to an entry's typical question, or to what is sought, as readers of its
    first library find them."""
    words = sought or page.card.seen.typical
    if words is None or not page.libraries:
        return []
    with place.database.read() as session:
        scope = Scope(scope_of(session, page.libraries[0][0].id))
    _, hits = place.search.rank(words, scope=scope, limit=NEAREST)
    with place.database.read() as session:
        names = owners(session, {hit.library_id for hit in hits})
    return [NearArticle(hit, names.get(hit.library_id)) for hit in hits]


def take(place: Workplace, person: StaffMember, entry_id: UUID) -> None:
    """Answer for an entry from now on. Raises NotFound, Forbidden."""
    _assign(place, person, entry_id, person.id)


def assign(place: Workplace, person: StaffMember, entry_id: UUID, login: str) -> None:
    """Make somebody answer for an entry; an empty login gives it back to the curators of its node.

    Raises NotFound, Forbidden, NotACurator.
    """
    if not login:
        _assign(place, person, entry_id, None)
        return
    with place.database.read() as session:
        standing = ledger_queries.standing_for(session, entry_id)
        chosen = next((each for each in curators_of(session, standing) if each.login == login), None)
    if chosen is None:
        raise NotACurator()
    _assign(place, person, entry_id, chosen.id)


def figures(place: Workplace, person: StaffMember) -> GapFigures:
    """Return what the person's libraries asked in vain and what was closed, by week and by library."""
    with place.database.read() as session:
        now, libraries = place.clock(), seen_by(session, person)
        closed = ledger_queries.closed_by_week(session, libraries, now=now)
        rows = ledger_queries.gaps_by_library(session, libraries, now=now)
        names = owners(session, [row[0] for row in rows])
        return GapFigures(
            gaps=ledger_queries.gaps_of(session, libraries),
            weeks=[
                (week, asked, closed.get(week, 0))
                for week, asked in ledger_queries.weeks_of(session, libraries, now=now)
            ],
            libraries=[LibraryGap(names[row[0]], *row[1:]) for row in rows if row[0] in names],
        )


def _assign(place: Workplace, person: StaffMember, entry_id: UUID, owner_id: UUID | None) -> None:
    with place.database.write() as session:
        standing = ledger_queries.standing_for(session, entry_id)
        ledger_queries.find_seen(session, standing.id, seen_by(session, person), now=place.clock())
        if not may_assign(session, person, standing):
            raise Forbidden()
        locked = lock_entry(session, standing.id)
        locked.owner_id = owner_id
        if locked.state != EntryState.CLOSED:
            locked.state = EntryState.IN_WORK if owner_id else EntryState.OPEN
