"""What the server sends to library pages, and how long it may be kept."""

import json
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from widget import assets


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(assets.router())
    with TestClient(app) as opened:
        yield opened


def test_launcher_may_be_loaded_by_any_page_and_is_asked_for_again_within_minutes(client: TestClient) -> None:
    response = client.get("/widget/v1/wenjin.js")
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["cache-control"] == "public, max-age=300, stale-while-revalidate=86400"
    assert "set-cookie" not in response.headers


def test_unchanged_file_is_not_sent_again(client: TestClient) -> None:
    etag = client.get("/widget/v1/wenjin.js").headers["etag"]
    again = client.get("/widget/v1/wenjin.js", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_rest_is_found_through_the_newest_release_and_kept_for_a_year(client: TestClient) -> None:
    lead = client.get("/widget/v1/current/panel.js", follow_redirects=False)
    assert (lead.status_code, lead.headers["access-control-allow-origin"]) == (307, "*")
    assert lead.headers["cache-control"] == "public, max-age=300"
    response = client.get("/widget/v1/current/panel.js")
    assert response.url.path == f"/widget/v1/{assets.release().name}/panel.js"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_file_of_an_older_release_is_the_newest_one_and_is_not_kept(client: TestClient) -> None:
    response = client.get("/widget/v1/0123456789ab/ui/dom.js")
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    ["nothing.js", "current/nothing.js", "other/panel.js", "../assets.py", "current/../../assets.py", "%2e%2e/x"],
)
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    assert client.get(f"/widget/v1/{path}").status_code == 404


def test_messages_are_the_catalogue_without_the_sentences_of_pages(client: TestClient) -> None:
    messages = json.loads(client.get("/widget/v1/messages.zh.json").content)
    assert messages["Ask a librarian"] == "咨询馆员"
    assert "Sign in to the console" not in messages
    assert client.get("/widget/v1/messages.en.json").json() == {}
    assert client.get("/widget/v1/messages.zh-TW.json").json()["Ask a librarian"] == "諮詢館員"


def test_compressed_and_plain_file_are_the_same(client: TestClient) -> None:
    packed = client.get("/widget/v1/panel.js", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/widget/v1/panel.js", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
