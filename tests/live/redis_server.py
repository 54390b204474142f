"""Redis for tests: the one of this machine, and private ones that a test may stop, start and freeze."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis, RedisError

from tests.live.waiting import eventually

REDIS = os.environ.get("WENJIN_TEST_REDIS", "redis://127.0.0.1:6379/0")
STOP_SECONDS = 60.0


def answering_redis() -> str:
    """Return the URL of this machine's Redis. Skips when none answers."""
    if not _answers(REDIS):
        pytest.skip(f"no Redis server answers at {REDIS.partition('@')[2] or REDIS.partition('//')[2]}")
    return REDIS


class PrivateRedis:
    """A Redis server of one test, on a port of its own; it keeps nothing on disk."""

    def __init__(self, binary: str, folder: Path) -> None:
        self._command = [binary, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        self._process = subprocess.Popen([*self._command, "--port", str(self._port)], stdout=subprocess.DEVNULL)
        eventually(lambda: _answers(self.url))

    def stop(self) -> None:
        """Kill it: every connection is cut, everything in it is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(STOP_SECONDS)
            self._process = None

    def freeze(self) -> None:
        """Let it answer nothing more, with every connection open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def cut_subscriptions(self) -> int:
        """Cut the connections that hear announcements; return how many there were."""
        with Redis.from_url(self.url) as client:
            return int(client.client_kill_filter(_type="pubsub"))

    def say(self, channel: str, payload: bytes) -> None:
        """Publish something, as a process of another version would."""
        with Redis.from_url(self.url) as client:
            client.publish(channel, payload)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)


@contextmanager
def private_redis(folder: Path) -> Iterator[PrivateRedis]:
    """Start a server; stop it at the end. Skips when the program is not installed."""
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("the program redis-server is not installed")
    server = PrivateRedis(binary, folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _answers(url: str) -> bool:
    try:
        with Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5) as client:
            return bool(client.ping())
    except RedisError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
