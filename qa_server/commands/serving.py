"""`wenjin serve` and `wenjin demo`: from settings to a process that answers."""

import importlib.util
import sys
from collections.abc import Collection
from pathlib import Path

import typer

from qa_server import main
from qa_server.commands.databases import put_in_demo, require_newest_schema, upgrade
from qa_server.commands.refusals import UsageRefused
from qa_server.commands.single_instance import held, sqlite_file
from qa_server.i18n import Language, terminal_language, translate
from qa_server.seeds.loader import DEMO_PASSWORD, demo_accounts
from qa_server.settings import Settings
from storage.database import Database

# What SQLite keeps beside the file.
_SQLITE_SUFFIXES = ("", "-wal", "-shm", "-journal")


def serve(settings: Settings) -> None:
    """Serve an existing, migrated database."""
    with held(settings.database_url), main.listen(settings.host, settings.port) as listener:
        require_newest_schema(settings)
        main.serve(settings, listener, announce=_announce)


def serve_demo(settings: Settings, *, is_reset: bool, is_confirmed: bool, needs: Collection[str] = ()) -> None:
    """Make or keep the demo network in the database, then serve it; prints addresses and sign-ins.

    Raises ModuleNotFoundError where one of the modules it `needs` is not installed.
    """
    for module in needs:
        if importlib.util.find_spec(module) is None:
            raise ModuleNotFoundError(name=module)
    with held(settings.database_url), main.listen(settings.host, settings.port) as listener:
        if is_reset:
            _remove(settings.database_url, is_confirmed=is_confirmed)
        database = Database(settings.database_url)
        try:
            database.check()
            upgrade(database)
            put_in_demo(settings, database)
        finally:
            database.dispose()
        main.serve(settings, listener, announce=_announce_demo)


def _remove(database_url: str, *, is_confirmed: bool) -> None:
    file = sqlite_file(database_url)
    if file is None:
        raise UsageRefused(reason="--reset removes SQLite files only. Make a new PostgreSQL database instead.")
    is_default = database_url == Settings.model_fields["database_url"].default
    if not (is_default or is_confirmed or _agrees(file)):
        raise UsageRefused(reason="Nothing was removed. Give --yes to remove this file without being asked.")
    for suffix in _SQLITE_SUFFIXES:
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def _agrees(file: Path) -> bool:
    if not (file.exists() and sys.stdin.isatty()):
        return not file.exists()
    question = translate("Remove {file} with everything in it?", terminal_language(), file=file)
    return typer.confirm(question)


def _announce(address: str) -> None:
    typer.echo(translate("Wenjin answers at {address} (Ctrl+C stops it).", terminal_language(), address=address))


def _announce_demo(address: str) -> None:
    language = terminal_language()
    _announce(address)
    rows = [
        ("Start page", f"{address}/"),
        ("Console", f"{address}/console/"),
        ("API", f"{address}/api/docs"),
    ]
    for label, value in rows:
        typer.echo(f"  {translate(label, language)}: {value}")
    typer.echo(_sign_in_table(language))


def _sign_in_table(language: Language) -> str:
    head = translate("Demo sign-ins (password of all: {password}):", language, password=DEMO_PASSWORD)
    rows = [f"  {row.login}: {translate(row.role, language)} · {row.library}" for row in demo_accounts()]
    return "\n".join([head, *rows])
