"""The life of an article: who may publish what, and what readers keep seeing meanwhile."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from knowledge import articles, errors, queries
from knowledge.articles import Change
from knowledge.changes import changed_articles, newest_change
from knowledge.models import Article, ArticleState
from storage.database import Database
from storage.errors import NotFound
from tests.knowledge.factories import AUTHOR, CONTENT, REVIEWER, content, publish, publish_in

OWNER = UUID(int=10)
NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
THIRD = UUID(int=3)


def test_a_draft_is_published_by_another_person_and_gets_a_number(database: Database) -> None:
    with database.write() as session:
        article = articles.draft(session, content=CONTENT, owner=OWNER, author_id=AUTHOR, origin="conversation:7")
        articles.submit(session, article, now=NOW)
        number = articles.publish(session, article, reviewer_id=REVIEWER, now=NOW)
    with database.read() as session:
        found = queries.find_article(session, article.id)
        assert (found.state, found.number, found.published_revision) == (ArticleState.PUBLISHED, number, 1)
        assert (found.published_at, found.reviewer_id, found.origin) == (NOW, REVIEWER, "conversation:7")
        assert changed_articles(session, after=0, limit=10) == ([article.id], number)


def test_an_author_cannot_publish_the_own_revision(database: Database) -> None:
    with database.write() as session:
        article = articles.draft(session, content=CONTENT, owner=OWNER, author_id=AUTHOR)
        articles.submit(session, article)
        with pytest.raises(errors.OwnRevision):
            articles.publish(session, article, reviewer_id=AUTHOR)


def test_nobody_who_wrote_part_of_what_is_not_reviewed_yet_reviews_it(database: Database) -> None:
    with database.write() as session:
        article = articles.draft(session, content=CONTENT, owner=OWNER, author_id=AUTHOR)
        articles.revise(session, article, content=CONTENT, change=Change(1, REVIEWER, "shorter"))
        articles.submit(session, article)
        for author in (AUTHOR, REVIEWER):
            with pytest.raises(errors.OwnRevision):
                articles.publish(session, article, reviewer_id=author)
        articles.publish(session, article, reviewer_id=THIRD)


def test_the_author_of_a_published_revision_may_review_a_later_one_of_somebody_else(database: Database) -> None:
    article = publish_in(database, OWNER)
    with database.write() as session:
        loaded = queries.find_article(session, article.id)
        articles.revise(session, loaded, content=CONTENT, change=Change(1, REVIEWER, "shorter"))
        articles.submit(session, loaded)
        articles.publish(session, loaded, reviewer_id=AUTHOR)
        assert loaded.published_revision == 2


def test_only_what_waits_for_a_review_can_be_published_or_sent_back(database: Database) -> None:
    with database.write() as session:
        article = articles.draft(session, content=CONTENT, owner=OWNER, author_id=AUTHOR)
        with pytest.raises(errors.NotInReview):
            articles.publish(session, article, reviewer_id=REVIEWER)
        with pytest.raises(errors.NotInReview):
            articles.send_back(session, article, reason="unclear")
        articles.submit(session, article)
        with pytest.raises(errors.NotADraft):
            articles.submit(session, article)
        articles.publish(session, article, reviewer_id=REVIEWER)
        with pytest.raises(errors.AlreadyPublished):
            articles.publish(session, article, reviewer_id=REVIEWER)


def test_a_sent_back_revision_carries_the_reason_and_is_a_draft_again(database: Database) -> None:
    with database.write() as session:
        article = articles.draft(session, content=CONTENT, owner=OWNER, author_id=AUTHOR)
        articles.submit(session, article)
        with pytest.raises(errors.ReasonMissing):
            articles.send_back(session, article, reason="  ")
        articles.send_back(session, article, reason="the hours are last year's")
        assert article.state == ArticleState.DRAFT
        assert articles.current_revision(session, article).sent_back_reason == "the hours are last year's"


def test_readers_keep_the_published_text_while_a_newer_revision_is_written(database: Database) -> None:
    article = publish_in(database, OWNER)
    with database.write() as session:
        loaded = queries.find_article(session, article.id)
        changed = content(answer="9:00–21:00")
        articles.revise(session, loaded, content=changed, change=Change(1, AUTHOR, "new hours"))
    with database.read() as session:
        loaded = queries.find_article(session, article.id)
        published = queries.published_revision(session, loaded)
        assert published is not None
        assert (published.number, published.answer) == (1, CONTENT.answer)
        assert [revision.number for revision in queries.list_revisions(session, article.id)] == [2, 1]
        assert (loaded.state, loaded.current_revision, loaded.key) == (ArticleState.DRAFT, 2, article.key)


def test_the_second_of_two_people_who_save_at_once_is_told(database: Database) -> None:
    with database.write() as session:
        article = articles.draft(session, content=CONTENT, owner=OWNER, author_id=AUTHOR)
        articles.revise(session, article, content=CONTENT, change=Change(1, AUTHOR, "first"))
    with database.write() as session:
        loaded = queries.find_article(session, article.id)
        with pytest.raises(errors.ArticleChanged):
            articles.revise(session, loaded, content=CONTENT, change=Change(1, REVIEWER, "second"))
    with database.read() as session:
        notes = [revision.change_note for revision in queries.list_revisions(session, article.id)]
    assert notes == ["first", None]


def test_a_revision_says_what_changed(database: Database) -> None:
    with database.write() as session:
        article = articles.draft(session, content=CONTENT, owner=OWNER, author_id=AUTHOR)
        with pytest.raises(errors.ChangeNoteMissing):
            articles.revise(session, article, content=CONTENT, change=Change(1, AUTHOR, " "))


def test_a_library_has_one_article_in_use_per_topic_and_language(database: Database) -> None:
    with database.write() as session:
        first = publish(session, OWNER, key="loans.period")
        articles.draft(session, content=content(key="loans.period", language="en"), owner=OWNER, author_id=AUTHOR)
        articles.draft(session, content=content(key="loans.period"), owner=uuid4(), author_id=AUTHOR)
        with pytest.raises(errors.TopicTaken):
            articles.draft(session, content=content(key="loans.period"), owner=OWNER, author_id=AUTHOR)
        articles.retire(session, first)
        articles.draft(session, content=content(key="loans.period"), owner=OWNER, author_id=AUTHOR)
        with pytest.raises(errors.TopicTaken):
            articles.restore(session, first)


def test_a_retired_article_takes_no_changes_until_it_is_restored(database: Database) -> None:
    with database.write() as session:
        article = publish(session, OWNER)
        with pytest.raises(errors.NotRetired):
            articles.restore(session, article)
        articles.retire(session, article)
        with pytest.raises(errors.ArticleRetired):
            articles.revise(session, article, content=CONTENT, change=Change(1, AUTHOR, "x"))
        with pytest.raises(errors.ArticleRetired):
            articles.retire(session, article)
        articles.restore(session, article)
        assert article.state == ArticleState.PUBLISHED


def test_an_article_is_merged_only_into_another_in_use_in_its_language(database: Database) -> None:
    with database.write() as session:
        article, other, english = (
            publish(session, OWNER),
            publish(session, OWNER),
            publish(session, OWNER, language="en"),
        )
        for impossible in (article, english):
            with pytest.raises(errors.MergeImpossible):
                articles.merge(session, article, into=impossible)
        articles.merge(session, article, into=other)
        assert (article.state, article.merged_into_id) == (ArticleState.MERGED, other.id)


def test_a_retired_article_whose_date_has_passed_comes_back_as_a_draft(database: Database) -> None:
    with database.write() as session:
        article = publish(session, OWNER, valid_until=NOW)
        articles.retire(session, article, now=NOW)
        articles.restore(session, article, now=NOW + timedelta(hours=1))
        assert article.state == ArticleState.DRAFT


def test_a_rolled_back_publication_leaves_no_number_behind(database: Database) -> None:
    publish_in(database, OWNER)

    def fail() -> None:
        with database.write() as session:
            publish(session, OWNER)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    publish_in(database, OWNER)
    with database.read() as session:
        assert newest_change(session) == 2


def test_an_article_of_another_owner_looks_like_none(database: Database) -> None:
    article = publish_in(database, OWNER)
    with database.read() as session:
        assert queries.find_article(session, article.id, owners={OWNER}).id == article.id
        with pytest.raises(NotFound):
            queries.find_article(session, article.id, owners={uuid4()})
        with pytest.raises(NotFound):
            queries.find_article(session, uuid4())


def test_articles_are_listed_by_state_and_owner_last_changed_first(database: Database) -> None:
    def at(minute: int) -> Callable[[Article], None]:
        return lambda article: setattr(article, "updated_at", NOW + timedelta(minutes=minute))

    with database.write() as session:
        first, second = publish(session, OWNER), publish(session, OWNER, language="en")
        at(1)(first)
        at(2)(second)
        articles.draft(session, content=content(), owner=OWNER, author_id=AUTHOR)
        publish(session, uuid4())
    with database.read() as session:
        wanted = queries.ArticleFilter(owners={OWNER}, states={ArticleState.PUBLISHED})
        page = queries.list_articles(session, wanted, page_size=1)
        assert ([row[0].id for row in page.rows], page.total) == ([second.id], 2)
        assert [row[0].id for row in queries.list_articles(session, wanted, page=2, page_size=1).rows] == [first.id]
        english = queries.ArticleFilter(owners={OWNER}, language="en", service_topic="spaces", key=second.key)
        assert [row[0].id for row in queries.list_articles(session, english).rows] == [second.id]
        assert queries.count_by_state(session, owners={OWNER}) == {ArticleState.PUBLISHED: 2, ArticleState.DRAFT: 1}
        found = queries.find_by_key(session, key=second.key, language="en", owner=OWNER)
        assert found is not None
        assert found.id == second.id
