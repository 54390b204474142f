"""Canned replies over HTTP: the shapes, the refusals with their codes, files, and the closing sheet."""

from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from qa_server.desk import answering, asking, signing_in
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Role, RoleGrant
from tests.qa_server.sockets import sign_in_cookie
from tests.village import PASSWORD, Village, come_in, new_client_id, question

REPLIES = "/api/v1/staff/replies"
HI = {"shortcut": "hi", "title_zh": "问候", "text_zh": "您好，{reader_name}！", "category": "greeting"}


@pytest.fixture
def here(app: FastAPI, townsfolk: Village) -> Workplace:
    """The application's workplace; ZHOU administers library A."""
    place: Workplace = app.state.place
    with place.database.write() as session:
        grant = RoleGrant(
            librarian_id=townsfolk.zhou.id, library_id=townsfolk.library_a, role=Role.LIBRARY_ADMINISTRATOR
        )
        session.add(grant)
    return place


@pytest.fixture
def held(here: Workplace, townsfolk: Village) -> UUID:
    """A conversation that LIN holds."""
    conversation_id = asking.ask(here, come_in(here)[0], question())[0].conversation.id
    answering.claim(here, townsfolk.lin, conversation_id)
    return conversation_id


def become(client: TestClient, place: Workplace, login: str) -> TestClient:
    """Sign somebody in, with the headers that the console sends."""
    opened = signing_in.sign_in(place, login=login, password=PASSWORD, network="n")
    sign_in_cookie(client, opened.token)
    client.headers["X-CSRF-Token"] = signing_in.recognise_staff(place, opened.token).csrf_token
    return client


def told(answer: Response) -> tuple[int, str]:
    """Return the status and the code of a refusal."""
    return answer.status_code, answer.json()["error"]["code"]


def test_replies_are_kept_changed_and_removed(client: TestClient, here: Workplace) -> None:
    become(client, here, "lin")
    added = client.post(REPLIES, json=HI)
    assert added.status_code == 201
    kept = added.json()
    assert (kept["origin"]["level"], kept["version"], kept["macro"]) == ("person", 1, None)
    changed = client.put(f"{REPLIES}/{kept['id']}", json={**HI, "text_en": "Hello!", "version": 1}).json()
    assert (changed["version"], changed["text_en"]) == (2, "Hello!")
    assert told(client.put(f"{REPLIES}/{kept['id']}", json={**HI, "version": 1})) == (409, "reply_changed")
    assert [each["shortcut"] for each in client.get(REPLIES).json()["replies"]] == ["hi"]
    assert client.delete(f"{REPLIES}/{kept['id']}").json() == {"ok": True}
    assert client.get(f"{REPLIES}/shelves").json()["own"]["replies"] == []


def test_refusals_have_codes_of_their_own(client: TestClient, here: Workplace, townsfolk: Village) -> None:
    become(client, here, "lin")
    client.post(REPLIES, json=HI)
    assert told(client.post(REPLIES, json=HI)) == (409, "shortcut_taken")
    unknown = client.post(REPLIES, json={**HI, "shortcut": "x", "text_zh": "{phone}"})
    assert told(unknown) == (422, "reply_variable_unknown")
    assert unknown.json()["error"]["details"]["variable"] == "{phone}"
    assert "{phone}" in unknown.json()["error"]["message"]
    assert told(client.post(REPLIES, json={**HI, "shortcut": "two words"})) == (422, "reply_invalid")
    assert told(client.post(REPLIES, params={"node": "AAA"}, json=HI)) == (403, "forbidden")
    assert told(client.get(REPLIES, params={"node": "BBB"})) == (404, "not_found")
    assert told(client.get(REPLIES, params={"desk": str(townsfolk.desk_b)})) == (404, "not_found")


def test_an_administrator_keeps_those_of_the_node_and_its_desk(
    client: TestClient, here: Workplace, townsfolk: Village
) -> None:
    become(client, here, "zhou")
    assert client.post(REPLIES, params={"node": "aaa"}, json=HI).json()["origin"]["code"] == "AAA"
    at_desk = client.post(REPLIES, params={"desk": str(townsfolk.desk_a)}, json=HI).json()
    assert at_desk["origin"]["level"] == "desk"
    become(client, here, "lin")
    assert told(client.delete(f"{REPLIES}/{at_desk['id']}")) == (403, "forbidden")


def test_a_file_goes_out_and_in(client: TestClient, here: Workplace) -> None:
    become(client, here, "lin")
    client.post(REPLIES, json={**HI, "text_zh": "=1+1"})
    saved = client.get(f"{REPLIES}/file", params={"format": "csv"})
    assert saved.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="replies.csv"' in saved.headers["content-disposition"]
    assert "'=1+1" in saved.text
    content = saved.text.replace("问候", "招呼")
    tried = client.post(f"{REPLIES}/file", json={"format": "csv", "content": content}).json()
    assert (tried["is_dry_run"], tried["changed"]) == (True, 1)
    assert client.get(REPLIES).json()["replies"][0]["title_zh"] == "问候"
    client.post(f"{REPLIES}/file", json={"format": "csv", "content": content, "is_dry_run": False})
    assert client.get(REPLIES).json()["replies"][0]["title_zh"] == "招呼"
    assert client.get(REPLIES).json()["replies"][0]["text_zh"] == "=1+1"
    assert told(client.post(f"{REPLIES}/file", json={"format": "csv", "content": "x"})) == (422, "reply_file_refused")


def test_a_conversation_gets_them_filled_in_and_their_use_is_counted(
    client: TestClient, here: Workplace, held: UUID
) -> None:
    become(client, here, "lin")
    kept = client.post(REPLIES, json=HI).json()
    usable = client.get(f"/api/v1/staff/conversations/{held}/replies").json()
    (reply,) = usable["items"]
    assert (usable["language"], reply["text"], reply["initials"]) == ("zh", "您好，读者！", "wh")
    assert client.post(f"/api/v1/staff/conversations/{held}/replies/{kept['id']}/use").json() == {"ok": True}
    assert client.get(REPLIES).json()["replies"][0]["use_count"] == 1
    become(client, here, "grace")
    assert told(client.get(f"/api/v1/staff/conversations/{held}/replies")) == (404, "not_found")


def test_the_closing_sheet_is_read_and_sent_whole(client: TestClient, here: Workplace, held: UUID) -> None:
    become(client, here, "lin")
    address = f"/api/v1/staff/conversations/{held}"
    assert client.get(f"{address}/closing").json()["max_codes"] == 4
    sheet = {
        "resolution": "follow_up_home",
        "read_level": 3,
        "hours": 8,
        "subject": "TP3",
        "codes": ["full-text"],
        "farewell": {"client_id": new_client_id(), "body": "再见！"},
        "note": {"client_id": new_client_id(), "body": "请寄扫描件。"},
    }
    assert told(client.post(f"{address}/close", json={**sheet, "codes": ["none"]})) == (422, "closing_invalid")
    closed = client.post(f"{address}/close", json=sheet).json()
    assert (closed["state"], closed["subject"], closed["read_level"]) == ("closed", "TP3", 3)
    thread = client.get(address).json()
    assert [each["body"] for each in thread["messages"] if each["kind"] == "text"][-1] == "再见！"
    assert [each["body"] for each in thread["notes"]] == ["请寄扫描件。"]
    assert client.get(f"{address}/closing").json()["codes"] == ["full-text"]
