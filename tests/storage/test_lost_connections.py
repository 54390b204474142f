"""Connections that PostgreSQL ends in the middle of a transaction: told as busy, and never in place of an answer."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from storage.database import Database, DatabaseBusy
from storage.errors import NotFound
from tests.databases import administer, copied_postgres

_ONE = text("SELECT 1")
Transaction = Callable[[Database], AbstractContextManager[Session]]


@pytest.fixture
def database(postgres_template: str) -> Iterator[Database]:
    """A PostgreSQL database, used over several connections."""
    with copied_postgres(postgres_template) as url:
        opened = Database(url)
        yield opened
        opened.dispose()


def cut(database: Database) -> None:
    """End every connection to the database."""
    # Names of test databases are made of letters, digits and underscores.
    name = database.engine.url.database
    administer(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608


def cut_while_reading(database: Database) -> None:
    """Read, lose the connection, read again."""
    with database.read() as session:
        session.execute(_ONE)
        cut(database)
        session.execute(_ONE)


def cut_before_the_commit(database: Database) -> None:
    """Lose the connection when everything is done but the commit."""
    with database.write() as session:
        session.execute(_ONE)
        cut(database)


@pytest.mark.parametrize("work", [cut_while_reading, cut_before_the_commit])
def test_a_connection_that_is_lost_is_told_as_busy_and_the_next_one_works(
    database: Database, work: Callable[[Database], None]
) -> None:
    with pytest.raises(DatabaseBusy):
        work(database)
    database.check()


def test_what_was_read_before_the_connection_was_lost_counts(database: Database) -> None:
    with database.read() as session:
        found = session.execute(select(1)).scalar_one()
        cut(database)
    assert found == 1


@pytest.mark.parametrize("transaction", [Database.read, Database.write])
def test_a_refusal_is_told_even_when_the_connection_was_lost_meanwhile(
    database: Database, transaction: Transaction
) -> None:
    def refuse() -> None:
        with transaction(database) as session:
            session.execute(_ONE)
            cut(database)
            raise NotFound

    with pytest.raises(NotFound):
        refuse()
    database.check()
