"""OAI-PMH at /oai: verbs, refusals, sets, pages, deletions; and that nothing leaves that is not for everybody."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from starlette.testclient import TestClient

from knowledge import articles
from knowledge.articles import Change
from knowledge.content import ArticleContent
from knowledge.models import Article
from qa_server.api import oai_tokens
from qa_server.api.oai_tokens import Token, TokenUnusable
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Alliance, AllianceMember
from qa_server.network.node_settings import clear_value, set_value
from tests import village
from tests.conftest import make_app
from tests.fakes import Clock
from tests.village import Village

OAI = "{http://www.openarchives.org/OAI/2.0/}"
DC = "{http://purl.org/dc/elements/1.1/}"
SCHEMA = etree.XMLSchema(file=str(Path(__file__).parent / "oai_response.xsd"))
LIST = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}


class Provider:
    """The service as a harvester meets it, and the database behind it."""

    def __init__(self, client: TestClient, place: Workplace, people: Village) -> None:
        self.client = client
        self.place = place
        self.people = people

    def ask(self, **arguments: str) -> etree._Element:
        """Return an answer, which has to have the shape of the protocol."""
        response = self.client.get("/oai", params=arguments)
        assert response.status_code == 200, response.text
        root = etree.fromstring(response.content)
        SCHEMA.assertValid(root)
        return root

    def error(self, **arguments: str) -> str:
        """Return the code of a refusal."""
        found = self.ask(**arguments).find(f"{OAI}error")
        assert found is not None
        return str(found.get("code"))

    def headers(self, **arguments: str) -> list[etree._Element]:
        """Return the headers of a whole list, over all its pages."""
        root, found = self.ask(**arguments), []
        while True:
            found += root.findall(f".//{OAI}header")
            token = root.find(f".//{OAI}resumptionToken")
            if token is None or not token.text:
                return found
            root = self.ask(verb=arguments["verb"], resumptionToken=token.text)

    def numbers(self, **arguments: str) -> list[int]:
        """Return the numbers of the records of a list that are not deleted."""
        live = [header for header in self.headers(**arguments) if header.get("status") is None]
        return [int(str(header.findtext(f"{OAI}identifier")).rpartition(":")[2]) for header in live]

    def publish(self, question: str, *, owner: UUID | None = None, answer: str = "答案。", **facets: str) -> UUID:
        """Publish an article now and return its id."""
        values: dict[str, Any] = {"service_topic": "borrowing", "question_type": "fact", **facets}
        content = ArticleContent(key=f"k.n{uuid4().hex}", language="zh", question=question, answer=answer, **values)
        with self.place.database.write() as session:
            now = self.place.clock()
            article = articles.draft(
                session, content=content, owner=owner or self.people.nation, author_id=uuid4(), now=now
            )
            articles.submit(session, article, now=now)
            articles.publish(session, article, reviewer_id=uuid4(), now=now)
            return article.id

    def retire(self, article_id: UUID) -> None:
        """Take an article out of use."""
        with self.place.database.write() as session:
            articles.retire(session, session.get_one(Article, article_id), now=self.place.clock())


@pytest.fixture
def provider(database_url: str, clock: Clock) -> Iterator[Provider]:
    """A provider on both databases that sends three records at once."""
    app = make_app(database_url, clock, oai_page_size=3, public_url="https://ask.example.edu")
    people = village.build(app.state.place.database)
    client = TestClient(app)
    yield Provider(client, app.state.place, people)
    app.state.place.search.stop()
    app.state.place.messages.stop()
    app.state.place.database.dispose()


def test_each_verb_answers_in_the_shape_of_the_protocol(provider: Provider) -> None:
    assert provider.ask(verb="Identify").findtext(f".//{OAI}baseURL") == "https://ask.example.edu/oai"
    assert provider.ask(verb="ListMetadataFormats").findtext(f".//{OAI}metadataPrefix") == "oai_dc"
    assert len(provider.ask(verb="ListSets").findall(f".//{OAI}set")) > 10
    assert len(provider.headers(**LIST)) == 2
    assert len(provider.headers(verb="ListIdentifiers", metadataPrefix="oai_dc")) == 2
    found = provider.ask(verb="GetRecord", identifier="oai:ask.example.edu:1", metadataPrefix="oai_dc")
    assert found.findtext(f".//{DC}title") == "图书馆几点开门？"
    assert found.findtext(f".//{DC}description") == "早上八点开门。"
    assert found.findtext(f".//{DC}identifier") == "https://ask.example.edu/answers/NAT/1"


@pytest.mark.parametrize(
    ("code", "query"),
    [
        ("badVerb", ""),
        ("badVerb", "verb=Nonsense"),
        ("badVerb", "verb=Identify&verb=Identify"),
        ("badVerb", "verb=identify"),
        ("badArgument", "verb=Identify&more=1"),
        ("badArgument", "verb=ListRecords"),
        ("badArgument", "verb=GetRecord&metadataPrefix=oai_dc"),
        ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc"),
        ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x"),
        ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&from=yesterday"),
        ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-30"),
        ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01&until=2026-01-02T00:00:00Z"),
        ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-02&until=2026-01-01"),
        ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&set=a%20b"),
        ("badArgument", "verb=GetRecord&identifier=&metadataPrefix=oai_dc"),
        ("badResumptionToken", "verb=ListRecords&resumptionToken=nonsense"),
        ("badResumptionToken", "verb=ListSets&resumptionToken=0123456789W10"),
        ("cannotDisseminateFormat", "verb=ListRecords&metadataPrefix=marc21"),
        ("cannotDisseminateFormat", "verb=GetRecord&identifier=oai:ask.example.edu:1&metadataPrefix=marc21"),
        ("idDoesNotExist", "verb=GetRecord&identifier=oai:ask.example.edu:999&metadataPrefix=oai_dc"),
        ("idDoesNotExist", "verb=GetRecord&identifier=oai:elsewhere.example:1&metadataPrefix=oai_dc"),
        ("idDoesNotExist", "verb=GetRecord&identifier=oai:ask.example.edu:99999999999999999999&metadataPrefix=oai_dc"),
        ("idDoesNotExist", "verb=ListMetadataFormats&identifier=%3Cscript%3E"),
        ("noRecordsMatch", "verb=ListRecords&metadataPrefix=oai_dc&from=2030-01-01"),
        ("noRecordsMatch", "verb=ListRecords&metadataPrefix=oai_dc&set=library:NOPE"),
        ("noRecordsMatch", "verb=ListRecords&metadataPrefix=oai_dc&set=library:AAA"),
        ("noRecordsMatch", "verb=ListRecords&metadataPrefix=oai_dc&set=nothing"),
    ],
)
def test_each_mistake_has_its_code(provider: Provider, code: str, query: str) -> None:
    root = etree.fromstring(provider.client.get(f"/oai?{query}").content)
    SCHEMA.assertValid(root)
    found = root.find(f"{OAI}error")
    assert found is not None
    assert found.get("code") == code
    has_attributes = bool(root.find(f"{OAI}request").attrib)
    assert has_attributes == (code not in ("badVerb", "badArgument"))


def test_a_form_is_answered_like_an_address(provider: Provider) -> None:
    by_form = provider.client.post("/oai", data=LIST)
    assert by_form.content == provider.client.get("/oai", params=LIST).content
    assert provider.client.post("/oai", content=b"\xff\xfe").status_code == 200


def test_a_long_list_comes_in_pages_and_each_record_once(provider: Provider, clock: Clock) -> None:
    for count in range(7):
        provider.publish(f"第 {count} 个问题？")
        clock.forward(seconds=count % 2)
    first = provider.ask(**LIST).find(f".//{OAI}resumptionToken")
    assert first is not None
    assert (first.get("completeListSize"), first.get("cursor")) == ("9", "0")
    numbers = provider.numbers(**LIST)
    assert len(numbers) == len(set(numbers)) == 9
    assert numbers == provider.numbers(verb="ListIdentifiers", metadataPrefix="oai_dc")


def test_what_changes_between_two_pages_is_not_lost(provider: Provider, clock: Clock) -> None:
    published = [provider.publish(f"第 {count} 个问题？") for count in range(6)]
    root = provider.ask(**LIST)
    token = root.findtext(f".//{OAI}resumptionToken")
    seen = {each.text for each in root.findall(f".//{OAI}identifier")}
    clock.forward(minutes=1)
    provider.retire(published[5])
    added = provider.publish("中途加入的问题？")
    rest: list[etree._Element] = []
    while token:
        root = provider.ask(verb="ListRecords", resumptionToken=str(token))
        rest += root.findall(f".//{OAI}header")
        token = root.findtext(f".//{OAI}resumptionToken")
    identifiers = seen | {each.findtext(f"{OAI}identifier") for each in rest}
    assert len(identifiers) == 9
    assert [each.get("status") for each in rest].count("deleted") == 1
    assert added


def test_a_token_of_yesterday_and_one_of_another_verb_are_refused(provider: Provider, clock: Clock) -> None:
    for count in range(4):
        provider.publish(f"第 {count} 个问题？")
    token = str(provider.ask(**LIST).findtext(f".//{OAI}resumptionToken"))
    assert provider.error(verb="ListIdentifiers", resumptionToken=token) == "badResumptionToken"
    clock.forward(hours=25)
    assert provider.error(verb="ListRecords", resumptionToken=token) == "badResumptionToken"


def test_a_withdrawn_answer_stays_as_a_deletion_with_its_sets(provider: Provider, clock: Clock) -> None:
    article = provider.publish("可以借几本书？", owner=provider.people.library_b)
    before = provider.numbers(**LIST)
    clock.forward(hours=1)
    since = clock.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    provider.retire(article)
    changed = provider.headers(**LIST, **{"from": since})
    assert [header.get("status") for header in changed] == ["deleted"]
    assert "library:NAT:PRV:BBB" in [each.text for each in changed[0].findall(f"{OAI}setSpec")]
    assert set(before) - set(provider.numbers(**LIST)) == {max(before)}
    identifier = str(changed[0].findtext(f"{OAI}identifier"))
    record = provider.ask(verb="GetRecord", identifier=identifier, metadataPrefix="oai_dc")
    assert record.find(f".//{OAI}metadata") is None
    clock.forward(hours=1)
    with provider.place.database.write() as session:
        articles.restore(session, session.get_one(Article, article), now=clock.now)
    assert provider.numbers(**LIST) == before


def test_only_what_is_for_everybody_is_provided(provider: Provider, clock: Clock) -> None:
    hidden = [provider.publish("内部问题？", visibility=each) for each in ("staff", "signed_in")]
    shown = provider.publish("公开问题？")
    numbers = provider.numbers(**LIST)
    with provider.place.database.read() as session:
        assert session.get_one(Article, shown).number in numbers
        assert not {session.get_one(Article, each).number for each in hidden} & set(numbers)
    text = provider.client.get("/oai", params=LIST).text
    assert "内部" not in text
    clock.forward(minutes=1)
    _make_staff_only(provider, shown)
    assert len(provider.numbers(**LIST)) == len(numbers) - 1


def test_an_answer_that_has_ended_is_a_deletion(provider: Provider, clock: Clock) -> None:
    article = provider.publish("寒假开放吗？")
    with provider.place.database.write() as session:
        session.get_one(Article, article).valid_until = datetime(2026, 9, 2, tzinfo=UTC)
    assert len(provider.numbers(**LIST)) == 3
    clock.forward(days=3)
    assert len(provider.numbers(**LIST)) == 2
    assert len(provider.headers(**LIST)) == 3


def test_a_library_that_is_switched_off_provides_deletions_until_it_is_on_again(
    provider: Provider, clock: Clock
) -> None:
    key, library = "answers.is_shown", provider.people.library_b
    assert len(provider.numbers(**LIST)) == 2
    clock.forward(minutes=1)
    with provider.place.database.write() as session:
        set_value(session, library, key, False, is_locked=False, by=None, now=clock.now)
    headers = provider.headers(**LIST)
    assert [header.get("status") for header in headers] == [None, "deleted"]
    assert not [each for each in _specs(provider) if each.endswith(":BBB")]
    clock.forward(minutes=1)
    with provider.place.database.write() as session:
        clear_value(session, library, key, by=None, now=clock.now)
    assert len(provider.numbers(**LIST)) == 2


def test_sets_gather_a_node_with_all_below_it_a_topic_and_an_alliance(provider: Provider) -> None:
    people = provider.people
    provider.publish("怎么借书？", owner=people.library_a)
    with provider.place.database.write() as session:
        alliance = Alliance(code="LANG", name_zh="共享域", name_en="Alliance")
        session.add(alliance)
        session.flush()
        session.add(AllianceMember(alliance_id=alliance.id, library_id=people.library_a))
    assert {"library", "library:NAT", "library:NAT:PRV", "library:NAT:PRV:AAA", "topic:theses"} <= set(_specs(provider))
    counts = {
        spec: len(provider.numbers(**LIST, set=spec))
        for spec in ("library:NAT", "library:NAT:PRV", "library:NAT:PRV:AAA", "alliance:LANG", "topic:borrowing")
    }
    assert counts == {
        "library:NAT": 3,
        "library:NAT:PRV": 2,
        "library:NAT:PRV:AAA": 1,
        "alliance:LANG": 1,
        "topic:borrowing": 1,
    }


def test_texts_that_xml_cannot_carry_and_markup_come_out_whole(provider: Provider) -> None:
    published = provider.publish("<b>&\"'书？", answer="一 ]]> & 二 😀")
    with provider.place.database.write() as session:
        article = session.get_one(Article, published)
        number = article.number
        articles.current_revision(session, article).answer = "一\u0007 ]]> & 二 😀\ufffe"
    found = provider.ask(verb="GetRecord", identifier=f"oai:ask.example.edu:{number}", metadataPrefix="oai_dc")
    assert found.findtext(f".//{DC}title") == "<b>&\"'书？"
    assert found.findtext(f".//{DC}description") == "一 ]]> & 二 😀"


@given(
    token=st.builds(
        Token,
        **{
            name: st.text(st.characters(exclude_categories=["Cs"]), max_size=40) for name in ("prefix", "spec", "after")
        },
        verb=st.sampled_from(["ListRecords", "ListSets"]),
        since=st.sampled_from(["", "2026-01-01"]),
        until=st.just(""),
        number=st.integers(0, 2**60),
        cursor=st.integers(0, 2**40),
        total=st.integers(0, 2**40),
        expires=st.integers(2_000_000_000, 4_000_000_000),
    ),
    place=st.integers(0, 200),
)
def test_a_token_comes_back_as_it_was_and_a_broken_one_is_refused(token: Token, place: int) -> None:
    now = datetime(2026, 9, 1, tzinfo=UTC)
    text = oai_tokens.written(token)
    assert oai_tokens.read(text, verb=token.verb, now=now) == token
    cut = place % len(text)
    broken = text[:cut] + ("A" if text[cut] != "A" else "B") + text[cut + 1 :]
    with pytest.raises(TokenUnusable):
        oai_tokens.read(broken[: -1 - place % 3], verb=token.verb, now=now)


@given(st.text(max_size=80))
def test_no_text_makes_the_reading_of_tokens_fail_otherwise(text: str) -> None:
    with pytest.raises(TokenUnusable):
        oai_tokens.read(text, verb="ListRecords", now=datetime(2026, 9, 1, tzinfo=UTC))


def _specs(provider: Provider) -> list[str]:
    return [str(each.text) for each in provider.ask(verb="ListSets").findall(f".//{OAI}setSpec")]


def _make_staff_only(provider: Provider, article_id: UUID) -> None:
    now = provider.place.clock()
    with provider.place.database.write() as session:
        article = session.get_one(Article, article_id)
        content = ArticleContent(
            key=article.key,
            language="zh",
            question="公开问题？",
            answer="答案。",
            service_topic="borrowing",
            question_type="fact",
            visibility="staff",
        )
        articles.revise(session, article, content=content, change=Change(1, uuid4(), "Internal."), now=now)
        articles.submit(session, article, now=now)
        articles.publish(session, article, reviewer_id=uuid4(), now=now)
