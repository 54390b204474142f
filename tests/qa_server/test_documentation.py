"""The page of the HTTP interface: complete, without a script, from nowhere else."""

import re

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient


@pytest.fixture
def page(client: TestClient) -> str:
    """The page as served."""
    return client.get("/api/docs").text


def test_the_page_shows_each_call_and_each_shape(page: str, app: FastAPI) -> None:
    document = app.openapi()
    calls = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    shown = set(re.findall(r'<h3[^>]*><b class="\w+">(\w+)</b> <code>([^<]+)</code></h3>', page))
    assert len(calls) > 25
    assert shown == calls
    for name in document["components"]["schemas"]:
        assert f'<section id="{name}"' in page


def test_each_link_of_the_page_leads_somewhere(page: str, client: TestClient) -> None:
    inside = set(re.findall(r'href="#([^"]+)"', page))
    assert len(inside) > 50
    assert inside <= set(re.findall(r'id="([^"]+)"', page))
    for address in set(re.findall(r'href="(/[^"]+)"', page)):
        assert client.get(address).status_code == 200, address


def test_the_page_tells_types_bounds_and_who_may_call(page: str) -> None:
    assert "text, 8 to 64 characters" in page
    assert "A reader, by the token." in page
    assert "Staff, by the session" in page
    assert "Refused; the code says why." in page


def test_the_page_runs_nothing_and_loads_nothing_from_elsewhere(client: TestClient) -> None:
    answer = client.get("/api/docs")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'")
    assert "unsafe" not in policy
    assert not re.search(r"<script|\son\w+=|\sstyle=|<style", answer.text)
    style = client.get("/api/docs.css")
    assert style.headers["Content-Type"].startswith("text/css")
    for text in (answer.text, style.text):
        assert not re.search(r"https?://|url\(|@import", text)
