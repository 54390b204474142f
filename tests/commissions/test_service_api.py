"""Service types over HTTP: adapt, save, publish, try out; refusals with their places; bodies of any kind."""

from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from qa_server.commissions.service_errors import DraftChanged
from qa_server.desk import signing_in
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Role, RoleGrant
from tests.commissions.village_work import CITATION_VALUES
from tests.village import PASSWORD, Village

SERVICES = "/api/v1/staff/nodes/AAA/services"
CITATION = f"{SERVICES}/citation_search"


@pytest.fixture
def administrator(app: FastAPI, townsfolk: Village, client: TestClient) -> TestClient:
    """ZHOU, who administers library A, signed in."""
    place: Workplace = app.state.place
    with place.database.write() as session:
        library_id = townsfolk.library_a
        session.add(RoleGrant(librarian_id=townsfolk.zhou.id, library_id=library_id, role=Role.LIBRARY_ADMINISTRATOR))
    opened = signing_in.sign_in(place, login="zhou", password=PASSWORD, network="n")
    client.cookies.set("wenjin_staff", opened.token)
    client.headers["X-CSRF-Token"] = signing_in.recognise_staff(place, opened.token).csrf_token
    return client


def test_a_service_is_adapted_tried_out_and_published(administrator: TestClient) -> None:
    draft = administrator.post(f"{CITATION}/draft").json()
    definition: dict[str, Any] = draft["definition"]
    definition["prices"]["lines"][1]["amount"] = "2.00"

    saved = administrator.put(f"{CITATION}/draft", json={"definition": definition, "revision": draft["revision"]})
    assert [(each["old"], each["new"]) for each in saved.json()["changes"]] == [("10.00", "2.00")]
    stale = administrator.put(f"{CITATION}/draft", json={"definition": definition, "revision": 1_000})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, DraftChanged.code)

    trial = {"values": dict(CITATION_VALUES), "starts_at": "2026-03-02T09:00:00+08:00"}
    tried = administrator.post(f"{CITATION}/trial", json=trial).json()
    assert (tried["total"], tried["problems"], tried["state"]) == ("24.00", [], "draft")
    assert tried["due"] == "2026-03-05T01:00:00Z"

    revision = saved.json()["revision"]
    published = administrator.post(f"{CITATION}/publish", json={"revision": revision, "note": "新价目"})
    assert published.json() == {"number": 1}
    (row,) = [each for each in administrator.get(SERVICES).json() if each["code"] == "citation_search"]
    assert (row["origin"], row["is_own"], row["has_draft"]) == ("AAA", True, False)
    assert administrator.delete(f"{CITATION}/own").json() == {"ok": True}


def test_what_cannot_be_read_is_refused_with_its_places(administrator: TestClient) -> None:
    draft = administrator.post(f"{CITATION}/draft").json()

    for definition, where in (
        ({**draft["definition"], "colour": "red"}, "colour"),
        ({**draft["definition"], "details": {"zh": "长" * 601, "en": "long"}}, "details.zh"),
        ({}, "name"),
    ):
        refused = administrator.put(f"{CITATION}/draft", json={"definition": definition, "revision": 1})
        assert refused.status_code == 422
        assert where in {each["where"] for each in refused.json()["error"]["details"]["problems"]}
    assert administrator.get(CITATION).json()["revision"] == 1
    much = {"definition": {"code": "x" * 10_000_000}, "revision": 1}
    assert administrator.put(f"{CITATION}/draft", json=much).status_code == 413


def test_a_service_is_switched_off_over_http(administrator: TestClient, townsfolk: Village) -> None:
    assert administrator.put(f"{CITATION}/offer", json={"is_offered": False}).json() == {"ok": True}
    (row,) = [each for each in administrator.get(SERVICES).json() if each["code"] == "citation_search"]
    assert row["is_offered"] is False
    elsewhere = {"is_offered": True, "desk_id": str(townsfolk.desk_b)}
    assert administrator.put(f"{CITATION}/offer", json=elsewhere).status_code == 404


def test_nobody_else_reaches_them(administrator: TestClient, client: TestClient) -> None:
    assert administrator.get(SERVICES).status_code == 200
    assert administrator.get("/api/v1/staff/nodes/BBB/services").status_code == 403
    assert administrator.get(f"{SERVICES}/nothing").status_code == 404
    administrator.cookies.clear()
    assert client.get(SERVICES).status_code == 401
