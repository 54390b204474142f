"""Runs the real `wenjin` program: in a process of its own, to its end or as a server, or inside the test's process."""

import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from typer.testing import CliRunner

from qa_server import cli

ROOT = Path(__file__).parent.parent.parent
# A cold start on a busy machine, in seconds; a warm one takes under three.
START_SECONDS = 90.0
STOP_SECONDS = 60.0
_ADDRESS = re.compile(r"http://\S+:\d+")


@dataclass
class Server:
    """A running server and what it has written so far."""

    process: subprocess.Popen[str]
    address: str = ""
    lines: list[str] = field(default_factory=list)

    def stop(self) -> int:
        """Ask it to stop and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    output: str
    error: str


def wenjin(*arguments: str, **environment: str) -> Done:
    """Run a command that ends by itself in this process: a start of Python takes longer than most commands."""
    cleared = {name: None for name in os.environ if name not in _environment({})}
    result = CliRunner().invoke(
        cli.app, list(arguments), prog_name="wenjin", env={**cleared, "WENJIN_ENCODER": "none", **environment}
    )
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


def wenjin_process(*arguments: str, **environment: str) -> Done:
    """Run a command to its end in a process of its own."""
    done = subprocess.run(
        _command(arguments),
        cwd=ROOT,
        env=_environment(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@contextmanager
def running(*arguments: str, log: Path, **environment: str) -> Iterator[Server]:
    """Start the program as a server; give it once it answers. `log` takes its standard error."""
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            _command(arguments),
            cwd=ROOT,
            env=_environment(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    server = Server(process)
    reader = threading.Thread(target=_wait_for_end, args=(server, seen := queue.Queue[str]()), daemon=True)
    reader.start()
    try:
        server.address = _await_address(seen, log)
        yield server
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(STOP_SECONDS)
        reader.join()
        assert process.stdout is not None
        process.stdout.close()


def _command(arguments: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "qa_server.cli", *arguments]


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WENJIN_", "LC_", "LANG"))}
    return {**kept, "WENJIN_ENCODER": "none", **extra}


def _wait_for_end(server: Server, seen: "queue.Queue[str]") -> None:
    assert server.process.stdout is not None
    for line in server.process.stdout:
        server.lines.append(line)
        seen.put(line)
    seen.put("")


def _await_address(seen: "queue.Queue[str]", log: Path) -> str:
    while line := seen.get(timeout=START_SECONDS):
        if found := _ADDRESS.search(line):
            return found.group()
    raise AssertionError(f"the server ended before it answered:\n{log.read_text(encoding='utf-8')}")
