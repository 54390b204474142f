"""Give each process a folder of its own below one that all share, for the indexes it keeps between starts."""

import logging
import sqlite3
from pathlib import Path

# Processes of one machine that may keep an index below one folder; further ones keep theirs in memory.
MAX_PROCESSES = 64
_LOCK = "lock.db"
_log = logging.getLogger(__name__)


class ClaimedFolder:
    """A folder that belongs to its holder until `release`, or until the process ends in whatever way."""

    def __init__(self, path: Path, lock: sqlite3.Connection) -> None:
        self.path = path
        self._lock = lock

    def release(self) -> None:
        """Let another have the folder. Safe to repeat."""
        self._lock.close()


def claim_folder(root: Path) -> ClaimedFolder | None:
    """Claim the first folder below `root` that nobody has, making it when needed; None when there is none to be had."""
    for place in range(MAX_PROCESSES):
        path = root / str(place)
        try:
            path.mkdir(parents=True, exist_ok=True)
            lock = _locked(path / _LOCK)
        except (OSError, sqlite3.DatabaseError) as error:
            _log.warning("the folder of the search indexes cannot be used: %s", error)
            return None
        if lock is not None:
            return ClaimedFolder(path, lock)
    return None


def _locked(path: Path) -> sqlite3.Connection | None:
    # SQLite's lock is the system's own: it works everywhere and goes with the process, even with one that is killed.
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            return None
        raise
    return connection
