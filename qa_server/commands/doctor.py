"""`wenjin doctor`: looks whether the database keeps its promises and the search is in step; mends what it can."""

from collections.abc import Callable, Iterator

import typer
from sqlalchemy import text

from qa_server.app import MIGRATIONS
from qa_server.commands.databases import checked_database
from qa_server.commands.invariants import Finding, conversation_findings
from qa_server.commands.search import search_findings
from qa_server.commands.single_instance import held
from qa_server.i18n import terminal_language, translate
from qa_server.settings import Settings
from storage.database import Database
from storage.migrate import current_revision, newest_revision

_Check = Callable[[Database, Settings], Iterator[Finding]]


def examine(settings: Settings, *, is_fixing: bool) -> bool:
    """Run every check, print what was found, mend it where asked; return whether all is well now.

    Mending is refused while a server runs on the same SQLite file.
    """
    if not is_fixing:
        return _examine(settings, is_fixing=False)
    with held(settings.database_url):
        return _examine(settings, is_fixing=True)


def _examine(settings: Settings, *, is_fixing: bool) -> bool:
    with checked_database(settings) as database:
        # The other checks read tables that an older schema does not have.
        if not _run("Tables", _check_schema, database, settings, is_fixing):
            return False
        results = [_run(name, check, database, settings, is_fixing) for name, check in _CHECKS.items()]
        return all(results)


def _run(name: str, check: _Check, database: Database, settings: Settings, is_fixing: bool) -> bool:
    language = terminal_language()
    findings = list(check(database, settings))
    typer.echo(f"{translate(name, language)}: {len(findings) or translate('in order', language)}")
    is_well = True
    for finding in findings:
        mend = finding.mend if is_fixing else None
        if mend is not None:
            mend(database)
        outcome = f" {translate('Mended.', language)}" if mend is not None else ""
        typer.echo(f"  {finding.subject}: {translate(finding.problem, language)}{outcome}")
        is_well = is_well and mend is not None
    return is_well


def _check_schema(database: Database, _settings: Settings) -> Iterator[Finding]:
    found, newest = current_revision(database), newest_revision(MIGRATIONS)
    if found != newest:
        yield Finding(f"{found} -> {newest}", "The tables are not of this version. Run: wenjin migrate")


def _check_references(database: Database, _settings: Settings) -> Iterator[Finding]:
    if not database.is_sqlite:
        return
    with database.read() as session:
        for table, row_id, parent, _ in session.execute(text("PRAGMA foreign_key_check")):
            yield Finding(f"{table} {row_id} -> {parent}", "It refers to a row that is not there.")


def _check_conversations(database: Database, _settings: Settings) -> Iterator[Finding]:
    with database.read() as session:
        yield from conversation_findings(session)


_CHECKS: dict[str, _Check] = {
    "References": _check_references,
    "Conversations": _check_conversations,
    "Search": search_findings,
}
