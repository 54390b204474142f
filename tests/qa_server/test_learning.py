"""Learning from use: readers judge, librarians send, curators of the owner decide, and nobody else."""

from dataclasses import replace
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from knowledge.errors import ProposalDecided
from qa_server.desk import answering, asking, finding, talking
from qa_server.desk.articles import learning
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from qa_server.live.rates import TooManyRequests
from qa_server.people.models import Role
from qa_server.people.rights import Grant, StaffMember
from storage.errors import Forbidden, NotFound
from tests.qa_server.test_staff_api import become
from tests.village import Village, come_in, new_client_id, publish_article, question

WORDS = "早上最早什么时候能进馆"


@pytest.fixture
def local(place: Workplace, people: Village) -> UUID:
    """A published article of library A."""
    with place.database.write() as session:
        return publish_article(session, owner=people.library_a, key="loans", question="怎么续借？", answer="网上续借。")


@pytest.fixture
def network_wide(place: Workplace, people: Village) -> UUID:
    """The article of the nation, which every library shows."""
    return article_of(place, "图书馆几点开门？")


@pytest.fixture
def nation_curator(people: Village) -> StaffMember:
    """Somebody who curates for the nation."""
    return replace(people.zhou, id=people.grace.id, grants=(Grant(people.nation, Role.CURATOR),))


def article_of(place: Workplace, text: str, library: str = "AAA") -> UUID:
    """Return the article that a library's readers find by its question."""
    place.search.start()
    found = finding.for_reader(place, library_code=library, query=text, language=None, limit=1, network="n")
    return found.hits[0].article_id


def judge(
    place: Workplace, article: UUID, library: str = "AAA", words: str = WORDS, *, is_helpful: bool = True
) -> None:
    """Judge an answer as a fresh reader of a library."""
    reader, token = come_in(place, library)
    learning.judge_answer(place, reader, article, words=words, is_helpful=is_helpful, secret=token)


def waiting(place: Workplace, person: StaffMember) -> list[tuple[str, int]]:
    """Return words and uses of what waits for the person."""
    cards = learning.proposed(place, person).cards
    return [(wording.words, wording.uses) for card in cards for wording in card.wordings]


def first(place: Workplace, person: StaffMember) -> UUID:
    """Return the wording that waits first."""
    return learning.proposed(place, person).cards[0].wordings[0].id


def test_a_readers_yes_reaches_the_curator_who_confirms_and_the_next_reader_finds_it(
    place: Workplace, people: Village, local: UUID
) -> None:
    place.search.start()
    judge(place, local, words="书到期了想再看两周")
    judge(place, local, words="书到期了，想再看两周！")
    (card,) = learning.proposed(place, people.zhou).cards
    assert (card.article_id, card.question, card.owner.code) == (local, "怎么续借？", "AAA")
    assert [(each.words, each.uses) for each in card.wordings] == [("书到期了想再看两周", 2)]
    assert [owner.code for owner in card.wordings[0].libraries] == ["AAA"]
    assert learning.confirm(place, people.zhou, first(place, people.zhou)) == "书到期了想再看两周"
    found = finding.for_reader(
        place, library_code="AAA", query="书到期了想再看两周", language=None, limit=5, network="n"
    )
    assert (found.outcome, found.hits[0].article_id) == ("answer", local)
    assert learning.count_proposed(place, people.zhou) == 0


def test_a_no_proposes_nothing_and_is_counted(place: Workplace, people: Village, local: UUID) -> None:
    judge(place, local, is_helpful=False)
    judge(place, local)
    assert waiting(place, people.zhou) == [(WORDS, 1)]
    counts = learning.verdicts(place, local)
    assert (counts.helpful, counts.unhelpful) == (1, 1)


def test_an_article_of_a_wider_scope_waits_for_the_curators_of_its_owner(
    place: Workplace, people: Village, network_wide: UUID, nation_curator: StaffMember
) -> None:
    judge(place, network_wide)
    judge(place, network_wide, "BBB")
    assert waiting(place, nation_curator) == [(WORDS, 2)]
    assert [owner.code for owner in learning.proposed(place, nation_curator).cards[0].wordings[0].libraries] == [
        "AAA",
        "BBB",
    ]
    assert waiting(place, people.zhou) == []
    for act in (learning.confirm, learning.reject, learning.reopen):
        with pytest.raises(NotFound):
            act(place, people.zhou, first(place, nation_curator))
    assert learning.confirm(place, nation_curator, first(place, nation_curator)) == WORDS


def test_a_librarian_without_the_right_decides_nothing(place: Workplace, people: Village, local: UUID) -> None:
    judge(place, local)
    wording = first(place, people.zhou)
    for act in (learning.confirm, learning.reject, learning.reopen):
        with pytest.raises(Forbidden):
            act(place, people.lin, wording)
        with pytest.raises(NotFound):
            act(place, people.grace, wording)
    assert waiting(place, people.lin) == waiting(place, people.grace) == []
    assert waiting(place, people.zhou) == [(WORDS, 1)]


def test_a_curator_edits_rejects_and_takes_a_rejection_back(place: Workplace, people: Village, local: UUID) -> None:
    judge(place, local)
    wording = first(place, people.zhou)
    learning.reject(place, people.zhou, wording)
    assert waiting(place, people.zhou) == []
    learning.reopen(place, people.zhou, wording)
    assert learning.confirm(place, people.zhou, wording, words="最早几点能进馆？") == "最早几点能进馆？"
    with pytest.raises(ProposalDecided):
        learning.reject(place, people.zhou, wording)


def test_a_reader_cannot_judge_what_the_own_library_does_not_show(place: Workplace, people: Village) -> None:
    hidden = article_of(place, "哪里有安静的研讨室？", "BBB")
    judge(place, hidden, "BBB")
    with pytest.raises(NotFound):
        judge(place, hidden, "AAA")


def test_verdicts_of_one_reader_are_limited_and_others_are_not(place: Workplace, local: UUID) -> None:
    reader, token = come_in(place)
    for number in range(place.settings.reader_verdicts_per_hour):
        learning.judge_answer(place, reader, local, words=f"第{number}问", is_helpful=True, secret=token)
    with pytest.raises(TooManyRequests):
        learning.judge_answer(place, reader, local, words=WORDS, is_helpful=True, secret=token)
    judge(place, local)


@pytest.fixture
def asked(place: Workplace, people: Village) -> tuple[KnownReader, UUID]:
    """A reader of library A, and the question, which LIN holds."""
    reader, _ = come_in(place)
    conversation = asking.ask(place, reader, question("借的书快到期了怎么办"))[0].conversation.id
    answering.claim(place, people.lin, conversation)
    return reader, conversation


def test_an_article_that_a_librarian_sends_proposes_the_readers_words(
    place: Workplace, people: Village, local: UUID, asked: tuple[KnownReader, UUID]
) -> None:
    reader, conversation = asked
    talking.say_as_reader(place, reader, conversation, client_id=new_client_id(), body="能不能多借两周？")
    for _ in range(2):
        learning.note_sent(place, people.lin, conversation, local, words="能不能多借两周")
    assert waiting(place, people.zhou) == [("能不能多借两周？", 1)]


def test_what_the_librarian_looked_up_is_never_taken_for_the_readers_words(
    place: Workplace, people: Village, local: UUID, asked: tuple[KnownReader, UUID]
) -> None:
    talking.say_as_librarian(place, people.lin, asked[1], client_id=new_client_id(), body="续借流程")
    learning.note_sent(place, people.lin, asked[1], local, words="续借流程")
    assert waiting(place, people.zhou) == [("借的书快到期了怎么办", 1)]


def test_an_article_is_noted_as_sent_only_where_it_may_be(
    place: Workplace, people: Village, local: UUID, asked: tuple[KnownReader, UUID]
) -> None:
    with pytest.raises(NotFound):
        learning.note_sent(place, people.grace, asked[1], local, words="x")
    foreign = article_of(place, "哪里有安静的研讨室？", "BBB")
    with pytest.raises(NotFound):
        learning.note_sent(place, people.lin, asked[1], foreign, words="x")
    learning.note_sent(place, people.lin, asked[1], local, words="x")
    assert len(waiting(place, people.zhou)) == 1


def test_the_whole_way_over_http(client: TestClient, townsfolk: Village) -> None:
    api = "/api/v1"
    found = client.get(f"{api}/libraries/AAA/answers", params={"q": "图书馆几点开门"}).json()
    article = found["hits"][0]["article_id"]
    verdict = {"query": WORDS, "is_helpful": True}
    assert client.post(f"{api}/answers/{article}/verdict", json=verdict).status_code == 401
    token = client.post(f"{api}/readers", json={"library": "AAA"}).json()["token"]
    for authorization in (f"Bearer {token}", f"bearer  {token}"):
        said = client.post(f"{api}/answers/{article}/verdict", json=verdict, headers={"Authorization": authorization})
        assert (said.status_code, said.content) == (204, b"")
    place: Workplace = client.app.state.place  # type: ignore[attr-defined]
    become(client, place, "zhou")
    assert client.get(f"{api}/staff/wordings").json() == {"items": [], "total": 0}
    with place.database.write() as session:
        publish_article(session, owner=townsfolk.library_a, key="hours.weekday", question="开馆时间", answer="八点。")
    place.search.refresh()
    own = client.get(f"{api}/libraries/AAA/answers", params={"q": "开馆时间"}).json()["hits"][0]["article_id"]
    client.post(f"{api}/answers/{own}/verdict", json=verdict, headers={"Authorization": f"Bearer {token}"})
    page = client.get(f"{api}/staff/wordings").json()
    assert (page["total"], page["items"][0]["library"]["code"]) == (1, "AAA")
    (wording,) = page["items"][0]["wordings"]
    assert (wording["words"], wording["uses"], wording["libraries"][0]["code"]) == (WORDS, 1, "AAA")
    address = f"{api}/staff/wordings/{wording['id']}"
    assert client.post(f"{address}/rejection").status_code == 204
    assert client.delete(f"{address}/rejection").status_code == 204
    refused = client.post(f"{address}/confirmation", json={"words": "？"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "wording_empty")
    assert client.post(f"{address}/confirmation", json={}).json() == {"words": WORDS}
    again = client.post(f"{address}/confirmation", json={})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "proposal_decided")
    hit = client.get(f"{api}/libraries/AAA/answers", params={"q": WORDS}).json()["hits"][0]
    assert (hit["article_id"], hit["matched_text"]) == (own, WORDS)
