"""The table of steps: whatever order they come in, the state is one of the table's and readers see what they may."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge import articles, errors, validity
from knowledge.article_states import STEPS, Step, can, state_after
from knowledge.articles import Change
from knowledge.models import OUT_OF_USE, Article, ArticleState
from knowledge.visible import find_visible
from storage.database import Database
from storage.errors import AppError
from tests.knowledge.factories import AUTHOR, REVIEWER, content, publish

OWNER = UUID(int=10)
START = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", ArticleState)
def test_a_step_leads_on_or_is_refused_with_a_sentence(step: Step, state: ArticleState) -> None:
    if can(step, state):
        assert state_after(step, state) == STEPS[step, state]
        return
    with pytest.raises(AppError) as refusal:
        state_after(step, state)
    assert refusal.value.status == 409


def test_what_is_out_of_use_is_only_brought_back() -> None:
    assert {step for step, state in STEPS if state in OUT_OF_USE} == {Step.RESTORE}


def test_only_a_review_leads_from_work_to_readers() -> None:
    leading = {(step, before) for (step, before), after in STEPS.items() if after == ArticleState.PUBLISHED}
    assert leading == {
        (Step.PUBLISH, ArticleState.IN_REVIEW),
        (Step.CONFIRM, ArticleState.PUBLISHED),
        (Step.CONFIRM, ArticleState.NEEDS_REVIEW),
    }


def _take(step: Step, database: Database, article_id: UUID, now: datetime) -> None:
    with database.write() as session:
        article = session.get_one(Article, article_id)
        if step == Step.REVISE:
            change = Change(article.current_revision, AUTHOR, "x")
            articles.revise(session, article, content=content(), change=change, now=now)
        elif step == Step.SUBMIT:
            articles.submit(session, article, now=now)
        elif step == Step.SEND_BACK:
            articles.send_back(session, article, reason="x", now=now)
        elif step == Step.SCHEDULE:
            validity.plan(session, article, reviewer_id=REVIEWER, at=now + timedelta(hours=1), now=now)
        elif step == Step.PUBLISH:
            articles.publish(session, article, reviewer_id=REVIEWER, now=now)
        elif step == Step.UNPUBLISH:
            articles.unpublish(session, article, now=now)
        elif step == Step.QUESTION:
            validity.question(session, article, now=now)
        elif step == Step.CONFIRM:
            validity.confirm(session, article, by=REVIEWER, valid_until=None, now=now)
        elif step == Step.RETIRE:
            articles.retire(session, article, now=now)
        elif step == Step.MERGE:
            articles.merge(session, article, into=publish(session, OWNER), now=now)
        else:
            articles.restore(session, article, now=now)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(list(Step)), min_size=1, max_size=14))
def test_after_any_steps_readers_see_only_what_was_reviewed_and_is_in_use(
    database: Database, steps: list[Step]
) -> None:
    with database.write() as session:
        article_id = articles.draft(session, content=content(), owner=OWNER, author_id=AUTHOR, now=START).id
    reviewed: set[int] = set()
    for place, step in enumerate(steps):
        now = START + timedelta(minutes=place)
        with database.read() as session:
            before = session.get_one(Article, article_id)
            state, revision = ArticleState(before.state), before.current_revision
        try:
            _take(step, database, article_id, now)
        except AppError:
            pass
        else:
            reviewed |= {revision} if step == Step.PUBLISH else set()
        with database.read() as session:
            after = session.get_one(Article, article_id)
            shown = find_visible(session, [article_id], now=now).get(article_id)
            assert after.state == state or (step, state) in STEPS
            if shown is not None:
                assert shown.revision_number in reviewed
                assert after.state not in OUT_OF_USE
            if after.state == ArticleState.PUBLISHED:
                assert after.published_revision == after.current_revision
            if after.state in OUT_OF_USE:
                assert (after.merged_into_id is not None) == (after.state == ArticleState.MERGED)


def test_two_articles_are_never_merged_into_each_other(database: Database) -> None:
    with database.write() as session:
        first, second, third = (publish(session, OWNER) for _ in range(3))
        articles.merge(session, first, into=second)
        with pytest.raises(errors.MergeImpossible):
            articles.merge(session, second, into=first)
        articles.merge(session, second, into=third)
        for merged in (first, second):
            with pytest.raises(errors.MergeImpossible):
                articles.merge(session, third, into=merged)
