"""A database that cannot take a write says so in a way people understand; nothing is half done."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from storage.database import Database, DatabaseBusy
from storage.errors import DatabaseUnusable


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """An SQLite database with one table, used over one connection."""
    opened = Database(sqlite_url, pool_size=1)
    with opened.write() as session:
        session.execute(text("CREATE TABLE notes (body TEXT)"))
    yield opened
    opened.dispose()


def set_pragma(database: Database, pragma: str) -> None:
    """Set a pragma on the pooled connection, which the next transaction uses."""
    connection = database.engine.raw_connection()
    connection.cursor().execute(f"PRAGMA {pragma}").close()
    connection.close()


def write_note(database: Database, body: str = "x") -> None:
    """Write one row in a transaction of its own."""
    with database.write() as session:
        session.execute(text("INSERT INTO notes VALUES (:body)"), {"body": body})


def notes(database: Database) -> int:
    """Return how many rows there are."""
    with database.read() as session:
        count: int = session.execute(text("SELECT count(*) FROM notes")).scalar_one()
    return count


def test_a_locked_file_is_busy_and_works_again_afterwards(database: Database, sqlite_url: str) -> None:
    set_pragma(database, "busy_timeout = 10")
    other = Database(sqlite_url)
    with other.write() as session:
        session.execute(text("INSERT INTO notes VALUES ('held')"))
        with pytest.raises(DatabaseBusy):
            write_note(database)
        assert notes(database) == 0
    write_note(database)
    assert notes(database) == 2
    other.dispose()


def test_a_read_only_file_is_told_as_busy_and_nothing_is_written(database: Database) -> None:
    set_pragma(database, "query_only = ON")
    with pytest.raises(DatabaseBusy):
        write_note(database)
    set_pragma(database, "query_only = OFF")
    assert notes(database) == 0


def test_a_full_disk_is_told_as_busy_and_undoes_the_whole_transaction(database: Database) -> None:
    def write_too_much() -> None:
        with database.write() as session:
            session.execute(text("INSERT INTO notes VALUES ('small')"))
            session.execute(text("INSERT INTO notes VALUES (:body)"), {"body": "x" * 1_000_000})

    # SQLite refuses a page beyond this count in the same way as one beyond the end of the disk.
    set_pragma(database, "max_page_count = 1")
    with pytest.raises(DatabaseBusy):
        write_too_much()
    set_pragma(database, "max_page_count = 1073741823")
    assert notes(database) == 0
    write_note(database)
    assert notes(database) == 1


def test_a_wrong_statement_is_a_fault_and_not_told_as_busy(database: Database) -> None:
    with pytest.raises(DBAPIError, match="nowhere"), database.read() as session:
        session.execute(text("SELECT nowhere FROM sqlite_master"))
    with database.read() as session:
        assert session.execute(text("SELECT 1")).scalar() == 1


def test_busy_is_told_with_status_503_and_a_calm_sentence() -> None:
    assert (DatabaseBusy.code, DatabaseBusy.status) == ("database_busy", 503)
    assert "Nothing was changed" in str(DatabaseBusy())


def test_writers_of_one_file_wait_for_each_other_and_all_get_through(sqlite_url: str) -> None:
    database = Database(sqlite_url, pool_size=4)
    with database.write() as session:
        session.execute(text("CREATE TABLE counters (value INTEGER)"))
        session.execute(text("INSERT INTO counters VALUES (0)"))

    def count_up(_: int) -> None:
        with database.write() as session:
            value = session.execute(text("SELECT value FROM counters")).scalar_one()
            session.execute(text("UPDATE counters SET value = :value"), {"value": value + 1})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_up, range(40)))
    with database.read() as session:
        assert session.execute(text("SELECT value FROM counters")).scalar_one() == 40
    database.dispose()


def test_connections_opened_for_a_burst_are_kept_for_the_next(database_url: str) -> None:
    database = Database(database_url, pool_size=2)
    opened: list[object] = []
    event.listen(database.engine, "connect", lambda connection, _record: opened.append(connection))
    together = Barrier(4)

    def read(_: int) -> None:
        with database.read() as session:
            session.execute(text("SELECT 1"))
            together.wait(timeout=30)
        together.wait(timeout=30)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(read, range(20)))
    assert len(opened) == 4
    database.dispose()


def test_what_was_acknowledged_is_synced_to_the_disk(database: Database) -> None:
    with database.read() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert session.execute(text("PRAGMA synchronous")).scalar_one() == 2
        assert session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_a_healthy_database_passes_the_check(database_url: str) -> None:
    database = Database(database_url)
    database.check()
    database.dispose()


def test_a_file_that_is_no_database_is_unusable_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_text("Dear reader, " * 500)
    before = file.read_bytes()
    _assert_unusable(f"sqlite:///{file}", "damaged")
    assert file.read_bytes() == before


def test_a_file_cut_in_half_is_unusable(sqlite_url: str) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    _assert_unusable(sqlite_url, "--reset")


def test_a_file_with_pages_overwritten_is_unusable(sqlite_url: str) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    damaged = bytearray(file.read_bytes())
    # Past the first page of 4096 bytes the header is whole, so that only a look at the content finds the damage.
    damaged[4096 : 4096 * 4] = b"\xff" * (4096 * 3)
    file.write_bytes(damaged)
    _assert_unusable(sqlite_url, "--reset")


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://user@host/name", "oracle+nothing://x"])
def test_an_address_of_no_supported_database_is_refused(url: str) -> None:
    with pytest.raises(DatabaseUnusable):
        Database(url)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_that_is_lost_at_every_stop_is_refused(url: str) -> None:
    with pytest.raises(DatabaseUnusable, match="Name a file"):
        Database(url)


def test_a_connection_that_comes_back_after_the_end_is_closed(database_url: str) -> None:
    database = Database(database_url)
    held = database.engine.raw_connection()
    early = held.driver_connection
    database.dispose()
    database.dispose()
    held.close()
    assert is_closed(early)
    with database.read() as session:
        late = session.connection().connection.driver_connection
        assert not is_closed(late)
    assert is_closed(late)


def is_closed(connection: Any) -> bool:
    """Say whether the driver has closed it."""
    if not isinstance(connection, sqlite3.Connection):
        return bool(connection.closed)
    try:
        connection.execute("SELECT 1").close()
    except sqlite3.ProgrammingError:
        return True
    return False


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(DatabaseUnusable, match="Choose a folder"):
        Database(f"sqlite:///{tmp_path / 'file' / 'inner' / 'wenjin.db'}")


def test_a_server_that_does_not_answer_is_unusable() -> None:
    pytest.importorskip("psycopg", reason="the extra postgres is not installed")
    _assert_unusable("postgresql+psycopg://nobody@127.0.0.1:1/none", "server is running")


def _assert_unusable(url: str, remedy: str) -> None:
    database = Database(url)
    with pytest.raises(DatabaseUnusable, match=remedy):
        database.check()
    database.dispose()
