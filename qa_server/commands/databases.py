"""`wenjin migrate` and `wenjin seed`, and the schema that a start asks for."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from qa_server.app import MIGRATIONS, make_workplace
from qa_server.commands.single_instance import held
from qa_server.i18n import terminal_language, translate
from qa_server.seeds.commissions import plant_commissions
from qa_server.seeds.loader import seed as fill
from qa_server.settings import Settings
from storage.database import Database
from storage.errors import DatabaseUnusable
from storage.migrate import current_revision, newest_revision
from storage.migrate import upgrade as upgrade_schema


@contextmanager
def checked_database(settings: Settings) -> Iterator[Database]:
    """Open the database, look whether it is whole, and dispose of it at the end. Raises DatabaseUnusable."""
    database = Database(settings.database_url)
    try:
        database.check()
        yield database
    finally:
        database.dispose()


def require_newest_schema(settings: Settings) -> None:
    """Raise DatabaseUnusable when the database is damaged, or its schema is not the one of this program."""
    with checked_database(settings) as database:
        if current_revision(database) != newest_revision(MIGRATIONS):
            raise DatabaseUnusable(
                reason="its tables are not of this version.",
                remedy="Run: wenjin migrate",
            )


def upgrade(database: Database) -> None:
    """Bring the schema to the newest revision. Safe to repeat."""
    upgrade_schema(database, MIGRATIONS)


def migrate(settings: Settings) -> None:
    """Bring the schema of the database to the newest revision; refused while a server runs on the same file."""
    with held(settings.database_url), checked_database(settings) as database:
        before = current_revision(database)
        upgrade(database)
        after = current_revision(database)
    sentence = "The tables are up to date ({after})." if before == after else "The tables were brought to {after}."
    typer.echo(translate(sentence, terminal_language(), after=after))


def put_in_demo(settings: Settings, database: Database) -> bool:
    """Fill a migrated, empty database with the demo network; return False when there are libraries already."""
    if not fill(database):
        return False
    # Commissions come about by use cases, which need the parts of the service but none of them at work.
    place = make_workplace(settings)
    try:
        plant_commissions(place)
    finally:
        place.database.dispose()
    return True


def seed(settings: Settings) -> None:
    """Put the demo network into a migrated database."""
    require_newest_schema(settings)
    with checked_database(settings) as database:
        is_new = put_in_demo(settings, database)
    sentence = "The demo network was put in." if is_new else "There are libraries already; nothing was changed."
    typer.echo(translate(sentence, terminal_language()))
