"""The socket: hello, follow and resume, both sides live, refusals that leave the connection usable."""

from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import event
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from qa_server.conversations.models import Resolution
from qa_server.desk import answering, asking, signing_in, talking
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from storage.database import DatabaseBusy
from tests.qa_server.sockets import follow, hello, next_frame, say, sign_in_cookie, staff_hello
from tests.village import PASSWORD, Village, come_in, new_client_id, question

ORIGIN = {"Origin": "http://testserver"}


@pytest.fixture
def here(app: FastAPI, townsfolk: Village) -> Workplace:
    """The application's workplace, with the village in it."""
    place: Workplace = app.state.place
    return place


@pytest.fixture
def asked(here: Workplace) -> tuple[KnownReader, str, UUID]:
    """A reader, the token, and a waiting question."""
    reader, token = come_in(here)
    return reader, token, asking.ask(here, reader, question())[0].conversation.id


def staff_client(client: TestClient, place: Workplace, login: str) -> TestClient:
    """Sign a librarian in and give the client the cookie."""
    sign_in_cookie(client, signing_in.sign_in(place, login=login, password=PASSWORD, network="n").token)
    return client


def test_hello_is_welcomed_and_ping_answered(client: TestClient, asked: tuple[KnownReader, str, UUID]) -> None:
    with client.websocket_connect("/ws/v1") as socket:
        welcome = hello(socket, asked[1])
        assert welcome["version"] == 1
        assert welcome["ping_seconds"] < welcome["silence_seconds"]
        socket.send_json({"type": "ping"})
        assert next_frame(socket, "pong")


@pytest.mark.parametrize(
    ("first", "code", "close"),
    [
        ({"type": "ping"}, "hello_expected", 4400),
        ({"type": "dance"}, "frame_malformed", 4400),
        ({"type": "hello", "version": 9, "role": "reader", "token": "x"}, "version_refused", 4426),
        ({"type": "hello", "version": 1, "role": "reader", "token": "x"}, "unauthenticated", 4401),
        ({"type": "hello", "version": 1, "role": "reader"}, "unauthenticated", 4401),
        ({"type": "hello", "version": 1, "role": "librarian"}, "origin_refused", 4401),
    ],
)
def test_a_wrong_first_frame_is_told_and_the_socket_closed(
    client: TestClient, townsfolk: Village, first: dict[str, object], code: str, close: int
) -> None:
    with client.websocket_connect("/ws/v1") as socket:
        socket.send_json(first)
        error = socket.receive_json()
        assert (error["type"], error["code"], error["is_final"]) == ("error", code, True)
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == close


def test_malformed_frames_are_answered_and_the_connection_stays_usable(
    client: TestClient, asked: tuple[KnownReader, str, UUID]
) -> None:
    with client.websocket_connect("/ws/v1") as socket:
        hello(socket, asked[1])
        for raw in ["", "{", "[]", '"x"', '{"type":"say"}', '{"type":"hello","version":1,"role":"reader"}', "null"]:
            socket.send_text(raw)
            assert next_frame(socket, "error")["code"] == "frame_malformed"
        socket.send_bytes(b"\x00\xff")
        assert next_frame(socket, "error")["code"] == "frame_malformed"
        assert say(socket, asked[2], "还在", new_client_id())["seq"] == 2


def test_both_sides_hear_each_other_with_ticks_and_typing(
    client: TestClient, here: Workplace, townsfolk: Village, asked: tuple[KnownReader, str, UUID]
) -> None:
    _, token, conversation = asked
    staff = staff_client(client, here, "lin")
    with client.websocket_connect("/ws/v1") as reader, staff.websocket_connect("/ws/v1", headers=ORIGIN) as librarian:
        hello(reader, token)
        follow(reader, conversation)
        staff_hello(librarian)
        answering.claim(here, townsfolk.lin, conversation)
        claimed = next_frame(reader, "conversation", lambda f: f["conversation"]["state"] == "active")
        assert claimed["conversation"]["holder_name"] == "lin老师"
        follow(librarian, conversation)
        ack = say(librarian, conversation, "您好", new_client_id())
        heard = next_frame(reader, "messages", lambda f: f["items"][-1]["body"] == "您好")
        assert (heard["items"][-1]["seq"], heard["items"][-1]["name"]) == (ack["seq"], "lin老师")
        reader.send_json({"type": "seen", "conversation_id": str(conversation), "seq": ack["seq"]})
        seen = next_frame(librarian, "seen", lambda f: f["side"] == "reader")
        assert seen["seq"] == ack["seq"]
        reader.send_json({"type": "typing", "conversation_id": str(conversation)})
        assert next_frame(librarian, "typing")["side"] == "reader"


def test_a_client_that_resumes_gets_what_it_missed_in_order_and_once(
    client: TestClient, here: Workplace, townsfolk: Village, asked: tuple[KnownReader, str, UUID]
) -> None:
    _, token, conversation = asked
    with client.websocket_connect("/ws/v1") as socket:
        hello(socket, token)
        have = follow(socket, conversation)
    answering.claim(here, townsfolk.lin, conversation)
    for count in range(120):
        talking.say_as_librarian(here, townsfolk.lin, conversation, client_id=f"message-{count}", body=str(count))
    with client.websocket_connect("/ws/v1") as socket:
        hello(socket, token)
        missed = follow(socket, conversation, after_seq=have[-1]["seq"])
    assert [m["seq"] for m in have + missed] == list(range(1, 123))
    assert [m["body"] for m in missed if m["kind"] == "text"] == [str(count) for count in range(120)]


def test_what_is_said_while_a_client_catches_up_arrives_once(
    client: TestClient, here: Workplace, townsfolk: Village, asked: tuple[KnownReader, str, UUID]
) -> None:
    _, token, conversation = asked
    answering.claim(here, townsfolk.lin, conversation)
    with client.websocket_connect("/ws/v1") as socket:
        hello(socket, token)
        socket.send_json({"type": "follow", "conversation_id": str(conversation), "after_seq": 0})
        for count in range(30):
            talking.say_as_librarian(here, townsfolk.lin, conversation, client_id=f"message-{count}", body="好")
        seqs: list[int] = []
        while not seqs or seqs[-1] < 32:
            seqs += [item["seq"] for item in next_frame(socket, "messages")["items"]]
    assert seqs == list(range(1, 33))


def test_a_stranger_cannot_follow_write_or_mark(
    client: TestClient, here: Workplace, asked: tuple[KnownReader, str, UUID]
) -> None:
    _, token, conversation = asked
    _, strange = come_in(here)
    named = {"conversation_id": str(conversation)}
    with client.websocket_connect("/ws/v1") as socket:
        hello(socket, strange)
        for frame in [
            {"type": "follow", **named, "after_seq": 0},
            {"type": "say", **named, "client_id": new_client_id(), "body": "x"},
            {"type": "seen", **named, "seq": 1},
        ]:
            socket.send_json(frame)
            assert next_frame(socket, "error")["code"] == "not_found"
        socket.send_json({"type": "typing", **named})
        assert next_frame(socket, "error")["code"] == "not_following"
    with client.websocket_connect("/ws/v1") as socket:
        hello(socket, token)
        assert [m["seq"] for m in follow(socket, conversation)] == [1]


def test_what_changes_while_a_thread_is_read_reaches_who_just_followed_it(
    client: TestClient, here: Workplace, townsfolk: Village, asked: tuple[KnownReader, str, UUID]
) -> None:
    _, token, conversation = asked
    answering.claim(here, townsfolk.lin, conversation)
    closings = [partial(answering.close, here, townsfolk.lin, conversation, resolution=Resolution.ANSWERED)]

    def close_meanwhile(*arguments: Any) -> None:
        if closings and "FROM message" in arguments[2]:
            closings.pop()(read_level=None)

    with client.websocket_connect("/ws/v1") as socket:
        hello(socket, token)
        event.listen(here.database.engine, "after_cursor_execute", close_meanwhile)
        socket.send_json({"type": "follow", "conversation_id": str(conversation), "after_seq": 0})
        socket.send_json({"type": "ping"})
        frames = [socket.receive_json()]
        while frames[-1]["type"] != "pong":
            frames.append(socket.receive_json())
        event.remove(here.database.engine, "after_cursor_execute", close_meanwhile)
    states = [frame["conversation"]["state"] for frame in frames if frame["type"] == "conversation"]
    assert states[-1] == "closed"
    assert not closings


def test_a_refused_message_names_the_client_id_it_answers(
    client: TestClient, asked: tuple[KnownReader, str, UUID]
) -> None:
    client_id = new_client_id()
    with client.websocket_connect("/ws/v1") as socket:
        hello(socket, asked[1])
        frame = {"type": "say", "conversation_id": str(asked[2]), "client_id": client_id, "body": "字" * 8001}
        socket.send_json(frame)
        error = next_frame(socket, "error")
    assert (error["code"], error["ref"], error["is_final"]) == ("message_too_long", client_id, False)
    assert error["details"] == {"characters": 8001, "limit": 8000}


def test_a_desks_list_comes_whole_then_by_change_and_not_again_when_the_version_is_at_hand(
    client: TestClient, here: Workplace, townsfolk: Village, asked: tuple[KnownReader, str, UUID]
) -> None:
    reader, _, conversation = asked
    staff = staff_client(client, here, "lin")
    desk = str(townsfolk.desk_a)
    with staff.websocket_connect("/ws/v1", headers=ORIGIN) as socket:
        staff_hello(socket)
        socket.send_json({"type": "watch", "desks": {desk: 0}})
        listing = next_frame(socket, "desk_list")
        assert [item["id"] for item in listing["items"]] == [str(conversation)]
        second = asking.ask(here, reader, question())[0].conversation
        change = next_frame(socket, "desk_change")
        assert (change["version"], change["item"]["id"]) == (listing["version"] + 1, str(second.id))
    with staff.websocket_connect("/ws/v1", headers=ORIGIN) as socket:
        staff_hello(socket)
        socket.send_json({"type": "watch", "desks": {desk: change["version"]}})
        socket.send_json({"type": "ping"})
        types: list[str] = []
        while "pong" not in types:
            types.append(socket.receive_json()["type"])
        assert "desk_list" not in types
        assert "desk_change" not in types


def test_a_librarian_cannot_watch_another_librarys_desk_or_open_its_conversations(
    client: TestClient, here: Workplace, townsfolk: Village, asked: tuple[KnownReader, str, UUID]
) -> None:
    staff = staff_client(client, here, "grace")
    with staff.websocket_connect("/ws/v1", headers=ORIGIN) as socket:
        staff_hello(socket)
        socket.send_json({"type": "watch", "desks": {str(townsfolk.desk_a): 0}})
        assert next_frame(socket, "error")["code"] == "desk_not_yours"
        socket.send_json({"type": "follow", "conversation_id": str(asked[2]), "after_seq": 0})
        assert next_frame(socket, "error")["code"] == "not_found"


def test_a_page_of_another_site_cannot_speak_for_a_librarian(
    client: TestClient, here: Workplace, townsfolk: Village
) -> None:
    staff = staff_client(client, here, "lin")
    with staff.websocket_connect("/ws/v1", headers={"Origin": "https://evil.example"}) as socket:
        socket.send_json({"type": "hello", "version": 1, "role": "librarian"})
        assert socket.receive_json()["code"] == "origin_refused"


def test_the_reader_sees_the_librarian_come_and_go(
    client: TestClient, here: Workplace, townsfolk: Village, asked: tuple[KnownReader, str, UUID]
) -> None:
    _, token, conversation = asked
    answering.claim(here, townsfolk.lin, conversation)
    staff = staff_client(client, here, "lin")
    with client.websocket_connect("/ws/v1") as reader:
        hello(reader, token)
        follow(reader, conversation)
        with staff.websocket_connect("/ws/v1", headers=ORIGIN) as librarian:
            staff_hello(librarian)
            came = next_frame(reader, "presence", lambda f: f["side"] == "librarian" and f["is_here"])
            assert came["conversation_id"] == str(conversation)
        assert next_frame(reader, "presence", lambda f: not f["is_here"])["side"] == "librarian"


def test_following_an_unknown_conversation_is_not_found(
    client: TestClient, asked: tuple[KnownReader, str, UUID]
) -> None:
    with client.websocket_connect("/ws/v1") as socket:
        hello(socket, asked[1])
        socket.send_json({"type": "follow", "conversation_id": str(uuid4()), "after_seq": 0})
        assert next_frame(socket, "error")["code"] == "not_found"


def test_edits_and_notes_arrive_live_and_notes_at_no_reader(
    client: TestClient, here: Workplace, townsfolk: Village, asked: tuple[KnownReader, str, UUID]
) -> None:
    _, token, conversation = asked
    answering.claim(here, townsfolk.lin, conversation)
    staff = staff_client(client, here, "lin")
    named = {"conversation_id": str(conversation)}
    with client.websocket_connect("/ws/v1") as reader, staff.websocket_connect("/ws/v1", headers=ORIGIN) as librarian:
        hello(reader, token)
        follow(reader, conversation)
        staff_hello(librarian)
        follow(librarian, conversation)
        note = {"type": "note", **named, "client_id": new_client_id(), "body": "仅供内部"}
        librarian.send_json(note)
        assert next_frame(librarian, "notes", lambda f: bool(f["items"]))["items"][0]["body"] == "仅供内部"
        ack = say(librarian, conversation, "八点开们", new_client_id())
        edit = {"type": "edit", **named, "client_id": new_client_id(), "seq": ack["seq"], "body": "八点开门"}
        librarian.send_json(edit)
        heard: list[dict[str, object]] = []
        while not heard or heard[-1]["event"] != "edited":
            frame = reader.receive_json()
            assert "仅供内部" not in str(frame)
            heard += frame["items"] if frame["type"] == "messages" else []
        assert heard[-1]["details"] == {"seq": ack["seq"], "body": "八点开门"}
        reader.send_json({**note, "client_id": new_client_id()})
        assert next_frame(reader, "error")["code"] == "unauthenticated"


def test_a_follow_that_the_database_could_not_answer_closes_the_socket_so_that_the_client_comes_again(
    client: TestClient, asked: tuple[KnownReader, str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise DatabaseBusy()

    with client.websocket_connect("/ws/v1") as socket:
        hello(socket, asked[1])
        # Patched: a database that is away for exactly one read cannot be arranged otherwise.
        monkeypatch.setattr(asking, "followed_thread", away)
        socket.send_json({"type": "follow", "conversation_id": str(asked[2]), "after_seq": 0})
        assert next_frame(socket, "error")["code"] == "database_busy"
        with pytest.raises(WebSocketDisconnect) as closed:
            next_frame(socket, "caught_up")
        assert closed.value.code == 1013
    monkeypatch.undo()
    with client.websocket_connect("/ws/v1") as socket:
        hello(socket, asked[1])
        assert [message["seq"] for message in follow(socket, asked[2])] == [1]
