"""Measures routing: choosing for one question in a tree with 20,000 librarians, the sweeper, the memory of the tree.

Run it as `wenjin bench routing`. The limits are those of the routing's own promises; a figure beyond one is marked.
"""

import argparse
import json
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from qa_server.app import MIGRATIONS, make_workplace
from qa_server.conversations.models import Conversation
from qa_server.desk import widening
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk, DeskMember, Library
from qa_server.people.models import Librarian, Reader
from qa_server.routing.cascade import DeskNow, QuestionKind, Scene, advance
from qa_server.routing.models import Route
from qa_server.routing.policy import Candidate, Mode, Wanted, choose, free_places
from qa_server.routing.rules import CascadeRule, plan_for, write_plan
from qa_server.routing.surroundings import lay_out
from qa_server.routing.week_network import SimulatedNetwork, generate
from qa_server.settings import Settings
from storage.base import new_id
from storage.database import Database
from storage.migrate import upgrade

CHOOSE_LIMIT_MS = 1.0
ROUND_LIMIT_MS = 100.0
LIBRARIES = 1_800
LIBRARIANS = 20_000
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


def main() -> None:
    """Measure, print a table or JSON, and fail when a limit is passed."""
    parser = argparse.ArgumentParser(prog="wenjin bench routing", description=__doc__)
    parser.add_argument("--questions", type=int, default=2_000, help="questions to choose for")
    parser.add_argument("--waiting", type=int, default=10_000, help="waiting questions for the sweeper")
    parser.add_argument("--rounds", type=int, default=20, help="rounds of the sweeper")
    parser.add_argument("--database", help="an empty database; else SQLite in a temporary folder")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    figures = {**measure_choice(options.questions)}
    with tempfile.TemporaryDirectory() as folder:
        url = options.database or f"sqlite:///{Path(folder) / 'bench.db'}"
        figures |= measure_sweeper(url, waiting=options.waiting, rounds=options.rounds)
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, value in figures.items():
            print(f"{name:<52}{value:>14,.3f}")
    is_slow = figures["choose median ms"] > CHOOSE_LIMIT_MS or figures["sweeper round median ms"] > ROUND_LIMIT_MS
    sys.exit(1 if is_slow else 0)


def measure_choice(questions: int) -> dict[str, float]:
    """Choose desk and librarian for random questions; also what the whole tree weighs in memory."""
    tracemalloc.start()
    network = generate(LIBRARIES)
    people = _people(network)
    weight = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    random = Random(7)
    rule = CascadeRule()
    times = []
    for _ in range(questions):
        library = random.randrange(len(network.libraries))
        started = time.perf_counter()
        _choose_once(network, people, rule, library)
        times.append((time.perf_counter() - started) * 1_000)
    times.sort()
    return {
        "librarians in the tree": float(sum(map(len, people.values()))),
        "memory of the tree MiB": weight / 2**20,
        "choose median ms": median(times),
        "choose 99th percentile ms": times[int(len(times) * 0.99)],
    }


def measure_sweeper(url: str, *, waiting: int, rounds: int) -> dict[str, float]:
    """Fill a database with waiting questions and look for due ones, with none due and with one in 1,000 due."""
    database = Database(url)
    upgrade(database, MIGRATIONS)
    database.dispose()
    moment = [NOW]
    place = make_workplace(Settings(database_url=url, encoder="none"), clock=lambda: moment[0])
    try:
        ids = _fill(place, waiting)
        idle = [_timed(lambda: widening.widen_due(place)) for _ in range(rounds)]
        random = Random(3)
        busy = []
        for _ in range(rounds):
            _make_due(place, random.sample(ids, max(1, waiting // 1_000)), moment[0])
            busy.append(_timed(lambda: widening.widen_due(place)))
        _make_due(place, ids[: min(500, waiting)], moment[0])
        rush = _timed(lambda: widening.widen_due(place))
    finally:
        place.messages.stop()
        place.database.dispose()
    return {
        "waiting questions": float(waiting),
        "sweeper round, nothing due, median ms": median(idle),
        "sweeper round median ms": median(busy),
        "sweeper round worst ms": max(busy),
        "one of 500 due at once ms": rush / min(500, waiting),
    }


def _people(network: SimulatedNetwork) -> dict[UUID, list[Candidate]]:
    """Return everybody by desk, desks filled up until the tree has its 20,000."""
    extra = max(0, LIBRARIANS - network.librarians) // len(network.desks) + 1
    found = {}
    for desk in network.desks.values():
        ids = [*desk.people, *(new_id() for _ in range(extra))]
        found[desk.id] = [Candidate(each, desk.library_id, load=number % 3) for number, each in enumerate(ids)]
    return found


def _choose_once(
    network: SimulatedNetwork, people: dict[UUID, list[Candidate]], rule: CascadeRule, library: int
) -> None:
    plan = plan_for(rule, network.neighbourhood(library), QuestionKind.GENERAL)
    desks = {step.desk_id: DeskNow(True, free_places(people[step.desk_id])) for step in plan.steps}
    move = advance(plan, Scene(NOW, False, True, desks), next_step=1, reached={plan.steps[0].desk_id}, is_tracked=False)
    desk_id = move.reached.desk_id if move.reached else plan.steps[0].desk_id
    choose(Wanted(network.libraries[library].id), people[desk_id], mode=Mode.LEAST_LOADED)


def _fill(place: Workplace, waiting: int) -> list[UUID]:
    """Put in a small tree and many waiting questions, none of which is due."""
    with place.database.write() as session:
        nation = _node(session, "NAT", "nation", None)
        libraries = [_node(session, f"L{number:03d}", "library", nation) for number in range(30)]
        desks = {node: _desk(session, node) for node in (nation, *libraries)}
        for node, desk in desks.items():
            person = Librarian(
                login=desk.hex, name_zh="馆员", name_en="L", library_id=node, password_hash="-", created_at=NOW
            )
            session.add(person)
            session.flush()
            session.add(DeskMember(desk_id=desk, librarian_id=person.id))
            place.presence.arrive(person.id)
        reader = Reader(token_hash=b"-" * 32, library_id=libraries[0], language="zh", created_at=NOW)
        session.add(reader)
        session.flush()
        plans = {node: write_plan(lay_out(session, node, QuestionKind.GENERAL, now=NOW).plan) for node in libraries}
        rows, routes = [], []
        for number in range(waiting):
            node = libraries[number % len(libraries)]
            row_id = new_id()
            rows.append(_question(row_id, number, reader.id, node, desks[node]))
            routes.append(
                {
                    "conversation_id": row_id,
                    "plan": plans[node],
                    "promise_hours": 24,
                    "next_step": 1,
                    "due_at": NOW + timedelta(days=1),
                }
            )
        session.execute(insert(Conversation), rows)
        session.execute(insert(Route), routes)
    return [row["id"] for row in rows]  # type: ignore[misc]


def _question(row_id: UUID, number: int, reader: UUID, library: UUID, desk: UUID) -> dict[str, object]:
    return {
        "id": row_id,
        "number": f"B-{number}",
        "reader_id": reader,
        "client_id": f"bench-{number}",
        "library_id": library,
        "desk_id": desk,
        "language": "zh",
        "question": "怎样检索古籍？",
        "state": "waiting",
        "created_at": NOW,
        "queued_at": NOW + timedelta(microseconds=number),
    }


def _make_due(place: Workplace, ids: list[UUID], moment: datetime) -> None:
    with place.database.write() as session:
        session.execute(update(Route).where(Route.conversation_id.in_(ids)).values(due_at=moment))


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1_000


def _node(session: Session, code: str, level: str, parent: UUID | None) -> UUID:
    row = Library(code=code, level=level, parent_id=parent, name_zh=code, name_en=code, created_at=NOW)
    session.add(row)
    session.flush()
    return row.id


def _desk(session: Session, library: UUID) -> UUID:
    row = Desk(library_id=library, name_zh="台", name_en="Desk", list_version=0)
    session.add(row)
    session.flush()
    return row.id


if __name__ == "__main__":
    main()
