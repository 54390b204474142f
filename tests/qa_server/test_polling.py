"""The long poll: the same frames without a socket; at once when there is news, otherwise when it comes."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from qa_server.desk import answering, asking, signing_in, talking
from qa_server.desk.workplace import Workplace
from tests.qa_server.sockets import sign_in_cookie
from tests.village import PASSWORD, Village, come_in, new_client_id, question


@pytest.fixture
def here(app: FastAPI, townsfolk: Village) -> Workplace:
    """The application's workplace, with the village in it."""
    place: Workplace = app.state.place
    return place


@pytest.fixture
def asked(here: Workplace) -> tuple[dict[str, str], UUID]:
    """A reader's headers and a waiting question."""
    reader, token = come_in(here)
    return {"Authorization": f"Bearer {token}"}, asking.ask(here, reader, question())[0].conversation.id


def poll(client: TestClient, headers: dict[str, str], **body: object) -> dict[str, Any]:
    """Poll as a reader; return the answer."""
    answered = client.post("/api/v1/poll", headers=headers, json=body)
    assert answered.status_code == 200, answered.text
    return dict(answered.json())


def wait_until_followed(client: TestClient) -> None:
    """Return once somebody listens to a conversation. Asked in the event loop, where the hub lives."""
    hub = client.app.state.hub  # type: ignore[attr-defined]
    assert client.portal is not None
    deadline = monotonic() + 30
    while not client.portal.call(hub.followed_conversations):
        assert monotonic() < deadline


def of_kind(answer: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Return the frames of a kind."""
    return [frame for frame in answer["frames"] if frame["type"] == kind]


def test_the_first_poll_brings_state_and_messages_at_once(
    client: TestClient, asked: tuple[dict[str, str], UUID]
) -> None:
    headers, conversation = asked
    answer = poll(client, headers, follows={str(conversation): 0})
    assert of_kind(answer, "conversation")[0]["conversation"]["state"] == "waiting"
    assert [item["seq"] for item in of_kind(answer, "messages")[0]["items"]] == [1]


def test_a_poll_without_news_waits_and_brings_what_is_said_meanwhile(
    client: TestClient, here: Workplace, townsfolk: Village, asked: tuple[dict[str, str], UUID]
) -> None:
    headers, conversation = asked
    answering.claim(here, townsfolk.lin, conversation)
    known = poll(client, headers, follows={str(conversation): 2})["known"]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(poll, client, headers, follows={str(conversation): 2}, known=known)
        wait_until_followed(client)
        talking.say_as_librarian(here, townsfolk.lin, conversation, client_id=new_client_id(), body="您好")
        answer = waiting.result(10)
    assert [item["body"] for frame in of_kind(answer, "messages") for item in frame["items"]] == ["您好"]


def test_a_poll_without_news_ends_empty_after_its_wait(client: TestClient, asked: tuple[dict[str, str], UUID]) -> None:
    headers, conversation = asked
    known = poll(client, headers, follows={str(conversation): 1})["known"]
    again = poll(client, headers, follows={str(conversation): 1}, known=known, wait_seconds=0)
    assert again == {"frames": [], "known": known}


def test_what_is_sent_in_a_poll_is_acknowledged_and_a_resend_stored_once(
    client: TestClient, asked: tuple[dict[str, str], UUID]
) -> None:
    headers, conversation = asked
    say = {"type": "say", "conversation_id": str(conversation), "client_id": new_client_id(), "body": "急"}
    for _ in range(2):
        answer = poll(client, headers, follows={str(conversation): 1}, frames=[say])
        assert [ack["seq"] for ack in of_kind(answer, "ack")] == [2]
    everything = poll(client, headers, follows={str(conversation): 0})
    assert [item["seq"] for frame in of_kind(everything, "messages") for item in frame["items"]] == [1, 2]


def test_a_refusal_is_one_frame_among_the_others(client: TestClient, asked: tuple[dict[str, str], UUID]) -> None:
    headers, conversation = asked
    client_id = new_client_id()
    say = {"type": "say", "conversation_id": str(conversation), "client_id": client_id, "body": "字" * 8001}
    answer = poll(client, headers, follows={str(conversation): 0}, frames=[say])
    assert [(e["code"], e["ref"]) for e in of_kind(answer, "error")] == [("message_too_long", client_id)]
    assert of_kind(answer, "messages")


def test_a_stranger_polls_nothing(client: TestClient, here: Workplace, asked: tuple[dict[str, str], UUID]) -> None:
    _, token = come_in(here)
    answer = poll(client, {"Authorization": f"Bearer {token}"}, follows={str(asked[1]): 0})
    assert [frame["type"] for frame in answer["frames"]] == ["error"]
    assert client.post("/api/v1/poll", json={}).status_code == 401


def test_a_librarian_polls_the_desks_list(
    client: TestClient, here: Workplace, townsfolk: Village, asked: tuple[dict[str, str], UUID]
) -> None:
    token = signing_in.sign_in(here, login="lin", password=PASSWORD, network="n").token
    sign_in_cookie(client, token)
    body = {"desks": {str(townsfolk.desk_a): 0}}
    assert client.post("/api/v1/staff/poll", json=body).json()["error"]["code"] == "csrf_refused"
    csrf = signing_in.recognise_staff(here, token).csrf_token
    answer = client.post("/api/v1/staff/poll", json=body, headers={"X-CSRF-Token": csrf}).json()
    assert [item["id"] for item in of_kind(answer, "desk_list")[0]["items"]] == [str(asked[1])]
