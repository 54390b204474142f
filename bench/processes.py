"""Server processes to measure: start, address, memory, processor time."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
STOP_SECONDS = 15
_ADDRESS = re.compile(r"http://(\S+:\d+)")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    process_id: int


@contextmanager
def server(arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Iterator[Server]:
    """Start `python -m ARGUMENTS`, give it once it has printed its address, end it afterwards."""
    with log.open("a", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        yield Server(_address(process, log), process.pid)
    finally:
        _end(process)


def service(database_url: str, environment: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return the arguments and the environment of the service as it is deployed, with limits no load reaches."""
    settings = {
        "WENJIN_ENCODER": "none",
        "WENJIN_READER_MESSAGES_PER_MINUTE": "100000000",
        "WENJIN_NETWORK_SESSIONS_PER_MINUTE": "100000000",
        "WENJIN_SILENCE_SECONDS": "300",
        "WENJIN_LOG_LEVEL": "WARNING",
    }
    arguments = ["qa_server.cli", "serve", "--port", "0", "--host", "127.0.0.1", "--database", database_url]
    return arguments, {**settings, **environment}


def memory_bytes(process_id: int) -> int:
    """Return the memory that is this process's own, swapped or not."""
    rollup = Path(f"/proc/{process_id}/smaps_rollup").read_text(encoding="ascii")
    sizes = dict(re.findall(r"^(\w+):\s+(\d+) kB$", rollup, re.MULTILINE))
    return sum(int(sizes[name]) for name in ("Private_Clean", "Private_Dirty", "Swap")) * 1_024


def cpu_seconds(process_id: int) -> float:
    """Return the processor time a process has used so far."""
    fields = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def busy_seconds() -> float:
    """Return the processor time that everybody on this machine has used so far, hypervisor included."""
    with Path("/proc/stat").open(encoding="ascii") as lines:
        fields = [int(value) for value in next(lines).split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / _TICKS


def wait_until_quiet(*, cores: float, seconds: float) -> None:
    """Wait until the machine uses less than `cores`, at most for `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        before = busy_seconds()
        time.sleep(0.5)
        if busy_seconds() - before < cores / 2:
            return


def _address(process: "subprocess.Popen[str]", log: Path) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := _ADDRESS.search(line):
            return f"ws://{found.group(1)}/ws/v1"
    raise RuntimeError(f"the server ended before it answered:\n{log.read_text(encoding='utf-8')}")


def _end(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_SECONDS)
    assert process.stdout is not None
    process.stdout.close()
