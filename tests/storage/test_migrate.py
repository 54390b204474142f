"""The migrations lead to exactly the tables that the code has, on both databases, and may be run again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from qa_server.app import MIGRATIONS
from storage.base import Base
from storage.database import Database
from storage.migrate import current_revision, newest_revision, upgrade


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, empty database."""
    opened = Database(database_url)
    yield opened
    opened.dispose()


def test_the_migrated_tables_are_those_of_the_code(database: Database) -> None:
    with database.engine.connect() as connection:
        options = {"compare_type": True, "include_name": _is_of_the_code}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def _is_of_the_code(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out the index of words, which each database has in a way of its own."""
    return not (name or "").startswith(("conversation_words", "ix_conversation_texts_words"))


def test_a_migrated_database_stands_at_the_newest_revision(database: Database) -> None:
    assert newest_revision(MIGRATIONS) is not None
    assert current_revision(database) == newest_revision(MIGRATIONS)


def test_migrating_again_changes_nothing(database: Database) -> None:
    before = current_revision(database)
    upgrade(database, MIGRATIONS)
    assert current_revision(database) == before


def test_an_empty_database_has_no_revision(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    assert current_revision(database) is None
    database.dispose()


def test_a_folder_with_a_percent_sign_in_its_name_is_migrated(tmp_path: Path) -> None:
    # Alembic's configuration would read %(name)s as a placeholder.
    database = Database(f"sqlite:///{tmp_path / '100%(here)s'}/wenjin.db")
    upgrade(database, MIGRATIONS)
    assert current_revision(database) == newest_revision(MIGRATIONS)
    database.dispose()
