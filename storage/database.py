"""One engine and its transactions, on SQLite and PostgreSQL. Knows no domain word and reads no environment."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from storage.after_commit import drop_collected, run_collected
from storage.errors import AppError, DatabaseUnusable

# A writer waits this long for another writer of the same SQLite file before it gives up.
BUSY_TIMEOUT_MS = 5_000
# A server that has fallen silent is noticed, instead of waited for without end: seconds to connect, seconds of
# silence until it is asked whether it is there, and milliseconds that sent data may stay unacknowledged.
_POSTGRES_ARGUMENTS = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,
}
# Execution option that marks a write transaction, so that SQLite takes its write lock at the beginning
# (BEGIN IMMEDIATE). A deferred transaction that upgrades later can fail at once with "database is locked".
_WRITE = "wenjin_write"


class DatabaseBusy(AppError):
    """The database did not answer in time, or refused to write (locked, full, read-only)."""

    code = "database_busy"
    status = 503
    message = "The service cannot save right now. Nothing was changed; please try again in a moment."


class Database:
    """An engine with `write` and `read` transactions. Thread-safe; dispose it when done.

    `pool_size` is how many threads work with it at once; as many again may, for timers and the like, and whoever comes
    beyond waits. What was opened stays open.

    `url` is an SQLAlchemy URL: `sqlite:///path` or `postgresql+psycopg://...`. Raises DatabaseUnusable for a URL that
    names no supported database; does not connect.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        parsed = _parse(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        # No overflow: a connection beyond the pool is opened and closed for each use, which costs more than most uses.
        # Values of a failed statement would carry what people wrote into a log.
        options: dict[str, Any] = {"pool_size": 2 * pool_size, "max_overflow": 0, "hide_parameters": True}
        if self.is_sqlite:
            _make_folder(parsed)
            self.engine = create_engine(parsed, **options)
            _prepare_sqlite(self.engine)
        else:
            self.engine = create_engine(parsed, pool_pre_ping=True, connect_args=_POSTGRES_ARGUMENTS, **options)
            _prepare_postgres(self.engine)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction that may write: commits at the end, rolls back on any error, then runs after-commit actions.

        Raises DatabaseBusy when the database cannot take the write (locked, full, read-only).
        """
        with Session(self.engine, expire_on_commit=False) as session:
            try:
                # Begins at once: a file that is locked or read-only refuses here already.
                session.connection(execution_options={_WRITE: True})
                yield session
                session.commit()
            except DBAPIError as error:
                _roll_back(session)
                if _is_outage(error):
                    raise DatabaseBusy() from error
                raise
            except BaseException:
                _roll_back(session)
                raise
            run_collected(session)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One transaction that only reads; whatever it changed is rolled back. Raises DatabaseBusy as `write` does."""
        with Session(self.engine, expire_on_commit=False) as session:
            try:
                yield session
            except DBAPIError as error:
                if _is_outage(error):
                    raise DatabaseBusy() from error
                raise
            finally:
                # Not rolled back by name: that would expire what was read. A lost connection takes nothing from it.
                with suppress(DBAPIError):
                    session.close()

    def check(self) -> None:
        """Ask the database for one row. Raises DatabaseUnusable with the reason and the remedy."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
                if self.is_sqlite:
                    _check_sqlite_header(connection)
        except DatabaseError as error:
            raise DatabaseUnusable(reason=_reason(error), remedy=_remedy(error)) from error

    def dispose(self) -> None:
        """Close every pooled connection, and any other as soon as it comes back. Safe to repeat.

        A thread that was not waited for may hold a connection now, or take one yet: no pool would ever close it.
        """
        if not event.contains(self.engine, "checkin", _close_returned):
            # The pool that takes the place of this one inherits it.
            event.listen(self.engine, "checkin", _close_returned)
        self.engine.dispose()


def _close_returned(_connection: object, record: ConnectionPoolEntry) -> None:
    record.close()


def _is_outage(error: DBAPIError) -> bool:
    """Say whether the database could not do its work (locked, full, gone), rather than refuse what was asked."""
    if getattr(error.orig, "sqlite_errorname", None) == "SQLITE_ERROR":
        # SQLite's word for a statement that is wrong, as with a column that is not there: a fault of ours.
        return False
    return isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise DatabaseUnusable(
            reason="the address of the database is not understood.",
            remedy="Write sqlite:///path/to/file.db or postgresql+psycopg://user@host/name.",
        ) from error
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise DatabaseUnusable(
            reason=f"{parsed.get_backend_name()} is not supported.",
            remedy="Use SQLite or PostgreSQL.",
        )
    return parsed


def _make_folder(url: URL) -> None:
    if not url.database or url.database == ":memory:":
        raise DatabaseUnusable(reason="an in-memory database is lost at every stop.", remedy="Name a file.")
    folder = Path(url.database).expanduser().resolve().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnusable(
            reason=f"the folder {folder} cannot be made ({error.strerror}).",
            remedy="Choose a folder you may write to.",
        ) from error


def _prepare_postgres(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        # Somebody who holds a row and does not let go must not stop all others of this process.
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {BUSY_TIMEOUT_MS}")
        connection.commit()


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: SqliteConnection, _record: Any) -> None:
        # The driver must not begin transactions of its own; `_begin` below does.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        # FULL: what was acknowledged survives a power cut.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        # A statement that changes many rows keeps the pages as they were, to be able to take itself back. On disk that
        # costs a file and a second write of every page: half of what it takes to store a batch of messages.
        cursor.execute("PRAGMA temp_store = MEMORY")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        is_write = connection.get_execution_options().get(_WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")


def _check_sqlite_header(connection: Connection) -> None:
    result = connection.execute(text("PRAGMA quick_check(1)")).scalar()
    if result != "ok":
        raise DatabaseUnusable(
            reason=f"the file is damaged ({result}).", remedy="Restore a copy, or start afresh with --reset."
        )


def _roll_back(session: Session) -> None:
    # Over a connection that is lost the database has rolled back already; the caller hears why it came to this.
    with suppress(DBAPIError):
        session.rollback()
    drop_collected(session)


def _reason(error: DatabaseError) -> str:
    return str(error.orig).strip().splitlines()[0] + "."


def _remedy(error: DatabaseError) -> str:
    detail = str(error.orig)
    if "not a database" in detail or "malformed" in detail:
        return "The file is damaged: restore a copy, or start afresh with --reset."
    if "readonly" in detail or "unable to open" in detail:
        return "Check that this user may read and write the file and its folder."
    return "Check the address and that the server is running."
