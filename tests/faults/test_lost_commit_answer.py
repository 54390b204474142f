"""A message is committed and nobody hears of it: the connection to PostgreSQL is cut before the commit's answer.

The sender is told that it was not saved and sends again; both sides must then have the message, once.
"""

from collections.abc import Iterator
from concurrent.futures import Future
from uuid import UUID

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from qa_server.conversations.models import Message
from qa_server.conversations.schemas import MessageView, ReviewView
from qa_server.desk import answering, asking, signing_in, talking
from qa_server.desk.asking import KnownReader
from qa_server.desk.talking import Said
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import MessagesPosted
from storage.database import Database, DatabaseBusy
from tests.conftest import make_app
from tests.databases import copied_postgres
from tests.fakes import Clock, Ear
from tests.faults.lost_answers import LostAnswers, losing_answers
from tests.qa_server.sockets import Frame, follow, hello, next_frame, say, sign_in_cookie, staff_hello
from tests.village import PASSWORD, Village, build, come_in, new_client_id, question

ORIGIN = {"Origin": "http://testserver"}
LONG_SECONDS = 60


@pytest.fixture
def proxy(postgres_template: str) -> Iterator[LostAnswers]:
    """A database behind the proxy, with the village in it."""
    with copied_postgres(postgres_template) as url, losing_answers(url) as made:
        yield made


@pytest.fixture
def client(proxy: LostAnswers, clock: Clock) -> Iterator[TestClient]:
    """The application on that database."""
    with TestClient(make_app(proxy.url, clock)) as opened:
        yield opened


@pytest.fixture
def here(client: TestClient) -> Workplace:
    """Its parts."""
    place: Workplace = client.app.state.place  # type: ignore[attr-defined]
    return place


@pytest.fixture
def village(here: Workplace) -> Village:
    """The people."""
    return build(here.database)


@pytest.fixture
def held(here: Workplace, village: Village) -> tuple[KnownReader, str, UUID]:
    """A reader, the token, and a conversation that LIN holds."""
    reader, token = come_in(here)
    asked = asking.ask(here, reader, question())[0].conversation.id
    answering.claim(here, village.lin, asked)
    return reader, token, asked


def stored(database: Database, conversation_id: UUID) -> list[tuple[int, str]]:
    """Return number and client id of each stored message, in order."""
    with database.read() as session:
        rows = session.scalars(select(Message).where(Message.conversation_id == conversation_id).order_by(Message.seq))
        return [(row.seq, row.client_id) for row in rows]


def announced(ear: Ear) -> list[tuple[int, str]]:
    """Return number and client id of each message that was announced."""
    posted = [each for each in ear.heard if isinstance(each, MessagesPosted)]
    return [(item.seq, item.client_id) for each in posted for item in each.items]


def test_a_message_whose_commit_answer_was_lost_is_announced_when_it_is_sent_again(
    proxy: LostAnswers, here: Workplace, held: tuple[KnownReader, str, UUID]
) -> None:
    reader, _, asked = held
    ear, client_id = Ear(), new_client_id()
    here.bus.listen(ear)
    proxy.lose_next()
    with pytest.raises(DatabaseBusy):
        talking.say_as_reader(here, reader, asked, client_id=client_id, body="存上了吗？")
    assert proxy.times_lost == 1
    # There is something that nobody has been told of.
    assert stored(here.database, asked)[-1] == (3, client_id)
    assert announced(ear) == []
    assert talking.say_as_reader(here, reader, asked, client_id=client_id, body="存上了吗？").seq == 3
    assert announced(ear) == [(3, client_id)]
    assert [client for _, client in stored(here.database, asked)].count(client_id) == 1


def test_a_batch_whose_commit_answer_was_lost_is_acknowledged_and_announced_in_order(
    proxy: LostAnswers, here: Workplace, held: tuple[KnownReader, str, UUID]
) -> None:
    reader, _, asked = held
    ear, client_ids = Ear(), [new_client_id() for _ in range(30)]
    here.bus.listen(ear)
    proxy.lose_next()
    sent = [_post(here, reader, Said(asked, client_id, "一起")) for client_id in client_ids]
    numbers = [_number(each) for each in sent]
    again = [
        talking.say_as_reader(here, reader, asked, client_id=client_id, body="一起").seq for client_id in client_ids
    ]
    assert proxy.times_lost == 1
    assert stored(here.database, asked)[2:] == list(zip(again, client_ids, strict=True))
    assert sorted(again) == again
    assert all(number in {None, seq} for number, seq in zip(numbers, again, strict=True))
    assert set(announced(ear)) == set(zip(again, client_ids, strict=True))


def test_the_other_side_gets_a_message_whose_commit_answer_was_lost_exactly_once(
    proxy: LostAnswers, client: TestClient, here: Workplace, held: tuple[KnownReader, str, UUID]
) -> None:
    _, token, asked = held
    sign_in_cookie(client, signing_in.sign_in(here, login="lin", password=PASSWORD, network="n").token)
    with (
        client.websocket_connect("/ws/v1") as reader,
        client.websocket_connect("/ws/v1", headers=ORIGIN) as librarian,
    ):
        hello(reader, token)
        staff_hello(librarian)
        follow(librarian, asked)
        follow(reader, asked)
        client_id = new_client_id()
        proxy.lose_next()
        _send(reader, asked, client_id)
        assert next_frame(reader, "error")["code"] == "database_busy"
        assert say(reader, asked, "存上了吗？", client_id)["seq"] == 3
        last = new_client_id()
        say(reader, asked, "收到了吗？", last)
        heard: list[Frame] = []
        while not heard or heard[-1]["client_id"] != last:
            heard += next_frame(librarian, "messages")["items"]
    assert [(item["seq"], item["client_id"]) for item in heard] == [(3, client_id), (4, last)]
    assert proxy.times_lost == 1


def _send(socket: object, conversation_id: UUID, client_id: str) -> None:
    said = {"type": "say", "conversation_id": str(conversation_id), "client_id": client_id, "body": "存上了吗？"}
    socket.send_json(said)  # type: ignore[attr-defined]


def _post(here: Workplace, reader: KnownReader, said: Said) -> "Future[MessageView | ReviewView | Exception]":
    answered: Future[MessageView | ReviewView | Exception] = Future()
    talking.post(here, reader, said, answered.set_result)
    return answered


def _number(sent: "Future[MessageView | ReviewView | Exception]") -> int | None:
    answer = sent.result(LONG_SECONDS)
    if isinstance(answer, MessageView):
        return answer.seq
    assert isinstance(answer, DatabaseBusy)
    return None
