"""The services' pages as the server makes them: what anybody may read before a script runs."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from qa_server.commissions.service_models import ServiceType
from qa_server.desk.commissions.services import offering_services
from qa_server.network.node_settings import set_value
from qa_server.network.queries import library_by_code
from qa_server.network.widget_settings import COLOUR
from tests.fakes import Clock
from tests.village import Village
from widget.answers import router as answers
from widget.services import router as services

_DATA = re.compile(r'<script type="application/json"[^>]*>.*?</script>', re.DOTALL)
ANY_ID = "01920000-0000-7000-8000-000000000000"


@pytest.fixture
def browser_of(app: FastAPI, townsfolk: Village) -> Iterator[TestClient]:
    """A browser without scripts."""
    app.include_router(answers.router())
    app.include_router(services.router())
    offering_services.keep_shipped(app.state.place)
    with TestClient(app, follow_redirects=False) as opened:
        yield opened


def read(browser: TestClient, path: str, language: str = "zh") -> str:
    """Return the text of a page."""
    answer = browser.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, path
    return unescape(answer.text)


def test_a_library_shows_its_services_with_prices_and_times_in_plain_words(browser_of: TestClient) -> None:
    page = read(browser_of, "/services/AAA")
    for text in (
        "查收查引",
        "20 元 / 份",
        "10 元 / 篇",
        "加收 50%",
        "含前 3 项",
        "普通：3 个工作日",
        "成果完成后付款。",
    ):
        assert text in page, text
    # What the shipped list says of itself is for librarians.
    assert "随系统提供" not in page
    english = read(browser_of, "/services/AAA", "en")
    for text in ("Citation search", "CNY 20 per report", "50% on top", "Normal: 3 working days"):
        assert text in english, text
    assert "原文傳遞" in read(browser_of, "/services/AAA", "zh-TW")


def test_a_form_page_tells_the_modules_its_form_and_nothing_of_any_reader(browser_of: TestClient) -> None:
    page = browser_of.get("/services/AAA/citation_search").text
    assert '"papers_count"' not in page
    assert '"key": "papers"' in page
    assert '"prices"' not in page
    assert "<noscript>" in page


def test_a_commissions_page_is_the_same_for_all_and_kept_by_nobody(browser_of: TestClient) -> None:
    answer = browser_of.get(f"/services/AAA/c/{ANY_ID}")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
    assert "noindex" in answer.text


@pytest.mark.parametrize("path", ["", "/citation_search", "/mine", f"/c/{ANY_ID}"])
def test_each_page_keeps_to_a_strict_policy_and_names_only_what_is_there(browser_of: TestClient, path: str) -> None:
    answer = browser_of.get(f"/services/AAA{path}")
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    without_data = _DATA.sub("", answer.text)
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)", without_data)
    own = list(re.findall(r'(?:href|src)="(/services/[^"#]*)"', without_data))
    assert own
    for link in set(own):
        assert browser_of.get(unescape(link)).status_code == 200, link


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/services/NOPE", 404),
        ("/services/AAA/no_such_service", 404),
        ("/services/AAA/c/no-id", 404),
        ('/services/AAA/"><script src=x>', 404),
    ],
)
def test_what_is_not_there_is_told_with_a_way_on(browser_of: TestClient, path: str, status: int) -> None:
    answer = browser_of.get(path)
    assert answer.status_code == status
    assert "<script src=x" not in answer.text


def test_a_service_that_is_switched_off_is_neither_shown_nor_opened(
    browser_of: TestClient, app: FastAPI, townsfolk: Village, clock: Clock
) -> None:
    assert "科技查新" in read(browser_of, "/services/AAA")
    with app.state.place.database.write() as session:
        off = ServiceType(library_id=townsfolk.library_a, code="novelty_search", is_offered=False, created_at=clock())
        session.add(off)

    assert "科技查新" not in read(browser_of, "/services/AAA")
    assert browser_of.get("/services/AAA/novelty_search").status_code == 404
    assert "科技查新" in read(browser_of, "/services/BBB")


def test_a_librarys_colour_is_on_its_pages(browser_of: TestClient, app: FastAPI, clock: Clock) -> None:
    assert browser_of.get("/services/AAA/colours.css").text == ""
    with app.state.place.database.write() as session:
        library = library_by_code(session, "AAA").id
        set_value(session, library, COLOUR.key, "#7a1f3d", is_locked=False, by=None, now=clock())
    assert "--accent: #7a1f3d" in browser_of.get("/services/AAA/colours.css").text
    assert "/services/AAA/colours.css" in browser_of.get("/services/AAA").text
