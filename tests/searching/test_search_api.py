"""The search, views, exports, the record and wall screens over HTTP."""

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from qa_server.desk import asking, keeping_words
from qa_server.people.models import Role, RoleGrant
from qa_server.people.service import add_staff_session
from qa_server.people.tokens import STAFF_COOKIE
from tests.admin.conftest import LIFETIME
from tests.commissions.village_work import submitted
from tests.village import Village, come_in, question


@pytest.fixture
def lin(app: FastAPI, townsfolk: Village, client: TestClient) -> TestClient:
    """LIN's client, administering library A, with two questions about 续借 in the network."""
    place = app.state.place
    with place.database.write() as session:
        grant = RoleGrant(
            librarian_id=townsfolk.lin.id, library_id=townsfolk.library_a, role=Role.LIBRARY_ADMINISTRATOR
        )
        session.add(grant)
        token = add_staff_session(session, librarian_id=townsfolk.lin.id, now=place.clock(), lifetime=LIFETIME)
    for library, text in (("AAA", "怎么续借"), ("BBB", "外馆续借")):
        asking.ask(place, come_in(place, library)[0], question(text))
    keeping_words.take_up_missed(place, is_whole=True)
    client.cookies.set(STAFF_COOKIE, token)
    client.headers["X-CSRF-Token"] = client.get("/api/v1/staff/me").json()["csrf_token"]
    return client


def test_conversations_and_articles_are_found(lin: TestClient) -> None:
    found = lin.get("/api/v1/staff/search/conversations", params={"q": "续借"}).json()
    assert [each["conversation"]["question"] for each in found["items"]] == ["怎么续借"]
    assert found["found"] == 1
    articles = lin.get("/api/v1/staff/search/articles", params={"q": "研讨室"}).json()
    assert articles["items"] == []


def test_views_are_saved_chosen_changed_and_deleted(lin: TestClient) -> None:
    views = "/api/v1/staff/search/views"
    made = lin.post(views, json={"name": "续借", "filters": {"q": "续借"}, "sharing": {"library": "AAA"}})
    assert made.status_code == 201
    one = f"{views}/{made.json()['id']}"
    assert lin.put(f"{one}/choice", json={"is_pinned": True, "is_default": True}).status_code == 200
    changed = lin.put(one, json={"name": "新名", "filters": {"state": "open"}}).json()
    assert (changed["name"], changed["filters"], changed["is_default"]) == ("新名", {"state": "open"}, True)
    assert lin.get(views).json() == [changed]
    assert lin.delete(one).status_code == 200
    assert lin.delete(one).status_code == 404
    assert lin.post(views, json={"name": "x", "sharing": {"library": "BBB"}}).status_code == 403


def test_an_export_is_streamed_and_on_record(lin: TestClient) -> None:
    answer = lin.get("/api/v1/staff/search/conversations/export", params={"q": "续借"})
    assert answer.text.count("\n") == 2
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    record = lin.get("/api/v1/staff/nodes/AAA/record", params={"kind": "exports"}).json()
    assert [each["action"] for each in record["items"]] == ["exported", "export_started"]
    assert lin.get("/api/v1/staff/nodes/BBB/record").status_code == 403


def test_commissions_are_found_saved_and_taken_out(lin: TestClient, app: FastAPI) -> None:
    place = app.state.place
    for library in ("AAA", "BBB"):
        submitted(place, come_in(place, library)[0])
    search = "/api/v1/staff/search"

    found = lin.get(f"{search}/commissions", params={"q": "收录", "node": "AAA", "state": "to-take-up"}).json()
    export = lin.get(f"{search}/commissions/export", params={"service": "citation_search"})

    assert [each["commission"]["service_library_zh"] for each in found["items"]] == ["AAA图书馆"]
    assert (found["found"], found["next"], found["stale"]) == (1, None, [])
    assert export.text.count("\n") == 2
    assert lin.get(f"{search}/commissions", params={"dated": "x"}).status_code == 422
    body = {"name": "委托", "searched": "commissions", "filters": {"state": "is-open"}}
    made = lin.post(f"{search}/views", json=body).json()
    assert made["filters"] == {"in": "commissions", "state": "is-open"}
    record = lin.get("/api/v1/staff/nodes/AAA/record", params={"kind": "exports"}).json()
    assert [each["action"] for each in record["items"]] == ["exported", "export_started"]


def test_screens_are_linked_and_revoked(lin: TestClient) -> None:
    screens = "/api/v1/staff/nodes/AAA/screens"
    made = lin.post(screens, json={"name": "大厅"}).json()
    wall = lin.get("/api/v1/wall", headers={"Authorization": f"Bearer {made['token']}"}).json()
    assert wall == lin.get("/api/v1/staff/nodes/AAA/wall").json()
    (listed,) = lin.get(screens).json()
    assert "token" not in listed
    assert lin.delete(f"{screens}/{listed['id']}").status_code == 200
    refused = lin.get("/api/v1/wall", headers={"Authorization": f"Bearer {made['token']}"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "display_unknown")


def test_nobody_searches_without_signing_in(client: TestClient) -> None:
    for path in ("conversations", "conversations/export", "articles", "commissions", "commissions/export", "views"):
        assert client.get(f"/api/v1/staff/search/{path}").status_code == 401
