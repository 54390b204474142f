"""Sorting questions into entries: the rules by themselves, the counts, and what putting them in order may change."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from embeddings.encoder import Vectors, normalised
from knowledge import tasks
from knowledge.ledger import balance as ledger_balance
from knowledge.ledger import closings
from knowledge.ledger import queries as ledger_queries
from knowledge.ledger import service as ledger
from knowledge.ledger import vectors as ledger_vectors
from knowledge.ledger.balance import Balancing
from knowledge.ledger.closings import Closer
from knowledge.ledger.clustering import CLOSE_ENOUGH, Centres, place_all
from knowledge.ledger.models import (
    EntryState,
    LedgerEntry,
    LedgerShare,
    LedgerWeek,
    QuestionSource,
    UnansweredQuestion,
)
from knowledge.ledger.service import Asked, Given
from knowledge.tasks import LeaseLost
from storage.database import Database
from tests.knowledge.fakes import TokenEncoder

HERE, THERE = uuid4(), uuid4()
NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
ENCODER = TokenEncoder()


def common(libraries: object) -> UUID | None:
    """The finder of a network of one node."""
    return HERE


def ask(database: Database, words: str, library: UUID = HERE, *, days_ago: int = 0) -> None:
    with database.write() as session:
        asked = Asked(uuid4().hex, QuestionSource.SEARCH, library, words, "zh", NOW - timedelta(days=days_ago))
        assert ledger.record(session, asked)


def sort_in(database: Database, *, close_enough: float = CLOSE_ENOUGH, encoder: TokenEncoder = ENCODER) -> None:
    """Give everything that waits to entries."""
    with database.read() as session:
        waiting = ledger.waiting(session, limit=100)
    vectors = ledger_vectors.vectors_of(database, encoder, waiting)
    assert vectors is not None
    centres = ledger_vectors.centres_of(database, encoder.name, encoder.dimensions)
    places = place_all(vectors, centres, close_enough=close_enough)
    given = [Given(*each) for each in zip(waiting, vectors, places, strict=True)]
    with database.write() as session:
        ledger.give(session, given, encoder=encoder.name, common=common, now=NOW)


def entries(database: Database) -> list[LedgerEntry]:
    with database.read() as session:
        return list(
            session.scalars(
                select(LedgerEntry).where(LedgerEntry.state != EntryState.MERGED).order_by(LedgerEntry.asked.desc())
            )
        )


def balance(database: Database, encoder: TokenEncoder = ENCODER) -> ledger_balance.Balanced:
    with database.write() as session:
        lease = tasks.take(session, "ledger", "test", now=NOW)
    assert lease is not None
    done, _ = ledger_balance.balance(Balancing(database, encoder, lambda _: common, lambda: NOW), lease)
    return done


def counts_agree(database: Database) -> bool:
    """Say whether entries, shares and weeks count what is there."""
    with database.read() as session:
        for entry in session.scalars(select(LedgerEntry)):
            rows = session.scalars(select(UnansweredQuestion).where(UnansweredQuestion.entry_id == entry.id)).all()
            open_count = sum(row.closing_id is None for row in rows)
            shares = session.execute(
                select(func.sum(LedgerShare.asked), func.sum(LedgerShare.open_count)).where(
                    LedgerShare.entry_id == entry.id
                )
            ).one()
            weeks = session.scalar(select(func.sum(LedgerWeek.asked)).where(LedgerWeek.entry_id == entry.id))
            found = [entry.asked, entry.open_count, shares[0] or 0, shares[1] or 0, weeks or 0]
            if found != [len(rows), open_count, len(rows), open_count, len(rows)]:
                return False
    return True


def random_vectors(seed: int, count: int) -> Vectors:
    vectors: Vectors = normalised(np.random.default_rng(seed).standard_normal((count, 8)).astype(np.float32))
    return vectors


@settings(deadline=None)
@given(st.integers(0, 1000), st.integers(0, 30), st.integers(0, 30))
def test_every_question_goes_to_the_nearest_entry_that_is_near_enough_or_begins_one(
    seed: int, known: int, asked: int
) -> None:
    centres: Centres[int] = Centres(8)
    for key, vector in enumerate(random_vectors(seed, known)):
        centres.put(key, vector)
    vectors = random_vectors(seed + 1, asked)
    places = place_all(vectors, centres)
    assert len(places) == asked
    begun = [each.new for each in places if each.new is not None]
    assert all(new <= max(begun[:place], default=-1) + 1 for place, new in enumerate(begun))
    keys, cosines = centres.nearest(vectors)
    for place, nearest, cosine in zip(places, keys, cosines, strict=True):
        if place.key is not None:
            assert (place.key, cosine >= CLOSE_ENOUGH) == (nearest, True)


def test_a_batch_is_sorted_as_one_after_the_other_would_be(database: Database) -> None:
    for words in ("打印机卡纸了", "打印机又卡纸了", "钥匙丢了找谁", "打印机卡纸"):
        ask(database, words)
    sort_in(database)
    assert [entry.asked for entry in entries(database)] == [3, 1]
    assert counts_agree(database)


def test_texts_without_known_words_stay_apart() -> None:
    nothing: Vectors = np.zeros((2, 8), dtype=np.float32)
    assert [each.new for each in place_all(nothing, Centres[int](8))] == [0, 1]


def test_what_strayed_waits_again_and_goes_where_it_belongs(database: Database) -> None:
    for words in ("打印机卡纸了", "打印机又卡纸了", "打印机总卡纸", "钥匙丢了找谁"):
        ask(database, words)
    # Everything is thrown together, as a first question halfway between two matters does.
    sort_in(database, close_enough=-1.0)
    assert [entry.asked for entry in entries(database)] == [4]
    assert balance(database).strayed == 1
    assert counts_agree(database)
    sort_in(database)
    assert [entry.asked for entry in entries(database)] == [3, 1]
    assert balance(database).strayed == 0


def test_what_began_twice_becomes_one_with_all_its_counts(database: Database) -> None:
    ask(database, "打印机卡纸了怎么办", HERE, days_ago=10)
    ask(database, "打印机卡纸了怎么办？", THERE)
    sort_in(database, close_enough=2.0)
    first, second = entries(database)
    assert balance(database).merged == 1
    (entry,) = entries(database)
    assert (entry.asked, entry.open_count, entry.members) == (2, 2, 2)
    assert counts_agree(database)
    with database.read() as session:
        gone = next(each for each in (first, second) if each.id != entry.id)
        assert ledger_queries.standing_for(session, gone.id).id == entry.id
        seen = ledger_queries.find_seen(session, entry.id, [HERE, THERE], now=NOW)
        assert (seen.asked, seen.libraries) == (2, 2)


def test_what_somebody_works_on_and_what_is_closed_stays_as_it_is(database: Database) -> None:
    for words in ("打印机卡纸了", "打印机又卡纸了", "打印机总卡纸", "钥匙丢了找谁"):
        ask(database, words)
    sort_in(database, close_enough=-1.0)
    with database.write() as session:
        entry = session.scalars(select(LedgerEntry)).one()
        entry.owner_id, entry.state = uuid4(), EntryState.IN_WORK
    assert balance(database).strayed == 0
    ask(database, "打印机卡纸了怎么办")
    ask(database, "打印机卡纸了怎么办？")
    sort_in(database, close_enough=2.0)
    with database.write() as session:
        for each in session.scalars(select(LedgerEntry).where(LedgerEntry.asked == 1)):
            by = Closer(uuid4(), [HERE], [HERE], common)
            closings.close_unanswered(session, each.id, by=by, reason="no", now=NOW)
    assert balance(database).merged == 0


def test_another_encoder_makes_the_middles_anew(database: Database) -> None:
    for words in ("打印机卡纸了", "打印机又卡纸了"):
        ask(database, words)
    sort_in(database)
    other = TokenEncoder("another")
    assert balance(database, other).renewed == 1
    ask(database, "打印机卡纸")
    sort_in(database, encoder=other)
    assert [(entry.asked, entry.encoder) for entry in entries(database)] == [(3, "another")]


def test_a_process_that_lost_the_task_stores_nothing(database: Database) -> None:
    with database.write() as session:
        first = tasks.take(session, "ledger", "one", now=NOW)
    assert first is not None
    later = NOW + tasks.LEASE
    with database.write() as session:
        assert tasks.take(session, "ledger", "two", now=NOW) is None
        second = tasks.take(session, "ledger", "two", now=later)
    assert second is not None
    with pytest.raises(LeaseLost), database.write() as session:
        tasks.advance(session, first, now=later)
    with database.write() as session:
        tasks.advance(session, second, now=later)
    with database.write() as session:
        tasks.give_up(session, second)
        assert tasks.take(session, "ledger", "one", now=later) is not None


@pytest.mark.parametrize("words", ["邮箱是 a.reader@example.edu", "学号 2023012345 借不了", "？！", ""])
def test_words_with_personal_details_or_without_any_are_not_kept(words: str) -> None:
    assert ledger.kept_words(words) is None


def test_of_a_long_text_the_beginning_is_kept() -> None:
    assert ledger.kept_words("怎么办" * 200) == ("怎么办" * 200)[:300]


def test_weeks_begin_on_monday() -> None:
    assert [ledger.week_of(NOW + timedelta(days=day)).isoformat() for day in (-2, -1, 0, 6)] == [
        "2026-08-24",
        "2026-08-31",
        "2026-08-31",
        "2026-09-07",
    ]
