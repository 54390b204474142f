"""Databases for tests: migrated once per session, then a copy for each test, on SQLite and on a real PostgreSQL."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from qa_server.app import MIGRATIONS
from storage.database import Database
from storage.migrate import upgrade

POSTGRES = os.environ.get("WENJIN_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432")


def migrated_sqlite(folder: Path) -> Path:
    """Make a migrated SQLite file to copy from."""
    path = folder / "template.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database, MIGRATIONS)
    with database.engine.connect() as connection:
        # Everything into the one file, so that a plain copy is whole.
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


def migrated_postgres() -> Iterator[str]:
    """Make a migrated PostgreSQL database to copy from; yield its name. Skips when no server answers."""
    name = f"wenjin_template_{uuid4().hex}"
    administer(f'CREATE DATABASE "{name}"')
    database = Database(f"{POSTGRES}/{name}")
    upgrade(database, MIGRATIONS)
    database.dispose()
    yield name
    _drop(name)


@contextmanager
def copied_sqlite(template: Path, folder: Path) -> Iterator[str]:
    """Yield the URL of a fresh copy."""
    path = folder / "wenjin.db"
    shutil.copy(template, path)
    yield f"sqlite:///{path}"


@contextmanager
def copied_postgres(template: str) -> Iterator[str]:
    """Yield the URL of a fresh copy, dropped at the end."""
    name = _copy(template)
    try:
        yield f"{POSTGRES}/{name}"
    finally:
        _drop(name)


class PostgresShelf:
    """Lends databases that are as good as a fresh copy of a template, and keeps one for the next who asks.

    To make a copy and drop it again takes the server a second, to empty the tables that a test filled a thirtieth.
    """

    def __init__(self, template: str) -> None:
        self._template = template
        self._kept: str | None = None
        self._as_made = ""

    @contextmanager
    def lent(self) -> Iterator[str]:
        """Yield the URL of an empty, migrated database of one's own."""
        name, self._kept = self._kept or self._made(), None
        try:
            yield f"{POSTGRES}/{name}"
        finally:
            if self._is_emptied(name):
                self._kept = name
            else:
                _drop(name)

    def close(self) -> None:
        """Drop what is kept."""
        if self._kept is not None:
            _drop(self._kept)

    def _made(self) -> str:
        name = _copy(self._template)
        with _opened(name) as connection:
            self._as_made = _shape(connection)
        return name

    def _is_emptied(self, name: str) -> bool:
        """Empty every table but those of the migrations; False where a test has changed more than rows."""
        with _opened(name) as connection:
            connection.execute(text(_END_OTHERS))
            tables = connection.scalars(text(_TABLES)).all()
            filled = " UNION ALL ".join(f"SELECT '{each}' WHERE EXISTS (SELECT FROM {each})" for each in tables)  # noqa: S608 - names of the catalogue
            # Without the triggers of foreign keys, so that the order does not matter.
            connection.execute(text("SET session_replication_role = replica"))
            for table in connection.scalars(text(filled)).all():
                connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - as above
            return _shape(connection) == self._as_made


_END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
# Whatever is made anew has a higher number, even when it looks as before.
_SHAPE = """
SELECT concat_ws(' ',
    (SELECT concat(count(*), '/', max(oid::bigint)) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
    (SELECT concat(count(*), '/', max(oid::bigint)) FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
    (SELECT concat(count(*), '/', max(oid::bigint)) FROM pg_trigger),
    (SELECT count(*) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND NOT attisdropped),
    (SELECT string_agg(nspname, ',' ORDER BY nspname) FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'),
    (SELECT string_agg(extname, ',' ORDER BY extname) FROM pg_extension),
    (SELECT string_agg(version_num, ',') FROM alembic_version))
"""


def _shape(connection: Connection) -> str:
    """Return what there is besides rows."""
    return str(connection.scalar(text(_SHAPE)))


@contextmanager
def _opened(name: str, **arguments: int) -> Iterator[Connection]:
    engine = create_engine(
        f"{POSTGRES}/{name}", isolation_level="AUTOCOMMIT", poolclass=NullPool, connect_args=arguments
    )
    with engine.connect() as connection:
        yield connection


def _copy(template: str) -> str:
    name = f"wenjin_test_{uuid4().hex}"
    administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return name


def _drop(name: str) -> None:
    administer(f'DROP DATABASE "{name}" WITH (FORCE)')


def administer(statement: str) -> None:
    """Run one statement on the server's own database. Skips the test when no server answers."""
    try:
        with _opened("postgres", connect_timeout=2) as connection:
            connection.execute(text(statement))
    except OperationalError:
        pytest.skip(f"no PostgreSQL server answers at {POSTGRES.partition('@')[2]}")
