"""The disk fills up while people talk: senders are told, the server lives, and goes on when there is room again."""

import contextlib
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.request import urlopen

import pytest

from tests.databases import copied_sqlite
from tests.faults.person import Person, reader_seat
from tests.faults.scene import SETTINGS, Scene
from tests.faults.talks import living, require_whole
from tests.operation.running import Server, running

DISK_BYTES = 8 * 1024 * 1024
# The longest message a reader may send, so that a little room is used up soon.
LONG = "满" * 8_000
# Far more of them than fit.
TRIES = 400


class Shortage(Protocol):
    """A way to leave no room."""

    def begin(self, server: Server) -> None:
        """Leave no room."""

    def end(self, server: Server) -> None:
        """Give the room back."""


class Ballast:
    """Fills the small disk under the database with a file."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "ballast"

    def begin(self, server: Server) -> None:
        with contextlib.suppress(OSError), self._file.open("wb", buffering=0) as ballast:
            while ballast.write(bytes(4_096)):
                pass

    def end(self, server: Server) -> None:
        self._file.unlink()


class SizeLimit:
    """Lets the server write no byte behind the largest of its files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, server: Server) -> None:
        largest = max(file.stat().st_size for file in self._folder.iterdir())
        self._limit(server, largest)

    def end(self, server: Server) -> None:
        self._limit(server, resource.RLIM_INFINITY)

    def _limit(self, server: Server, size: int) -> None:
        _, most = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, most))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of DISK_BYTES. Skips where this user may not mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    options = ["-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    if subprocess.run([mount, *options], capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.asyncio
async def test_a_full_disk_is_told_to_the_sender_and_survived(
    small_disk: Path, sqlite_template: Path, tmp_path: Path
) -> None:
    with copied_sqlite(sqlite_template, small_disk) as url:
        await _run_out(Ballast(small_disk), url, tmp_path / "log")


@pytest.mark.asyncio
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the files of a running process")
async def test_a_write_that_the_system_refuses_is_told_to_the_sender_and_survived(
    sqlite_template: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "limited"
    folder.mkdir()
    with copied_sqlite(sqlite_template, folder) as url:
        await _run_out(SizeLimit(folder), url, tmp_path / "log")


async def _run_out(shortage: Shortage, url: str, log: Path) -> None:
    scene = Scene(url)
    [held] = scene.held(1)
    with running("serve", "--port", "0", "--database", url, log=log, **SETTINGS) as server:
        person = Person(server.address, reader_seat(held))
        async with living([person]):
            await person.say("还有地方")
            await person.settled()
            shortage.begin(server)
            refused = await _say_until_refused(person)
            assert urlopen(f"{server.address}/healthz", timeout=30).status == 200  # noqa: ASYNC210, S310
            shortage.end(server)
            assert set(person.refused.values()) == {"database_busy"}
            person.refused.clear()
            await person.say(LONG, refused)
            await person.say("又有地方了")
            await require_whole(scene, [person])
        assert refused in person.acknowledged
        assert server.stop() == 0
    scene.close()


async def _say_until_refused(person: Person) -> str:
    for _ in range(TRIES):
        client_id = await person.say(LONG)
        await person.settled()
        if client_id in person.refused:
            return client_id
    raise AssertionError("there was always room")
