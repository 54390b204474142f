"""The pages around the widget: language, policy, nothing inline."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from qa_server.network.node_settings import set_value
from tests.village import Village
from widget import assets, demo

ACCOUNTS = [("lin.yue", "secret <&>", "Librarian", "江州大学图书馆")]
PAGES = ["/", "/demo/JZU", "/demo/LIU", "/ask/JZU"]


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(assets.router())
    app.include_router(demo.router(ACCOUNTS))
    with TestClient(app) as opened:
        yield opened


@pytest.mark.parametrize("path", PAGES)
def test_page_has_a_strict_policy_and_keeps_to_it(client: TestClient, path: str) -> None:
    response = client.get(path)
    policy = response.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert response.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)", response.text)


@pytest.mark.parametrize("path", PAGES)
def test_everything_a_page_names_is_there(client: TestClient, path: str) -> None:
    page = client.get(path)
    links = re.findall(r'(?:href|src)="([^"#?]+)', page.text)
    assert links
    for link in links:
        if not link.startswith(("console", "api", "answers", "../answers", "../services", "https://…")):
            assert client.get(str(page.url.join(link))).status_code == 200, link


def test_start_page_speaks_the_browsers_language_and_can_be_switched(client: TestClient) -> None:
    assert 'lang="zh-CN"' in client.get("/", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).text
    english = client.get("/", headers={"Accept-Language": "en-GB"})
    assert '<html lang="en">' in english.text
    assert english.headers["vary"] == "Accept-Language"
    assert "馆员" in client.get("/?lang=zh", headers={"Accept-Language": "en-GB"}).text


def test_accounts_are_listed_as_text(client: TestClient) -> None:
    text = client.get("/?lang=zh").text
    assert "lin.yue" in text
    assert "secret &lt;&amp;&gt;" in text
    assert "咨询馆员" in text


def test_question_page_may_be_framed_and_the_others_may_not(client: TestClient) -> None:
    assert "frame-ancestors *" in client.get("/ask/JZU").headers["content-security-policy"]
    assert "frame-ancestors 'none'" in client.get("/").headers["content-security-policy"]


def test_code_in_the_address_cannot_break_out_of_the_page(client: TestClient) -> None:
    text = client.get('/ask/"><script src=x>').text
    assert "<script src=x" not in text.lower().replace("&lt;", "")


def test_missing_style_is_not_found(client: TestClient) -> None:
    assert client.get("/demo/styles/nothing.css").status_code == 404
    assert client.get("/demo/styles/..%2Fv1%2Fask.css").status_code == 404


def test_chinese_of_taiwan_is_asked_for_by_address_or_browser(client: TestClient) -> None:
    tags = {
        '<html lang="zh-TW">': ["/ask/JZU?lang=zh-TW", "/ask/JZU?lang=zh-Hant"],
        '<html lang="zh-CN">': ["/ask/JZU?lang=zh", "/ask/JZU"],
        '<html lang="en">': ["/ask/JZU?lang=en"],
    }
    for tag, paths in tags.items():
        for path in paths:
            assert tag in client.get(path).text, path
    assert '<html lang="zh-TW">' in client.get("/ask/JZU", headers={"Accept-Language": "zh-TW,zh;q=0.9"}).text


def test_address_and_qr_code_of_a_library_can_be_printed(app: FastAPI, townsfolk: Village) -> None:
    app.include_router(assets.router())
    with TestClient(app, base_url="https://ask.example.edu") as client:
        page = client.get("/ask/aaa/link?lang=zh")
        assert "<h1>AAA图书馆</h1>" in page.text
        assert "https://ask.example.edu/ask/AAA" in page.text
        assert "unsafe-inline" not in page.headers["content-security-policy"]
        picture = client.get("/ask/AAA/qr.svg")
        assert picture.headers["content-type"] == "image/svg+xml"
        assert b"<path" in picture.content
        assert client.get("/ask/NONE/link").status_code == 404
        assert client.get("/ask/NONE/qr.svg").status_code == 404


def test_launcher_wears_the_look_of_the_library_that_its_address_names(app: FastAPI, townsfolk: Village) -> None:
    app.include_router(assets.router())
    place = app.state.place
    with place.database.write() as session:
        set_value(session, townsfolk.library_a, "widget.colour", "#7a1f2b", is_locked=False, by=None, now=place.clock())
    with TestClient(app) as client:
        usual = client.get("/widget/v1/wenjin.js")
        dressed = client.get("/widget/v1/wenjin.js?library=AAA")
        assert (b"#7a1f2b" in dressed.content, b"#7a1f2b" in usual.content) == (True, False)
        assert dressed.headers["etag"] != usual.headers["etag"]
        assert dressed.headers["cache-control"] == usual.headers["cache-control"]
        for unknown in ("NONE", "", "a'b", "%22%3Bx", "A" * 500):
            assert client.get(f"/widget/v1/wenjin.js?library={unknown}").content == usual.content
