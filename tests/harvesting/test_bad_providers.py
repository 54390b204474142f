"""Providers that are slow, huge, broken or hostile: each ends the run with a reason; nothing is lost or doubled."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from knowledge import articles
from knowledge.content import ArticleContent
from knowledge.models import Article
from qa_server.desk.answers import harvesting
from qa_server.desk.answers import sources as harvest_sources
from qa_server.desk.articles import curating
from qa_server.desk.workplace import Workplace
from qa_server.harvesting import answers
from qa_server.harvesting.answers import Harvested
from qa_server.harvesting.errors import (
    AddressRefused,
    AnswerTooLarge,
    AnswerUnreadable,
    NoDuplicate,
    ProviderUnreachable,
)
from qa_server.harvesting.fetching import Limits, check_address, fetch, is_public
from qa_server.harvesting.mapping import NotAnAnswer, content_of
from qa_server.harvesting.models import HarvestedRecord, HarvestSource, RecordState
from qa_server.harvesting.sources import SourceFields
from storage.errors import NotFound
from tests import village
from tests.conftest import make_app
from tests.fakes import Clock
from tests.village import Village

Answer = tuple[int, dict[str, str], bytes]
OPEN = Limits(timeout_seconds=5, max_bytes=100_000, allows_private=True, agent="test")


@contextmanager
def provider(answer: Callable[[dict[str, str]], Answer]) -> Iterator[str]:
    """Serve answers made by a function of the arguments; give the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            arguments = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            status, headers, content = answer(arguments)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/oai"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def page(*numbers: int, token: str = "", extra: str = "") -> Answer:
    """Return a page of ListRecords with these records."""
    records = "".join(record(number) for number in numbers)
    part = f"<ListRecords>{records}{extra}<resumptionToken>{token}</resumptionToken></ListRecords>"
    return 200, {}, envelope(part)


def record(number: int) -> str:
    """Return a record with a title and a description."""
    return (
        f"<record><header><identifier>oai:x:{number}</identifier><datestamp>2026-01-01</datestamp></header>"
        '<metadata><dc xmlns="http://purl.org/dc/elements/1.1/">'
        f"<title>问题 {number}？</title><description>答案 {number}。</description></dc></metadata></record>"
    )


def envelope(part: str) -> bytes:
    """Return an answer around its part."""
    head = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-02-01T00:00:00Z</responseDate>'
    return f"{head}<request/>{part}</OAI-PMH>".encode()


@pytest.fixture
def place(sqlite_url: str) -> Iterator[Workplace]:
    """The harvesting side."""
    app = make_app(sqlite_url, Clock(), harvest_private_addresses=True, harvest_pause_seconds=0)
    workplace: Workplace = app.state.place
    yield workplace
    workplace.search.stop()
    workplace.messages.stop()
    workplace.database.dispose()


@pytest.fixture
def people(place: Workplace) -> Village:
    """The village on that side."""
    return village.build(place.database)


def _written(question: str) -> ArticleContent:
    return ArticleContent(
        key=f"own.{sum(map(ord, question))}",
        language="zh",
        question=question,
        answer="自己写的。",
        service_topic="other",
        question_type="fact",
    )


def _source(place: Workplace, people: Village, address: str) -> UUID:
    return harvest_sources.add(place, people.zhou, "AAA", SourceFields("", address, "", "zh", "other", 0))


def test_a_run_that_breaks_in_the_middle_goes_on_where_it_stopped(place: Workplace, people: Village) -> None:
    asked: list[str] = []
    is_broken = True

    def answer(arguments: dict[str, str]) -> Answer:
        token = arguments.get("resumptionToken", "")
        asked.append(token)
        if token == "two" and is_broken:
            return 200, {}, b"<broken"
        return page(3, 4) if token == "two" else page(1, 2, token="two")

    with provider(answer) as address:
        source = _source(place, people, address)
        first = harvesting.run(place, source, wait=lambda seconds: None)
        assert (first.drafted, first.problem and first.problem[0]) == (2, "provider_answer_unreadable")
        is_broken = False
        second = harvesting.run(place, source, wait=lambda seconds: None)
    assert (second.seen, second.drafted, second.problem) == (2, 2, None)
    assert asked == ["", "two", "two"]
    assert _articles(place) == 4


def test_a_token_that_became_too_old_begins_the_list_again_without_doubling(place: Workplace, people: Village) -> None:
    state = {"turn": 0}

    def answer(arguments: dict[str, str]) -> Answer:
        if "resumptionToken" not in arguments:
            return page(1, 2, token="two")
        state["turn"] += 1
        if state["turn"] == 1:
            return 500, {}, b""
        if state["turn"] == 2:
            return 200, {}, envelope('<error code="badResumptionToken">old</error>')
        return page(3)

    with provider(answer) as address:
        source = _source(place, people, address)
        assert harvesting.run(place, source, wait=lambda seconds: None).problem is not None
        again = harvesting.run(place, source, wait=lambda seconds: None)
    assert (again.seen, again.unchanged, again.drafted, again.problem) == (3, 2, 1, None)


def test_a_busy_provider_is_waited_for_and_then_left(place: Workplace, people: Village) -> None:
    waited: list[float] = []
    with provider(lambda arguments: (503, {"Retry-After": "7"}, b"")) as address:
        report = harvesting.run(place, _source(place, people, address), wait=waited.append)
    assert report.problem is not None
    assert report.problem[0] == "provider_busy"
    assert waited == [7, 7, 7]


def test_a_second_run_beside_the_first_is_refused(place: Workplace, people: Village) -> None:
    refused: list[str] = []

    def answer(arguments: dict[str, str]) -> Answer:
        with pytest.raises(Exception, match="right now") as error:
            harvesting.run(place, source)
        refused.append(str(error.value))
        return page(1)

    with provider(answer) as address:
        source = _source(place, people, address)
        assert harvesting.run(place, source, wait=lambda seconds: None).problem is None
    assert len(refused) == 1


def test_what_is_drafted_already_is_no_second_draft_until_a_person_says_so(place: Workplace, people: Village) -> None:
    with place.database.write() as session:
        draft = articles.draft(session, content=_written("问题 1？"), owner=people.library_a, author_id=people.lin.id)
        # Of a library beside it: nobody's business here.
        articles.draft(session, content=_written("问题 2？"), owner=people.library_b, author_id=people.grace.id)
        drafted = draft.id
    doubled = record(2).replace("oai:x:2", "oai:y:2")

    def answer(arguments: dict[str, str]) -> Answer:
        if arguments["verb"] == "Identify":
            return 200, {}, envelope("<Identify><granularity>YYYY-MM-DD</granularity></Identify>")
        return page(1, 2, 3, extra=doubled)

    with provider(answer) as address:
        source = _source(place, people, address)
        report = harvesting.run(place, source)
        again = harvesting.run(place, source)
    assert (report.drafted, report.duplicates) == (2, 2)
    assert (again.drafted, again.duplicates, again.unchanged) == (0, 0, 4)
    found = harvest_sources.report(place, people.zhou, source, state=RecordState.DUPLICATE)
    like = {row.identifier: (row.duplicate_of_id, row.likeness) for row in found.records}
    assert like["oai:x:1"] == (drafted, 1.0)
    # Two records of one harvest that ask the same: the second waits for a person.
    records = harvest_sources.report(place, people.zhou, source).records
    (first,) = [row.article_id for row in records if row.identifier == "oai:x:2"]
    assert like["oai:y:2"] == (first, 1.0)
    assert found.named[drafted] == "问题 1？"

    row = next(row for row in found.records if row.identifier == "oai:x:1")
    with pytest.raises(NotFound):
        harvest_sources.draft_anyway(place, people.grace, source, row.identifier_hash)
    made = harvest_sources.draft_anyway(place, people.zhou, source, row.identifier_hash)
    card = curating.article(place, people.zhou, made)
    assert (card.revision.question, card.revision.answer, card.article.state) == ("问题 1？", "答案 1。", "draft")
    with pytest.raises(NoDuplicate):
        harvest_sources.draft_anyway(place, people.zhou, source, row.identifier_hash)
    with provider(answer) as address:
        with place.database.write() as session:
            session.get_one(HarvestSource, source).address = address
        # Known as a draft of the source from now on.
        assert harvesting.run(place, source).unchanged == 4


def test_records_that_are_no_answers_are_kept_with_the_reason(place: Workplace, people: Village) -> None:
    empty = "<record><header><identifier>oai:x:9</identifier></header><metadata/></record>"
    nameless = "<record><header/></record>"
    with provider(lambda arguments: page(1, extra=empty + nameless)) as address:
        source = _source(place, people, address)
        report = harvesting.run(place, source, wait=lambda seconds: None)
    assert (report.drafted, report.refused, report.problem) == (1, 1, None)
    with place.database.read() as session:
        kept = session.scalar(select(HarvestedRecord).where(HarvestedRecord.state == RecordState.REFUSED))
        assert kept is not None
        assert kept.reason == "The record has no title."


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><OAI-PMH>&c;</OAI-PMH>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><OAI-PMH/>',
        b'<!DOCTYPE OAI-PMH [<!ENTITY x SYSTEM "file:///etc/passwd">]><OAI-PMH>&x;</OAI-PMH>',
        b"<html><body>Not found</body></html>",
        b"",
        b"\xff\xfe\x00",
        b"<a>" * 100_000,
        envelope("<ListRecords>" + "<a>" * 60 + "</a>" * 60 + "</ListRecords>"),
        envelope("<Identify/>"),
    ],
)
def test_what_is_no_answer_of_the_protocol_is_not_read(content: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        answers.read_records(content)


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reading_fail_otherwise(content: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        answers.read_records(content)


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - an address to be refused
        ("255.255.255.255", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("nonsense", False),
    ],
)
def test_only_addresses_of_the_open_internet_are_public(address: str, is_open: bool) -> None:
    assert is_public(address) == is_open


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ftp://a.example/oai",
        "file:///etc/passwd",
        "//a.example",
        "https://",
        "https://u:p@a.example/",
        "https://a b/",
        "https://a.example/?verb=Identify",
        "https://a.example:99999/",
        "https://a.example/#x",
        "https://例.example/",
    ],
)
def test_addresses_of_another_kind_are_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        check_address(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f000001", "2130706433"])
def test_a_private_address_is_refused_in_every_spelling(host: str) -> None:
    with pytest.raises((AddressRefused, ProviderUnreachable)):
        fetch(f"http://{host}:9/oai", {}, Limits(2, 1000, allows_private=False, agent="test"))


def test_a_redirect_leads_nowhere_that_is_not_taken() -> None:
    with (
        provider(lambda arguments: (302, {"Location": "file:///etc/passwd"}, b"")) as address,
        pytest.raises(AddressRefused),
    ):
        fetch(address, {"verb": "Identify"}, OPEN)
    with provider(lambda arguments: (302, {"Location": "/oai"}, b"")) as address, pytest.raises(ProviderUnreachable):
        fetch(address, {"verb": "Identify"}, OPEN)


def test_a_redirect_keeps_the_question() -> None:
    with (
        provider(lambda arguments: page(1)) as there,
        provider(lambda arguments: (301, {"Location": there}, b"")) as address,
    ):
        assert answers.read_records(fetch(address, {"verb": "ListRecords"}, OPEN)).records


def test_an_answer_without_end_is_broken_off() -> None:
    with provider(lambda arguments: (200, {}, b"x" * 200_000)) as address, pytest.raises(AnswerTooLarge):
        fetch(address, {}, OPEN)


def test_half_an_answer_is_none() -> None:
    with (
        provider(lambda arguments: (200, {"Content-Length": "5000"}, b"<OAI")) as address,
        pytest.raises(ProviderUnreachable),
    ):
        fetch(address, {}, Limits(1, 100_000, allows_private=True, agent="test"))


def test_a_record_becomes_a_draft_with_language_topic_class_and_sources() -> None:
    fields = {
        "title": [("How to renew?", "en"), ("怎么续借？", "zh-CN")],
        "description": [("一\u000b段。", "zh"), ("Text.", "en")],
        "language": [("zh-Hans", "")],
        "subject": [("borrowing", ""), ("CLC G2 文化", "")],
        "identifier": [("https://a.example/1", ""), ("doi:1", "")],
        "source": [("手册", "")],
    }
    content = content_of(
        Harvested("oai:x:1", "2026", False, fields), source_id=UUID(int=1), language="en", service_topic="other"
    )
    assert (content.question, content.answer, content.language) == ("怎么续借？", "一段。", "zh")
    assert (content.service_topic, content.clc_class) == ("borrowing", "G")
    assert content.sources == ("https://a.example/1", "手册")
    with pytest.raises(NotAnAnswer):
        content_of(Harvested("oai:x:1", "", False), source_id=UUID(int=1), language="en", service_topic="other")


def _articles(place: Workplace) -> int:
    with place.database.read() as session:
        return session.scalar(select(func.count()).select_from(Article).where(Article.origin.is_not(None))) or 0
