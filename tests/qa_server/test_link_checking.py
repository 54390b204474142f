"""Links of articles: asked politely, one of a host a round, never from inside the network, and what comes of it."""

import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from knowledge.content import ArticleContent
from knowledge.link_models import ArticleLink
from knowledge.links import addresses
from qa_server.desk.articles import curating
from qa_server.desk.articles import reviews as article_reviews
from qa_server.desk.articles.checking_links import check_due
from qa_server.desk.guarded_fetch import Fetcher, NotAllowed, is_public, text_hash
from qa_server.desk.workplace import Workplace
from tests.fakes import Clock
from tests.village import Village


class Site(http.server.BaseHTTPRequestHandler):
    """A web site with a page that lives, one that is gone, one that wanders off, and a robots.txt."""

    asked: list[tuple[str, str]] = []
    source = "开放时间 8:00"
    turns = 0

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        return

    def _answer(self) -> None:
        Site.asked.append((self.command, self.path))
        Site.turns += 1
        status, body, location = {
            "/robots.txt": (200, "User-agent: *\nDisallow: /private", None),
            "/good": (200, "ok", None),
            "/no-head": (405 if self.command == "HEAD" else 200, "ok", None),
            "/inside": (302, "", "http://10.0.0.7/secret"),
            "/source": (200, f"<script>{Site.turns}</script><p>{Site.source}</p>", None),
            "/restless": (200, f"<p>{Site.turns}</p>", None),
        }.get(self.path, (404, "", None))
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body.encode())


@pytest.fixture
def site() -> Iterator[str]:
    """The address of the site, by a public-looking name."""
    Site.asked, Site.source, Site.turns = [], "开放时间 8:00", 0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://library.example:{server.server_port}"
    server.shutdown()
    server.server_close()


def fetcher() -> Fetcher:
    """A fetcher for which library.example is this machine, and this machine public."""
    names = {"library.example": "127.0.0.1", "10.0.0.7": "10.0.0.7"}
    return Fetcher(resolve=lambda host, _: [names[host]], is_allowed=lambda address: address == "127.0.0.1")


@pytest.fixture
def watching(place: Workplace) -> Workplace:
    """The place with the switch on."""
    return replace(place, settings=place.settings.model_copy(update={"check_links": True}))


def publish(place: Workplace, people: Village, answer: str, sources: tuple[str, ...] = ()) -> UUID:
    content = ArticleContent("hours.now", "zh", "几点开？", answer, "spaces", "fact", sources=sources)
    article = curating.draft(place, people.lin, content)
    curating.submit(place, people.lin, article)
    curating.publish(place, people.zhou, article)
    return article


def test_addresses_are_found_without_the_marks_around_them() -> None:
    text = "见[馆规](https://a.edu.cn/x_(1))，或 https://b.edu.cn/y?q=1。**https://c.edu.cn/** https://a.edu.cn/x_(1)"
    assert addresses(text) == ["https://a.edu.cn/x_(1)", "https://b.edu.cn/y?q=1", "https://c.edu.cn/"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:10.0.0.1", False),
        ("224.0.0.1", False),
        ("192.168.1.1", False),
        ("not an address", False),
    ],
)
def test_only_the_open_internet_is_asked(address: str, expected: bool) -> None:
    assert is_public(address) is expected


def test_nothing_inside_is_asked_not_even_by_way_of_a_public_page(site: str) -> None:
    asking = fetcher()
    for address in (f"{site}/inside", "file:///etc/passwd", "http://user@library.example/", f"{site}/private"):
        with pytest.raises(NotAllowed):
            asking.look_at(address, wants_body=False)
    with pytest.raises(NotAllowed):
        Fetcher(resolve=lambda *_: ["8.8.8.8", "127.0.0.1"]).look_at(f"{site}/good", wants_body=False)
    assert ("HEAD", "/private") not in Site.asked


def test_head_comes_first_and_get_where_it_is_refused(site: str) -> None:
    assert fetcher().look_at(f"{site}/good", wants_body=False).status == 200
    assert fetcher().look_at(f"{site}/no-head", wants_body=False).status == 200
    assert [each for each in Site.asked if each[1] != "/robots.txt"] == [
        ("HEAD", "/good"),
        ("HEAD", "/no-head"),
        ("GET", "/no-head"),
    ]


def test_a_change_of_scripts_is_no_change_of_words() -> None:
    assert text_hash(b"<script>1</script><p>a  b</p>") == text_hash(b"<script>2</script><div>a b</div>")
    assert text_hash(b"<p>a</p>") != text_hash(b"<p>b</p>")


def test_the_switch_is_off_until_somebody_turns_it_on(place: Workplace, people: Village, site: str) -> None:
    publish(place, people, f"见 {site}/good")
    assert check_due(place, fetcher()) == 0
    assert Site.asked == []


def test_a_link_is_dead_after_three_failures_a_day_apart(
    watching: Workplace, people: Village, site: str, clock: Clock
) -> None:
    place = watching
    article = publish(place, people, f"见 {site}/gone 和 {site}/good")
    looked = 0
    for _ in range(8):
        looked += check_due(place, fetcher())
        clock.forward(hours=12)
    assert looked == 4
    (reason,) = article_reviews.reasons_of(place, people.zhou, article)
    assert (reason.kind, reason.details["status"]) == ("dead_link", 404)
    with place.database.read() as session:
        states = {link.address[-5:]: link.state for link in session.scalars(select(ArticleLink))}
    assert states == {"/gone": "dead", "/good": "alive"}
    # The next revision without it settles the matter.
    content = ArticleContent("hours.now", "zh", "几点开？", f"见 {site}/good", "spaces", "fact")
    curating.revise(place, people.lin, article, content, expected_revision=1, change_note="去掉")
    curating.submit(place, people.lin, article)
    curating.publish(place, people.zhou, article)
    assert article_reviews.reasons_of(place, people.zhou, article) == []


def test_a_host_is_asked_once_a_round(watching: Workplace, people: Village, site: str, clock: Clock) -> None:
    publish(watching, people, " ".join(f"{site}/good?{number}" for number in range(4)))
    assert check_due(watching, fetcher()) == 1
    assert check_due(watching, fetcher()) == 0
    clock.forward(seconds=31)
    assert check_due(watching, fetcher()) == 1


def test_a_source_that_says_something_else_is_noted_and_a_restless_page_is_not(
    watching: Workplace, people: Village, site: str, clock: Clock
) -> None:
    place = watching
    article = publish(place, people, "八点。", sources=(f"馆规 {site}/source", f"{site}/restless"))
    for _ in range(3):
        check_due(place, fetcher())
        clock.forward(minutes=1)
    Site.source = "开放时间 9:00"
    clock.forward(hours=24 * 31)
    for _ in range(3):
        check_due(place, fetcher())
        clock.forward(minutes=1)
    (reason,) = article_reviews.reasons_of(place, people.zhou, article)
    assert (reason.kind, reason.details["address"]) == ("source_changed", f"{site}/source")
