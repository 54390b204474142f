"""`wenjin import`: libraries and librarians from CSV or XLSX, with a report per line; a dry run changes nothing."""

import csv
import os
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe

import typer
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.orm import Session

from qa_server.commands.databases import checked_database, require_newest_schema
from qa_server.commands.tables import Row, read_table
from qa_server.i18n import terminal_language, translate
from qa_server.network import library_import
from qa_server.network.library_import import Line, Outcome, Wanted, import_libraries
from qa_server.people import people_import
from qa_server.people.passwords import hash_password
from qa_server.people.people_import import import_people, new_logins
from qa_server.settings import Settings
from storage.database import Database

# Refused lines are all told; of the others only the counts.
_OUTCOMES: dict[Outcome, str] = {"new": "New", "changed": "Changed", "unchanged": "Unchanged", "refused": "Refused"}
# 9 random bytes, 12 characters: to be changed at the first sign-in, long enough until then.
_PASSWORD_BYTES = 9

_Import = Callable[[Session, Callable[[], None]], list[Line]]


def libraries(settings: Settings, path: Path, *, is_dry_run: bool) -> bool:
    """Import libraries; print the report; return whether nothing was refused."""
    require_newest_schema(settings)
    rows = _wanted(read_table(path, required=library_import.REQUIRED, known=library_import.COLUMNS))

    def put_in(session: Session, progress: Callable[[], None]) -> list[Line]:
        return import_libraries(session, rows, now=datetime.now(UTC), progress=progress)

    return _run(settings, put_in, count=len(rows), is_dry_run=is_dry_run)


def people(settings: Settings, path: Path, *, is_dry_run: bool, passwords: Path | None) -> bool:
    """Import librarians; print the report; return whether nothing was refused.

    With `passwords` each new account gets one, written to that file, which only its owner may read.
    """
    require_newest_schema(settings)
    rows = _wanted(read_table(path, required=people_import.REQUIRED, known=people_import.COLUMNS))
    made = {} if passwords is None or is_dry_run else _new_passwords(settings, rows)
    # Slow on purpose, so outside the transaction.
    hashes = _hashes(made)

    def put_in(session: Session, progress: Callable[[], None]) -> list[Line]:
        return import_people(session, rows, password_hashes=hashes, now=datetime.now(UTC), progress=progress)

    return _run(settings, put_in, count=len(rows), is_dry_run=is_dry_run, after=_writer(passwords, made))


def _wanted(rows: Sequence[Row]) -> list[Wanted]:
    return [Wanted(row.number, row.cells, row.has_formula) for row in rows]


def _run(
    settings: Settings,
    put_in: _Import,
    *,
    count: int,
    is_dry_run: bool,
    after: Callable[[Sequence[Line]], None] = lambda lines: None,
) -> bool:
    language = terminal_language()
    with checked_database(settings) as database, Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(translate("Importing", language), total=count)
        lines = _carried_out(database, lambda session: put_in(session, lambda: bar.advance(task)), is_dry_run)
        if not is_dry_run:
            after(lines)
    _report(lines, is_dry_run=is_dry_run)
    return all(line.outcome != "refused" for line in lines)


def _carried_out(database: Database, put_in: Callable[[Session], list[Line]], is_dry_run: bool) -> list[Line]:
    # What a read transaction changed is rolled back at its end: the dry run is the real one, without a commit.
    with database.read() if is_dry_run else database.write() as session:
        return put_in(session)


def _report(lines: Sequence[Line], *, is_dry_run: bool) -> None:
    language = terminal_language()
    for line in lines:
        if line.outcome == "refused":
            said = translate(
                "Line {number}: {key}: {reason}", language, number=line.number, key=line.key, reason=line.reason
            )
            typer.echo(said)
    counted = Counter(line.outcome for line in lines)
    summary = [f"{translate(name, language)}: {counted[outcome]}" for outcome, name in _OUTCOMES.items()]
    typer.echo(", ".join(summary))
    if is_dry_run:
        typer.echo(translate("Nothing was changed: this was a dry run.", language))


def _new_passwords(settings: Settings, rows: Sequence[Wanted]) -> dict[str, str]:
    with checked_database(settings) as database, database.read() as session:
        return {login: token_urlsafe(_PASSWORD_BYTES) for login in new_logins(session, rows)}


def _hashes(made: dict[str, str]) -> dict[str, str]:
    with Progress(console=Console(stderr=True), transient=True) as bar:
        title = translate("Preparing passwords", terminal_language())
        return {login: hash_password(made[login]) for login in bar.track(made, description=title)}


def _writer(passwords: Path | None, made: dict[str, str]) -> Callable[[Sequence[Line]], None]:
    def write(lines: Sequence[Line]) -> None:
        if passwords is None:
            return
        added = [line.key for line in lines if line.outcome == "new"]
        # Never over a file that is there, and for nobody else to read.
        handle = os.open(passwords, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["login", "password"])
            rows.writerows([login, made[login]] for login in added)

    return write
