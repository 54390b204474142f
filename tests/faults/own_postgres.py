"""A PostgreSQL server of one test, which may be stopped and started; a plain user runs it, never root."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest

from qa_server.app import MIGRATIONS
from storage.database import Database
from storage.migrate import upgrade

Stop = Literal["fast", "immediate"]
_STOP_SECONDS = 60
# Whose name a server of PostgreSQL may run under when root runs the tests.
_PLAIN_USER = "postgres"


class OwnPostgres:
    """The server; `url` is that of its database."""

    def __init__(self, folder: Path, user: str | None) -> None:
        self._folder = folder
        self._user = user
        self._port = _free_port()
        self.url = f"postgresql+psycopg://postgres@127.0.0.1:{self._port}/postgres"
        self._run("initdb", "--auth", "trust", "--username", "postgres", "--encoding", "UTF8", "--no-sync")

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        # What the operating system has been given survives a stop of the server, so flushing to the disk is left out.
        options = f"-c listen_addresses=127.0.0.1 -c port={self._port} -c unix_socket_directories= -c fsync=off"
        log = str(self._folder / "log")
        self._run("pg_ctl", "start", "--wait", "--log", log, "--options", options)

    def stop(self, how: Stop) -> None:
        """Stop it: `fast` ends every connection, `immediate` is a crash whose log is replayed at the next start."""
        self._run("pg_ctl", "stop", "--wait", "--mode", how)

    def _run(self, program: str, *arguments: str) -> None:
        command = [program, "--pgdata", str(self._folder / "data"), *arguments]
        log = (self._folder / f"{program}.out").open("w", encoding="utf-8")
        with log:
            # Into a file: a server that goes on would keep a pipe open.
            subprocess.run(
                command, check=True, stdout=log, stderr=log, user=self._user, cwd=self._folder, timeout=_STOP_SECONDS
            )


@contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    """Make, start and migrate a server; remove it at the end. Skips where its programs or a plain user are missing."""
    if shutil.which("initdb") is None or shutil.which("pg_ctl") is None:
        pytest.skip("the programs initdb and pg_ctl are not installed")
    user = _plain_user()
    folder = Path(tempfile.mkdtemp(prefix="wenjin-postgres-"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        server = OwnPostgres(folder, user)
        server.start()
        try:
            database = Database(server.url)
            upgrade(database, MIGRATIONS)
            database.dispose()
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _plain_user() -> str | None:
    """Return whom to become, None for nobody else."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(_PLAIN_USER).pw_name
    except KeyError:
        pytest.skip("root may not run PostgreSQL, and there is no user postgres")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
