"""One server per SQLite file: what is said live stays inside a process, so two would not hear of each other.

A lock on `FILE.lock` lasts as long as the process, however it ends. PostgreSQL serves many processes and has no lock.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from storage.errors import AppError

if sys.platform != "win32":
    import fcntl


class AlreadyRunning(AppError):
    """Another process holds the file."""

    code = "already_running"
    status = 409
    message = "Wenjin is already running on {file} (process {process}). Stop it first, or name another --database."


class LockUnwritable(AppError):
    """The file beside the database cannot be made."""

    code = "lock_unwritable"
    status = 503
    message = "{path} cannot be written ({problem}). Choose a folder you may write to."


@contextmanager
def held(database_url: str) -> Iterator[None]:
    """Hold the SQLite file of `database_url` for the length of the block.

    Raises AlreadyRunning when another process holds it and LockUnwritable when its folder cannot be written.
    """
    file = sqlite_file(database_url)
    if file is None or sys.platform == "win32":
        yield
        return
    descriptor = _open(file)
    try:
        _lock(descriptor, file)
        yield
    finally:
        os.close(descriptor)


def sqlite_file(database_url: str) -> Path | None:
    """Return the file an SQLite address names; None for another database or an address nobody understands."""
    try:
        url = make_url(database_url)
    except ArgumentError:
        return None
    is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(str(url.database)).expanduser().absolute() if is_file else None


def _open(file: Path) -> int:
    path = file.with_name(f"{file.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise LockUnwritable(path=str(path), problem=error.strerror) from error


def _lock(descriptor: int, file: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        process = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "?"
        raise AlreadyRunning(file=str(file), process=process) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
