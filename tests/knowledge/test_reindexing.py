"""Stored vectors against articles: what is missing is made, what is needless goes, an interruption loses nothing."""

from uuid import UUID

import pytest
from sqlalchemy import delete

from knowledge import articles, queries
from knowledge.models import PassageVector
from knowledge.reindexing import VectorDrift, check_vectors, reindex
from storage.database import Database
from tests.knowledge.factories import publish_in
from tests.knowledge.fakes import TokenEncoder

OWNER = UUID(int=10)


def test_what_is_missing_is_found_made_and_then_clean(database: Database) -> None:
    article = publish_in(database, OWNER)
    publish_in(database, OWNER, alternates=())
    heard: list[tuple[int, int]] = []
    encoder = TokenEncoder()
    assert reindex(database, encoder, on_progress=lambda *each: heard.append(each)) == VectorDrift(2, 2, 6, 0)
    assert heard == [(2, 2)]
    assert check_vectors(database, encoder).is_clean
    with database.write() as session:
        session.execute(delete(PassageVector).where(PassageVector.article_id == article.id))
    assert check_vectors(database, encoder) == VectorDrift(2, 1, 4, 0)
    assert len(encoder.encoded) == 6


def test_vectors_of_retired_articles_and_other_encoders_go(database: Database) -> None:
    article = publish_in(database, OWNER)
    publish_in(database, OWNER, alternates=())
    reindex(database, TokenEncoder())
    with database.write() as session:
        articles.retire(session, queries.find_article(session, article.id))
    assert check_vectors(database, TokenEncoder()).needless_vectors == 4
    reindex(database, TokenEncoder("another"))
    assert check_vectors(database, TokenEncoder("another")).is_clean
    assert check_vectors(database, TokenEncoder()).missing_passages == 2


def test_an_interrupted_run_is_taken_up_where_it_stopped(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    # Steps of one article, so that a handful of them makes several steps.
    monkeypatch.setattr("knowledge.reindexing.ARTICLES_PER_STEP", 1)
    for _ in range(3):
        publish_in(sqlite, OWNER, alternates=())

    def stop(done: int, _: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reindex(sqlite, TokenEncoder(), on_progress=stop)
    again = TokenEncoder()
    assert reindex(sqlite, again).incomplete_articles == 1
    assert len(again.encoded) == 2
