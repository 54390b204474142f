"""How long a search of conversations takes: by words, filters, both, for a librarian, a centre and the whole network.

    python -m bench.finding                              # 100,000 conversations on SQLite
    python -m bench.finding --database postgresql+psycopg://user@host/empty --json

The conversations are made of the demo's questions and answers, 6 messages each, at 50 libraries of very different size.
Fails when a kind of search takes longer than the limit at its 95th percentile.
"""

import argparse
import gc
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from bench.figures import spread, table
from qa_server.app import MIGRATIONS
from qa_server.conversations import word_index
from qa_server.conversations.models import Conversation, Message, Resolution, State
from qa_server.desk import searching
from qa_server.desk.search_filters import read_filters
from qa_server.network.models import Desk, Library
from qa_server.people.models import Reader, Role
from qa_server.people.rights import Grant, StaffMember
from qa_server.seeds import loader
from storage.base import new_id
from storage.database import Database
from storage.migrate import upgrade

LIMIT_MS = 300.0
LIBRARIES = 50
_BATCH = 2_000
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
_SEEDS = Path(loader.__file__).parent
# What is typed: words that two of three texts have or one of eight, one of a thousand or none, several.
USUAL_WORDS = ("图书馆", "借书", "文献传递", "renew")
RARE_WORDS = ("续借 罚款", "zzzz")
SEVERAL_WORDS = ("校园卡 激活", "library card", "interlibrary loan", "知网 校外")
QUERIES = (*USUAL_WORDS, *RARE_WORDS, *SEVERAL_WORDS)


def main() -> None:
    """Measure, print a table or JSON, and fail when the limit is passed."""
    parser = argparse.ArgumentParser(prog="python -m bench.finding", description=__doc__)
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20, help="how often each search is made")
    parser.add_argument("--database", help="an empty database; else SQLite in a temporary folder")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(options.database or f"sqlite:///{Path(folder) / 'bench.db'}")
        upgrade(database, MIGRATIONS)
        nodes = _network(database)
        started = time.perf_counter()
        _fill(database, nodes, options.conversations)
        filled = time.perf_counter()
        _take_up(database)
        seconds = time.perf_counter() - filled
        figures = list(_measured(database, nodes, options.rounds))
        database.dispose()
    if options.json:
        print(json.dumps([dict(zip(_HEAD, row, strict=True)) for row in figures], ensure_ascii=False, indent=2))
    else:
        print(f"filled in {filled - started:.0f} s, words of {options.conversations:,} taken up in {seconds:.0f} s")
        print(table(_HEAD, figures))
    sys.exit(1 if any(row[4] > LIMIT_MS for row in figures) else 0)


_HEAD = ("who", "search", "searches", "p50 ms", "p95 ms", "p99 ms")
_Node = tuple[UUID, UUID, str]
_Row = tuple[str, str, int, float, float, float]


def _network(database: Database) -> list[_Node]:
    """Make a nation with libraries below it; return library, desk and code of each, the nation first."""
    with database.write() as session:
        nation = _library(session, "NAT", None)
        return [nation, *(_library(session, f"L{each:03d}", nation[0]) for each in range(LIBRARIES))]


def _library(session: Session, code: str, parent: UUID | None) -> _Node:
    level = "library" if parent else "nation"
    row = Library(code=code, level=level, parent_id=parent, name_zh=code, name_en=code, created_at=NOW)
    session.add(row)
    session.flush()
    desk = Desk(library_id=row.id, name_zh=code, name_en=code)
    session.add(desk)
    session.flush()
    return (row.id, desk.id, code)


def _fill(database: Database, nodes: list[_Node], conversations: int) -> None:
    random, texts = Random(5), list(_texts())
    with database.write() as session:
        reader = Reader(token_hash=b"x" * 32, library_id=nodes[1][0], language="zh", created_at=NOW)
        session.add(reader)
        session.flush()
        reader_id = reader.id
    for first in range(0, conversations, _BATCH):
        with database.write() as session:
            rows: list[dict[str, object]] = []
            messages: list[dict[str, object]] = []
            for count in range(first, min(first + _BATCH, conversations)):
                # The first libraries are large, the last ones have a few conversations each.
                place = min(LIBRARIES, int(random.paretovariate(0.7)))
                conversation = _conversation(count, nodes[place], reader_id, random, texts)
                rows.append(conversation)
                messages += _messages(conversation, random, texts)
            session.execute(insert(Conversation), rows)
            session.execute(insert(Message), messages)


def _conversation(count: int, node: _Node, reader_id: UUID, random: Random, texts: list[str]) -> dict[str, object]:
    asked = NOW - timedelta(minutes=100_000 - count)
    return {
        "id": new_id(),
        "number": f"{node[2]}-2026-{count:06d}",
        "reader_id": reader_id,
        "client_id": f"bench-{count:08d}",
        "library_id": node[0],
        "desk_id": node[1],
        "channel": "chat",
        "language": random.choice(("zh", "en")),
        "question": random.choice(texts)[:200],
        "state": State.CLOSED.value,
        "last_seq": 6,
        "created_at": asked,
        "queued_at": asked,
        "ended_at": asked + timedelta(minutes=9),
        "resolution": random.choice(list(Resolution)).value,
        "read_level": random.randint(1, 6),
        "rating": random.choice((None, None, 1, 3, 4, 5)),
    }


def _messages(conversation: dict[str, object], random: Random, texts: list[str]) -> Iterator[dict[str, object]]:
    for seq in range(1, 7):
        yield {
            "conversation_id": conversation["id"],
            "seq": seq,
            "kind": "text",
            "author": "reader" if seq % 2 else "librarian",
            "sender": "bench",
            "client_id": f"bench-{seq:04d}",
            "body": f"{random.choice(texts)} {random.randrange(10**7)}",
            "details": {},
            "created_at": conversation["created_at"],
        }


def _texts() -> Iterator[str]:
    for name in ("articles.zh.jsonl", "articles.en.jsonl"):
        for line in (_SEEDS / name).read_text(encoding="utf-8").splitlines():
            article = json.loads(line)
            yield article["question"]
            yield article["answer"][:400]


def _take_up(database: Database) -> None:
    after: UUID | None = UUID(int=0)
    while after is not None:
        with database.write() as session:
            found = word_index.compare(session, after=after)
            word_index.take_up(session, found.behind, now=NOW)
            after = found.last
    # What PostgreSQL does by itself within minutes.
    statement = "ANALYZE" if database.is_sqlite else "VACUUM ANALYZE"
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(statement))


def _measured(
    database: Database, nodes: list[_Node], rounds: int
) -> Iterator[tuple[str, str, int, float, float, float]]:
    people = {
        "librarian of a large library": _person(nodes[1], Role.LIBRARIAN),
        "librarian of a small library": _person(nodes[-2], Role.LIBRARIAN),
        "centre of all": _person(nodes[0], Role.CENTRE_ADMINISTRATOR),
    }
    # As the service does at its start: else its whole code is looked at now and then, 0.3 s each time.
    gc.collect()
    gc.freeze()
    for who, person in people.items():
        for name, searches in _searches(nodes).items():
            times = []
            for _ in range(rounds):
                for given in searches:
                    started = time.perf_counter()
                    _search(database, person, given)
                    times.append(time.perf_counter() - started)
            found = spread(times)
            yield (who, name, found.count, found.p50, found.p95, found.p99)


def _searches(nodes: list[_Node]) -> dict[str, list[dict[str, str]]]:
    narrow = {"rating": "low", "read": "5"}
    return {
        "nothing, the newest": [{}],
        "a usual word": [{"q": each} for each in USUAL_WORDS],
        "rare words": [{"q": each} for each in RARE_WORDS],
        "two words": [{"q": each} for each in SEVERAL_WORDS],
        "filters": [narrow, {"library": nodes[1][2], "state": "ended"}, {"first": "2026-10-01", "last": "2026-10-02"}],
        "words and filters": [{"q": each, **narrow} for each in QUERIES],
        "oldest first": [{"q": each, "sort": "oldest"} for each in USUAL_WORDS],
    }


def _search(database: Database, person: StaffMember, given: dict[str, str]) -> None:
    with database.read() as session:
        search = searching.prepare(session, person, read_filters(given))
        searching.page_and_count(session, search)


def _person(node: _Node, role: Role) -> StaffMember:
    return StaffMember(
        id=new_id(),
        login="bench",
        name_zh="测",
        name_en="Bench",
        language="zh",
        library_id=node[0],
        grants=(Grant(node[0], role),),
        desk_ids=frozenset({node[1]}),
        csrf_token="",
    )


if __name__ == "__main__":
    main()
