"""`wenjin statement`: a month of the contribution ledger as a workbook."""

import re
from pathlib import Path

import typer

from qa_server.commands.databases import checked_database
from qa_server.commands.refusals import UsageRefused
from qa_server.desk.reckoning import as_workbook, statement_of
from qa_server.i18n import terminal_language, translate
from qa_server.network.queries import library_by_code
from qa_server.settings import Settings

_MONTH = re.compile(r"20\d{2}-(?:0[1-9]|1[0-2])")


def write(settings: Settings, code: str, month: str, target: Path) -> None:
    """Write a node's month to a file, which must not be there yet. Raises NotFound, UsageRefused."""
    if not _MONTH.fullmatch(month):
        raise UsageRefused(reason="Write the month as 2026-11.")
    if target.exists():
        raise UsageRefused(reason="The file is there already. Name a new one.")
    language = terminal_language()
    with checked_database(settings) as database, database.read() as session:
        told = statement_of(session, library_by_code(session, code), month)
    target.write_bytes(as_workbook(told, language))
    typer.echo(translate("{count} libraries are in {file}.", language, count=len(told.rows), file=target))
