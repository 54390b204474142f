"""`wenjin doctor`: looks whether the database keeps its promises and the search is in step; mends what it can."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import typer
from sqlalchemy import text

from qa_server.app import MIGRATIONS
from qa_server.commands.databases import checked_database
from qa_server.commands.invariants import Finding, conversation_findings
from qa_server.commands.routing_invariants import routing_findings
from qa_server.commands.search import search_findings
from qa_server.commands.single_instance import held
from qa_server.desk import clearing
from qa_server.i18n import terminal_language, translate
from qa_server.mail import outbox
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


def _check_files(database: Database, settings: Settings) -> Iterator[Finding]:
    for attachment_id in clearing.missing_files(database, settings):
        yield Finding(str(attachment_id), "The file of a message is missing. Bring it back from a copy of the folder.")
    # What is due only now is left to the running service, which looks every hour.
    overdue = datetime.now(UTC) - clearing.ABANDONED_AFTER
    count = clearing.unwanted_files(database, settings, now=overdue)
    if count:

        def mend(database: Database) -> None:
            clearing.clear(database, settings, now=overdue)

        yield Finding(str(count), "Files lie in the folder that no message shows any more.", mend)


def _check_routing(database: Database, _settings: Settings) -> Iterator[Finding]:
    with database.read() as session:
        yield from routing_findings(session)


def _check_mail(database: Database, settings: Settings) -> Iterator[Finding]:
    with database.read() as session:
        for code, count in outbox.given_up(session):
            yield Finding(
                f"{code}: {count}",
                "Letters could not be sent for a day and were given up. Look at the mail server.",
                outbox.forget_given_up,
            )
        stuck = outbox.count_stuck(session, datetime.now(UTC))
    if stuck and settings.smtp_url.get_secret_value():
        yield Finding(str(stuck), "Letters have been waiting for more than an hour; they are tried for a day.")
    elif stuck:
        yield Finding(str(stuck), "Letters are waiting and WENJIN_SMTP_URL is empty.")


_CHECKS: dict[str, _Check] = {
    "References": _check_references,
    "Conversations": _check_conversations,
    "Routing": _check_routing,
    "Files": _check_files,
    "Mail": _check_mail,
    "Search": search_findings,
}
