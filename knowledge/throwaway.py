"""A database that lives as long as a measurement, filled with published articles in bulk."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from uuid import UUID, uuid5

from sqlalchemy import insert

from knowledge.catalogue import Scope
from knowledge.labelled import LabelledArticle
from knowledge.models import (
    Article,
    ArticleState,
    ChangeKind,
    KnowledgeChange,
    KnowledgeCounter,
    PassageVector,
    QuestionType,
    Revision,
    ServiceTopic,
)
from storage.base import Base, new_id
from storage.database import Database

_AUTHOR, _REVIEWER = UUID(int=1), UUID(int=2)
_NAMES = UUID("5a1d3d3e-6f4c-4a39-9a3c-0f9d1f0a6b11")
_ROWS_PER_STATEMENT = 2_000
_TABLES = (Article, Revision, PassageVector, KnowledgeChange, KnowledgeCounter)


@contextmanager
def filled_database(
    articles: Iterable[LabelledArticle], *, folder: Path | None = None
) -> Iterator[tuple[Database, Scope]]:
    """Yield a new SQLite database with the articles published under their ids as keys, and the scope of all libraries.

    Removed afterwards. Each article is a topic of its own, so that no variant stands for another.
    """
    with tempfile.TemporaryDirectory(dir=folder) as home:
        database = Database(f"sqlite:///{home}/articles.db")
        try:
            tables = [Base.metadata.tables[each.__tablename__] for each in _TABLES]
            Base.metadata.create_all(database.engine, tables=tables)
            yield database, Scope(_fill(database, articles))
        finally:
            database.dispose()


def library_id(name: str) -> UUID:
    """Return the id that a library of a measurement has."""
    return uuid5(_NAMES, name)


def _fill(database: Database, articles: Iterable[LabelledArticle]) -> tuple[UUID, ...]:
    libraries: dict[str, UUID] = {}
    number = 0
    with database.write() as session:
        for batch in _batches(articles):
            rows = [_rows(article, number + place, libraries) for place, article in enumerate(batch, start=1)]
            session.execute(insert(Article), [row[0] for row in rows])
            session.execute(insert(Revision), [row[1] for row in rows])
            number += len(rows)
            # One change stands for all: it says which database this is, so that what is kept of it can be trusted.
            last = {"number": number, "article_id": rows[-1][0]["id"], "kind": ChangeKind.PUBLISHED}
            session.execute(insert(KnowledgeChange), [last | {"happened_at": datetime.now(UTC)}])
        # So that an article published afterwards gets a number of its own.
        session.execute(insert(KnowledgeCounter), [{"id": 1, "number": number}])
    return tuple(libraries.values())


def _batches(articles: Iterable[LabelledArticle]) -> Iterator[list[LabelledArticle]]:
    iterator = iter(articles)
    while batch := list(islice(iterator, _ROWS_PER_STATEMENT)):
        yield batch


def _rows(
    article: LabelledArticle, number: int, libraries: dict[str, UUID]
) -> tuple[dict[str, object], dict[str, object]]:
    now = datetime.now(UTC)
    article_id = new_id()
    owner = libraries.setdefault(article.library, library_id(article.library))
    head = {
        "id": article_id,
        "key": article.id,
        "library_id": owner,
        "language": article.language,
        "state": ArticleState.PUBLISHED,
        "number": number,
        "current_revision": 1,
        "published_revision": 1,
        "author_id": _AUTHOR,
        "reviewer_id": _REVIEWER,
        "published_at": now,
        "service_topic": ServiceTopic.OTHER,
        "question_type": QuestionType.FACT,
        "created_at": now,
        "updated_at": now,
    }
    text = {
        "article_id": article_id,
        "number": 1,
        "question": article.question,
        "alternates": list(article.alternates),
        "answer": article.answer,
        "sources": [],
        "author_id": _AUTHOR,
        "created_at": now,
    }
    return head, text
