"""What a private link opened ends with it, at once; and refusals over the socket speak the reader's Chinese."""

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from qa_server.desk import answering, asking, linking, talking, unread
from qa_server.desk.workplace import Workplace
from tests.qa_server.sockets import follow, hello, next_frame
from tests.village import Village, come_in, new_client_id, question


def test_a_socket_that_a_link_opened_is_closed_when_links_are_switched_off(
    client: TestClient, app: FastAPI, townsfolk: Village
) -> None:
    place: Workplace = app.state.place
    reader, token = come_in(place)
    conversation = asking.ask(place, reader, question())[0].conversation.id
    link = linking.make_link(place, reader, base_url="https://a").url.partition("#my=")[2]
    with client.websocket_connect("/ws/v1") as own, client.websocket_connect("/ws/v1") as linked:
        hello(own, token)
        hello(linked, link)
        assert len(follow(linked, conversation)) == len(follow(own, conversation))
        linking.revoke_links(place, reader)
        refusal = next_frame(linked, "error")
        assert (refusal["code"], refusal["is_final"]) == ("unauthenticated", True)
        with pytest.raises(WebSocketDisconnect) as closed:
            linked.receive_json()
        assert closed.value.code == 4401
        talking.say_as_reader(place, reader, conversation, client_id=new_client_id(), body="还在")
        assert next_frame(own, "messages")["items"][0]["body"] == "还在"


@pytest.mark.parametrize(("language", "word"), [("zh", "页面"), ("zh-TW", "頁面"), ("en", "reload")])
def test_refusals_over_the_socket_speak_the_readers_language(
    client: TestClient, app: FastAPI, townsfolk: Village, language: str, word: str
) -> None:
    _, token = come_in(app.state.place)
    with client.websocket_connect("/ws/v1") as socket:
        socket.send_json({"type": "hello", "version": 1, "role": "reader", "language": language, "token": token})
        next_frame(socket, "welcome")
        socket.send_json({"type": "nonsense"})
        assert word in next_frame(socket, "error")["message"]


def test_unread_messages_are_counted_over_all_open_conversations(place: Workplace, people: Village) -> None:
    reader, _ = come_in(place)
    both = [asking.ask(place, reader, question(text))[0].conversation.id for text in ("一", "二")]
    stranger, _ = come_in(place)
    for conversation in [*both, asking.ask(place, stranger, question("三"))[0].conversation.id]:
        answering.claim(place, people.lin, conversation)
        for body in ("好", "请稍等"):
            talking.say_as_librarian(place, people.lin, conversation, client_id=new_client_id(), body=body)
    assert unread.count_unread(place, reader, besides=None).unread == 4
    assert unread.count_unread(place, reader, besides=both[0]).unread == 2
    newest = asking.thread(place, reader, both[1], 0).conversation.last_seq
    talking.see_as_reader(place, reader, both[1], newest)
    assert unread.count_unread(place, reader, besides=both[0]).unread == 0
