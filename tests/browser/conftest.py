"""A real server that can be killed and started again on its file and port."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.live.waiting import eventually
from tests.operation.running import Server, running

# An answer of the busiest machine, in seconds.
ANSWER_SECONDS = 30


class DemoServer:
    """The demo on a database file and a port of its own."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._port = _free_port()
        self.address = f"http://127.0.0.1:{self._port}"
        self._server = self._start()
        # By keywords alone other answers are found; the encoder is ready some time after the first request is answered.
        eventually(self._understands)

    def kill_and_start_again(self) -> None:
        """End the process as a power cut would, and start another on the same file and port."""
        self._server.kill()
        self._server = self._start()

    def _understands(self) -> bool:
        with urlopen(f"{self.address}/readyz", timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - our own server
            return bool(json.load(answer)["status"] == "ok")

    def _start(self) -> Server:
        database = f"sqlite:///{self._folder / 'demo.db'}"
        arguments = ("demo", "--port", str(self._port), "--database", database)
        started = running(*arguments, log=self._folder / "server.log", WENJIN_ENCODER="shipped")
        return self._stack.enter_context(started)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoServer]:
    """The demo network, served by a process of its own."""
    with ExitStack() as stack:
        yield DemoServer(tmp_path, stack)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
