"""Test questions: asked with a publication, by night once, by hand; a publication that pushes others aside says so."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner

from knowledge import trials
from knowledge.content import ArticleContent
from knowledge.errors import TrialInvalid
from knowledge.life_models import KnowledgeTimer
from knowledge.trial_models import TrialRun
from qa_server import cli
from qa_server.desk.articles import curating, keeping_true, rehearsing
from qa_server.desk.articles import publishing as article_publishing
from qa_server.desk.articles import reviews as article_reviews
from qa_server.desk.articles import trials as article_trials
from qa_server.desk.articles.rehearsing import PushesAside
from qa_server.desk.workplace import Workplace
from storage.errors import NotFound
from tests.fakes import Clock
from tests.village import Village

WORDS = "图书续借 网上 办理"
CONTENT = ArticleContent(
    key="loans.renewal",
    language="zh",
    question="图书怎么网上续借？",
    answer="在“我的图书馆”里办理。",
    service_topic="borrowing",
    question_type="guidance",
)


@pytest.fixture
def living(place: Workplace, people: Village) -> Workplace:
    """The place with its search started."""
    place.search.start()
    return place


def submitted(place: Workplace, people: Village, **changes: object) -> UUID:
    """Write as LIN and ask for a review."""
    article = curating.draft(place, people.lin, replace(CONTENT, **changes))  # type: ignore[arg-type]
    curating.submit(place, people.lin, article)
    return article


def publish(place: Workplace, people: Village, **changes: object) -> tuple[UUID, article_publishing.Publication]:
    """Write as LIN and publish as ZHOU."""
    article = submitted(place, people, **changes)
    return article, article_publishing.publish(place, people.zhou, article)


def add(place: Workplace, people: Village, article: UUID, words: str = WORDS, top: int = 1) -> UUID:
    return article_trials.add(place, people.lin, article, words=words, top=top, library_code="")


def test_a_publication_that_would_push_another_aside_waits_until_both_were_seen(
    living: Workplace, people: Village
) -> None:
    place = living
    first, came = publish(place, people)
    assert came == article_publishing.Publication("found", article_trials.Verdict(0, ()))
    question = add(place, people, first)
    assert [each.has_passed for each in article_trials.try_article(place, people.lin, first)] == [True]

    second = submitted(place, people, key="loans.other", question=WORDS, answer="另一篇。")
    with pytest.raises(PushesAside) as refusal:
        article_publishing.publish(place, people.zhou, second)
    (loser,) = refusal.value.rehearsal.losers
    assert (loser.trial_id, loser.article_id, loser.first_id) == (question, first, second)
    assert (loser.words, loser.question, loser.first) == (WORDS, CONTENT.question, WORDS)
    # Nothing took effect: readers find what they found.
    assert curating.article(place, people.zhou, second).article.state == "in_review"
    assert [each.has_passed for each in article_trials.try_article(place, people.lin, first)] == [True]
    with pytest.raises(PushesAside):
        article_publishing.publish(place, people.zhou, second, knowingly=[uuid4()])

    came = article_publishing.publish(place, people.zhou, second, knowingly=[question])
    assert came.verdict is not None
    ((asking, instead),) = came.verdict.newly_failing
    assert (asking.article_id, instead) == (first, second)
    (written,) = [each for each in article_reviews.story(place, people.zhou, second) if each.kind == "knowingly"]
    assert written.details["pushed_aside"][0]["article_id"] == str(first)
    (aside,) = article_trials.pushed_aside(place, people.zhou, second)
    assert (aside.article.id, aside.instead_id) == (first, second)
    (failing,) = article_trials.failing(place, people.zhou)
    assert (failing.failing.trial.words, failing.instead) == (WORDS, WORDS)
    assert {each.kind for each in article_reviews.reasons_of(place, people.zhou, first)} == {"not_found"}
    # Another library's curator hears nothing of it.
    assert article_trials.failing(place, people.grace) == []

    # Taken back, the first is found again, and nothing is left to look at.
    curating.unpublish(place, people.zhou, second, reason="挤掉了另一篇")
    article_trials.try_article(place, people.lin, first)
    assert article_trials.failing(place, people.zhou) == []
    assert article_reviews.reasons_of(place, people.zhou, first) == []


def test_a_planned_publication_is_rehearsed_as_well(living: Workplace, people: Village, clock: Clock) -> None:
    place = living
    first, _ = publish(place, people)
    question = add(place, people, first)
    second = submitted(place, people, key="loans.other", question=WORDS, answer="另一篇。")
    at = clock() + timedelta(days=1)
    with pytest.raises(PushesAside):
        article_publishing.plan(place, people.zhou, second, at=at)
    assert curating.article(place, people.zhou, second).article.publish_at is None
    article_publishing.plan(place, people.zhou, second, at=at, knowingly=[question])
    assert curating.article(place, people.zhou, second).article.publish_at == at


def test_a_rehearsal_tries_the_new_text_in_the_place_of_what_readers_see(living: Workplace, people: Village) -> None:
    place = living
    article, _ = publish(place, people)
    add(place, people, article)
    changed = replace(CONTENT, question="校外访问怎么登录？", answer="用统一身份认证。")
    curating.revise(place, people.lin, article, changed, expected_revision=1, change_note="换了题目")
    found = rehearsing.rehearse(place, people.lin, article)
    assert (found.revision, found.asked, [each.article_id for each in found.losers]) == (2, 1, [article])
    # A better text of the same article pushes nothing aside.
    better = replace(CONTENT, alternates=(WORDS,))
    curating.revise(place, people.lin, article, better, expected_revision=2, change_note="补充问法")
    assert rehearsing.rehearse(place, people.lin, article).losers == ()
    with pytest.raises(NotFound):
        rehearsing.rehearse(place, people.grace, article)


def test_a_text_that_its_asker_may_not_find_pushes_nothing_aside(living: Workplace, people: Village) -> None:
    place = living
    first, _ = publish(place, people)
    add(place, people, first)
    hidden = submitted(place, people, key="loans.other", question=WORDS, answer="内部。", visibility="staff")
    assert rehearsing.rehearse(place, people.lin, hidden).losers == ()


def test_a_test_question_is_asked_by_a_reader_of_its_library(living: Workplace, people: Village) -> None:
    place = living
    article, _ = publish(place, people)
    article_trials.add(place, people.lin, article, words=WORDS, top=3, library_code="BBB")
    add(place, people, article)
    passed = {
        each.asking.scope.library_ids[0]: each.has_passed
        for each in article_trials.try_article(place, people.lin, article)
    }
    assert passed == {people.library_b: False, people.library_a: True}


def test_a_question_that_was_there_or_is_none_is_refused(living: Workplace, people: Village) -> None:
    place = living
    article, _ = publish(place, people)
    add(place, people, article)
    for words, top in ((WORDS, 1), ("？？", 1), ("x" * 400, 1), ("开门", 11)):
        with pytest.raises(TrialInvalid):
            add(place, people, article, words, top)
    with pytest.raises(NotFound):
        article_trials.add(place, people.grace, article, words="开门", top=1, library_code="")


def test_the_night_comes_once(living: Workplace, people: Village, clock: Clock) -> None:
    place = living
    article, _ = publish(place, people)
    add(place, people, article)
    assert keeping_true.keep_night(place) == 0
    clock.forward(hours=24)
    assert keeping_true.keep_night(place) == 1
    assert keeping_true.keep_night(place) == 0
    with place.database.read() as session:
        assert [(run.cause, run.asked, run.failed) for run in trials.runs(session)] == [("night", 1, 0)]
    clock.forward(hours=24)
    # A process that died in the middle holds it up for an hour, no longer.
    with place.database.write() as session:
        session.get_one(KnowledgeTimer, "night").lease_until = place.clock()
    assert keeping_true.keep_night(place) == 1


def test_while_the_search_is_down_a_publication_stands_and_is_found_later(
    living: Workplace, people: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = living
    article = curating.draft(place, people.lin, CONTENT)
    curating.submit(place, people.lin, article)

    def down() -> int:
        raise OSError("the disk of the index is full")

    # The index itself cannot be made to fail from outside.
    with monkeypatch.context() as broken:
        broken.setattr(place.search, "refresh", down)
        broken.setattr(place.search._follower, "refresh", down)
        came = article_publishing.publish(place, people.zhou, article)
    assert came == article_publishing.Publication("later", None)
    assert curating.article(place, people.lin, article).article.state == "published"
    place.search.refresh()
    add(place, people, article)
    assert article_trials.try_article(place, people.lin, article)[0].has_passed


def test_the_command_asks_them_all_and_says_which_fail(living: Workplace, people: Village) -> None:
    place = living
    article, _ = publish(place, people)
    add(place, people, article)
    add(place, people, article, "天文馆几点放映", 1)
    place.search.stop()
    url = place.settings.database_url
    asked = CliRunner().invoke(
        cli.app,
        ["test-questions", "--json", "--database", url],
        env={"WENJIN_ENCODER": "none", "WENJIN_INDEX_FOLDER": ""},
    )
    assert asked.exit_code == 1, asked.output
    told = json.loads(asked.stdout)
    assert (told["asked"], told["failed"]) == (2, 1)
    assert told["failing"] == [
        {"words": "天文馆几点放映", "top": 1, "article": "loans.renewal", "instead": "hours.weekday"}
    ]
    with place.database.read() as session:
        assert session.get_one(TrialRun, trials.runs(session)[0].id).cause == "hand"
