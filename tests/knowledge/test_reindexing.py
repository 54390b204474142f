"""Stored vectors against articles: what is missing is made, what is needless goes, an interruption loses nothing."""

from datetime import UTC, datetime
from threading import Thread
from time import monotonic
from uuid import UUID

import pytest
from sqlalchemy import delete, text

from knowledge import articles, queries
from knowledge.models import PassageVector
from knowledge.passages import hash_text
from knowledge.reindexing import VectorDrift, check_vectors, reindex
from knowledge.stored_vectors import load_vectors, save_vectors
from knowledge.visible import all_visible
from storage.database import Database
from tests.knowledge.factories import publish_in
from tests.knowledge.fakes import TokenEncoder

OWNER = UUID(int=10)


def test_what_is_missing_is_found_made_and_then_clean(database: Database) -> None:
    article = publish_in(database, OWNER)
    publish_in(database, OWNER, alternates=())
    heard: list[tuple[int, int]] = []
    encoder = TokenEncoder()
    assert reindex(database, encoder, on_progress=lambda *each: heard.append(each)) == VectorDrift(2, 2, 6, 0, 6)
    assert heard == [(2, 2)]
    assert check_vectors(database, encoder).is_clean
    with database.write() as session:
        session.execute(delete(PassageVector).where(PassageVector.article_id == article.id))
    assert check_vectors(database, encoder) == VectorDrift(2, 1, 4, 0, 6)
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


def test_what_another_process_stores_at_the_same_moment_costs_no_other_vectors(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite lets one writer in at a time")
    publish_in(database, OWNER, alternates=())
    publish_in(database, OWNER, alternates=())
    encoder = TokenEncoder()
    with database.read() as session:
        found = [article for page in all_visible(session, now=datetime.now(UTC)) for article in page]
        _, missing = load_vectors(session, found, encoder=encoder.name, dimensions=encoder.dimensions)
    encoded = [(each, encoder.encode_passages([passage.text for passage in each.passages])) for each in missing]
    saved: list[bool] = []
    slower = Thread(target=lambda: saved.extend(save_vectors(database, encoded, encoder=encoder.name)))
    with database.write() as session:
        faster = PassageVector(
            article_id=found[0].id,
            encoder=encoder.name,
            passage_number=missing[0].passages[0].number,
            revision_number=1,
            text_hash=hash_text(missing[0].passages[0].text),
            vector=encoded[0][1][0].tobytes(),
        )
        session.add(faster)
        session.flush()
        slower.start()
        wait_until_one_waits(database)
    slower.join(30)
    assert saved == [True, True]
    assert check_vectors(database, encoder).is_clean


def wait_until_one_waits(database: Database) -> None:
    """Return when a transaction of this database waits for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = monotonic() + 30
    while monotonic() < deadline:
        with database.read() as session:
            if session.scalar(waiting):
                return
    raise AssertionError("nobody waits for a lock")
