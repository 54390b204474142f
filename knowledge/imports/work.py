"""Drives an import to the end of its present step: one short transaction per batch, under a lease, whoever runs it.

A process that dies leaves its lease to run out; the next one goes on with the rows that have not been dealt with.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.imports import steps as importing
from knowledge.imports.files import STRUCTURE, TableFile, open_table
from knowledge.imports.mapping import suggest
from knowledge.imports.models import WORKING, ArticleImport, ImportState
from knowledge.imports.steps import Checker
from storage.database import Database

Clock = Callable[[], datetime]
Progress = Callable[[int], None]


def read_file(
    database: Database, path: Path, found: ArticleImport, *, clock: Clock, progress: Progress = lambda rows: None
) -> None:
    """Put a file's rows beside its import, which then waits for its mapping.

    Raises ImportFileUnfit; then nothing is left of the import.
    """
    try:
        table = open_table(path, found.file_format)
        total = 0
        for batch in importing.in_batches(table.rows):
            with database.write() as session:
                total += importing.add_rows(session, found.id, batch)
            progress(total)
    except BaseException:
        forget(database, found.id)
        raise
    with database.write() as session:
        _is_read(session.get_one(ArticleImport, found.id), table, total, now=clock())


def work(
    database: Database,
    import_id: UUID,
    *,
    clock: Clock,
    progress: Progress = lambda rows: None,
    may_go_on: Callable[[], bool] = lambda: True,
) -> bool:
    """Do what the state of an import asks for, to its end; say whether this call did it.

    False when another process is at it, or nothing is asked for. `may_go_on` is asked between two batches.
    """
    with database.write() as session:
        lease = importing.take_lease(session, import_id, now=clock())
        state = session.get_one(ArticleImport, import_id).state if lease else None
    if lease is None:
        return False
    step = _check(database, import_id) if state == ImportState.CHECKING else _STEPS[ImportState(str(state))]
    while may_go_on():
        with database.write() as session:
            lease = importing.renew_lease(session, import_id, lease, now=clock())
            if lease is None:
                return False
            found = session.get_one(ArticleImport, import_id)
            dealt_with = step(session, found, clock())
            if dealt_with == 0:
                _end(session, found, now=clock())
                return True
            found.done_rows += dealt_with
        progress(dealt_with)
    with database.write() as session:
        # Let go at once: the next process need not wait for the lease to run out.
        session.get_one(ArticleImport, import_id).lease_until = None
    return False


def waiting(database: Database, *, now: datetime) -> list[UUID]:
    """Return the imports on which somebody should go on working, oldest first."""
    with database.read() as session:
        is_free = ArticleImport.lease_until.is_(None) | (ArticleImport.lease_until <= now)
        wanted = select(ArticleImport.id).where(ArticleImport.state.in_(WORKING), is_free)
        return list(session.scalars(wanted.order_by(ArticleImport.created_at)))


def forget(database: Database, import_id: UUID) -> None:
    """Remove an import with its rows, in slices. What was drafted of them stays."""
    while True:
        with database.write() as session:
            rows = importing.next_rows(session, import_id, after=-1)
            for row in rows:
                session.delete(row)
            if not rows:
                found = session.get(ArticleImport, import_id)
                if found is not None:
                    session.delete(found)
                return


def _is_read(found: ArticleImport, table: TableFile, total: int, *, now: datetime) -> None:
    found.columns = [name for name in table.columns if name]
    found.mapping = suggest(found.columns)
    if table.structure:
        found.choices = {**found.choices, STRUCTURE: table.structure}
    found.state, found.total_rows, found.updated_at = ImportState.READ, total, now


Step = Callable[[Session, ArticleImport, datetime], int]


def _check(database: Database, import_id: UUID) -> Step:
    """Return the step that checks the next rows. A check changes nothing else, so a broken one begins afresh."""
    with database.write() as session:
        found = session.get_one(ArticleImport, import_id)
        found.done_rows = 0
        mapping, choices = dict(found.mapping), dict(found.choices)
    checker = Checker(mapping, choices)
    with database.read() as session:
        importing.known_questions(session, [UUID(each) for each in choices.get("scope", ())], checker)
    after = -1

    def step(session: Session, found: ArticleImport, now: datetime) -> int:
        nonlocal after
        rows = importing.next_rows(session, found.id, after=after)
        for row in rows:
            checker.check(row)
        after = rows[-1].number if rows else after
        return len(rows)

    return step


def _draft(session: Session, found: ArticleImport, now: datetime) -> int:
    return importing.draft_batch(session, found, now=now)


def _undo(session: Session, found: ArticleImport, now: datetime) -> int:
    return importing.undo_batch(session, found)


_STEPS: dict[ImportState, Step] = {ImportState.RUNNING: _draft, ImportState.UNDOING: _undo}
_ENDS = {
    ImportState.CHECKING: ImportState.CHECKED,
    ImportState.RUNNING: ImportState.DONE,
    ImportState.UNDOING: ImportState.UNDONE,
}


def _end(session: Session, found: ArticleImport, *, now: datetime) -> None:
    found.state = _ENDS[ImportState(found.state)]
    found.counts = importing.counts_of(session, found.id)
    found.lease_until, found.updated_at = None, now


def begin(session: Session, found: ArticleImport, state: ImportState, *, todo: int, now: datetime) -> None:
    """Ask for work on an import: whoever looks next does it."""
    choices: dict[str, Any] = {**found.choices, "todo": todo}
    found.state, found.done_rows, found.choices = state, 0, choices
    found.lease_until, found.updated_at = None, now
    session.flush()
