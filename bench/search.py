"""Measure search: build, adding, memory, latency, queries per second, each beside its limit in the same run.

The limit of a search is encoding the query and asking the bare vector index; what is above it is our own work (keyword
side, fusion, scope, reading the texts). Peers that need no installation are asked the same questions.

    python -m bench.search --articles 10000 100000 --queries 500 [--clients 4] [--json]
"""

import argparse
import json
import resource
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.search_articles import articles
from bench.search_peers import numpy_scan, sqlite_fts5
from embeddings.encoder import Encoder
from embeddings.loading import SHIPPED, load_encoder
from knowledge.articles import draft, publish, submit
from knowledge.catalogue import Scope
from knowledge.content import ArticleContent
from knowledge.measures import percentile
from knowledge.search import KnowledgeSearch
from knowledge.throwaway import filled_database
from storage.database import Database

SCOPE_LIBRARIES = 4
ADDED = 200


@dataclass(frozen=True)
class Figures:
    """One size; times in milliseconds unless they say seconds."""

    articles: int
    passages: int
    fill_seconds: float
    build_seconds: float
    memory_mb: int
    added_per_second: float
    p50: float
    p95: float
    p99: float
    queries_per_second_1: float
    queries_per_second_many: float
    limit_p50: float
    limit_p95: float
    overhead: float
    keyword_only_p95: float
    sqlite_fts5_p95: float
    numpy_scan_p95: float


def main() -> None:
    """Measure every size asked for and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000])
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--encoder", default=SHIPPED)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    encoder = load_encoder(options.encoder)
    for count in options.articles:
        figures = measure(count, encoder, queries=options.queries, clients=options.clients)
        if options.json:
            print(json.dumps(asdict(figures)))
        else:
            print("\n".join(f"{name:24} {value}" for name, value in asdict(figures).items()), end="\n\n")


def measure(count: int, encoder: Encoder, *, queries: int, clients: int) -> Figures:
    """Fill a throw-away database with so many articles and measure."""
    asked = [article.question for article in articles(queries, seed=1)]
    with tempfile.TemporaryDirectory() as home:
        began = time.perf_counter()
        with filled_database(articles(count, seed=0), folder=Path(home)) as (database, everything):
            filled = time.perf_counter()
            search = KnowledgeSearch(database, encoder, poll_seconds=3600)
            search.start()
            search.catch_up()
            built = time.perf_counter()
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            scope = Scope(everything.library_ids[:SCOPE_LIBRARIES])
            try:
                return _figures(search, database, encoder, (scope, asked, clients), (began, filled, built, memory))
            finally:
                search.stop()


def _figures(
    search: KnowledgeSearch,
    database: Database,
    encoder: Encoder,
    asking: tuple[Scope, Sequence[str], int],
    marks: tuple[float, float, float, int],
) -> Figures:
    scope, asked, clients = asking
    began, filled, built, memory = marks
    ours = _times(lambda text: search.rank(text, scope=scope), asked)
    index = search.vector_index
    assert index is not None
    limit = _times(lambda text: index.search(encoder.encode_queries([text]), 50), asked)
    status = search.status()
    return Figures(
        articles=status.articles,
        passages=status.passages,
        fill_seconds=round(filled - began, 2),
        build_seconds=round(built - filled, 2),
        memory_mb=memory,
        added_per_second=round(_adding(search, database, scope), 1),
        p50=_round(percentile(ours, 0.5)),
        p95=_round(percentile(ours, 0.95)),
        p99=_round(percentile(ours, 0.99)),
        queries_per_second_1=_round(1000 / statistics.mean(ours)),
        queries_per_second_many=_round(_throughput(search, scope, asked, clients)),
        limit_p50=_round(percentile(limit, 0.5)),
        limit_p95=_round(percentile(limit, 0.95)),
        overhead=_round(percentile(ours, 0.5) / percentile(limit, 0.5)),
        keyword_only_p95=_round(percentile(_times(_keyword_only(search, scope), asked), 0.95)),
        sqlite_fts5_p95=_round(percentile(_times(sqlite_fts5(database), asked), 0.95)),
        numpy_scan_p95=_round(percentile(_times(numpy_scan(status.passages, encoder), asked), 0.95)),
    )


def _times(ask: Callable[[str], object], asked: Sequence[str]) -> list[float]:
    for text in asked[:10]:
        ask(text)
    times = []
    for text in asked:
        began = time.perf_counter()
        ask(text)
        times.append(1000 * (time.perf_counter() - began))
    return times


def _throughput(search: KnowledgeSearch, scope: Scope, asked: Sequence[str], clients: int) -> float:
    def ask(part: Sequence[str]) -> None:
        for text in part:
            search.rank(text, scope=scope)

    threads = [threading.Thread(target=ask, args=(asked[place::clients],)) for place in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(asked) / (time.perf_counter() - began)


def _adding(search: KnowledgeSearch, database: Database, scope: Scope) -> float:
    owner = scope.library_ids[0]
    with database.write() as session:
        for place, article in enumerate(articles(ADDED, seed=2)):
            content = ArticleContent(
                key=f"added.k{place}",
                language=article.language,
                question=article.question,
                answer=article.answer,
                service_topic="other",
                question_type="fact",
                alternates=article.alternates,
            )
            made = draft(session, content=content, owner=owner, author_id=owner)
            submit(session, made)
            publish(session, made, reviewer_id=scope.library_ids[1])
    began = time.perf_counter()
    search.catch_up()
    return ADDED / (time.perf_counter() - began)


def _keyword_only(search: KnowledgeSearch, scope: Scope) -> Callable[[str], object]:
    return lambda text: search.keyword_hits(text, scope=scope)


def _round(value: float) -> float:
    return round(value, 2)


if __name__ == "__main__":
    main()
