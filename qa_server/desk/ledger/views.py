"""How the ledger looks to a person: entries, closings, who may answer for them. All within the person's nodes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.ledger.closings import Tested
from knowledge.ledger.models import LedgerClosing, LedgerEntry
from knowledge.ledger.queries import AskedWords, EntrySeen, Gaps
from knowledge.results import Hit
from knowledge.visible import find_visible
from qa_server.network.queries import Owner, owners, path_up, subtree
from qa_server.people.models import Librarian, RoleGrant
from qa_server.people.rights import Right, StaffMember, has_right, nodes_with, roles_with


@dataclass(frozen=True)
class Curator:
    """Somebody who may answer for an entry."""

    id: UUID
    login: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class EntryCard:
    """An entry as the person sees it. `node` is the lowest node above all libraries with open questions.

    `may_assign`: the person has the right to review at that node; `may_close`: at a library of the entry.
    """

    seen: EntrySeen
    node: Owner | None
    owner: Curator | None
    may_assign: bool


@dataclass(frozen=True)
class EntryCards:
    """One page of the ledger and its totals for the person."""

    cards: list[EntryCard]
    total: int
    gaps: Gaps


@dataclass(frozen=True)
class ClosingCard:
    """A closing with the names that it needs."""

    closing: LedgerClosing
    by_name: str
    article_question: str | None
    may_undo: bool


@dataclass(frozen=True)
class EntryPage:
    """Everything about an entry that the person may see. `libraries` are names with asked and open."""

    card: EntryCard
    asked: list[AskedWords]
    names: dict[UUID, Owner]
    libraries: list[tuple[Owner, int, int]]
    weeks: list[tuple[date, int]]
    closings: list[ClosingCard]
    curators: list[Curator]
    may_close: bool


@dataclass(frozen=True)
class NearArticle:
    """A published article near an entry's typical question."""

    hit: Hit
    owner: Owner | None


@dataclass(frozen=True)
class Proof:
    """What a test says of an article: which questions find it and which do not."""

    article_id: UUID
    question: str
    tests: list[Tested]

    @property
    def found(self) -> int:
        return sum(1 for each in self.tests if each.is_found)


@dataclass(frozen=True)
class LibraryGap:
    """One library's share of the ledger."""

    library: Owner
    recent: int
    asked: int
    open_count: int


@dataclass(frozen=True)
class GapFigures:
    """The gaps of the person's libraries: totals, by week (asked, closed), by library."""

    gaps: Gaps
    weeks: list[tuple[date, int, int]]
    libraries: list[LibraryGap]


def seen_by(session: Session, person: StaffMember) -> set[UUID]:
    return subtree(session, nodes_with(person, Right.DRAFT_ARTICLES))


def reviewed_by(session: Session, person: StaffMember) -> set[UUID]:
    return subtree(session, nodes_with(person, Right.REVIEW_ARTICLES))


def may_assign(session: Session, person: StaffMember, standing: LedgerEntry) -> bool:
    if standing.node_id is None:
        return False
    return has_right(person, Right.REVIEW_ARTICLES, path_up(session, standing.node_id))


def card_of(session: Session, person: StaffMember, seen: EntrySeen) -> EntryCard:
    found, node_id = seen.entry, seen.entry.node_id
    owner = session.get(Librarian, found.owner_id) if found.owner_id else None
    return EntryCard(
        seen=seen,
        node=owners(session, [node_id]).get(node_id) if node_id else None,
        owner=curator_of(owner) if owner else None,
        may_assign=may_assign(session, person, found),
    )


def curator_of(row: Librarian) -> Curator:
    return Curator(row.id, row.login, row.name_zh, row.name_en)


def curators_of(session: Session, standing: LedgerEntry) -> list[Curator]:
    if standing.node_id is None:
        return []
    path = path_up(session, standing.node_id)
    rows = session.scalars(
        select(Librarian)
        .join(RoleGrant, RoleGrant.librarian_id == Librarian.id)
        .where(RoleGrant.library_id.in_(path), RoleGrant.role.in_(roles_with(Right.REVIEW_ARTICLES)))
        .distinct()
        .order_by(Librarian.login)
    )
    return [curator_of(row) for row in rows if row.is_active]


def closing_card(session: Session, person: StaffMember, closing: LedgerClosing) -> ClosingCard:
    who = session.get(Librarian, closing.closed_by_id)
    name = "" if who is None else (who.name_zh if person.language == "zh" else who.name_en)
    shown = find_visible(session, [closing.article_id], now=closing.closed_at) if closing.article_id else {}
    article = shown.get(closing.article_id) if closing.article_id else None
    return ClosingCard(closing, name, article.question if article else None, may_undo(session, person, closing))


def concerns(session: Session, closing: LedgerClosing, libraries: Collection[UUID]) -> bool:
    """Say whether a closing holds for any of these libraries."""
    return not subtree(session, [UUID(node) for node in closing.node_ids]).isdisjoint(libraries)


def may_undo(session: Session, person: StaffMember, closing: LedgerClosing) -> bool:
    if closing.undone_at is not None:
        return False
    return closing.closed_by_id == person.id or all(
        has_right(person, Right.REVIEW_ARTICLES, path_up(session, UUID(node))) for node in closing.node_ids
    )
