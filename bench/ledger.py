"""`wenjin bench ledger`: how fast unanswered questions are sorted in, and how long a search for duplicates takes."""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import numpy as np
from sqlalchemy import func, insert, select

import knowledge.duplicate_models
import knowledge.life_models
import knowledge.proposal_models
import knowledge.trial_models  # noqa: F401  registers the tables
from embeddings.encoder import Encoder
from embeddings.loading import load_encoder
from embeddings.training import field_groups
from knowledge import duplicates
from knowledge.ledger import queries as ledger_queries
from knowledge.ledger import service as ledger
from knowledge.ledger import vectors as ledger_vectors
from knowledge.ledger.clustering import place_all
from knowledge.ledger.models import LedgerEntry, UnansweredQuestion
from knowledge.ledger.queries import LedgerFilter
from knowledge.ledger.service import Given
from knowledge.models import Article, ArticleState, PassageVector, Revision
from knowledge.wordings import hash_of
from storage.base import Base, new_id
from storage.database import Database

_BATCH = 256
_LIBRARIES = 200
_ROWS = 2_000
_PLACES = (
    "东区分馆",
    "医学分馆",
    "主馆三楼",
    "西校区",
    "研究生阅览室",
    "在校外",
    "周末",
    "假期里",
    "毕业以后",
    "今年新生",
)


def main() -> None:
    """Measure on a SQLite file of its own, and print one JSON object."""
    parser = argparse.ArgumentParser(prog="wenjin bench ledger", description=__doc__)
    parser.add_argument("--questions", type=int, default=100_000)
    parser.add_argument("--articles", type=int, default=100_000)
    wanted = parser.parse_args()
    encoder = load_encoder("shipped")
    with tempfile.TemporaryDirectory() as home:
        database = Database(f"sqlite:///{home}/ledger.db")
        Base.metadata.create_all(database.engine)
        told: dict[str, object] = {}
        if wanted.questions:
            told["questions"] = _measure_questions(database, encoder, wanted.questions)
        if wanted.articles:
            told["articles"] = _measure_articles(database, encoder, wanted.articles, Path(home))
        database.dispose()
    print(json.dumps(told, indent=2))


def _words(count: int) -> Iterator[str]:
    """Yield different questions: texts of the field with a place or time before them."""
    texts = [text for group in field_groups() for text in group.texts if 4 <= len(text) <= 200]
    generator = np.random.default_rng(1)
    for number in range(count):
        text = texts[int(generator.integers(len(texts)))]
        place = _PLACES[int(generator.integers(len(_PLACES)))]
        yield text if number % 3 == 0 else f"{place}{text}" if number % 3 == 1 else f"{text} {number % 977}"


def _measure_questions(database: Database, encoder: Encoder, count: int) -> dict[str, object]:
    libraries = [uuid4() for _ in range(_LIBRARIES)]
    now = datetime.now(UTC)
    rows = [
        {
            "id": new_id(),
            "mark": hash_of(str(number)),
            "source": "search",
            "library_id": libraries[number % _LIBRARIES],
            "language": "zh",
            "words": words[:300],
            "words_hash": hash_of(words[:300]),
            "asked_at": now - timedelta(minutes=number % 100_000),
        }
        for number, words in enumerate(_words(count))
    ]
    with database.write() as session:
        for start in range(0, count, _ROWS):
            session.execute(insert(UnansweredQuestion), rows[start : start + _ROWS])
    before, began = _memory(), time.perf_counter()
    centres = ledger_vectors.centres_of(database, encoder.name, encoder.dimensions)
    encoding = placing = storing = 0.0
    done, last_speed, part = 0, 0.0, time.perf_counter()
    while True:
        with database.read() as session:
            waiting = ledger.waiting(session, limit=_BATCH)
        if not waiting:
            break
        started = time.perf_counter()
        vectors = ledger_vectors.vectors_of(database, encoder, waiting)
        if vectors is None:
            break
        encoded = time.perf_counter()
        places = place_all(vectors, centres)
        placed = time.perf_counter()
        given = [Given(*each) for each in zip(waiting, vectors, places, strict=True)]
        with database.write() as session:
            changed = ledger.give(session, given, encoder=encoder.name, common=lambda _: libraries[0], now=now)
        for entry_id, total in changed.items():
            centres.put(entry_id, total)
        encoding, placing, storing = (
            encoding + encoded - started,
            placing + placed - encoded,
            storing + time.perf_counter() - placed,
        )
        done += len(waiting)
        if done % (40 * _BATCH) == 0:
            last_speed = 40 * _BATCH / (time.perf_counter() - part)
            part = time.perf_counter()
    took = time.perf_counter() - began
    started = time.perf_counter()
    with database.read() as session:
        ledger_queries.list_entries(session, LedgerFilter(libraries=libraries), now=now)
        entries = session.scalar(select(func.count()).select_from(LedgerEntry))
    return {
        "questions": done,
        "entries": entries,
        "a second": round(done / took),
        "a second at the end": round(last_speed),
        "seconds": round(took, 1),
        "encoding, placing, storing": [round(encoding, 1), round(placing, 1), round(storing, 1)],
        "memory of the middles, MB": round((_memory() - before) / 1_000),
        "a page of the list, ms": round(1000 * (time.perf_counter() - started)),
    }


def _measure_articles(database: Database, encoder: Encoder, count: int, _: Path) -> dict[str, object]:
    _fill(database, encoder, count)
    began = time.perf_counter()
    found = duplicates.find_all(database, encoder=encoder.name, now=datetime.now(UTC))
    first = time.perf_counter() - began
    with database.write() as session:
        for article in session.scalars(select(Article).limit(100)):
            revision = session.get_one(Revision, (article.id, 1))
            session.add(
                Revision(
                    article_id=article.id,
                    number=2,
                    question=revision.question + "呢",
                    alternates=[],
                    answer=revision.answer,
                    sources=[],
                    author_id=article.author_id,
                    created_at=article.created_at,
                )
            )
            article.current_revision = article.published_revision = 2
    began = time.perf_counter()
    again = duplicates.find_all(database, encoder=encoder.name, now=datetime.now(UTC))
    return {
        "articles": found.compared,
        "pairs": found.pairs,
        "first time, s": round(first, 1),
        "after 100 changes, s": round(time.perf_counter() - began, 1),
        "compared again": again.compared,
        "memory at most, MB": round(_memory() / 1_000),
    }


def _fill(database: Database, encoder: Encoder, count: int) -> None:
    owner, author, now = [uuid4() for _ in range(50)], uuid4(), datetime.now(UTC)
    texts = list(_words(count))
    for start in range(0, count, _ROWS):
        part = texts[start : start + _ROWS]
        ids = [new_id() for _ in part]
        vectors = encoder.encode_passages(part).astype(np.float32)
        with database.write() as session:
            session.execute(
                insert(Article),
                [
                    {
                        "id": id_,
                        "key": f"topic.k{start + place}",
                        "library_id": owner[place % 50],
                        "language": "zh",
                        "state": ArticleState.PUBLISHED,
                        "number": start + place + 1,
                        "current_revision": 1,
                        "published_revision": 1,
                        "author_id": author,
                        "service_topic": "other",
                        "question_type": "fact",
                        "created_at": now,
                        "updated_at": now,
                    }
                    for place, id_ in enumerate(ids)
                ],
            )
            session.execute(
                insert(Revision),
                [
                    {
                        "article_id": id_,
                        "number": 1,
                        "question": part[place][:300],
                        "alternates": [],
                        "answer": "。".join(texts[(start + place * 7 + step) % count] for step in range(6)),
                        "sources": [],
                        "author_id": author,
                        "created_at": now,
                    }
                    for place, id_ in enumerate(ids)
                ],
            )
            session.execute(
                insert(PassageVector),
                [
                    {
                        "article_id": id_,
                        "encoder": encoder.name,
                        "passage_number": 0,
                        "revision_number": 1,
                        "text_hash": hash_of(part[place]),
                        "vector": vectors[place].tobytes(),
                    }
                    for place, id_ in enumerate(ids)
                ],
            )


def _memory() -> int:
    """Return the largest resident size so far, in KB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
