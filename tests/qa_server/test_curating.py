"""From an exchange to an article that readers find: whose words, whose right, who reviews, and when it is visible."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from knowledge.content import ArticleContent
from knowledge.errors import (
    AlreadyPublished,
    ArticleChanged,
    ArticleRetired,
    ChangeNoteMissing,
    NotADraft,
    NotInReview,
    OwnRevision,
    ReasonMissing,
    TopicTaken,
)
from qa_server.conversations.models import Resolution
from qa_server.desk import answering, asking, finding, talking
from qa_server.desk.articles import curating, drafting
from qa_server.desk.articles.drafting import NothingToDraft
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from storage.errors import AppError, Forbidden, NotFound
from tests.village import Village, new_client_id, question

ANSWER = "请在“我的图书馆”里点“续借”，到期前三天起可以续借一次。"
CONTENT = ArticleContent(
    key="loans.renewal",
    language="zh",
    question="怎么续借图书？",
    answer=ANSWER,
    service_topic="borrowing",
    question_type="guidance",
)


@pytest.fixture
def exchange(place: Workplace, people: Village, reader: KnownReader) -> UUID:
    """A question of library A that Lin has answered and closed."""
    asked = question("借的书怎么续借？\n我的学号是 20230001")
    conversation = asking.ask(place, reader, asked)[0].conversation.id
    answering.claim(place, people.lin, conversation)
    talking.say_as_librarian(place, people.lin, conversation, client_id=new_client_id(), body=ANSWER)
    talking.say_as_reader(place, reader, conversation, client_id=new_client_id(), body="我电话 13900000000")
    talking.say_as_librarian(place, people.lin, conversation, client_id=new_client_id(), body="不客气。")
    answering.close(place, people.lin, conversation, resolution=Resolution.ANSWERED, read_level=2)
    return conversation


@pytest.fixture
def submitted(place: Workplace, people: Village) -> UUID:
    """An article of library A, written and submitted by Lin."""
    article = curating.draft(place, people.lin, CONTENT)
    curating.submit(place, people.lin, article)
    return article


@pytest.fixture
def published(place: Workplace, people: Village, submitted: UUID) -> UUID:
    """The same, published by Zhou."""
    curating.publish(place, people.zhou, submitted)
    return submitted


@pytest.fixture
def searching(place: Workplace, people: Village) -> Workplace:
    """The place with its search started, as in a running service."""
    place.search.start()
    return place


def found(place: Workplace, library: str = "AAA", query: str = "续借") -> list[UUID]:
    """Return what a library's reader finds."""
    answers = finding.for_reader(place, library_code=library, query=query, language=None, limit=5, network="n")
    return [hit.article_id for hit in answers.hits]


def answer_shown(place: Workplace, article: UUID) -> str:
    """Return the answer that a reader of library A sees."""
    return finding.article_for_reader(place, library_code="AAA", article_id=article).answer_html


def test_an_exchange_becomes_one_draft_however_often_it_is_asked_for(
    place: Workplace, people: Village, exchange: UUID
) -> None:
    first = drafting.draft(place, people.lin, exchange)
    assert drafting.draft(place, people.lin, exchange) == first
    assert drafting.draft(place, people.chen, exchange) == first
    card = curating.article(place, people.lin, first)
    assert card.article.state == "draft"
    assert str(card.article.origin).startswith("draft-")
    assert exchange.hex not in str(card.article.origin)
    assert drafting.origin_of(place, people.lin, first) == exchange
    assert drafting.origin_of(place, people.grace, first) is None
    assert (card.owner.code, card.author_name) == ("AAA", "lin老师")


def test_only_the_librarians_words_become_the_answer(place: Workplace, people: Village, exchange: UUID) -> None:
    card = curating.article(place, people.lin, drafting.draft(place, people.lin, exchange))
    assert card.revision.answer == ANSWER
    assert card.revision.question == "借的书怎么续借？"
    assert "139" not in str(vars(card.revision))
    assert "20230001" not in str(vars(card.revision))


def test_an_exchange_without_an_answer_gives_nothing(place: Workplace, people: Village, reader: KnownReader) -> None:
    conversation = asking.ask(place, reader, question())[0].conversation.id
    with pytest.raises(NothingToDraft):
        drafting.draft(place, people.lin, conversation)


def test_another_librarys_exchange_cannot_be_drafted(place: Workplace, people: Village, exchange: UUID) -> None:
    with pytest.raises(NotFound):
        drafting.draft(place, people.grace, exchange)


def test_a_draft_is_found_by_nobody(searching: Workplace, people: Village, exchange: UUID) -> None:
    place = searching
    draft = drafting.draft(place, people.lin, exchange)
    curating.submit(place, people.lin, draft)
    assert found(place, query="几点开门")
    assert found(place) == []
    with pytest.raises(NotFound):
        answer_shown(place, draft)


def test_what_is_published_is_found_at_once_and_what_is_retired_is_gone(
    searching: Workplace, people: Village, submitted: UUID
) -> None:
    place = searching
    assert found(place, query="几点开门")
    assert found(place) == []
    curating.publish(place, people.zhou, submitted)
    assert found(place) == [submitted]
    assert "续借" in answer_shown(place, submitted)
    curating.retire(place, people.zhou, submitted)
    assert found(place) == []
    with pytest.raises(NotFound):
        answer_shown(place, submitted)


def test_an_article_of_one_library_is_not_found_at_another(searching: Workplace, published: UUID) -> None:
    assert found(searching, "AAA") == [published]
    assert found(searching, "BBB") == []


def test_nobody_publishes_the_own_words(place: Workplace, people: Village) -> None:
    article = curating.draft(place, people.zhou, CONTENT)
    curating.submit(place, people.zhou, article)
    assert not curating.article(place, people.zhou, article).may_review
    with pytest.raises(OwnRevision):
        curating.publish(place, people.zhou, article)
    assert curating.article(place, people.zhou, article).article.state == "in_review"


def test_a_reviewer_who_rewrote_the_article_is_its_author_now(
    place: Workplace, people: Village, submitted: UUID
) -> None:
    revise(place, people, submitted, by="zhou")
    curating.submit(place, people.zhou, submitted)
    with pytest.raises(OwnRevision):
        curating.publish(place, people.zhou, submitted)


def test_a_librarian_may_write_but_not_review(place: Workplace, people: Village, submitted: UUID) -> None:
    for act in (curating.publish, curating.retire):
        with pytest.raises(Forbidden):
            act(place, people.chen, submitted)
    with pytest.raises(Forbidden):
        curating.send_back(place, people.chen, submitted, reason="不清楚")
    assert not curating.article(place, people.chen, submitted).may_review


def test_people_of_another_library_neither_see_nor_change_an_article(
    place: Workplace, people: Village, published: UUID
) -> None:
    assert published in listed(place, people, "zhou")
    assert published not in listed(place, people, "grace")
    for act in (curating.article, curating.revisions, curating.submit, curating.publish, curating.retire):
        with pytest.raises(NotFound):
            act(place, people.grace, published)
    with pytest.raises(NotFound):
        curating.send_back(place, people.grace, published, reason="x")
    with pytest.raises(NotFound):
        revise(place, people, published, by="grace")
    with pytest.raises(Forbidden):
        curating.draft(place, people.grace, CONTENT, owner=people.library_a)


def test_a_hidden_article_and_one_that_is_not_there_look_alike(
    place: Workplace, people: Village, published: UUID
) -> None:
    refusals = []
    for article in (published, uuid4()):
        with pytest.raises(AppError) as refused:
            curating.article(place, people.grace, article)
        refusals.append((refused.value.code, str(refused.value), refused.value.details))
    assert refusals[0] == refusals[1]


def test_of_two_people_who_save_at_once_the_second_is_told(place: Workplace, people: Village, published: UUID) -> None:
    assert revise(place, people, published, by="lin", answer="第一个人的话。") == 2
    with pytest.raises(ArticleChanged):
        revise(place, people, published, by="chen", answer="第二个人的话。")
    assert curating.article(place, people.lin, published).revision.answer == "第一个人的话。"
    assert [row.number for row, _ in curating.revisions(place, people.lin, published)] == [2, 1]


def test_readers_see_the_published_words_until_the_next_are_published(
    place: Workplace, people: Village, published: UUID
) -> None:
    revise(place, people, published, by="lin", answer="改为到期前五天。")
    assert "三天" in answer_shown(place, published)
    curating.submit(place, people.lin, published)
    curating.publish(place, people.zhou, published)
    assert "五天" in answer_shown(place, published)


def test_a_revision_says_what_changed(place: Workplace, people: Village, published: UUID) -> None:
    with pytest.raises(ChangeNoteMissing):
        revise(place, people, published, by="lin", note="  ")


def test_a_returned_article_goes_back_to_its_author_with_the_reason(
    place: Workplace, people: Village, submitted: UUID
) -> None:
    with pytest.raises(ReasonMissing):
        curating.send_back(place, people.zhou, submitted, reason=" ")
    curating.send_back(place, people.zhou, submitted, reason="请写明期限。")
    card = curating.article(place, people.lin, submitted)
    assert (card.article.state, card.revision.sent_back_reason) == ("draft", "请写明期限。")


def test_an_article_goes_its_way_in_order_only(place: Workplace, people: Village) -> None:
    article = curating.draft(place, people.lin, CONTENT)
    with pytest.raises(NotInReview):
        curating.publish(place, people.zhou, article)
    curating.submit(place, people.lin, article)
    with pytest.raises(NotADraft):
        curating.submit(place, people.lin, article)
    curating.publish(place, people.zhou, article)
    with pytest.raises(AlreadyPublished):
        curating.publish(place, people.zhou, article)
    curating.retire(place, people.zhou, article)
    with pytest.raises(ArticleRetired):
        curating.retire(place, people.zhou, article)
    with pytest.raises(ArticleRetired):
        revise(place, people, article, by="lin")


def test_a_library_has_one_article_per_topic_and_another_library_its_own(
    place: Workplace, people: Village, published: UUID
) -> None:
    with pytest.raises(TopicTaken):
        curating.draft(place, people.chen, CONTENT)
    other = curating.draft(place, people.grace, CONTENT)
    assert listed(place, people, "grace") >= {other}
    curating.retire(place, people.zhou, published)
    assert curating.draft(place, people.chen, CONTENT)


def listed(place: Workplace, people: Village, login: str) -> set[UUID]:
    """Return the articles somebody sees in the list."""
    return {card.article.id for card in curating.list_articles(place, getattr(people, login)).cards}


def revise(
    place: Workplace, people: Village, article: UUID, *, by: str, answer: str = "改过的话。", note: str = "改期限"
) -> int:
    """Save what somebody made of revision 1."""
    content = replace(CONTENT, answer=answer)
    return curating.revise(place, getattr(people, by), article, content, expected_revision=1, change_note=note)
