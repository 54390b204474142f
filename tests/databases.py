"""Databases for tests: migrated once per session and copied per test, on SQLite and on a real PostgreSQL."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

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
    administer(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def copied_sqlite(template: Path, folder: Path) -> Iterator[str]:
    """Yield the URL of a fresh copy."""
    path = folder / "wenjin.db"
    shutil.copy(template, path)
    yield f"sqlite:///{path}"


@contextmanager
def copied_postgres(template: str) -> Iterator[str]:
    """Yield the URL of a fresh copy, dropped at the end."""
    name = f"wenjin_test_{uuid4().hex}"
    administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield f"{POSTGRES}/{name}"
    finally:
        administer(f'DROP DATABASE "{name}" WITH (FORCE)')


def administer(statement: str) -> None:
    """Run one statement on the server's own database. Skips the test when no server answers."""
    engine = create_engine(f"{POSTGRES}/postgres", isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    except OperationalError:
        pytest.skip(f"no PostgreSQL server answers at {POSTGRES.partition('@')[2]}")
    finally:
        engine.dispose()
