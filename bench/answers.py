"""How fast the public answers sites are: each page with 100,000 articles, one reader after another, p50 and p95.

python -m bench.answers [--articles 100000] [--rounds 60]
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from fastapi.testclient import TestClient
from sqlalchemy import insert

from knowledge.models import Article, KnowledgeChange, KnowledgeCounter, QuestionType, Revision, ServiceTopic
from qa_server import logs
from qa_server.app import MIGRATIONS
from qa_server.main import compose
from qa_server.network.models import Level, Library
from qa_server.settings import Settings
from storage.database import Database
from storage.migrate import upgrade

LIBRARIES = 100
BATCH = 5_000
NOW = datetime.now(UTC)
WORDS = ("借阅", "续借", "座位", "数据库", "论文", "查新", "打印", "馆际互借", "讲座", "校外访问", "期刊", "专利")


def main() -> None:
    """Fill a database, measure, print a table or JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        fill(url, given.articles)
        found = measure(url, given.articles, given.rounds)
    if given.json:
        print(json.dumps(found))
        return
    print(f"{given.articles} articles, {LIBRARIES} libraries")
    for name, (first, middle, high, size) in found.items():
        print(f"{name:12} first {first:8.1f} ms   p50 {middle:7.1f} ms   p95 {high:7.1f} ms   {size:7d} bytes")


def measure(url: str, articles: int, rounds: int) -> dict[str, tuple[float, float, float, int]]:
    """Return for each page the first time, median, 95th percentile in milliseconds and its size in bytes."""
    settings = Settings(database_url=url, encoder="none", index_folder="", log_level="ERROR")
    logs.configure(settings)
    app = compose(settings)
    app.state.place.search.refresh()
    client = TestClient(app, headers={"User-Agent": "Mozilla/5.0", "Accept-Language": "zh-CN"})
    pages = {
        "home": lambda turn: f"/answers/L{turn % LIBRARIES:03d}/",
        "topic": lambda turn: f"/answers/L001/topics/borrowing?page={1 + turn}",
        "recent": lambda turn: f"/answers/L001/recent?page={1 + turn * 7}",
        "answer": lambda turn: f"/answers/L001/{1 + (turn * 997 % (articles // 2)) * 2}",
        "search": lambda turn: f"/answers/L001/search?q={WORDS[turn % len(WORDS)]}怎么办理{turn}",
        "feed": lambda turn: "/answers/L001/feed.atom",
        "map": lambda turn: "/answers/sitemaps/1.xml",
        "oai": lambda turn: "/oai?verb=ListRecords&metadataPrefix=oai_dc&from=2020-01-01",
    }
    return {name: timed(client, path, rounds) for name, path in pages.items()}


def timed(client: TestClient, path: object, rounds: int) -> tuple[float, float, float, int]:
    """Return the first time, median and 95th percentile of a page, in milliseconds, and the size of the last one."""
    times: list[float] = []
    size = 0
    for turn in range(rounds + 1):
        started = time.perf_counter()
        response = client.get(path(turn))  # type: ignore[operator]
        times.append((time.perf_counter() - started) * 1000)
        if response.status_code != 200:
            raise SystemExit(f"{path(turn)}: {response.status_code}")  # type: ignore[operator]
        size = len(response.content)
    later = sorted(times[1:])
    return times[0], statistics.median(later), later[int(len(later) * 0.95) - 1], size


def fill(url: str, articles: int) -> None:
    """Put libraries and articles in; every second article is the nation's, the others are the libraries' own."""
    database = Database(url)
    upgrade(database, MIGRATIONS)
    with database.write() as session:
        nation = Library(code="NAT", level=Level.NATION, name_zh="全国中心", name_en="Nation", created_at=NOW)
        session.add(nation)
        session.flush()
        libraries = [
            Library(
                code=f"L{count:03d}",
                level=Level.LIBRARY,
                parent_id=nation.id,
                name_zh=f"第 {count} 图书馆",
                name_en=f"Library {count}",
                created_at=NOW,
            )
            for count in range(LIBRARIES)
        ]
        session.add_all(libraries)
        session.flush()
        owners = [nation.id, *(library.id for library in libraries)]
        for batch in batches(articles):
            rows = [article(number, owners) for number in batch]
            session.execute(insert(Article), rows)
            session.execute(insert(Revision), [revision(row) for row in rows])
            session.execute(
                insert(KnowledgeChange),
                [
                    {"number": row["number"], "article_id": row["id"], "kind": "published", "happened_at": NOW}
                    for row in rows
                ],
            )
        session.add(KnowledgeCounter(id=1, number=articles))
    database.dispose()


def batches(articles: int) -> Iterator[range]:
    """Yield the numbers from 1 in batches."""
    for start in range(1, articles + 1, BATCH):
        yield range(start, min(start + BATCH, articles + 1))


def article(number: int, owners: list[object]) -> dict[str, object]:
    """Return the row of one article."""
    owner = owners[0] if number % 2 else owners[1 + number // 2 % LIBRARIES]
    moment = NOW - timedelta(minutes=number)
    return {
        "id": uuid4(),
        "key": f"bench.n{number}",
        "library_id": owner,
        "language": "zh",
        "state": "published",
        "number": number,
        "current_revision": 1,
        "published_revision": 1,
        "author_id": uuid4(),
        "published_at": moment,
        "service_topic": list(ServiceTopic)[number % len(ServiceTopic)].value,
        "question_type": list(QuestionType)[number % len(QuestionType)].value,
        "created_at": moment,
        "updated_at": moment,
    }


def revision(row: dict[str, object]) -> dict[str, object]:
    """Return the row of its text."""
    number = int(str(row["number"]))
    words = [WORDS[(number * step) % len(WORDS)] for step in (1, 5, 7)]
    return {
        "article_id": row["id"],
        "number": 1,
        "question": f"{words[0]}和{words[1]}第 {number} 号怎么办理？",
        "alternates": [],
        "answer": f"请带校园卡到总服务台。\n\n- {words[2]}\n- 编号 {number}\n" * 4,
        "sources": [],
        "service_topic": row["service_topic"],
        "question_type": row["question_type"],
        "author_id": row["author_id"],
        "created_at": row["created_at"],
    }


if __name__ == "__main__":
    main()
