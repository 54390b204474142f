"""Measures the chat, socket to socket: `python -m bench.chat [--json]`, or `wenjin bench chat`.

The service as it is deployed, and beside it in the same run its limits: the load generator alone, a bare socket on the
same server, and a bare group commit. Read the ratios; the absolute figures are those of the machine and the moment.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench import chat_tables, open_chats, processes
from bench.load import Job
from qa_server.background import LEDGER_SECONDS

OPEN_CHATS = (100, 1_000, 3_400)
IDLE_SOCKETS = (2_000, 10_000)
# Nobody else should use more than this much of the machine when times are taken, if that can be waited for.
QUIET_CORES = 0.3
QUIET_SECONDS = 5.0
# By then the work beside the requests has had its first round, which takes up what it finds and is no part of a talk.
SETTLE_SECONDS = LEDGER_SECONDS + 2.0
LOAD_SECONDS = 900

Figures = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """What to measure, and where. `repeats` are taken in turn over all servers; the best of each counts."""

    folder: Path
    open_chats: Sequence[int] = OPEN_CHATS
    idle_sockets: Sequence[int] = IDLE_SOCKETS
    seconds: float = 5.0
    repeats: int = 2
    database_url: str | None = None
    redis_url: str | None = None
    processes: int = 1

    @property
    def manifest(self) -> Path:
        """Return the list of the chats that were put in."""
        return self.folder / "chats.jsonl"


@dataclass
class Measured:
    """All figures of a run."""

    talk: list[Figures] = field(default_factory=list)
    limits: Figures = field(default_factory=dict)
    idle: list[Figures] = field(default_factory=list)
    catch_up: Figures = field(default_factory=dict)


def measure(plan: Plan) -> Measured:
    """Run the whole plan; takes some minutes."""
    measured = Measured()
    most = max(*plan.open_chats, *plan.idle_sockets)
    _tell(f"puts {most:,} open chats into a fresh database")
    database_url = plan.database_url or f"sqlite:///{plan.folder / 'service.db'}"
    open_chats.fill(database_url, most, plan.manifest)
    for kind in ("generator", "echo"):
        with _bare(plan, kind) as limit:
            measured.limits[kind] = _load(plan, limit, kind="talk", chats=plan.open_chats[0], is_delivered=False)
    # Before anything is said: whoever connects is sent the whole thread, and those of the talk grow long.
    for count in plan.idle_sockets:
        measured.idle += _idle(plan, database_url, count)
    with _service(plan, database_url) as service:
        measured.catch_up = _load(plan, service, kind="catch_up", chats=1)
    for count in plan.open_chats:
        measured.talk.append(_talk(plan, database_url, count))
    return measured


def _idle(plan: Plan, database_url: str, count: int) -> Iterator[Figures]:
    _tell(f"{count:,} idle sockets")
    for name, started in (("bare", _bare(plan, "echo")), ("service", _service(plan, database_url))):
        with started as servers:
            yield {"sockets": count, "server": name, **_load(plan, servers, kind="idle", chats=count, ping_seconds=8.0)}


def _talk(plan: Plan, database_url: str, count: int) -> Figures:
    """Saturate the bare group commit and the service in turn; then load each with half of what the service took."""
    taken: dict[str, list[Figures]] = {"bare": [], "service": []}
    for repeat in range(plan.repeats):
        for name in taken:
            with _one(plan, name, database_url, f"{count}-{repeat}") as servers:
                _tell(f"{count:,} open chats: {name}, {repeat + 1} of {plan.repeats}")
                taken[name].append(_closed(plan, servers, count, deep=count == plan.open_chats[0]))
    best = {name: max(runs, key=lambda run: float(run["closed"]["per_second"])) for name, runs in taken.items()}
    half = best["service"]["closed"]["per_second"] / 2
    for name, run in best.items():
        with _one(plan, name, database_url, f"{count}-half") as servers:
            _tell(f"{count:,} open chats: {name} at {half:,.0f} messages/s")
            run["half"] = _load(plan, servers, kind="talk", chats=count, rate=half, prefix=f"half-{count}")
    bare, service = best["bare"]["closed"], best["service"]["closed"]
    ratios = {
        "ratio": round(service["per_second"] / bare["per_second"], 2),
        "cpu_ratio": round(bare["server_cpu_ms_each"] / service["server_cpu_ms_each"], 2),
    }
    return {"open_chats": count, **ratios, "half_per_second": round(half, 1), **best}


def _closed(plan: Plan, servers: list[processes.Server], count: int, *, deep: bool) -> Figures:
    figures = {"closed": _load(plan, servers, kind="talk", chats=count, prefix=f"one-{servers[0].process_id}")}
    if deep:
        prefix = f"deep-{servers[0].process_id}"
        figures["deep"] = _load(plan, servers, kind="talk", chats=count, in_flight=chat_tables.DEEP, prefix=prefix)
    return figures


@contextmanager
def _one(plan: Plan, name: str, database_url: str, run: str) -> Iterator[list[processes.Server]]:
    with _service(plan, database_url) if name == "service" else _bare(plan, "group", run) as servers:
        yield servers


@contextmanager
def _service(plan: Plan, database_url: str) -> Iterator[list[processes.Server]]:
    environment = {"WENJIN_REDIS_URL": plan.redis_url} if plan.redis_url else {}
    arguments, settings = processes.service(database_url, environment)
    with _started(plan, plan.processes, arguments, settings) as servers:
        time.sleep(SETTLE_SECONDS)
        processes.wait_until_quiet(cores=QUIET_CORES, seconds=QUIET_SECONDS)
        yield servers


@contextmanager
def _bare(plan: Plan, kind: str, run: str = "") -> Iterator[list[processes.Server]]:
    # Always a file of its own: what a bare limit costs does not depend on what the service has stored.
    database_url = f"sqlite:///{plan.folder / f'bare-{run}.db'}"
    with _started(plan, 1, ["bench.bare", kind, database_url], {}) as servers:
        yield servers


@contextmanager
def _started(
    plan: Plan, count: int, arguments: Sequence[str], environment: Mapping[str, str]
) -> Iterator[list[processes.Server]]:
    with ExitStack() as stack:
        log = plan.folder / "servers.log"
        servers = [stack.enter_context(processes.server(arguments, environment, log)) for _ in range(count)]
        processes.wait_until_quiet(cores=QUIET_CORES, seconds=QUIET_SECONDS)
        yield servers


def _load(plan: Plan, servers: Sequence[processes.Server], **job: Any) -> Figures:
    whole = Job(
        urls=[server.url for server in servers],
        manifest=str(plan.manifest),
        processes=[server.process_id for server in servers],
        seconds=plan.seconds,
        **job,
    )
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        cwd=processes.ROOT,
        input=json.dumps(asdict(whole)),
        capture_output=True,
        text=True,
        timeout=LOAD_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the load generator failed:\n{done.stderr}")
    figures: Figures = json.loads(done.stdout)
    return figures


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print. Exit code 0 whatever the figures are: a measurement fails no build."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="wenjin-bench-", dir=options.folder) as folder:
        measured = measure(_plan(options, Path(folder).resolve()))
    print(json.dumps(asdict(measured), indent=2) if options.json else chat_tables.shown(asdict(measured)))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="wenjin bench chat", description="Measure the chat beside its limits.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="100 chats and 500 idle sockets, once: some minutes")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each measurement (default 5)")
    parser.add_argument("--repeats", type=int, default=2, help="measurements of each; the best counts (default 2)")
    parser.add_argument("--folder", help="where the databases lie; its disk is measured too (default: temporary files)")
    parser.add_argument("--database", help="an empty PostgreSQL database instead of a SQLite file")
    parser.add_argument("--redis", help="Redis between the processes")
    parser.add_argument("--processes", type=int, default=1, help="processes of the service, on PostgreSQL and Redis")
    return parser.parse_args(arguments)


def _plan(options: argparse.Namespace, folder: Path) -> Plan:
    size: dict[str, Any] = {"open_chats": (100,), "idle_sockets": (500,), "repeats": 1} if options.quick else {}
    return Plan(
        folder,
        **{"repeats": options.repeats, **size},
        seconds=options.seconds,
        database_url=options.database,
        redis_url=options.redis,
        processes=options.processes,
    )


def _tell(sentence: str) -> None:
    print(f"# {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
