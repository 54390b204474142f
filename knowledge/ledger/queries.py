"""Read the ledger as somebody sees it who may see some libraries: their questions, their counts, their weeks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Subquery, case, exists, func, select
from sqlalchemy.orm import Session

from knowledge.ledger.models import (
    EntryState,
    LedgerClosing,
    LedgerEntry,
    LedgerShare,
    LedgerWeek,
    UnansweredQuestion,
)
from knowledge.ledger.service import week_of
from storage.errors import NotFound

PAGE_SIZE = 30
# The trend compares these last weeks with as many before them.
TREND_WEEKS = 4
# Weeks in the picture of an entry.
SHOWN_WEEKS = 12
MAX_QUESTIONS = 500


class Order(StrEnum):
    """What the list begins with: the most open questions, those that grew most, or the newest."""

    COUNT = "count"
    GROWTH = "growth"
    NEWEST = "newest"


@dataclass(frozen=True)
class LedgerFilter:
    """Which entries: those of these libraries. None and False narrow nothing; `unowned`: nobody has taken it."""

    libraries: Collection[UUID]
    state: EntryState | None = None
    language: str | None = None
    owner_id: UUID | None = None
    unowned: bool = False
    growing: bool = False
    order: Order = Order.COUNT


@dataclass(frozen=True)
class EntrySeen:
    """An entry with what those libraries have of it. `recent` and `before` count TREND_WEEKS weeks each."""

    entry: LedgerEntry
    typical: str | None
    language: str | None
    asked: int
    open_count: int
    libraries: int
    recent: int
    before: int
    last_asked_at: datetime

    @property
    def state(self) -> EntryState:
        """The state for those libraries: closed where nothing of theirs is open."""
        if self.open_count == 0:
            return EntryState.CLOSED
        return EntryState.IN_WORK if self.entry.state == EntryState.IN_WORK else EntryState.OPEN

    @property
    def growth(self) -> int:
        return self.recent - self.before


@dataclass(frozen=True)
class EntryPage:
    """Entries in the order asked for, and how many there are in all."""

    rows: list[EntrySeen]
    total: int


@dataclass(frozen=True)
class AskedWords:
    """The same words from one library: how often, how much of it is open, when last."""

    words: str
    words_hash: str
    library_id: UUID
    language: str
    times: int
    open_count: int
    closeness: float
    last_asked_at: datetime


@dataclass(frozen=True)
class Gaps:
    """What libraries asked in vain and what was closed; `wordless` were counted without words."""

    asked: int
    open_count: int
    wordless: int
    waiting: int
    entries: int


def list_entries(session: Session, wanted: LedgerFilter, *, now: datetime, page: int = 1) -> EntryPage:
    """Return a page of entries, pages from 1, PAGE_SIZE each."""
    shares, weeks = _shares(wanted.libraries), _trend(wanted.libraries, now)
    statement = _entries(shares, weeks).where(*_conditions(wanted, shares, weeks))
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    recent, before = _counts(weeks)
    first: dict[Order, ColumnElement[Any]] = {
        Order.COUNT: shares.c.open_count.desc(),
        Order.GROWTH: (recent - before).desc(),
        Order.NEWEST: LedgerEntry.last_asked_at.desc(),
    }
    ordered = statement.order_by(first[wanted.order], shares.c.asked.desc(), LedgerEntry.id)
    rows = session.execute(ordered.limit(PAGE_SIZE).offset((max(1, page) - 1) * PAGE_SIZE)).all()
    return EntryPage(_seen(session, rows, wanted.libraries), total)


def find_seen(session: Session, entry_id: UUID, libraries: Collection[UUID], *, now: datetime) -> EntrySeen:
    """Return one entry as these libraries have it. Raises NotFound when they have nothing in it."""
    shares, weeks = _shares(libraries), _trend(libraries, now)
    rows = session.execute(_entries(shares, weeks).where(LedgerEntry.id == entry_id)).all()
    if not rows:
        raise NotFound()
    return _seen(session, rows, libraries)[0]


def standing_for(session: Session, entry_id: UUID) -> LedgerEntry:
    """Return the entry, or the one it went into. Raises NotFound."""
    entry = session.get(LedgerEntry, entry_id)
    while entry is not None and entry.merged_into_id is not None:
        entry = session.get(LedgerEntry, entry.merged_into_id)
    if entry is None:
        raise NotFound()
    return entry


def asked_words(session: Session, entry_id: UUID, libraries: Collection[UUID]) -> list[AskedWords]:
    """Return what these libraries' readers asked, the same words of a library once, most typical first."""
    open_count = func.sum(case((UnansweredQuestion.closing_id.is_(None), 1), else_=0))
    closeness = func.max(UnansweredQuestion.closeness)
    rows = session.execute(
        select(
            func.min(UnansweredQuestion.words),
            UnansweredQuestion.words_hash,
            UnansweredQuestion.library_id,
            func.min(UnansweredQuestion.language),
            func.count(),
            open_count,
            closeness,
            func.max(UnansweredQuestion.asked_at),
        )
        .where(
            UnansweredQuestion.entry_id == entry_id,
            UnansweredQuestion.library_id.in_(libraries),
            UnansweredQuestion.words.is_not(None),
        )
        .group_by(UnansweredQuestion.words_hash, UnansweredQuestion.library_id)
        .order_by(closeness.desc(), UnansweredQuestion.words_hash)
        .limit(MAX_QUESTIONS)
    ).all()
    return [AskedWords(*row) for row in rows]


def libraries_of(session: Session, entry_id: UUID, libraries: Collection[UUID]) -> list[LedgerShare]:
    """Return the shares of these libraries in an entry, largest first."""
    return list(
        session.scalars(
            select(LedgerShare)
            .where(LedgerShare.entry_id == entry_id, LedgerShare.library_id.in_(libraries), LedgerShare.asked > 0)
            .order_by(LedgerShare.asked.desc(), LedgerShare.library_id)
        )
    )


def weeks_of(
    session: Session, libraries: Collection[UUID], *, now: datetime, entry_id: UUID | None = None
) -> list[tuple[date, int]]:
    """Return how often it was asked in each of the last SHOWN_WEEKS weeks, oldest first; of all entries or of one."""
    first = week_of(now) - timedelta(weeks=SHOWN_WEEKS - 1)
    conditions = [LedgerWeek.library_id.in_(libraries), LedgerWeek.week >= first]
    if entry_id is not None:
        conditions.append(LedgerWeek.entry_id == entry_id)
    counted = select(LedgerWeek.week, func.sum(LedgerWeek.asked)).where(*conditions).group_by(LedgerWeek.week)
    found: dict[date, int] = {row[0]: int(row[1]) for row in session.execute(counted)}
    return [(week, found.get(week, 0)) for week in (first + timedelta(weeks=each) for each in range(SHOWN_WEEKS))]


def closed_by_week(session: Session, libraries: Collection[UUID], *, now: datetime) -> dict[date, int]:
    """Return how many questions of these libraries were settled by closings of each of the last SHOWN_WEEKS weeks."""
    first = week_of(now) - timedelta(weeks=SHOWN_WEEKS - 1)
    rows = session.execute(
        select(LedgerClosing.closed_at, func.count())
        .join(UnansweredQuestion, UnansweredQuestion.closing_id == LedgerClosing.id)
        .where(
            UnansweredQuestion.library_id.in_(libraries),
            LedgerClosing.undone_at.is_(None),
            LedgerClosing.closed_at >= datetime(first.year, first.month, first.day, tzinfo=now.tzinfo),
        )
        .group_by(LedgerClosing.closed_at)
    )
    found: dict[date, int] = {}
    for closed_at, settled in rows:
        found[week_of(closed_at)] = found.get(week_of(closed_at), 0) + settled
    return found


def gaps_of(session: Session, libraries: Collection[UUID]) -> Gaps:
    """Return the totals of these libraries."""
    shares = LedgerShare.library_id.in_(libraries)
    asked, still_open, entries = session.execute(
        select(
            func.coalesce(func.sum(LedgerShare.asked), 0),
            func.coalesce(func.sum(LedgerShare.open_count), 0),
            func.count(func.distinct(case((LedgerShare.open_count > 0, LedgerShare.entry_id)))),
        ).where(shares)
    ).one()
    no_entry = (UnansweredQuestion.library_id.in_(libraries), UnansweredQuestion.entry_id.is_(None))
    counted = func.count(UnansweredQuestion.id)
    wordless = session.scalar(select(counted).where(*no_entry, UnansweredQuestion.words.is_(None))) or 0
    waits = session.scalar(select(counted).where(*no_entry, UnansweredQuestion.words.is_not(None))) or 0
    return Gaps(int(asked), int(still_open), wordless, waits, entries)


def gaps_by_library(
    session: Session, libraries: Collection[UUID], *, now: datetime
) -> list[tuple[UUID, int, int, int]]:
    """Return for each library with questions: asked in TREND_WEEKS weeks, asked in all, open; most open first."""
    recent_from = week_of(now) - timedelta(weeks=TREND_WEEKS - 1)
    counted = session.execute(
        select(LedgerWeek.library_id, func.sum(LedgerWeek.asked))
        .where(LedgerWeek.library_id.in_(libraries), LedgerWeek.week >= recent_from)
        .group_by(LedgerWeek.library_id)
    )
    recent: dict[UUID, int] = {row[0]: row[1] for row in counted}
    totals = session.execute(
        select(LedgerShare.library_id, func.sum(LedgerShare.asked), func.sum(LedgerShare.open_count))
        .where(LedgerShare.library_id.in_(libraries))
        .group_by(LedgerShare.library_id)
    )
    rows = [(library, int(recent.get(library, 0)), int(asked), int(still)) for library, asked, still in totals]
    return sorted(rows, key=lambda row: (-row[3], -row[1], str(row[0])))


def closings_of(session: Session, entry_id: UUID) -> Sequence[LedgerClosing]:
    """Return the closings of an entry, newest first."""
    return session.scalars(
        select(LedgerClosing).where(LedgerClosing.entry_id == entry_id).order_by(LedgerClosing.closed_at.desc())
    ).all()


def _shares(libraries: Collection[UUID]) -> Subquery:
    return (
        select(
            LedgerShare.entry_id,
            func.sum(LedgerShare.asked).label("asked"),
            func.sum(LedgerShare.open_count).label("open_count"),
            func.count().label("libraries"),
        )
        .where(LedgerShare.library_id.in_(libraries), LedgerShare.asked > 0)
        .group_by(LedgerShare.entry_id)
        .subquery()
    )


def _trend(libraries: Collection[UUID], now: datetime) -> Subquery:
    recent_from = week_of(now) - timedelta(weeks=TREND_WEEKS - 1)
    before_from = recent_from - timedelta(weeks=TREND_WEEKS)
    return (
        select(
            LedgerWeek.entry_id,
            func.sum(case((LedgerWeek.week >= recent_from, LedgerWeek.asked), else_=0)).label("recent"),
            func.sum(case((LedgerWeek.week < recent_from, LedgerWeek.asked), else_=0)).label("before"),
        )
        .where(LedgerWeek.library_id.in_(libraries), LedgerWeek.week >= before_from)
        .group_by(LedgerWeek.entry_id)
        .subquery()
    )


def _counts(weeks: Subquery) -> tuple[ColumnElement[int], ColumnElement[int]]:
    return func.coalesce(weeks.c.recent, 0), func.coalesce(weeks.c.before, 0)


def _entries(shares: Subquery, weeks: Subquery) -> Select[tuple[LedgerEntry, int, int, int, int, int]]:
    recent, before = _counts(weeks)
    return (
        select(
            LedgerEntry,
            shares.c.asked,
            shares.c.open_count,
            shares.c.libraries,
            recent.label("recent"),
            before.label("before"),
        )
        .join(shares, shares.c.entry_id == LedgerEntry.id)
        .outerjoin(weeks, weeks.c.entry_id == LedgerEntry.id)
        .where(LedgerEntry.state != EntryState.MERGED)
    )


def _conditions(wanted: LedgerFilter, shares: Subquery, weeks: Subquery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.state == EntryState.CLOSED:
        conditions.append(shares.c.open_count == 0)
    elif wanted.state == EntryState.IN_WORK:
        conditions += [shares.c.open_count > 0, LedgerEntry.state == EntryState.IN_WORK]
    elif wanted.state is not None:
        conditions += [shares.c.open_count > 0, LedgerEntry.state != EntryState.IN_WORK]
    if wanted.owner_id is not None:
        conditions.append(LedgerEntry.owner_id == wanted.owner_id)
    if wanted.unowned:
        conditions.append(LedgerEntry.owner_id.is_(None))
    if wanted.growing:
        recent, before = _counts(weeks)
        conditions.append(recent > before)
    if wanted.language is not None:
        asked_in = select(UnansweredQuestion.id).where(
            UnansweredQuestion.entry_id == LedgerEntry.id,
            UnansweredQuestion.language == wanted.language,
            UnansweredQuestion.library_id.in_(wanted.libraries),
        )
        conditions.append(exists(asked_in))
    return conditions


def _seen(session: Session, rows: Sequence[Row[*tuple[Any, ...]]], libraries: Collection[UUID]) -> list[EntrySeen]:
    typical = _typical(session, [row[0].id for row in rows], libraries)
    return [
        EntrySeen(
            entry=entry,
            typical=typical.get(entry.id, (None, None))[0],
            language=typical.get(entry.id, (None, None))[1],
            asked=int(asked),
            open_count=int(still_open),
            libraries=count,
            recent=int(recent),
            before=int(before),
            last_asked_at=entry.last_asked_at,
        )
        for entry, asked, still_open, count, recent, before in rows
    ]


def _typical(
    session: Session, entry_ids: Collection[UUID], libraries: Collection[UUID]
) -> dict[UUID, tuple[str | None, str | None]]:
    """Return the words nearest to the middle of each entry among those that these libraries' readers said."""
    place = func.row_number().over(
        partition_by=UnansweredQuestion.entry_id,
        order_by=(
            UnansweredQuestion.closing_id.is_not(None),
            UnansweredQuestion.closeness.desc(),
            UnansweredQuestion.id,
        ),
    )
    ranked = (
        select(UnansweredQuestion.entry_id, UnansweredQuestion.words, UnansweredQuestion.language, place.label("place"))
        .where(
            UnansweredQuestion.entry_id.in_(entry_ids),
            UnansweredQuestion.library_id.in_(libraries),
            UnansweredQuestion.words.is_not(None),
        )
        .subquery()
    )
    rows = session.execute(select(ranked.c.entry_id, ranked.c.words, ranked.c.language).where(ranked.c.place == 1))
    return {row.entry_id: (row.words, row.language) for row in rows}
