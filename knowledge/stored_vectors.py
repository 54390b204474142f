"""The vectors kept in the database: read those that still fit the texts, write new ones. Encodes nothing itself."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from embeddings.encoder import Vectors
from embeddings.id_set import Ids
from knowledge.models import Article, PassageVector
from knowledge.passages import PASSAGES_PER_ARTICLE, Passage, hash_text
from knowledge.visible import VisibleArticle
from storage.database import Database

_log = logging.getLogger(__name__)


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
    rows = session.scalars(
        select(PassageVector).where(
            PassageVector.encoder == encoder, PassageVector.article_id.in_([article.id for article in articles])
        )
    )
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


def save_vectors(database: Database, encoded: Sequence[tuple[Unencoded, Vectors]], *, encoder: str) -> list[bool]:
    """Store the vectors of each article whose published revision is still the encoded one; say which those were.

    Another process may store the same at the same moment; its vectors are ours, so that is no fault.
    """
    try:
        with database.write() as session:
            return [_save_article(session, each, vectors, encoder) for each, vectors in encoded]
    except IntegrityError:
        _log.info("vectors were stored by another process first")
        return [True for _ in encoded]


def _save_article(session: Session, each: Unencoded, vectors: Vectors, encoder: str) -> bool:
    article = each.article
    published = session.scalar(select(Article.published_revision).where(Article.id == article.id))
    if published != article.revision_number:
        return False
    numbers = [passage.number for passage in each.passages]
    kept = {passage.number for passage in article.passages} - set(numbers)
    session.execute(
        delete(PassageVector)
        .where(PassageVector.article_id == article.id, PassageVector.encoder == encoder)
        .where(PassageVector.passage_number.not_in(kept))
        .execution_options(synchronize_session=False)
    )
    session.add_all(
        PassageVector(
            article_id=article.id,
            encoder=encoder,
            passage_number=passage.number,
            revision_number=article.revision_number,
            text_hash=hash_text(passage.text),
            vector=vector.astype(np.float32).tobytes(),
        )
        for passage, vector in zip(each.passages, vectors, strict=True)
    )
    session.flush()
    return True
