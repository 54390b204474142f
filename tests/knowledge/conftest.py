"""A real database per test, on SQLite and, where a server answers, on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

import knowledge.models  # noqa: F401  registers the tables
from storage.base import Base
from storage.database import Database

POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty schema."""
    if request.param == "sqlite":
        yield from _filled(f"sqlite:///{tmp_path / 'knowledge.db'}")
        return
    name = f"wenjin_test_{uuid4().hex}"
    _administer(f'CREATE DATABASE "{name}"')
    try:
        yield from _filled(f"{POSTGRES}/{name}")
    finally:
        _administer(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    """An empty schema on SQLite alone, for tests that do not depend on the engine."""
    yield from _filled(f"sqlite:///{tmp_path / 'knowledge.db'}")


def _filled(url: str) -> Iterator[Database]:
    made = Database(url)
    Base.metadata.create_all(made.engine)
    try:
        yield made
    finally:
        made.dispose()


def _administer(statement: str) -> None:
    engine = create_engine(f"{POSTGRES}/postgres", isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    except OperationalError:
        pytest.skip("no PostgreSQL server answers on 127.0.0.1:5432")
    finally:
        engine.dispose()
