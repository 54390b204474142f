"""Wordings from use: proposed once, counted, never kept with personal details, in the article only when confirmed."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from embeddings import training
from embeddings.contrastive import Settings
from embeddings.training import WordingGroup
from knowledge import articles, proposal_queries, proposals, queries, site_training
from knowledge.articles import Change
from knowledge.catalogue import Scope
from knowledge.content import MAX_ALTERNATES
from knowledge.errors import (
    AlternatesFull,
    ArticleRetired,
    OwnRevision,
    ProposalDecided,
    WordingEmpty,
    WordingTooLong,
)
from knowledge.models import Article, ArticleState
from knowledge.proposal_models import AnswerVerdict, VerdictSource, WordingProposal
from knowledge.proposal_queries import ProposedWording, VerdictCounts
from knowledge.proposals import Verdict
from knowledge.search import KnowledgeSearch
from knowledge.visible import find_visible
from storage.database import Database
from tests.knowledge.factories import content, publish_in
from tests.knowledge.fakes import TokenEncoder

OWNER, OTHER = UUID(int=10), UUID(int=11)
CURATOR = UUID(int=3)
NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
WORDS = "晚上最晚能待到几点"


@pytest.fixture
def article(database: Database) -> Article:
    """A published article with two alternates."""
    return publish_in(database, OWNER)


def judge(
    database: Database,
    article: Article,
    words: str = WORDS,
    *,
    is_helpful: bool = True,
    who: str = "reader-1",
    library: UUID = OWNER,
    now: datetime = NOW,
) -> None:
    """Say of the article whether it helped."""
    said = Verdict(library, VerdictSource.READER, words, is_helpful, who)
    with database.write() as session:
        shown = find_visible(session, [article.id], now=now)[article.id]
        proposals.note_verdict(session, shown, said, now=now)


def waiting(database: Database) -> list[ProposedWording]:
    """Return what waits for the curators of the owner."""
    with database.read() as session:
        return [each for group in proposal_queries.list_proposed(session, [OWNER]) for each in group.wordings]


def decide(database: Database, how: str, words: str | None = None) -> None:
    """Confirm or reject what waits first."""
    (proposal_id, *_) = [each.id for each in waiting(database)]
    with database.write() as session:
        proposal = proposals.find_proposal(session, proposal_id)
        if how == "confirm":
            proposals.confirm(session, proposal, curator_id=CURATOR, now=NOW, words=words)
        else:
            proposals.reject(session, proposal, curator_id=CURATOR, now=NOW)


def alternates_shown(database: Database, article: Article) -> tuple[str, ...]:
    """Return the alternates of what readers see."""
    with database.read() as session:
        return find_visible(session, [article.id], now=NOW)[article.id].alternates


def test_the_same_words_are_one_proposal_with_a_count_libraries_and_the_last_date(
    database: Database, article: Article
) -> None:
    later = NOW + timedelta(days=1)
    judge(database, article)
    judge(database, article, f" {WORDS}？ ", who="reader-2")
    judge(database, article, "晚上最晚能待到幾點", who="reader-3", library=OTHER, now=later)
    (found,) = waiting(database)
    assert (found.words, found.uses, found.libraries, found.last_used_at) == (
        WORDS,
        3,
        frozenset({OWNER, OTHER}),
        later,
    )
    with database.read() as session:
        assert proposal_queries.count_proposed(session, [OWNER]) == 1
        assert proposal_queries.count_proposed(session, [OTHER]) == 0
        assert proposal_queries.list_proposed(session, [OTHER]) == []


def test_a_reader_who_says_it_again_is_counted_once_and_may_change_sides(database: Database, article: Article) -> None:
    judge(database, article)
    judge(database, article)
    assert [each.uses for each in waiting(database)] == [1]
    judge(database, article, is_helpful=False)
    assert waiting(database) == []
    with database.read() as session:
        kept = session.query(AnswerVerdict).one()
        assert (kept.is_helpful, kept.words, kept.proposal_id) == (False, WORDS, None)
        assert proposal_queries.count_verdicts(session, article.id) == VerdictCounts(helpful=0, unhelpful=1)
    judge(database, article)
    assert [each.uses for each in waiting(database)] == [1]


def test_the_same_words_said_by_many_at_once_are_one_proposal(database: Database, article: Article) -> None:
    with ThreadPoolExecutor(4) as pool:
        said = [pool.submit(judge, database, article, who=f"reader-{number % 4}") for number in range(8)]
        for each in said:
            each.result()
    assert [each.uses for each in waiting(database)] == [4]


def test_no_secret_of_a_reader_is_stored(database: Database, article: Article) -> None:
    judge(database, article, who="a-very-secret-token")
    with database.read() as session:
        kept = session.query(AnswerVerdict).one()
    assert len(kept.mark) == 64
    assert "secret" not in str(vars(kept))


@pytest.mark.parametrize("words", ["几点关门", "几点关门？", "  幾點關門 ", "图书馆的开放时间是什么"])
def test_words_that_the_article_has_are_not_proposed(database: Database, article: Article, words: str) -> None:
    judge(database, article, words)
    assert waiting(database) == []
    judge(database, article, "几点关灯")
    assert len(waiting(database)) == 1


@pytest.mark.parametrize(
    "words",
    [
        "我的邮箱 li.lei@example.edu.cn 收不到通知",
        "电话13912345678能续借吗",
        "电话１３９１２３４５６７８能续借吗",
        "139 1234 5678 收不到短信",
        "学号 20230001 为什么不能借书",
        "座机010-6275-1051打不通",
        "一三九一二三四五六七八",
    ],
)
@pytest.mark.parametrize("is_helpful", [True, False])
def test_words_with_personal_details_are_kept_nowhere(sqlite: Database, words: str, *, is_helpful: bool) -> None:
    article = publish_in(sqlite, OWNER)
    judge(sqlite, article, words, is_helpful=is_helpful)
    with sqlite.read() as session:
        assert session.query(WordingProposal).all() == []
        assert [each.words for each in session.query(AnswerVerdict)] == [None]


@pytest.mark.parametrize("words", ["2025-2026学年校历在哪里", "i borrowed 3 books on 2026-09-01", "GB/T 7714怎么引用"])
def test_years_and_small_numbers_are_no_personal_details(sqlite: Database, words: str) -> None:
    judge(sqlite, publish_in(sqlite, OWNER), words)
    assert [each.words for each in waiting(sqlite)] == [words]


@pytest.mark.parametrize("words", ["？！", " ", "\x00", "很长" * 400])
def test_what_is_no_question_is_not_proposed(sqlite: Database, words: str) -> None:
    judge(sqlite, publish_in(sqlite, OWNER), words)
    assert waiting(sqlite) == []


def test_a_confirmed_wording_is_in_the_published_article_and_found_at_once(
    database: Database, article: Article
) -> None:
    search = KnowledgeSearch(database)
    search.start()
    try:
        judge(database, article, "夜里能否留宿")
        assert alternates_shown(database, article) == ("几点关门", "周末开不开")
        # No character of these words is in the article, so that nothing but the alternate leads there.
        assert search.search("夜里能否留宿", scope=_scope(), language="zh", limit=5).hits == ()
        decide(database, "confirm")
        search.refresh()
        assert alternates_shown(database, article) == ("几点关门", "周末开不开", "夜里能否留宿")
        (hit, *_) = search.search("夜里能否留宿", scope=_scope(), language="zh", limit=5).hits
        assert (hit.article_id, hit.matched_text, hit.score) == (article.id, "夜里能否留宿", 1.0)
    finally:
        search.stop()
    assert waiting(database) == []


def test_the_date_that_readers_see_stays_that_of_the_answer(database: Database, article: Article) -> None:
    judge(database, article)
    decide(database, "confirm")
    with database.read() as session:
        now = queries.find_article(session, article.id)
        revision = articles.current_revision(session, now)
    assert (now.state, now.published_revision, now.published_at) == ("published", 2, article.published_at)
    assert (revision.author_id, revision.change_note) == (CURATOR, f"+ {WORDS}")


def test_a_wording_may_be_edited_before_it_is_confirmed(database: Database, article: Article) -> None:
    judge(database, article, "最晚几点")
    decide(database, "confirm", words="  图书馆最晚\n开到几点？ ")
    assert alternates_shown(database, article)[-1] == "图书馆最晚 开到几点？"
    judge(database, article, "最晚几点", who="reader-2")
    assert waiting(database) == []


def test_a_rejected_wording_does_not_come_back_unless_it_is_taken_back(database: Database, article: Article) -> None:
    judge(database, article)
    (proposal_id,) = [each.id for each in waiting(database)]
    decide(database, "reject")
    judge(database, article, who="reader-2")
    assert waiting(database) == []
    assert WORDS not in alternates_shown(database, article)
    with database.write() as session:
        proposals.reopen(session, proposals.find_proposal(session, proposal_id))
    assert [each.uses for each in waiting(database)] == [2]


def test_a_decision_is_made_once(database: Database, article: Article) -> None:
    judge(database, article)
    (proposal_id,) = [each.id for each in waiting(database)]
    decide(database, "confirm")
    with pytest.raises(ProposalDecided), database.write() as session:
        proposals.reject(session, proposals.find_proposal(session, proposal_id), curator_id=CURATOR, now=NOW)
    with pytest.raises(ProposalDecided), database.write() as session:
        proposals.reopen(session, proposals.find_proposal(session, proposal_id))
    assert alternates_shown(database, article)[-1] == WORDS


@pytest.mark.parametrize("state", [ArticleState.DRAFT, ArticleState.IN_REVIEW])
def test_a_revision_under_work_gets_the_wording_too_and_goes_on(
    database: Database, article: Article, state: ArticleState
) -> None:
    editor = UUID(int=5)
    judge(database, article)
    with database.write() as session:
        found = queries.find_article(session, article.id)
        change = Change(1, editor, "new hours")
        articles.revise(session, found, content=content(answer="新的时间。", alternates=()), change=change)
        if state == ArticleState.IN_REVIEW:
            articles.submit(session, found)
    decide(database, "confirm")
    assert alternates_shown(database, article) == ("几点关门", "周末开不开", WORDS)
    with database.read() as session:
        now = queries.find_article(session, article.id)
        newest = articles.current_revision(session, now)
        shown = find_visible(session, [article.id], now=NOW)[article.id]
    assert (now.state, now.published_revision, now.current_revision) == (state, 3, 4)
    assert (newest.answer, newest.alternates, newest.author_id) == ("新的时间。", [WORDS], editor)
    assert shown.answer != newest.answer
    with database.write() as session:
        found = queries.find_article(session, article.id)
        if state == ArticleState.DRAFT:
            articles.submit(session, found)
        with pytest.raises(OwnRevision):
            articles.publish(session, found, reviewer_id=editor)


def test_what_cannot_be_an_alternate_is_refused_and_waits_on(sqlite: Database) -> None:
    full = publish_in(sqlite, OWNER, alternates=tuple(f"第{number}种问法" for number in range(MAX_ALTERNATES)))
    judge(sqlite, full)
    for words, refusal in [(None, AlternatesFull), ("？", WordingEmpty), ("长" * 301, WordingTooLong)]:
        with pytest.raises(refusal):
            decide(sqlite, "confirm", words=words)
    assert len(waiting(sqlite)) == 1
    decide(sqlite, "confirm", words="第3种问法！")
    assert len(alternates_shown(sqlite, full)) == MAX_ALTERNATES


def test_wordings_of_a_retired_article_do_not_wait(sqlite: Database) -> None:
    article = publish_in(sqlite, OWNER)
    judge(sqlite, article)
    (proposal_id,) = [each.id for each in waiting(sqlite)]
    with sqlite.write() as session:
        articles.retire(session, queries.find_article(session, article.id))
    assert waiting(sqlite) == []
    with pytest.raises(ArticleRetired), sqlite.write() as session:
        proposals.confirm(session, proposals.find_proposal(session, proposal_id), curator_id=CURATOR, now=NOW)


def _scope() -> Scope:
    return Scope((OWNER,))


def test_a_confirmed_wording_is_in_the_next_training(
    sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[str] = []
    train = training.train_static_encoder

    def listening(groups: Iterable[WordingGroup], *places: Path, **settings: Any) -> Path:
        given = list(groups)
        trained.append(str(given))
        return train(given, *places, **settings)

    # What training is given is what matters here; the field's own texts would take it minutes.
    monkeypatch.setattr(site_training, "train_static_encoder", listening)
    monkeypatch.setattr(site_training, "field_groups", list)
    monkeypatch.setattr(site_training, "LEAST_QUESTIONS", 1)
    articles_of_site = [publish_in(sqlite, OWNER, question=f"第{number}项服务怎么用") for number in range(4)]
    judge(sqlite, articles_of_site[1])
    for expected in (False, True):
        trained.clear()
        site_training.train_for_site(
            sqlite, tmp_path / str(expected), TokenEncoder(), settings=Settings(dimensions=32, epochs=1)
        )
        assert (WORDS in trained[0]) is expected
        if not expected:
            decide(sqlite, "confirm")
