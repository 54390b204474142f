"""The wire of reviews, rooms and notices: what each side's socket carries, and what it never carries."""

from datetime import timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from qa_server.desk import answering, asking, practising, reviewing, staff_talk, timing
from qa_server.desk.workplace import Workplace
from qa_server.people.service import add_staff_session
from tests.colleagues.conftest import make_trainee
from tests.qa_server.sockets import follow, hello, next_frame, say, staff_hello
from tests.village import Village, come_in, new_client_id, question

DRAFT = "您可以在网上续借两次。"


def cookie(place: Workplace, librarian_id: UUID) -> dict[str, str]:
    """Return the header of somebody's session."""
    with place.database.write() as session:
        token = add_staff_session(session, librarian_id=librarian_id, now=place.clock(), lifetime=timedelta(hours=8))
    return {"Cookie": f"wenjin_staff={token}", "Origin": "http://testserver"}


@pytest.fixture
def place_of_app(app: FastAPI) -> Workplace:
    """The application's workplace."""
    place: Workplace = app.state.place
    return place


def test_a_draft_is_acknowledged_by_its_review_and_the_readers_socket_gets_the_message_only(
    client: TestClient, place_of_app: Workplace, townsfolk: Village
) -> None:
    place = place_of_app
    make_trainee(place, townsfolk, mentor=townsfolk.lin.id)
    reader, token = come_in(place)
    conversation = asking.ask(place, reader, question())[0].conversation.id
    answering.claim(place, townsfolk.chen, conversation)
    with (
        client.websocket_connect("/ws/v1") as outside,
        client.websocket_connect("/ws/v1", headers=cookie(place, townsfolk.chen.id)) as trainee,
        client.websocket_connect("/ws/v1", headers=cookie(place, townsfolk.lin.id)) as mentor,
    ):
        hello(outside, token)
        follow(outside, conversation)
        for socket in (trainee, mentor):
            staff_hello(socket)
            follow(socket, conversation)
        client_id = new_client_id()
        sent = {"type": "say", "conversation_id": str(conversation), "client_id": client_id, "body": DRAFT}
        trainee.send_json(sent)
        kept = next_frame(trainee, "reviews")["items"][0]
        assert (kept["client_id"], kept["state"]) == (client_id, "pending")
        assert next_frame(mentor, "reviews")["items"][0]["body"] == DRAFT
        # The state is told to staff; the reader is told nothing new. A resend is answered the same way.
        timing.fire_all(place)
        told = next_frame(mentor, "staff_conversation", lambda frame: frame["conversation"]["state"] == "in_review")
        assert told["conversation"]["review"]["librarian_id"] == str(townsfolk.chen.id)
        trainee.send_json(sent)
        assert next_frame(trainee, "reviews")["items"][0]["id"] == kept["id"]
        # Who comes later gets what waits with the thread.
        trainee.send_json({"type": "follow", "conversation_id": str(conversation), "after_seq": 0})
        assert [each["id"] for each in next_frame(trainee, "reviews")["items"]] == [kept["id"]]

        reviewing.approve(place, townsfolk.lin, UUID(kept["id"]))
        outside.send_json({"type": "ping"})
        seen = []
        while (frame := outside.receive_json())["type"] != "pong":
            seen.append(frame)
        assert {frame["type"] for frame in seen} <= {"conversation", "messages", "position", "presence", "seen"}
        states = {frame["conversation"]["state"] for frame in seen if frame["type"] == "conversation"}
        assert states <= {"active"}
        said = [item["body"] for frame in seen if frame["type"] == "messages" for item in frame["items"]]
        assert said == [DRAFT]
        assert say(trainee, conversation, DRAFT, client_id)["client_id"] == client_id


def test_what_is_said_in_a_room_reaches_its_people_without_asking_and_resumes_by_version(
    client: TestClient, place_of_app: Workplace, townsfolk: Village
) -> None:
    place = place_of_app
    room = staff_talk.my_rooms(place, townsfolk.lin)[0].id
    with (
        client.websocket_connect("/ws/v1", headers=cookie(place, townsfolk.chen.id)) as inside,
        client.websocket_connect("/ws/v1", headers=cookie(place, townsfolk.grace.id)) as elsewhere,
    ):
        for socket in (inside, elsewhere):
            staff_hello(socket)
        staff_talk.say(
            place,
            townsfolk.lin,
            room,
            client_id=new_client_id(),
            body="@chen 请看",
            mentions=[townsfolk.chen.id],
        )
        assert [each["kind"] for each in next_frame(inside, "notices")["items"]] == ["talk_mention"]
        assert next_frame(inside, "talk")["items"][0]["body"] == "@chen 请看"
        inside.send_json({"type": "attend", "rooms": {str(room): 0}})
        assert [each["kind"] for each in next_frame(inside, "notices")["items"]] == ["talk_mention"]
        assert next_frame(inside, "talk")["version"] == 1
        # A room of others is passed over, whatever version is asked for.
        elsewhere.send_json({"type": "attend", "rooms": {str(room): 0}})
        assert next_frame(elsewhere, "notices")["items"] == []
        elsewhere.send_json({"type": "ping"})
        assert elsewhere.receive_json()["type"] == "pong"


def test_what_is_said_between_two_polls_comes_with_the_next_one(
    client: TestClient, place_of_app: Workplace, townsfolk: Village
) -> None:
    room = staff_talk.my_rooms(place_of_app, townsfolk.lin)[0].id
    headers = cookie(place_of_app, townsfolk.chen.id)
    headers["X-CSRF-Token"] = client.get("/api/v1/staff/me", headers=headers).json()["csrf_token"]

    def poll(version: int, known: str | None) -> tuple[list[dict[str, object]], str]:
        attend = {"type": "attend", "rooms": {str(room): version}}
        asked = {"frames": [attend], "known": known, "wait_seconds": 0}
        answer = client.post("/api/v1/staff/poll", json=asked, headers=headers).json()
        return [each for each in answer["frames"] if each["type"] == "talk"], answer["known"]

    said, known = poll(0, None)
    assert said == []
    for words in ("在吗？", "三楼打印机坏了。"):
        staff_talk.say(place_of_app, townsfolk.lin, room, client_id=new_client_id(), body=words)
    said, _ = poll(0, known)
    assert [(each["after"], each["version"]) for each in said] == [(0, 2)]


def test_readers_attend_nothing_and_practise_nothing(
    client: TestClient, place_of_app: Workplace, townsfolk: Village
) -> None:
    started = practising.start_case(place_of_app, townsfolk.chen, "zh.renewal").id
    _, token = come_in(place_of_app)
    with client.websocket_connect("/ws/v1") as socket:
        hello(socket, token)
        socket.send_json({"type": "attend", "rooms": {}})
        assert next_frame(socket, "error")["code"] == "unauthenticated"
        for frame in (
            {"type": "follow", "after_seq": 0},
            {"type": "say", "client_id": new_client_id(), "body": "我也来"},
            {"type": "seen", "seq": 1},
        ):
            socket.send_json({**frame, "conversation_id": str(started)})
            assert next_frame(socket, "error")["code"] == "not_found"


def test_practice_runs_over_the_same_frames_as_a_conversation(
    client: TestClient, place_of_app: Workplace, townsfolk: Village
) -> None:
    started = practising.start_case(place_of_app, townsfolk.chen, "zh.renewal").id
    with client.websocket_connect("/ws/v1", headers=cookie(place_of_app, townsfolk.chen.id)) as socket:
        staff_hello(socket)
        assert len(follow(socket, started)) == 1
        client_id = new_client_id()
        socket.send_json(
            {"type": "say", "conversation_id": str(started), "client_id": client_id, "body": "您好，哪本书？"}
        )
        # The message and its acknowledgement, in whatever order and among whatever else is told meanwhile.
        acknowledged: list[int] = []
        told: list[str] = []
        while not (acknowledged and client_id in told):
            frame = socket.receive_json()
            if frame["type"] == "ack":
                acknowledged.append(frame["seq"])
            elif frame["type"] == "messages":
                told += [each["client_id"] for each in frame["items"]]
        assert acknowledged == [2]
        assert told.count(client_id) == 1
        practising.end(place_of_app, townsfolk.chen, started)
        ended = next_frame(socket, "staff_conversation", lambda frame: frame["conversation"]["state"] == "closed")
        assert ended["conversation"]["practice"]["librarian_id"] == str(townsfolk.chen.id)
