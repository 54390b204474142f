"""`wenjin import articles` and `wenjin export articles`: whole files in and out, with a dry run and a report.

Breaking an import off loses nothing: the same command with the same file goes on where it stopped.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.article_export import Format, write_articles
from knowledge.imports import steps as importing
from knowledge.imports import work as import_work
from knowledge.imports.files import format_of
from knowledge.imports.models import WORKING, ArticleImport, ArticleImportRow, ImportState, Outcome
from qa_server.commands.databases import checked_database, require_newest_schema
from qa_server.commands.refusals import UsageRefused
from qa_server.desk.articles.importing import digest, new_import, owner_by_code
from qa_server.i18n import Language, terminal_language, translate
from qa_server.people.models import Librarian
from qa_server.settings import Settings
from storage.database import Database

_OUTCOMES = {
    Outcome.NEW: "New",
    Outcome.DRAFTED: "Drafted",
    Outcome.DUPLICATE: "Duplicate",
    Outcome.NEAR: "Nearly the same",
    Outcome.INVALID: "Refused",
    Outcome.SKIPPED: "Left out",
    Outcome.UNDONE: "Taken back",
    Outcome.KEPT: "Kept",
}
_TOLD = (Outcome.INVALID, Outcome.DUPLICATE, Outcome.NEAR, Outcome.SKIPPED, Outcome.KEPT)
# Lines of a report that a person reads; the rest is in the console.
_MAX_TOLD = 200
_WAIT_SECONDS = 1.0


@dataclass(frozen=True)
class Wanted:
    """What was said on the command line."""

    library: str
    login: str
    is_dry_run: bool = False
    submits: bool = False
    takes_near: bool = False


def put_in(settings: Settings, path: Path, wanted: Wanted) -> bool:
    """Import a file of articles; print the report; return whether no row was refused."""
    require_newest_schema(settings)
    with checked_database(settings) as database:
        import_id = _going_on(database, path, wanted) or _read(database, path, wanted)
        state = _state(database, import_id)
        if state == ImportState.CHECKING:
            _work(database, import_id, "Checking")
        if not wanted.is_dry_run and _state(database, import_id) == ImportState.CHECKED:
            with database.write() as session:
                found = session.get_one(ArticleImport, import_id)
                todo = sum(
                    importing.counts_of(session, import_id).get(each, 0)
                    for each in importing.wanted_outcomes(found.choices)
                )
                import_work.begin(session, found, ImportState.RUNNING, todo=todo, now=_now())
        if _state(database, import_id) == ImportState.RUNNING:
            _work(database, import_id, "Importing")
        return _report(database, import_id, is_dry_run=wanted.is_dry_run)


def take_back(settings: Settings, import_id: UUID) -> None:
    """Take an import back; print what was kept and why."""
    require_newest_schema(settings)
    with checked_database(settings) as database:
        with database.write() as session:
            found = session.get(ArticleImport, import_id)
            if found is None or found.state not in (ImportState.DONE, ImportState.RUNNING, ImportState.UNDOING):
                raise UsageRefused(reason="There is no such import, or nothing of it to take back.")
            todo = importing.counts_of(session, import_id).get(Outcome.DRAFTED, 0)
            import_work.begin(session, found, ImportState.UNDOING, todo=todo, now=_now())
        _work(database, import_id, "Taking back")
        _report(database, import_id, is_dry_run=False)


def take_out(settings: Settings, path: Path, *, library: str, states: list[str]) -> int:
    """Write the articles of a node and of those below it into a file; return how many."""
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in ("csv", "xlsx", "jsonl"):
        raise UsageRefused(reason="The file has to be a .csv, .xlsx or .jsonl.")
    form: Format = suffix  # type: ignore[assignment]
    with checked_database(settings) as database:
        with database.read() as session:
            owners = {owner_by_code(session, library)}
        with path.open("wb") as target:
            count = write_articles(database, owners, target, form, states=states)
    typer.echo(translate("{count} articles written.", terminal_language(), count=count))
    return count


def _going_on(database: Database, path: Path, wanted: Wanted) -> UUID | None:
    """Return an unfinished import of the same file into the same node."""
    same = digest(path)
    with database.read() as session:
        owner = owner_by_code(session, wanted.library)
        open_states = (*WORKING, ImportState.CHECKED)
        rows = session.scalars(
            select(ArticleImport)
            .where(ArticleImport.library_id == owner, ArticleImport.state.in_(open_states))
            .order_by(ArticleImport.created_at.desc())
        )
        found = next((row.id for row in rows if row.choices.get("sha256") == same), None)
    if found is not None:
        typer.echo(translate("Going on with import {id}.", terminal_language(), id=found))
    return found


def _read(database: Database, path: Path, wanted: Wanted) -> UUID:
    with database.write() as session:
        owner = owner_by_code(session, wanted.library)
        person = _person(session, wanted.login)
        file_format = format_of(path.name)
        found = new_import(session, owner, by=person, file_name=path.name, file_format=file_format, now=_now())
        found.choices = {
            **found.choices,
            "sha256": digest(path),
            "submit": wanted.submits,
            "near": "draft" if wanted.takes_near else "skip",
        }
    typer.echo(translate("Import {id}.", terminal_language(), id=found.id))
    with _bar("Reading", None) as advance:
        import_work.read_file(database, path, found, clock=_now, progress=lambda _: advance(importing.BATCH))
    with database.write() as session:
        read = session.get_one(ArticleImport, found.id)
        if not {"question", "answer"} <= set(read.mapping):
            import_work.begin(session, read, ImportState.CANCELLED, todo=0, now=_now())
            raise UsageRefused(reason="No column is called question or answer. Map the columns in the console.")
        import_work.begin(session, read, ImportState.CHECKING, todo=read.total_rows, now=_now())
    return found.id


def _person(session: Session, login: str) -> UUID:
    found = session.scalar(select(Librarian.id).where(Librarian.login == login.lower()))
    if found is None:
        raise UsageRefused(reason="Nobody has that login.")
    return found


def _work(database: Database, import_id: UUID, title: str) -> None:
    """Work until the step is done, here or in a service that runs beside."""
    with database.read() as session:
        found = session.get_one(ArticleImport, import_id)
        todo, done = int(found.choices.get("todo", found.total_rows)), found.done_rows
    with _bar(title, todo) as advance:
        advance(done)
        while _state(database, import_id) in WORKING:
            if not import_work.work(database, import_id, clock=_now, progress=advance):
                time.sleep(_WAIT_SECONDS)


class _bar:
    """A progress bar on the terminal's error stream."""

    def __init__(self, title: str, total: int | None) -> None:
        self._bar = Progress(console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(translate(title, terminal_language()), total=total)

    def __enter__(self) -> Callable[[int], None]:
        self._bar.start()
        return lambda rows: self._bar.advance(self._task, rows)

    def __exit__(self, *_: object) -> None:
        with suppress(Exception):
            self._bar.stop()


def _report(database: Database, import_id: UUID, *, is_dry_run: bool) -> bool:
    language = terminal_language()
    with database.read() as session:
        counts = importing.counts_of(session, import_id)
        told = session.scalars(
            select(ArticleImportRow)
            .where(ArticleImportRow.import_id == import_id, ArticleImportRow.outcome.in_(_TOLD))
            .order_by(ArticleImportRow.number)
            .limit(_MAX_TOLD)
        )
        for row in told:
            typer.echo(_line(row, language))
    there = {translate(name, language): counts.get(outcome, 0) for outcome, name in _OUTCOMES.items()}
    named = [f"{name}: {count}" for name, count in there.items() if count]
    typer.echo(", ".join(named))
    if is_dry_run:
        typer.echo(translate("Nothing was changed: this was a dry run.", language))
    return not counts.get(Outcome.INVALID)


def _line(row: ArticleImportRow, language: Language) -> str:
    like = row.like_article_id or (f"#{row.like_number}" if row.like_number is not None else "")
    reason = f"{like} {row.likeness:.2f}" if like and row.likeness is not None else (row.reason or "")
    key = translate(_OUTCOMES[Outcome(str(row.outcome))], language)
    return translate("Line {number}: {key}: {reason}", language, number=row.number, key=key, reason=reason)


def _state(database: Database, import_id: UUID) -> str:
    with database.read() as session:
        return session.get_one(ArticleImport, import_id).state


def _now() -> datetime:
    return datetime.now(UTC)
