"""Ask a large network's articles as readers of all its libraries, and look for anything that they may not find.

Libraries in provinces, regions and a nation, with alliances across; articles of every owner, half of them on topics
that many owners answer, of every visibility, some not valid yet or no longer. Each query is asked at a random library
by a random kind of asker; every hit is compared with what the network allows. One hit out of scope gives exit code 1.

    python -m bench.scope [--libraries 1800] [--per-owner 5] [--queries 100000] [--seed 8] [--words-only]
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from bench.search_articles import articles
from embeddings.encoder import Encoder
from embeddings.loading import SHIPPED, load_encoder
from knowledge.catalogue import Scope
from knowledge.labelled import LabelledArticle
from knowledge.models import Article, Audience, Visibility, audience_of
from knowledge.search import KnowledgeSearch
from knowledge.throwaway import filled_database, library_id
from storage.database import Database

_REGIONS, _PROVINCES, _ALLIANCES, _ALLIANCE_SIZE = 7, 30, 24, 40
_SEED = 7
_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Network:
    """Names of the libraries, and of each the owners whose articles its readers may find, nearest first."""

    scopes: dict[str, tuple[str, ...]]
    owners: tuple[str, ...]


@dataclass(frozen=True)
class Allowed:
    """What decides whether somebody may find an article."""

    owner: UUID
    audience: Audience
    is_in_force: bool


@dataclass(frozen=True)
class Tally:
    """What came of the queries: how many were asked, how many found something, hits in all, hits out of bounds."""

    asked: int
    answered: int
    hits: int
    leaks: int
    by_audience: dict[str, int]


def network(libraries: int) -> Network:
    """Return a tree of so many libraries under provinces, regions and a nation, with alliances across."""
    chance = random.Random(_SEED)
    names = [f"L{number}" for number in range(libraries)]
    members = [set(chance.sample(names, min(_ALLIANCE_SIZE, libraries))) for _ in range(_ALLIANCES)]
    scopes: dict[str, tuple[str, ...]] = {}
    for number, name in enumerate(names):
        province = number % _PROVINCES
        above = (f"P{province}", f"R{province % _REGIONS}", "N")
        allied = tuple(f"A{place}" for place, each in enumerate(members) if name in each)
        scopes[name] = (name, *allied, *above)
    return Network(scopes, tuple(dict.fromkeys(owner for scope in scopes.values() for owner in scope)))


def written(owners: tuple[str, ...], per_owner: int) -> Iterator[LabelledArticle]:
    """Yield the articles of these owners, each with a question of its own or one that many owners share."""
    for number, article in enumerate(articles(len(owners) * per_owner, seed=_SEED)):
        yield replace(article, library=owners[number % len(owners)])


def settle(database: Database) -> dict[UUID, Allowed]:
    """Give the articles shared topics, visibilities and dates; return what is allowed of each."""
    allowed: dict[UUID, Allowed] = {}
    taken: set[tuple[UUID, str]] = set()
    now, kinds = datetime.now(UTC), list(Visibility)
    with database.write() as session:
        for row in session.execute(Article.__table__.select()).all():
            number = int(row.number)
            values: dict[str, object] = {"visibility": kinds[(number // 3) % len(kinds)].value}
            is_in_force = True
            shared = f"shared.{number % 53}.{row.language}"
            if number % 2 and (row.library_id, shared) not in taken:
                # One of the variants of a topic, of which the nearest owner's stands.
                taken.add((row.library_id, shared))
                values["key"] = shared
            if number % 11 == 0:
                values["valid_from"], is_in_force = now + _YEAR, False
            elif number % 13 == 0:
                values["valid_until"], values["shows_past"] = now - _YEAR, number % 26 == 0
                is_in_force = number % 26 == 0
            if number % 17 == 0:
                values["state"], is_in_force = "retired", False
            session.execute(update(Article).where(Article.id == row.id).values(**values))
            allowed[row.id] = Allowed(row.library_id, audience_of(str(values["visibility"])), is_in_force)
    return allowed


def ask(search: KnowledgeSearch, tree: Network, allowed: dict[UUID, Allowed], *, queries: int, seed: int) -> Tally:
    """Ask that many questions at random libraries by random kinds of askers, and count what should not be there."""
    chance = random.Random(seed)
    names, texts = list(tree.scopes), [article.question for article in articles(4_000, seed=seed)]
    counts: Counter[str] = Counter()
    by_audience: Counter[str] = Counter()
    for number in range(queries):
        audience = chance.choice(list(Audience))
        scope = Scope(tuple(library_id(owner) for owner in tree.scopes[chance.choice(names)]), audience)
        hits = search.rank(_asked(chance, texts), scope=scope, limit=10)[1]
        counts["answered"] += bool(hits)
        counts["hits"] += len(hits)
        by_audience[audience.name.lower()] += len(hits)
        counts["leaks"] += sum(not _may_find(allowed[hit.article_id], scope) for hit in hits)
        if number % 5_000 == 4_999:
            print(f"{number + 1} asked, {counts['hits']} hits, {counts['leaks']} out of scope", flush=True)
    return Tally(queries, counts["answered"], counts["hits"], counts["leaks"], dict(by_audience))


def _may_find(article: Allowed, scope: Scope) -> bool:
    return article.is_in_force and article.owner in scope.library_ids and article.audience <= scope.audience


def _asked(chance: random.Random, texts: list[str]) -> str:
    text = chance.choice(texts)
    # Whole questions, pieces of them, and two at once.
    kind = chance.random()
    if kind < 0.3:
        return text[: chance.randint(2, max(2, len(text)))]
    return f"{text} {chance.choice(texts)}" if kind < 0.4 else text


def main() -> int:
    """Run it and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--libraries", type=int, default=1_800)
    parser.add_argument("--per-owner", type=int, default=5)
    parser.add_argument("--queries", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=_SEED + 1, help="another draw of questions")
    parser.add_argument("--words-only", action="store_true", help="without vectors")
    options = parser.parse_args()
    tree = network(options.libraries)
    encoder: Encoder | None = None if options.words_only else load_encoder(SHIPPED)
    with filled_database(written(tree.owners, options.per_owner)) as (database, _):
        allowed = settle(database)
        search = KnowledgeSearch(database, encoder)
        search.start()
        search.catch_up()
        started = time.perf_counter()
        tally = ask(search, tree, allowed, queries=options.queries, seed=options.seed)
        seconds = time.perf_counter() - started
        status = search.status()
        search.stop()
    print(f"{len(tree.scopes)} libraries, {len(tree.owners)} owners, {len(allowed)} articles, mode {status.mode}")
    print(f"{tally}; {seconds:.0f} s")
    return 1 if tally.leaks or not tally.hits else 0


if __name__ == "__main__":
    sys.exit(main())
