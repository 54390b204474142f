"""Measure search: filling, starting, adding, memory, latency, queries per second, beside its limits in the same run.

The limit of a search is encoding the query and asking the bare indexes; what is above it is our own work (scope,
fusion, topics, reading the texts from the database). What a user could pick instead is asked the same questions.

    python -m bench.search --articles 10000 100000 [--queries 500] [--clients 4] [--peers 100000] [--json]
"""

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.figures import Spread
from bench.search_articles import articles
from bench.search_figures import Ask, Figures, as_table, files_mb, memory_mb, take_turns
from bench.search_peers import PEERS, PeerMissing, Source
from embeddings.encoder import Encoder
from embeddings.loading import SHIPPED, load_encoder
from knowledge.articles import draft, publish, submit
from knowledge.catalogue import Scope
from knowledge.content import ArticleContent
from knowledge.search import KnowledgeSearch
from knowledge.throwaway import filled_database
from knowledge.vector_engines import IndexHome
from storage.database import Database

# A reader's library, its province, the nation and an alliance: 4 of 50 owners.
SCOPE_LIBRARIES = 4
ADDED = 200
_NEIGHBOURS = 50


@dataclass(frozen=True)
class Asking:
    """What is asked, where, and by how many at once."""

    scope: Scope
    everything: Scope
    texts: Sequence[str]
    clients: int


@dataclass(frozen=True)
class Start:
    """How long a start took until the keyword side answered, and until both did; seconds."""

    keyword: float
    both: float


def main() -> None:
    """Measure every size asked for and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000])
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--encoder", default=SHIPPED)
    parser.add_argument("--peers", type=int, default=100_000, help="ask the peers up to this many articles")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    encoder = load_encoder(options.encoder)
    measured = [
        measure(count, encoder, queries=options.queries, clients=options.clients, with_peers=count <= options.peers)
        for count in options.articles
    ]
    print("\n".join(json.dumps(asdict(each)) for each in measured) if options.json else as_table(measured))


def measure(count: int, encoder: Encoder, *, queries: int, clients: int, with_peers: bool) -> Figures:
    """Fill a throw-away database with so many articles and measure."""
    texts = [article.question for article in articles(queries, seed=1)]
    with tempfile.TemporaryDirectory() as folder:
        home = IndexHome(Path(folder) / "index")
        began = time.perf_counter()
        with filled_database(articles(count, seed=0), folder=Path(folder)) as (database, everything):
            filled = time.perf_counter() - began
            asking = Asking(Scope(everything.library_ids[:SCOPE_LIBRARIES]), everything, texts, clients)
            before = memory_mb()
            search, first = _start(database, encoder, home)
            memory = memory_mb() - before
            added = _adding(search, database, asking.scope)
            search.stop()
            search, again = _start(database, encoder, home)
            peers = _peers(Source(database, encoder, asking.scope), texts) if with_peers else {}
            try:
                return _figures(
                    search,
                    encoder,
                    asking,
                    fill_seconds=round(filled, 2),
                    start_first_seconds=first.both,
                    start_first_keyword_seconds=first.keyword,
                    start_again_seconds=again.both,
                    start_again_keyword_seconds=again.keyword,
                    memory_mb=memory,
                    files_mb=files_mb(Path(folder) / "index"),
                    added_per_second=added,
                    peers=peers,
                )
            finally:
                search.stop()


def _start(database: Database, encoder: Encoder, home: IndexHome) -> tuple[KnowledgeSearch, Start]:
    began = time.perf_counter()
    search = KnowledgeSearch(database, encoder, poll_seconds=3600, home=home)
    search.start()
    keyword = time.perf_counter()
    search.catch_up()
    return search, Start(round(keyword - began, 2), round(time.perf_counter() - began, 2))


def _figures(search: KnowledgeSearch, encoder: Encoder, asking: Asking, **marks: object) -> Figures:
    index = search.vector_index
    assert index is not None
    scope, texts = asking.scope, asking.texts

    def ours(text: str) -> object:
        return search.rank(text, scope=scope)

    def vectors(text: str) -> object:
        return index.search(encoder.encode_queries([text]), _NEIGHBOURS)

    def keyword(text: str) -> object:
        return search.keyword_hits(text, scope=scope)

    def both(text: str) -> object:
        return vectors(text), keyword(text)

    def wide(text: str) -> object:
        return search.rank(text, scope=asking.everything)

    whole, alone, together, words, everywhere = take_turns((ours, vectors, both, keyword, wide), texts)
    status = search.status()
    return Figures(
        articles=status.articles,
        passages=status.passages,
        scope_articles=status.articles * len(scope.library_ids) // len(asking.everything.library_ids),
        ours=whole.clock,
        wide=everywhere.clock,
        limit_vectors=alone.clock,
        limit_both=together.clock,
        keyword_side=words.clock,
        overhead_vectors=round(whole.clock.p50 / alone.clock.p50, 2),
        overhead_both=round(whole.clock.p50 / together.clock.p50, 2),
        core_ms_ours=whole.core_ms,
        core_ms_limit_vectors=alone.core_ms,
        core_ms_limit_both=together.core_ms,
        core_overhead_vectors=round(whole.core_ms / alone.core_ms, 2),
        core_overhead_both=round(whole.core_ms / together.core_ms, 2),
        queries_per_second_1=round(_throughput(ours, texts, 1), 1),
        queries_per_second_many=round(_throughput(ours, texts, asking.clients), 1),
        **marks,  # type: ignore[arg-type]
    )


def _throughput(ask: Ask, texts: Sequence[str], clients: int) -> float:
    def ask_part(part: Sequence[str]) -> None:
        for text in part:
            ask(text)

    threads = [threading.Thread(target=ask_part, args=(texts[place::clients],)) for place in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(texts) / (time.perf_counter() - began)


def _adding(search: KnowledgeSearch, database: Database, scope: Scope) -> float:
    """Publish articles as curators do and return how many a second came into both indexes."""
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
    return round(ADDED / (time.perf_counter() - began), 1)


def _peers(source: Source, texts: Sequence[str]) -> dict[str, Spread | str]:
    figures: dict[str, Spread | str] = {}
    for name, make in PEERS.items():
        try:
            began = time.perf_counter()
            ask = make(source)
            figures[f"{name} build s"] = str(round(time.perf_counter() - began, 1))
            figures[name] = take_turns((ask,), texts[:100])[0].clock
        except PeerMissing:
            figures[name] = "not installed"
    return figures


if __name__ == "__main__":
    main()
