"""The work log: what was searched where, with what words, what came of it; strategies kept for the next search."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_server.commissions import queries, service
from qa_server.commissions.definition import Actor
from qa_server.commissions.errors import TransitionRefused
from qa_server.commissions.models import By, Commission, EntryKind
from qa_server.commissions.service import Deed, Doer
from qa_server.commissions.work_models import SearchStrategy, WorkLogEntry
from qa_server.conversations.schemas import ClientId, Wire
from qa_server.desk.commissions import standing
from qa_server.desk.workplace import Workplace
from qa_server.network.queries import path_up
from qa_server.people.models import Librarian
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import Right, StaffMember, has_right
from storage.errors import Forbidden, NotFound

# Strategies offered at once, the most used first.
MAX_STRATEGIES = 100
# Suggestions for the name of a database.
MAX_DATABASES = 60
# Rows taken over from a spreadsheet at once.
MAX_ROWS = 100
_Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
_Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, max_length=8_000, pattern=r"^[^\x00]*$")]
_WORKERS = frozenset({Actor.SEARCHER, Actor.SERVICE})


class LogInput(Wire):
    """One step of a search. `minutes` spent on it; `hits` found, `chosen` kept; `replaces` corrects an earlier one."""

    client_id: ClientId
    database: Annotated[_Line, StringConstraints(min_length=1)]
    years: _Line = ""
    strategy: _Paragraph = ""
    hits: int | None = Field(None, ge=0, le=100_000_000)
    chosen: int | None = Field(None, ge=0, le=1_000_000)
    minutes: int = Field(0, ge=0, le=10_000)
    note: _Paragraph = ""
    file_ids: list[UUID] = Field(default_factory=list, max_length=20)
    searched_at: datetime | None = None
    replaces: UUID | None = None


class EarlierView(Wire):
    """What a step said before it was corrected."""

    database: str
    years: str
    strategy: str
    hits: int | None
    chosen: int | None
    minutes: int
    note: str
    created_at: datetime
    name_zh: str
    name_en: str


class LogView(Wire):
    """One step of the search as it stands; `earlier` are its former versions, the newest first."""

    id: UUID
    database: str
    years: str
    strategy: str
    hits: int | None
    chosen: int | None
    minutes: int
    note: str
    file_ids: list[str]
    searched_at: datetime
    name_zh: str
    name_en: str
    is_mine: bool
    earlier: list[EarlierView]


class StrategyInput(Wire):
    """A strategy worth keeping for others. It must hold nothing of the reader."""

    title: Annotated[_Line, StringConstraints(min_length=1)]
    database: Annotated[_Line, StringConstraints(min_length=1)]
    strategy: Annotated[_Paragraph, StringConstraints(min_length=1)]
    subject: Annotated[str, StringConstraints(pattern=r"^[A-Z]$")] | None = None


class StrategyView(StrategyInput):
    """A kept strategy, how often it was used, whose it is."""

    id: UUID
    code: str
    uses: int
    name_zh: str
    name_en: str


def log(place: Workplace, person: StaffMember, commission_id: UUID) -> list[LogView]:
    """Return the work log as it stands, oldest first. Raises NotFound."""
    with place.database.read() as session:
        commission, _ = standing.for_staff(session, person, commission_id)
        return _views(session, person, commission)


def write(place: Workplace, person: StaffMember, commission_id: UUID, given: LogInput) -> list[LogView]:
    """Add a step of the search, or correct one: the earlier one is kept and no longer counts. Repeating is harmless.

    Raises NotFound, Forbidden for whoever does not do the work, TransitionRefused after its end.
    """
    return write_all(place, person, commission_id, [given])


def write_all(place: Workplace, person: StaffMember, commission_id: UUID, given: Sequence[LogInput]) -> list[LogView]:
    """Add several steps at once, all or none. Raises what `write` raises."""
    with place.database.write() as session:
        commission = _worked_on(session, person, commission_id)
        _require_open(session, commission)
        now = place.clock()
        known = select(WorkLogEntry.client_id).where(
            WorkLogEntry.commission_id == commission.id,
            WorkLogEntry.client_id.in_([each.client_id for each in given]),
        )
        written = set(session.scalars(known))
        for each in given:
            if each.client_id not in written:
                written.add(each.client_id)
                _write(session, person, commission, each, now=now)
        return _views(session, person, commission)


def databases(place: Workplace, person: StaffMember, commission_id: UUID) -> list[str]:
    """Return the databases that searchers of the working library wrote down, most frequent first. Raises NotFound."""
    with place.database.read() as session:
        commission, _ = standing.for_staff(session, person, commission_id)
        found = (
            select(WorkLogEntry.database)
            .join(Commission, Commission.id == WorkLogEntry.commission_id)
            .where(Commission.service_library_id == commission.service_library_id)
            .group_by(WorkLogEntry.database)
            .order_by(func.count().desc(), WorkLogEntry.database)
            .limit(MAX_DATABASES)
        )
        return list(session.scalars(found))


def strike(place: Workplace, person: StaffMember, commission_id: UUID, entry_id: UUID) -> list[LogView]:
    """Take a step out of the log that holds; the record keeps it. Raises NotFound, Forbidden, TransitionRefused."""
    with place.database.write() as session:
        commission = _worked_on(session, person, commission_id)
        _require_open(session, commission)
        entry = _entry(session, commission, entry_id)
        if not entry.is_removed:
            entry.is_removed = True
            deed = Deed(EntryKind.LOG, "struck", details={"database": entry.database}, is_private=True)
            service.record(session, commission, deed, Doer(By.LIBRARIAN, person.id), now=place.clock())
        return _views(session, person, commission)


def strategies(place: Workplace, person: StaffMember, commission_id: UUID) -> list[StrategyView]:
    """Return strategies kept for this kind of service by the working library and those above it, most used first."""
    with place.database.read() as session:
        commission, _ = standing.for_staff(session, person, commission_id)
        path = path_up(session, commission.service_library_id)
        found = (
            select(SearchStrategy)
            .where(
                SearchStrategy.library_id.in_(path),
                SearchStrategy.code == commission.code,
                SearchStrategy.removed_at.is_(None),
            )
            .order_by(SearchStrategy.uses.desc(), SearchStrategy.id.desc())
            .limit(MAX_STRATEGIES)
        )
        return _strategy_views(session, list(session.scalars(found)))


def keep_strategy(
    place: Workplace, person: StaffMember, commission_id: UUID, given: StrategyInput
) -> list[StrategyView]:
    """Keep a strategy for the next search of this kind; the same words are kept once. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        commission = _worked_on(session, person, commission_id)
        place_of = {"library_id": commission.service_library_id, "code": commission.code}
        same = {**place_of, "database": given.database, "strategy": given.strategy}
        kept = select(SearchStrategy.id).filter_by(**same).where(SearchStrategy.removed_at.is_(None))
        if session.scalar(kept.limit(1)) is None:
            session.add(
                SearchStrategy(**place_of, by_id=person.id, created_at=place.clock(), **given.model_dump()),
            )
    return strategies(place, person, commission_id)


def use_strategy(place: Workplace, person: StaffMember, commission_id: UUID, strategy_id: UUID) -> StrategyView:
    """Return a kept strategy for the log, and count that it was used. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        commission = _worked_on(session, person, commission_id)
        found = session.get(SearchStrategy, strategy_id)
        path = path_up(session, commission.service_library_id)
        if found is None or found.removed_at is not None or found.library_id not in path:
            raise NotFound()
        found.uses += 1
        return _strategy_views(session, [found])[0]


def drop_strategy(place: Workplace, person: StaffMember, commission_id: UUID, strategy_id: UUID) -> list[StrategyView]:
    """Remove a kept strategy: one's own, or any with the right over services. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        commission, _ = standing.for_staff(session, person, commission_id)
        found = session.get(SearchStrategy, strategy_id)
        if found is None or found.library_id not in path_up(session, commission.service_library_id):
            raise NotFound()
        may = has_right(person, Right.EDIT_SERVICES, path_up(session, found.library_id))
        if found.by_id != person.id and not may:
            raise Forbidden()
        found.removed_at = place.clock()
    return strategies(place, person, commission_id)


def _worked_on(session: Session, person: StaffMember, commission_id: UUID) -> Commission:
    commission, actors = standing.for_staff(session, person, commission_id, lock=True)
    if not actors & _WORKERS:
        raise Forbidden()
    return commission


def _require_open(session: Session, commission: Commission) -> None:
    if commission.ended_at is not None:
        state = queries.definition_of(session, commission.version_id).state(commission.state)
        raise TransitionRefused(state=state.label.in_(commission.language))


def _write(session: Session, person: StaffMember, commission: Commission, given: LogInput, *, now: datetime) -> None:
    replaced = _entry(session, commission, given.replaces) if given.replaces else None
    known = {file.id for file in queries.files_of(session, commission.id, is_staff=True)}
    entry = WorkLogEntry(
        commission_id=commission.id,
        librarian_id=person.id,
        created_at=now,
        searched_at=given.searched_at or (replaced.searched_at if replaced else now),
        file_ids=[str(each) for each in given.file_ids if each in known],
        **given.model_dump(exclude={"searched_at", "file_ids", "replaces"}),
    )
    session.add(entry)
    session.flush()
    if replaced is not None:
        replaced.replaced_by_id = entry.id
    key = "corrected" if replaced else "logged"
    details = {"database": given.database, "hits": given.hits, "minutes": given.minutes}
    deed = Deed(EntryKind.LOG, key, details=details, is_private=True)
    service.record(session, commission, deed, Doer(By.LIBRARIAN, person.id), now=now)


def _entry(session: Session, commission: Commission, entry_id: UUID) -> WorkLogEntry:
    found = session.get(WorkLogEntry, entry_id)
    if found is None or found.commission_id != commission.id or found.replaced_by_id is not None:
        raise NotFound()
    return found


def _views(session: Session, person: StaffMember, commission: Commission) -> list[LogView]:
    rows = session.scalars(select(WorkLogEntry).where(WorkLogEntry.commission_id == commission.id)).all()
    people = librarians_by_id(session, {row.librarian_id for row in rows})
    before = {row.replaced_by_id: row for row in rows if row.replaced_by_id is not None}
    return [
        LogView(
            id=row.id,
            file_ids=row.file_ids,
            searched_at=row.searched_at,
            is_mine=row.librarian_id == person.id,
            earlier=_earlier(row, before, people),
            **_said(row, people),
        )
        for row in queries.log_of(session, commission.id)
    ]


def _earlier(
    row: WorkLogEntry, before: Mapping[UUID, WorkLogEntry], people: Mapping[UUID, Librarian]
) -> list[EarlierView]:
    found: list[EarlierView] = []
    older = before.get(row.id)
    while older is not None:
        found.append(EarlierView(created_at=older.created_at, **_said(older, people)))
        older = before.get(older.id)
    return found


def _said(row: WorkLogEntry, people: Mapping[UUID, Librarian]) -> dict[str, Any]:
    names = ("database", "years", "strategy", "hits", "chosen", "minutes", "note")
    person = people[row.librarian_id]
    return {**{name: getattr(row, name) for name in names}, "name_zh": person.name_zh, "name_en": person.name_en}


def _strategy_views(session: Session, rows: list[SearchStrategy]) -> list[StrategyView]:
    people = librarians_by_id(session, {row.by_id for row in rows})
    return [
        StrategyView(
            id=row.id,
            code=row.code,
            title=row.title,
            database=row.database,
            strategy=row.strategy,
            subject=row.subject,
            uses=row.uses,
            name_zh=people[row.by_id].name_zh,
            name_en=people[row.by_id].name_en,
        )
        for row in rows
    ]
