"""The vectors kept in the database: read those that still fit the texts, write new ones. Encodes nothing itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

import numpy as np
from sqlalchemy import Table, bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from embeddings.encoder import Vectors
from embeddings.id_set import Ids
from knowledge.models import Article, PassageVector
from knowledge.passages import PASSAGES_PER_ARTICLE, Passage, hash_text
from knowledge.visible import VisibleArticle
from storage.database import Database

# Rows go in and out by the tens of thousands here: over the bare tables, and many to a statement.
_STORED = cast(Table, PassageVector.__table__)
_OF_ARTICLES = _STORED.c.article_id.in_(bindparam("ids", expanding=True))
_OF_ENCODER = _STORED.c.encoder == bindparam("encoder_name")
_READ = select(_STORED.c.article_id, _STORED.c.passage_number, _STORED.c.text_hash, _STORED.c.vector).where(
    _OF_ENCODER, _OF_ARTICLES
)
_KEYS = select(_STORED.c.article_id, _STORED.c.passage_number).where(_OF_ENCODER, _OF_ARTICLES)
_DROP = delete(_STORED).where(
    _OF_ENCODER, _STORED.c.article_id == bindparam("id"), _STORED.c.passage_number == bindparam("passage")
)
# What another process stored a moment ago stays: the same texts give the same vectors, and others are found by their
# hash and encoded anew.
_STORE_ON_SQLITE = sqlite.insert(_STORED).on_conflict_do_nothing()
_STORE_ON_POSTGRES = postgresql.insert(_STORED).on_conflict_do_nothing()


@dataclass(frozen=True)
class EncodedPassages:
    """Passages by their ids in the index, row by row with their vectors."""

    ids: Ids
    vectors: Vectors


@dataclass(frozen=True)
class Unencoded:
    """Passages of one article that have no vector yet."""

    article: VisibleArticle
    passages: tuple[Passage, ...]


def passage_id(article_number: int, passage_number: int) -> int:
    """Return the id of a passage in the vector index."""
    return article_number * PASSAGES_PER_ARTICLE + passage_number


def load_vectors(
    session: Session, articles: Sequence[VisibleArticle], *, encoder: str, dimensions: int
) -> tuple[EncodedPassages, list[Unencoded]]:
    """Return what is stored for the articles' present texts, and what has to be encoded."""
    wanted = {"encoder_name": encoder, "ids": [article.id for article in articles]}
    rows = session.connection().execute(_READ, wanted)
    stored = {(row.article_id, row.passage_number): row for row in rows}
    ids: list[int] = []
    found: list[bytes] = []
    missing: list[Unencoded] = []
    for article in articles:
        lacking = []
        for passage in article.passages:
            row = stored.get((article.id, passage.number))
            if row is not None and row.text_hash == hash_text(passage.text) and len(row.vector) == 4 * dimensions:
                ids.append(passage_id(article.number, passage.number))
                found.append(row.vector)
            else:
                lacking.append(passage)
        if lacking:
            missing.append(Unencoded(article, tuple(lacking)))
    vectors = np.frombuffer(b"".join(found), dtype=np.float32).reshape(len(found), dimensions)
    return EncodedPassages(np.array(ids, dtype=np.int64), vectors), missing


def count_vectors(session: Session, *, encoder: str) -> int:
    """Return how many vectors of the encoder are stored."""
    counted = select(func.count()).select_from(_STORED).where(_OF_ENCODER)
    return int(session.connection().execute(counted, {"encoder_name": encoder}).scalar_one())


def save_vectors(database: Database, encoded: Sequence[tuple[Unencoded, Vectors]], *, encoder: str) -> list[bool]:
    """Store the vectors of each article whose published revision is still the encoded one; say which those were.

    Another process may store the same at the same moment; its vectors stay, those of the other articles are added.
    """
    with database.write() as session:
        published = _published(session, [each.article.id for each, _ in encoded])
        saved = [published.get(each.article.id) == each.article.revision_number for each, _ in encoded]
        fresh = [pair for pair, is_current in zip(encoded, saved, strict=True) if is_current]
        _drop_outdated(session, [each for each, _ in fresh], encoder)
        rows = [row for each, vectors in _in_order(fresh) for row in _rows(each, vectors, encoder)]
        if rows:
            store = _STORE_ON_SQLITE if database.is_sqlite else _STORE_ON_POSTGRES
            session.connection().execute(store, rows)
        return saved


def _in_order(encoded: Sequence[tuple[Unencoded, Vectors]]) -> list[tuple[Unencoded, Vectors]]:
    # Two processes that store the same articles in different orders would wait for each other.
    return sorted(encoded, key=lambda pair: pair[0].article.id)


def _published(session: Session, ids: Sequence[UUID]) -> dict[UUID, int | None]:
    rows = session.execute(select(Article.id, Article.published_revision).where(Article.id.in_(ids)))
    return {row.id: row.published_revision for row in rows}


def _drop_outdated(session: Session, fresh: Sequence[Unencoded], encoder: str) -> None:
    """Drop what is stored for passages that are encoded anew or no longer there."""
    kept = {
        (each.article.id, passage.number)
        for each in fresh
        for passage in each.article.passages
        if passage not in each.passages
    }
    wanted = {"encoder_name": encoder, "ids": [each.article.id for each in fresh]}
    stored = session.connection().execute(_KEYS, wanted).all()
    outdated = [row for row in stored if (row.article_id, row.passage_number) not in kept]
    if outdated:
        session.connection().execute(
            _DROP,
            [{"encoder_name": encoder, "id": row.article_id, "passage": row.passage_number} for row in outdated],
        )


def _rows(each: Unencoded, vectors: Vectors, encoder: str) -> list[dict[str, object]]:
    return [
        {
            "article_id": each.article.id,
            "encoder": encoder,
            "passage_number": passage.number,
            "revision_number": each.article.revision_number,
            "text_hash": hash_text(passage.text),
            "vector": vector.astype(np.float32).tobytes(),
        }
        for passage, vector in zip(each.passages, vectors, strict=True)
    ]
