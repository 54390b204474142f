"""What is announced is in the database: actions run after the commit and are dropped on a rollback."""

import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, func, insert, select
from sqlalchemy.exc import IntegrityError

from storage.after_commit import after_commit
from storage.database import Database

tables = MetaData()
things = Table("things_of_tests", tables, Column("number", Integer, primary_key=True))
# Its reference is looked at when the transaction commits, not before.
parts = Table(
    "parts_of_tests", tables, Column("of", ForeignKey(things.c.number, deferrable=True, initially="DEFERRED"))
)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with empty tables."""
    opened = Database(database_url)
    tables.create_all(opened.engine)
    yield opened
    opened.dispose()


def count(database: Database) -> int:
    """Return how many things another connection sees."""
    with database.read() as session:
        return session.execute(select(func.count()).select_from(things)).scalar_one()


def test_an_action_runs_after_the_commit_and_sees_what_was_written(database: Database) -> None:
    seen: list[int] = []
    with database.write() as session:
        session.execute(insert(things).values(number=1))
        after_commit(session, lambda: seen.append(count(database)))
        assert seen == []
    assert seen == [1]


def test_actions_run_in_order_and_once(database: Database) -> None:
    ran: list[str] = []
    with database.write() as session:
        after_commit(session, lambda: ran.append("first"))
        after_commit(session, lambda: ran.append("second"))
    with database.write() as session:
        session.execute(insert(things).values(number=1))
    assert ran == ["first", "second"]


def test_actions_are_dropped_on_a_rollback(database: Database) -> None:
    ran: list[str] = []

    def change_and_fail() -> None:
        with database.write() as session:
            session.execute(insert(things).values(number=1))
            after_commit(session, lambda: ran.append("lost"))
            raise LookupError

    with pytest.raises(LookupError):
        change_and_fail()
    assert ran == []
    assert count(database) == 0


def test_actions_are_dropped_when_the_commit_itself_fails(database: Database) -> None:
    ran: list[str] = []

    def break_a_reference() -> None:
        with database.write() as session:
            session.execute(insert(parts).values(of=7))
            after_commit(session, lambda: ran.append("lost"))
            ran.append("reached the end")

    with pytest.raises(IntegrityError):
        break_a_reference()
    assert ran == ["reached the end"]


def test_reading_runs_no_actions_and_keeps_no_changes(database: Database) -> None:
    ran: list[str] = []
    with database.read() as session:
        session.execute(insert(things).values(number=1))
        after_commit(session, lambda: ran.append("never"))
    assert ran == []
    assert count(database) == 0


def test_an_action_that_fails_is_logged_and_the_others_still_run(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[str] = []

    def fail() -> None:
        raise LookupError

    with caplog.at_level(logging.ERROR), database.write() as session:
        session.execute(insert(things).values(number=1))
        after_commit(session, fail)
        after_commit(session, lambda: ran.append("second"))
    assert ran == ["second"]
    assert count(database) == 1
    assert [record.message for record in caplog.records] == ["after-commit action failed"]
