"""Merging articles: what goes on, what leads there, what is kept, what goes back, and what can never happen."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

import knowledge.duplicate_models
import knowledge.ledger.models
import knowledge.life_models
import knowledge.trial_models  # noqa: F401  registers the tables
from knowledge import articles, merging, proposals
from knowledge.catalogue import Scope
from knowledge.content import MAX_ALTERNATES
from knowledge.duplicate_models import ArticleMerge
from knowledge.errors import AlternatesFull, ArticleRetired, MergeImpossible, TopicTaken
from knowledge.merging import Merging, joined
from knowledge.models import Article, ArticleState, Revision
from knowledge.proposal_models import AnswerVerdict, VerdictSource, WordingProposal
from knowledge.proposals import Verdict
from knowledge.search import KnowledgeSearch
from knowledge.trial_models import Trial
from knowledge.visible import find_visible
from knowledge.wordings import said_in
from storage.database import Database
from storage.errors import AppError
from tests.knowledge.factories import AUTHOR, REVIEWER, content, publish, publish_in

OWNER, OTHER = uuid4(), uuid4()
NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)


def merge(database: Database, article: UUID, survivor: UUID, **choices: object) -> ArticleMerge:
    with database.write() as session:
        return merging.merge(session, Merging(article, survivor, AUTHOR, **choices), now=NOW)  # type: ignore[arg-type]


def undo(database: Database, merge_id: UUID) -> None:
    with database.write() as session:
        merging.undo(session, merge_id, by_id=REVIEWER, now=NOW + timedelta(hours=1))


def stands(database: Database, article_id: UUID) -> tuple[str, UUID | None, Revision]:
    """Return state, redirect and the text that counts."""
    with database.read() as session:
        article = session.get_one(Article, article_id)
        return article.state, article.merged_into_id, merging.shown_revision(session, article)


@pytest.fixture
def two(database: Database) -> tuple[UUID, UUID]:
    """Two published articles on one matter."""
    survivor = publish_in(database, OWNER, key="renew", question="怎么续借？", alternates=("续借方法", "想多看两周"))
    article = publish_in(
        database, OWNER, key="renew.two", question="如何续借图书", alternates=("续借方法！", "书到期了")
    )
    return article.id, survivor.id


def test_the_survivor_gets_every_wording_once_and_the_other_leads_to_it(
    database: Database, two: tuple[UUID, UUID]
) -> None:
    article, survivor = two
    merge(database, article, survivor)
    state, into, _ = stands(database, article)
    assert (state, into) == (ArticleState.MERGED, survivor)
    state, _, text = stands(database, survivor)
    assert state == ArticleState.PUBLISHED
    assert (text.question, text.alternates) == ("怎么续借？", ["续借方法", "想多看两周", "如何续借图书", "书到期了"])
    assert text.change_note == "+ 如何续借图书"


def test_readers_find_the_survivor_by_the_words_of_the_other_at_once(
    database: Database, two: tuple[UUID, UUID]
) -> None:
    article, survivor = two
    search = KnowledgeSearch(database)
    search.start()
    try:
        merge(database, article, survivor)
        search.refresh()
        _, hits = search.rank("如何续借图书", scope=Scope((OWNER,)))
        assert [hit.article_id for hit in hits] == [survivor]
    finally:
        search.stop()


def test_the_answer_of_either_can_be_kept(database: Database) -> None:
    survivor = publish_in(database, OWNER, answer="旧的答案")
    article = publish_in(database, OWNER, answer="新的答案")
    merge(database, article.id, survivor.id, takes_answer=True)
    assert stands(database, survivor.id)[2].answer == "新的答案"
    with database.read() as session:
        assert session.get_one(Article, survivor.id).published_at == NOW


def test_chosen_wordings_are_kept_and_more_than_fit_are_refused(database: Database) -> None:
    many = tuple(f"第{number}种问法" for number in range(15))
    survivor = publish_in(database, OWNER, alternates=many)
    article = publish_in(database, OWNER, alternates=tuple(f"{text}吗" for text in many))
    with pytest.raises(AlternatesFull):
        merge(database, article.id, survivor.id)
    assert stands(database, article.id)[0] == ArticleState.PUBLISHED
    merge(database, article.id, survivor.id, alternates=(*many, "第3种问法吗", "不在其中"))
    assert stands(database, survivor.id)[2].alternates == [*many, "第3种问法吗"]


def test_verdicts_proposals_and_test_questions_go_along_and_come_back(
    database: Database, two: tuple[UUID, UUID]
) -> None:
    article, survivor = two
    for each, words in ((article, "书能不能晚点还"), (article, "延长借期"), (survivor, "延长借期")):
        judge(database, each, words)
    with database.write() as session:
        session.add(
            Trial(article_id=article, words="晚还书", library_id=OWNER, top=3, added_by_id=AUTHOR, added_at=NOW)
        )
    before = hanging(database)
    done = merge(database, article, survivor)
    verdicts, wordings, trials = hanging(database)
    assert [each[0] for each in verdicts] == [survivor] * 3
    # The same words were proposed for both: one proposal with both uses stands.
    assert len({each[2] for each in verdicts}) == 2
    assert [words for owner, words in wordings if owner == survivor] == ["书能不能晚点还", "延长借期"]
    assert trials == [survivor]
    undo(database, done.id)
    assert hanging(database) == before


def judge(database: Database, article_id: UUID, words: str) -> None:
    with database.write() as session:
        (visible,) = find_visible(session, [article_id], now=NOW).values()
        verdict = Verdict(OWNER, VerdictSource.READER, words, True, uuid4().hex)
        proposals.note_verdict(session, visible, verdict, now=NOW)


def hanging(
    database: Database,
) -> tuple[list[tuple[UUID, int, UUID | None]], list[tuple[UUID, str]], list[UUID]]:
    """Return verdicts, proposals and test questions with the articles that they hang on."""
    with database.read() as session:
        verdicts = session.scalars(select(AnswerVerdict).order_by(AnswerVerdict.id)).all()
        wordings = session.scalars(select(WordingProposal).order_by(WordingProposal.id)).all()
        return (
            [(each.article_id, each.revision_number, each.proposal_id) for each in verdicts],
            sorted((each.article_id, each.words) for each in wordings),
            list(session.scalars(select(Trial.article_id))),
        )


def test_undoing_parts_them_as_they_stood(database: Database, two: tuple[UUID, UUID]) -> None:
    article, survivor = two
    before = stands(database, survivor)[2].alternates
    done = merge(database, article, survivor)
    undo(database, done.id)
    assert stands(database, article)[:2] == (ArticleState.PUBLISHED, None)
    assert stands(database, survivor)[2].alternates == before
    with pytest.raises(merging.MergeNotUndoable):
        undo(database, done.id)


def test_a_change_since_forbids_undoing(database: Database, two: tuple[UUID, UUID]) -> None:
    article, survivor = two
    done = merge(database, article, survivor)
    with database.write() as session:
        found = session.get_one(Article, survivor)
        change = articles.Change(found.current_revision, AUTHOR, "typo")
        articles.revise(session, found, content=content(), change=change)
    with pytest.raises(merging.MergeNotUndoable):
        undo(database, done.id)


def test_undoing_is_refused_when_the_topic_was_taken_meanwhile(database: Database, two: tuple[UUID, UUID]) -> None:
    article, survivor = two
    done = merge(database, article, survivor)
    publish_in(database, OWNER, key="renew.two")
    with pytest.raises(TopicTaken):
        undo(database, done.id)


def test_old_addresses_lead_to_the_last_survivor_in_one_step(database: Database) -> None:
    first, second, third = (publish_in(database, OWNER).id for _ in range(3))
    merge(database, first, second)
    done = merge(database, second, third)
    assert stands(database, first)[1] == stands(database, second)[1] == third
    undo(database, done.id)
    assert stands(database, first)[1] == second


def test_translations_and_layers_come_to_the_topic_that_goes_on(database: Database) -> None:
    survivor = publish_in(database, OWNER, key="renew")
    article = publish_in(database, OWNER, key="renew.two")
    english = publish_in(database, OWNER, key="renew.two", language="en", question="How do I renew?")
    local = publish_in(database, OTHER, key="renew.two")
    done = merge(database, article.id, survivor.id)
    assert keys(database, english.id, local.id) == ["renew", "renew"]
    undo(database, done.id)
    assert keys(database, english.id, local.id) == ["renew.two", "renew.two"]


def test_a_translation_stays_where_the_topic_that_goes_on_has_one(database: Database) -> None:
    survivor = publish_in(database, OWNER, key="renew")
    publish_in(database, OWNER, key="renew", language="en", question="How do I renew?")
    article = publish_in(database, OWNER, key="renew.two")
    english = publish_in(database, OWNER, key="renew.two", language="en", question="Renewing")
    merge(database, article.id, survivor.id)
    assert keys(database, english.id) == ["renew.two"]


def keys(database: Database, *ids: UUID) -> list[str]:
    with database.read() as session:
        return [session.get_one(Article, each).key for each in ids]


def test_what_cannot_be_merged_is_refused_and_nothing_changes(database: Database, two: tuple[UUID, UUID]) -> None:
    article, survivor = two
    english = publish_in(database, OWNER, language="en", question="How?").id
    with database.write() as session:
        unpublished = articles.draft(session, content=content(), owner=OWNER, author_id=AUTHOR).id
        hidden = publish(session, OWNER, visibility="staff").id
    refused: list[tuple[UUID, UUID, type[AppError], bool]] = [
        (article, article, MergeImpossible, False),
        (article, english, MergeImpossible, False),
        (article, unpublished, merging.SurvivorUnpublished, False),
        (hidden, survivor, merging.AnswerNotForAll, True),
    ]
    for one, other, error, takes_answer in refused:
        with pytest.raises(error):
            merge(database, one, other, takes_answer=takes_answer)
    merge(database, article, survivor)
    with pytest.raises(MergeImpossible):
        merge(database, survivor, article)
    with pytest.raises(ArticleRetired):
        merge(database, article, hidden)


def test_a_survivor_with_a_newer_version_under_work_is_refused(database: Database, two: tuple[UUID, UUID]) -> None:
    article, survivor = two
    with database.write() as session:
        found = session.get_one(Article, survivor)
        articles.revise(session, found, content=content(), change=articles.Change(1, AUTHOR, "new"))
    with pytest.raises(merging.SurvivorUnderWork):
        merge(database, article, survivor)


def test_two_merges_at_once_make_no_circle(database: Database, two: tuple[UUID, UUID]) -> None:
    article, survivor = two
    barrier, refused = Barrier(2), list[AppError]()

    def attempt(one: UUID, other: UUID) -> None:
        barrier.wait()
        try:
            merge(database, one, other)
        except AppError as error:
            refused.append(error)

    threads = [Thread(target=attempt, args=pair) for pair in ((article, survivor), (survivor, article))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert sorted([stands(database, article)[0], stands(database, survivor)[0]]) == ["merged", "published"]


WORDINGS = st.lists(st.text(alphabet="续借书aA？ ，1", min_size=1, max_size=6).filter(said_in), max_size=12)


@given(st.text(alphabet="续借书a", min_size=1, max_size=4), WORDINGS, WORDINGS)
def test_joining_loses_no_wording_and_repeats_none(question: str, one: list[str], other: list[str]) -> None:
    kept = joined(question, one, other)
    said = [said_in(each) for each in kept]
    assert len(set(said)) == len(said)
    assert said_in(question) not in said
    assert {said_in(question), *said} == {said_in(each) for each in (question, *one, *other)}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), min_size=1, max_size=12))
def test_whatever_is_merged_and_undone_no_redirect_runs_in_a_circle(
    sqlite: Database, steps: list[tuple[int, int, bool]]
) -> None:
    with sqlite.write() as session:
        ids = [publish(session, OWNER).id for _ in range(5)]
    done: list[UUID] = []
    for one, other, is_undoing in steps:
        try:
            if is_undoing and done:
                undo(sqlite, done.pop())
            else:
                done.append(merge(sqlite, ids[one], ids[other]).id)
        except AppError:
            continue
    with sqlite.read() as session:
        for each in ids:
            assert _ends(session, each)


def _ends(session: Session, article_id: UUID) -> bool:
    """Say whether a redirect is one step from an article in use, and no wording was lost on the way."""
    article = session.get_one(Article, article_id)
    if article.merged_into_id is None:
        return article.state == ArticleState.PUBLISHED
    survivor = session.get_one(Article, article.merged_into_id)
    text = merging.shown_revision(session, article)
    found = merging.shown_revision(session, survivor)
    known = {said_in(each) for each in (found.question, *found.alternates)}
    wordings = {said_in(each) for each in (text.question, *text.alternates)}
    return survivor.state == ArticleState.PUBLISHED and wordings <= known and len(found.alternates) <= MAX_ALTERNATES
