"""Names on the wire: staff gets them in both languages, readers in that of the conversation and no other."""

from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from qa_server.conversations.schemas import MessageView, ReaderConversation
from qa_server.conversations.service import Question
from qa_server.desk import answering, asking, correcting, signing_in
from qa_server.desk.workplace import Workplace
from tests.qa_server.sockets import Frame, follow, hello, next_frame, sign_in_cookie, staff_hello
from tests.village import PASSWORD, Village, come_in, new_client_id

ORIGIN = {"Origin": "http://testserver"}
# What a reader of a conversation in a language reads, of LIN.
NAMES = {"zh": "lin老师", "en": "Lin"}
LIBRARIES = {"zh": "AAA图书馆", "en": "AAA Library"}
BOTH = {"name_zh": "lin老师", "name_en": "Lin"}


@pytest.fixture
def here(app: FastAPI, townsfolk: Village) -> Workplace:
    """The application's workplace, with the village in it."""
    place: Workplace = app.state.place
    return place


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    """The language of the conversation."""
    return str(request.param)


@pytest.fixture
def asked(here: Workplace, language: str) -> tuple[str, UUID]:
    """A reader's token and a waiting question."""
    reader, token = come_in(here)
    question = Question("怎么续借？", new_client_id(), "zh" if language == "zh" else "en")
    return token, asking.ask(here, reader, question)[0].conversation.id


@pytest.fixture
def staff(client: TestClient, here: Workplace) -> TestClient:
    """A browser in which LIN is signed in."""
    sign_in_cookie(client, signing_in.sign_in(here, login="lin", password=PASSWORD, network="n").token)
    return client


def named(message: Frame) -> Frame:
    """Return what a message says of its librarian's name."""
    return {key: value for key, value in message.items() if key.startswith("name")}


def test_librarians_hear_both_names_and_the_reader_that_of_the_conversation(
    staff: TestClient, here: Workplace, townsfolk: Village, asked: tuple[str, UUID], language: str
) -> None:
    token, conversation = asked
    with staff.websocket_connect("/ws/v1") as reader, staff.websocket_connect("/ws/v1", headers=ORIGIN) as librarian:
        hello(reader, token)
        follow(reader, conversation)
        staff_hello(librarian)
        answering.claim(here, townsfolk.lin, conversation)
        replayed = follow(librarian, conversation)
        assert [named(each) for each in replayed] == [{"name": None}, {"name": NAMES[language], **BOTH}]
        frame = {"type": "say", "conversation_id": str(conversation), "client_id": new_client_id(), "body": "您好"}
        librarian.send_json(frame)
        heard = next_frame(librarian, "messages")["items"][-1]
        assert (heard["body"], named(heard)) == ("您好", {"name": NAMES[language], **BOTH})
        for said in ("claimed", None):
            told = next_frame(reader, "messages")["items"][-1]
            assert (told["event"], named(told)) == (said, {"name": NAMES[language]})
            assert set(told) == set(MessageView.model_fields)


def test_a_reader_who_comes_back_reads_no_other_name(
    staff: TestClient, here: Workplace, townsfolk: Village, asked: tuple[str, UUID], language: str
) -> None:
    token, conversation = asked
    answering.claim(here, townsfolk.lin, conversation)
    with staff.websocket_connect("/ws/v1") as socket:
        hello(socket, token)
        socket.send_json({"type": "follow", "conversation_id": str(conversation), "after_seq": 0})
        state = next_frame(socket, "conversation")["conversation"]
        assert (state["holder_name"], set(state)) == (NAMES[language], set(ReaderConversation.model_fields))
        claimed = next_frame(socket, "messages")["items"][-1]
        assert (named(claimed), set(claimed)) == ({"name": NAMES[language]}, set(MessageView.model_fields))
    headers = {"Authorization": f"Bearer {token}"}
    thread = staff.get(f"/api/v1/conversations/{conversation}", headers=headers).json()
    assert set(thread["messages"][-1]) == set(MessageView.model_fields)
    assert set(thread["conversation"]) == set(ReaderConversation.model_fields)


def test_lists_states_and_notes_name_library_holder_and_writer_in_both(
    staff: TestClient, here: Workplace, townsfolk: Village, asked: tuple[str, UUID], language: str
) -> None:
    _, conversation = asked
    answering.claim(here, townsfolk.lin, conversation)
    correcting.write_note(here, townsfolk.lin, conversation, client_id=new_client_id(), body="请看卡。", mentions=[])
    with staff.websocket_connect("/ws/v1", headers=ORIGIN) as socket:
        staff_hello(socket)
        socket.send_json({"type": "watch", "desks": {str(townsfolk.desk_a): 0}})
        listed = next_frame(socket, "desk_list")["items"][0]
        socket.send_json({"type": "follow", "conversation_id": str(conversation), "after_seq": 0})
        opened = next_frame(socket, "staff_conversation")["conversation"]
        note = next_frame(socket, "notes")["items"][0]
    for item in (listed, opened):
        libraries = {key: item[f"library_{key}"] for key in LIBRARIES}
        holders = {key: item[f"holder_{key}"] for key in NAMES}
        assert (libraries, holders) == (LIBRARIES, NAMES)
        # What clients of this major version read already stays as it was.
        assert (item["library_name"], item["holder_name"]) == (LIBRARIES[language], NAMES[language])
    assert named(note) == {"name": NAMES[language], **BOTH}


def test_a_file_that_a_librarian_sends_is_answered_with_both_names(
    staff: TestClient, here: Workplace, townsfolk: Village, asked: tuple[str, UUID], language: str
) -> None:
    _, conversation = asked
    answering.claim(here, townsfolk.lin, conversation)
    opened = signing_in.sign_in(here, login="lin", password=PASSWORD, network="n")
    sign_in_cookie(staff, opened.token)
    headers = {
        "X-CSRF-Token": signing_in.recognise_staff(here, opened.token).csrf_token,
        "X-File-Name": "card.txt",
        "X-Client-Id": new_client_id(),
    }
    path = f"/api/v1/staff/conversations/{conversation}/attachments"
    sent = staff.post(path, content="借阅规则".encode(), headers=headers)
    assert sent.status_code == 201, sent.text
    assert named(sent.json()) == {"name": NAMES[language], **BOTH}
