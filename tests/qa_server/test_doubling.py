"""Articles that say the same, as curators meet them: while writing, in the list, merged, parted, by which rights."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from knowledge import duplicates
from knowledge.content import ArticleContent
from knowledge.duplicate_models import ArticleSketch
from knowledge.models import Article
from knowledge.search import KnowledgeSearch
from qa_server.desk import finding
from qa_server.desk.articles import curating, doubling
from qa_server.desk.articles import merging as merging_articles
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Role
from qa_server.people.rights import Grant, StaffMember
from storage.errors import Forbidden, NotFound
from tests.knowledge.fakes import TokenEncoder
from tests.qa_server.test_staff_api import become
from tests.village import Village, publish_article

RENEW = "图书到期以后怎么办理续借"
RENEW_TOO = "图书快到期怎么办理续借"
ANSWER = "登录我的图书馆，在当前借阅里选择要续借的图书，点击续借按钮，每册可以续借一次，续借期为三十天。"


@pytest.fixture
def here(place: Workplace, people: Village) -> Iterator[Workplace]:
    """The place with an encoder."""
    search = KnowledgeSearch(place.database, TokenEncoder(), clock=place.clock)
    search.start()
    search.catch_up()
    yield replace(place, search=search)
    search.stop()


@pytest.fixture
def nation_curator(people: Village) -> StaffMember:
    """Somebody who curates for the nation."""
    return replace(people.zhou, id=people.grace.id, grants=(Grant(people.nation, Role.CURATOR),))


def publish(place: Workplace, owner: UUID, key: str, question: str, answer: str = ANSWER) -> UUID:
    with place.database.write() as session:
        article = publish_article(session, owner=owner, key=key, question=question, answer=answer)
    place.search.catch_up()
    return article


def near(place: Workplace, person: StaffMember, text: str, besides: UUID | None = None) -> list[tuple[UUID, bool]]:
    found = doubling.near(place, person, question=text, language="zh", besides=besides)
    return [(each.id, each.is_close) for each in found]


def test_while_writing_the_nearest_articles_are_named_with_why(here: Workplace, people: Village) -> None:
    known = publish(here, people.library_a, "renew", RENEW)
    found = doubling.near(here, people.zhou, question=RENEW_TOO, language="zh")
    assert found[0].id == known
    assert found[0].is_close
    assert found[0].text_closeness > 0.2
    assert (found[0].meaning_closeness or 0) > 0.75
    assert not found[0].is_same
    assert doubling.near(here, people.zhou, question=RENEW + "？", language="zh")[0].is_same
    assert near(here, people.zhou, RENEW, besides=known)[:1] != [(known, True)]
    assert near(here, people.zhou, "续") == []


def test_drafts_of_colleagues_are_named_too(here: Workplace, people: Village) -> None:
    content = ArticleContent(
        key="renew", language="zh", question=RENEW, answer=ANSWER, service_topic="borrowing", question_type="fact"
    )
    draft = curating.draft(here, people.lin, content)
    assert (draft, True) in near(here, people.zhou, RENEW_TOO)
    assert draft not in [each for each, _ in near(here, people.grace, RENEW_TOO)]


def test_another_librarys_articles_are_not_named(here: Workplace, people: Village, nation_curator: StaffMember) -> None:
    theirs = publish(here, people.library_b, "renew", RENEW)
    assert theirs not in [each for each, _ in near(here, people.zhou, RENEW)]
    assert theirs in [each for each, _ in near(here, nation_curator, RENEW)]


def test_pairs_are_found_by_text_and_meaning_across_owners_and_seen_by_who_sees_both(
    here: Workplace, people: Village, nation_curator: StaffMember
) -> None:
    one, other = publish(here, people.library_a, "renew", RENEW), publish(here, people.library_b, "again", RENEW_TOO)
    publish(here, people.library_a, "seats", "自习座位怎么预约？", "在公众号里预约。")
    assert doubling.find_duplicates(here).pairs == 1
    (card,) = doubling.pairs(here, nation_curator).cards
    assert {card.first.article.id, card.second.article.id} == {one, other}
    assert card.text_closeness > 0.5
    assert (card.meaning_closeness or 0) > 0.75
    assert doubling.pairs(here, people.zhou).total == 0
    with pytest.raises(NotFound):
        doubling.pair(here, people.zhou, one, other)


def test_only_what_changed_is_compared_again(here: Workplace, people: Village) -> None:
    publish(here, people.library_a, "renew", RENEW)
    first = doubling.find_duplicates(here)
    assert (first.compared, first.pairs) == (3, 0)
    assert doubling.find_duplicates(here).compared == 0
    publish(here, people.library_a, "again", RENEW_TOO)
    found = doubling.find_duplicates(here)
    assert (found.compared, found.pairs) == (1, 1)


def test_a_text_compared_before_its_vector_was_there_is_compared_by_meaning_later(
    place: Workplace, here: Workplace, people: Village
) -> None:
    publish(here, people.library_a, "renew", RENEW, "网上办。")
    publish(here, people.library_a, "again", RENEW_TOO, "到服务台找老师。")
    place.search.start()
    assert duplicates.find_all(place.database, encoder=None, now=place.clock()).pairs == 0
    assert doubling.find_duplicates(here).pairs == 1


def test_layers_of_one_topic_and_translations_are_no_duplicates(
    here: Workplace, people: Village, nation_curator: StaffMember
) -> None:
    publish(here, people.nation, "renew", RENEW)
    publish(here, people.library_a, "renew", RENEW)
    assert doubling.find_duplicates(here).pairs == 0
    assert doubling.pairs(here, nation_curator).total == 0


def test_what_was_called_no_duplicate_stays_so(here: Workplace, people: Village) -> None:
    one, other = publish(here, people.library_a, "renew", RENEW), publish(here, people.library_a, "again", RENEW_TOO)
    doubling.find_duplicates(here)
    with pytest.raises(Forbidden):
        doubling.dismiss(here, people.lin, one, other)
    with pytest.raises(NotFound):
        doubling.dismiss(here, people.grace, one, other)
    doubling.dismiss(here, people.zhou, other, one)
    with here.database.write() as session:
        for sketch in session.scalars(select(ArticleSketch)):
            sketch.compared_revision = None
    doubling.find_duplicates(here)
    assert doubling.pairs(here, people.zhou).total == 0
    assert other not in [each for each, _ in near(here, people.zhou, RENEW, besides=one)]
    doubling.take_back(here, people.zhou, one, other)
    assert doubling.pairs(here, people.zhou).total == 1


def test_one_click_merges_and_readers_find_the_survivor_by_both_questions(here: Workplace, people: Village) -> None:
    one, other = publish(here, people.library_a, "renew", RENEW), publish(here, people.library_a, "again", RENEW_TOO)
    doubling.find_duplicates(here)
    done = merging_articles.merge(here, people.zhou, other, into=one)
    for words in (RENEW, RENEW_TOO):
        found = finding.for_reader(here, library_code="AAA", query=words, language=None, limit=3, network="n")
        assert found.hits[0].article_id == one
        assert other not in [hit.article_id for hit in found.hits]
    assert doubling.pairs(here, people.zhou).total == 0
    (record,) = merging_articles.merges(here, people.zhou)
    assert (record.id, record.by_name, record.may_undo) == (done, "zhou老师", True)
    assert merging_articles.merges(here, people.grace) == []
    assert merging_articles.undo(here, people.zhou, done) == other
    assert doubling.pairs(here, people.zhou).total == 1
    assert not merging_articles.merges(here, people.zhou)[0].may_undo


def test_merging_takes_the_rights_over_both(here: Workplace, people: Village, nation_curator: StaffMember) -> None:
    one, other = publish(here, people.library_a, "renew", RENEW), publish(here, people.nation, "again", RENEW_TOO)
    theirs = publish(here, people.library_b, "third", RENEW)
    for person, article, into, error in (
        (people.lin, one, other, Forbidden),
        (people.zhou, one, other, Forbidden),
        (people.zhou, one, theirs, NotFound),
        (people.grace, theirs, other, Forbidden),
    ):
        with pytest.raises(error):
            merging_articles.merge(here, person, article, into=into)
    with here.database.read() as session:
        assert session.get_one(Article, one).merged_into_id is None
    done = merging_articles.merge(here, nation_curator, one, into=other)
    with pytest.raises(Forbidden):
        merging_articles.undo(here, people.zhou, done)


def test_duplicates_over_http(client: TestClient, app: FastAPI, townsfolk: Village) -> None:
    here: Workplace = app.state.place
    one = publish(here, townsfolk.library_a, "renew", RENEW)
    other = publish(here, townsfolk.library_a, "again", RENEW_TOO)
    become(client, here, "zhou")
    doubling.find_duplicates(here)
    text = {"question": RENEW, "language": "zh"}
    assert one in [UUID(each["id"]) for each in client.post("/api/v1/staff/articles/near", json=text).json()["items"]]
    assert client.get("/api/v1/staff/duplicates").json()["total"] == 1
    assert client.put(f"/api/v1/staff/duplicates/{one}/{other}/dismissal").status_code == 204
    assert client.delete(f"/api/v1/staff/duplicates/{one}/{other}/dismissal").status_code == 204
    made = client.post(f"/api/v1/staff/articles/{other}/merge", json={"into": str(one)})
    assert made.status_code == 201
    again = client.post(f"/api/v1/staff/articles/{one}/merge", json={"into": str(other)})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "merge_impossible")
    assert client.get("/api/v1/staff/merges").json()["items"][0]["may_undo"]
    assert client.delete(f"/api/v1/staff/merges/{made.json()['id']}").status_code == 204
    assert client.delete(f"/api/v1/staff/merges/{made.json()['id']}").status_code == 409
