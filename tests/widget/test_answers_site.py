"""The public answers sites as pages: what is there, where it leads, and that nobody reads what is not for everybody."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx2 import Response
from lxml import etree
from sqlalchemy import select
from starlette.testclient import TestClient

from knowledge import articles
from knowledge.content import ArticleContent
from knowledge.models import Article
from knowledge.proposal_models import AnswerVerdict
from knowledge.use import add
from qa_server.desk.workplace import Workplace
from qa_server.network.node_settings import set_value
from tests import village
from tests.conftest import make_app
from tests.fakes import Clock
from tests.village import Village
from widget import assets
from widget.answers import router as answers

_DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@dataclass
class Town:
    """The sites of the village, a reader's browser, and the database behind."""

    client: TestClient
    place: Workplace
    people: Village

    def read(self, path: str, **headers: str) -> str:
        """Return the text of a page that is there."""
        response = self.get(path, **headers)
        assert response.status_code == 200, f"{path}: {response.status_code}"
        return unescape(response.text)

    def get(self, path: str, **headers: str) -> Response:
        """Ask without following where it leads."""
        return self.client.get(path, headers=headers, follow_redirects=False)

    def publish(self, question: str, *, owner: UUID | None = None, **values: str) -> int:
        """Publish an article and return its number."""
        given: dict[str, Any] = {
            "key": f"k.n{uuid4().hex}",
            "language": "zh",
            "question": question,
            "answer": "答案。",
            "service_topic": "borrowing",
            "question_type": "fact",
        }
        content = ArticleContent(**(given | values))
        now = self.place.clock()
        with self.place.database.write() as session:
            article = articles.draft(
                session, content=content, owner=owner or self.people.library_a, author_id=uuid4(), now=now
            )
            articles.submit(session, article, now=now)
            articles.publish(session, article, reviewer_id=uuid4(), now=now)
            number = article.number
        self.place.search.refresh()
        assert number is not None
        return number

    def change(self, number: int, step: str, **values: object) -> None:
        """Retire, merge or otherwise move an article on."""
        with self.place.database.write() as session:
            article = session.scalar(select(Article).where(Article.number == number))
            assert article is not None
            into = values.get("into")
            if into is None:
                getattr(articles, step)(session, article, now=self.place.clock())
            else:
                target = session.scalar(select(Article).where(Article.number == into))
                assert target is not None
                articles.merge(session, article, into=target, now=self.place.clock())


@pytest.fixture
def town(database_url: str, clock: Clock) -> Iterator[Town]:
    """The sites on both databases."""
    app = make_app(database_url, clock, public_url="https://ask.example.edu")
    app.include_router(assets.router())
    app.include_router(answers.router())
    people = village.build(app.state.place.database)
    app.state.place.search.refresh()
    yield Town(TestClient(app, headers={"Accept-Language": "en"}), app.state.place, people)
    app.state.place.search.stop()
    app.state.place.messages.stop()
    app.state.place.database.dispose()


def test_a_site_shows_what_its_library_and_those_above_publish_and_nothing_of_others(town: Town) -> None:
    town.publish("怎么借书？")
    home = town.read("/answers/AAA/")
    assert "怎么借书？" in home
    assert "图书馆几点开门？" in home
    assert "安静的研讨室" not in home
    assert "安静的研讨室" in town.read("/answers/BBB/")
    assert "怎么借书？" not in town.read("/answers/")
    assert "怎么借书？" in town.read("/answers/AAA/topics/borrowing?lang=zh")
    assert town.get("/answers/AAA/topics/theses").status_code == 404
    assert town.get("/answers/BBB/topics/borrowing").status_code == 404


@pytest.mark.parametrize("visibility", ["staff", "signed_in"])
def test_what_is_not_for_everybody_is_on_no_page(town: Town, visibility: str) -> None:
    hidden = town.publish("内部问题？", visibility=visibility)
    shown = town.publish("公开问题？")
    assert "公开问题？" in town.read(f"/answers/AAA/{shown}")
    assert town.get(f"/answers/AAA/{hidden}").status_code == 404
    paths = ["", "recent", "topics/borrowing", "types/fact", "feed.atom", "feed.rss", "search?q=内部问题", f"{shown}"]
    for path in paths:
        assert "内部问题？" not in town.read(f"/answers/AAA/{path}"), path
    assert f"/AAA/{hidden}<" not in town.read("/answers/sitemaps/1.xml")
    assert f"/AAA/{shown}<" in town.read("/answers/sitemaps/1.xml")


def test_drafts_and_answers_of_others_look_as_if_they_were_not_there(town: Town) -> None:
    other = town.publish("别馆的问题？", owner=town.people.library_b)
    for number in (str(other), "999", "0", "99999999999999999999", "abc", "1e3", "%3Cscript%3E", "-1", "１"):
        response = town.get(f"/answers/AAA/{number}")
        assert response.status_code == 404, number
        assert "别馆" not in response.text
        assert "<script>" not in response.text
    assert town.read(f"/answers/BBB/{other}")


def test_a_withdrawn_answer_is_gone_and_a_merged_one_leads_on(town: Town) -> None:
    first, second, third = (town.publish(f"第 {count} 个问题？") for count in range(3))
    town.change(first, "merge", into=second)
    town.change(second, "merge", into=third)
    moved = town.get(f"/answers/AAA/{first}")
    assert (moved.status_code, moved.headers["location"]) == (301, f"/answers/AAA/{third}")
    town.change(third, "retire")
    gone = town.get(f"/answers/AAA/{third}")
    assert gone.status_code == 410
    assert "withdrawn" in gone.text
    assert 'role="search"' in gone.text
    assert "问题？" not in gone.text
    assert town.get(f"/answers/AAA/{first}").status_code == 410
    assert town.get(f"/answers/BBB/{third}").status_code == 404


def test_the_nearest_text_stands_and_the_address_of_the_other_leads_to_it(town: Town) -> None:
    own = town.publish("本馆几点开门？", key="hours.weekday")
    led = town.get("/answers/AAA/1")
    assert (led.status_code, led.headers["location"]) == (302, f"/answers/AAA/{own}")
    assert "图书馆几点开门？" not in town.read("/answers/AAA/")
    assert "图书馆几点开门？" in town.read("/answers/BBB/1")


def test_an_answer_has_one_canonical_address_and_others_lead_there(town: Town) -> None:
    assert '<link rel="canonical" href="https://ask.example.edu/answers/NAT/1">' in town.read("/answers/AAA/1")
    for path in ("/answers/aaa/1", "/answers/AAA/01", "/answers/AAA/1-when-is-it-open"):
        moved = town.get(path)
        assert (moved.status_code, moved.headers["location"]) == (301, "/answers/AAA/1"), path
    assert town.get("/answers/NAT/").headers["location"] == "/answers/"
    with town.place.database.write() as session:
        key = "answers.is_shown"
        set_value(session, town.people.library_b, key, False, is_locked=False, by=None, now=town.place.clock())
    assert town.get("/answers/BBB/").status_code == 404
    assert town.get("/answers/BBB/2").status_code == 404
    assert "BBB" not in town.read("/answers/libraries")
    assert "/answers/BBB/" not in town.read("/answers/sitemaps/1.xml")
    assert "AAA" in town.read("/answers/libraries")


def test_languages_are_linked_with_one_another(town: Town) -> None:
    zh = town.publish("怎么续借？", key="renew", language="zh")
    en = town.publish("How do I renew?", key="renew", language="en")
    page = town.read(f"/answers/AAA/{zh}")
    assert f'hreflang="en" href="https://ask.example.edu/answers/AAA/{en}"' in page
    assert '<html lang="zh-CN">' in page
    assert '<html lang="en">' in town.read(f"/answers/AAA/{en}")
    assert '<html lang="en">' in town.read(f"/answers/AAA/{zh}?lang=en")
    assert "How do I renew?" in town.read("/answers/AAA/?lang=en")
    assert "How do I renew?" not in town.read("/answers/AAA/?lang=zh")
    assert "主題" in town.read("/answers/AAA/?lang=zh-TW")


def test_machines_read_the_answer_and_no_text_breaks_out_of_its_script(town: Town) -> None:
    evil = "</script><script>alert(1)</script>"
    number = town.publish(f"书 {evil} & 书？", answer=f"**答案** {evil}")
    page = town.get(f"/answers/AAA/{number}").text
    assert "alert(1)</script>" not in page
    found = [json.loads(each) for each in _DATA.findall(page)]
    assert [each["@type"] for each in found] == ["FAQPage", "BreadcrumbList"]
    question = found[0]["mainEntity"][0]
    assert question["name"] == f"书 {evil} & 书？"
    assert "<strong>答案</strong>" in question["acceptedAnswer"]["text"]
    assert "<script>" not in question["acceptedAnswer"]["text"]


@pytest.mark.parametrize("path", ["", "recent", "topics/spaces", "search?q=几点开门", "1", "popular", "999"])
def test_each_page_keeps_to_a_strict_policy_and_names_only_what_is_there(town: Town, path: str) -> None:
    response = town.get(f"/answers/AAA/{path}")
    policy = response.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    without_data = _DATA.sub("", response.text)
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)", without_data)
    for link in set(re.findall(r'(?:href|src)="(/[^"#]*)"', without_data)):
        if not link.startswith(("/ask/", "/services/")):
            assert town.client.get(unescape(link)).status_code == 200, link


def test_a_page_that_did_not_change_is_not_sent_again(town: Town) -> None:
    page = town.get("/answers/AAA/1")
    again = town.get("/answers/AAA/1", **{"If-None-Match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert town.get("/answers/AAA/1", **{"If-Modified-Since": page.headers["last-modified"]}).status_code == 304
    assert town.get("/answers/AAA/1", **{"If-Modified-Since": "nonsense"}).status_code == 200
    assert "max-age" in page.headers["cache-control"]
    home = town.get("/answers/AAA/").headers["etag"]
    town.publish("新的问题？")
    assert town.get("/answers/AAA/", **{"If-None-Match": home}).status_code == 200


def test_a_search_answers_suggests_or_offers_a_librarian(town: Town) -> None:
    assert "This answers it" in town.read("/answers/AAA/search?q=图书馆几点开门")
    nothing = town.read("/answers/AAA/search?q=quantum+tunnelling")
    assert "we do not guess" in nothing
    assert "/ask/AAA" in nothing
    long = town.get("/answers/AAA/search", **{}).headers["location"]
    assert long == "/answers/AAA/"
    assert town.get("/answers/AAA/search?q=" + "书" * 1500).status_code == 200
    assert town.get("/answers/AAA/search?q=" + "书" * 2500).status_code == 404
    echoed = town.get("/answers/AAA/search?q=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E").text
    assert "<img src=x" not in echoed


def test_a_verdict_is_taken_without_scripts_and_only_from_this_site(town: Town) -> None:
    refused = town.client.post(
        "/answers/AAA/1/verdict", data={"helpful": "yes"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert refused.status_code == 403
    for said in ("yes", "no"):
        answer = town.client.post(
            "/answers/AAA/1/verdict", data={"helpful": said, "q": "什么时候开门"}, follow_redirects=False
        )
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/answers/AAA/1?said={said}#verdict"
    assert "Thank you" in town.read("/answers/AAA/1?said=yes&lang=en")
    with town.place.database.read() as session:
        verdicts = session.scalars(select(AnswerVerdict)).all()
    # The same browser changed its mind: one verdict, the last.
    assert [verdict.is_helpful for verdict in verdicts] == [False]
    assert town.client.post("/answers/AAA/2/verdict", data={"helpful": "yes"}).status_code == 404


def test_what_few_people_read_is_not_called_popular(town: Town) -> None:
    from_people = {"User-Agent": "Mozilla/5.0"}
    for _ in range(3):
        town.get("/answers/AAA/1", **from_people)
    assert "图书馆几点开门？" not in town.read("/answers/AAA/popular")
    for _ in range(20):
        town.get("/answers/AAA/1", **{"User-Agent": "Examplebot/1.0"})
    _write_uses(town)
    assert "图书馆几点开门？" not in town.read("/answers/AAA/popular")
    for _ in range(3):
        town.get("/answers/AAA/1", **from_people)
    _write_uses(town)
    town.place.clock.forward(minutes=11)  # type: ignore[attr-defined]
    assert "图书馆几点开门？" in town.read("/answers/AAA/popular")
    assert "图书馆几点开门？" not in town.read("/answers/BBB/popular")


@pytest.mark.parametrize("path", ["feed.atom", "feed.rss", "topics/borrowing/feed.rss"])
def test_feeds_are_well_formed_and_bring_the_newest_first(town: Town, clock: Clock, path: str) -> None:
    town.publish("旧的 <问题> & 问题？")
    clock.forward(hours=1)
    town.publish("新的问题？")
    root = etree.fromstring(town.get(f"/answers/AAA/{path}").content)
    titles = [each.text for each in root.iter() if etree.QName(each).localname == "title"][1:]
    assert titles[:2] == ["新的问题？", "旧的 <问题> & 问题？"]


def test_the_map_names_every_answer_once_and_robots_are_told_of_it(town: Town) -> None:
    assert "Sitemap: https://ask.example.edu/answers/sitemap.xml" in town.read("/robots.txt")
    index = town.read("/answers/sitemap.xml")
    parts = re.findall(r"<loc>https://ask.example.edu(/[^<]+)</loc>", index)
    assert parts == ["/answers/sitemaps/pages.xml", "/answers/sitemaps/1.xml"]
    listed = re.findall(r"<loc>https://ask.example.edu(/[^<]+)</loc>", "".join(town.read(part) for part in parts))
    assert len(listed) == len(set(listed))
    assert {"/answers/NAT/1", "/answers/BBB/2", "/answers/BBB/"} <= set(listed)
    assert [path for path in listed if town.client.get(path).status_code != 200 and "topics" not in path] == []
    assert town.get("/answers/sitemaps/9.xml").status_code == 404
    assert town.get("/answers/sitemaps/x.xml").status_code == 404


@pytest.mark.parametrize("path", ["/answers/NOPE/", "/answers/NOPE/1", "/answers/%00/", "/answers/AAA/recent?page=99"])
def test_an_address_that_leads_nowhere_says_so_and_leads_on(town: Town, path: str) -> None:
    response = town.get(path)
    assert response.status_code == 404
    assert 'role="search"' in response.text


def _write_uses(town: Town) -> None:
    with town.place.database.write() as session:
        add(session, town.place.use.take())


def test_related_answers_are_kept_and_follow_what_changes(town: Town) -> None:
    shown, near = town.publish("图书怎么网上续借？"), town.publish("图书怎么网上预约？")
    assert f"/answers/AAA/{near}" in town.read(f"/answers/AAA/{shown}")
    # The second look needs no search: it would find nothing while the index is empty.
    town.place.search._follower.index.keywords.update(remove=[near])
    assert f"/answers/AAA/{near}" in town.read(f"/answers/AAA/{shown}")
    town.change(near, "retire")
    assert f"/answers/AAA/{near}" not in town.read(f"/answers/AAA/{shown}")
    newer = town.publish("图书怎么网上荐购？")
    assert f"/answers/AAA/{newer}" in town.read(f"/answers/AAA/{shown}")


def test_a_nearer_text_takes_the_place_of_a_wider_one_at_once(town: Town) -> None:
    wide = town.publish("怎么办证？", owner=town.people.nation, key="cards.make")
    assert town.get(f"/answers/AAA/{wide}").status_code == 200
    own = town.publish("本馆怎么办证？", key="cards.make")
    moved = town.get(f"/answers/AAA/{wide}")
    assert (moved.status_code, moved.headers["location"]) == (302, f"/answers/AAA/{own}")
    assert town.get(f"/answers/BBB/{wide}").status_code == 200
    town.change(own, "retire")
    assert town.get(f"/answers/AAA/{wide}").status_code == 200
