"""What a returning reader is sent of a held conversation is what the thread says."""

from uuid import UUID

import pytest

from qa_server.desk import answering, asking, talking
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from storage.errors import NotFound
from tests.village import Village, come_in, new_client_id, question


@pytest.fixture
def asked(place: Workplace, people: Village, reader: KnownReader) -> UUID:
    """A waiting question of the reader."""
    return asking.ask(place, reader, question())[0].conversation.id


def test_a_held_conversation_is_followed_as_the_thread_shows_it(
    place: Workplace, people: Village, reader: KnownReader, asked: UUID
) -> None:
    answering.claim(place, people.lin, asked)
    talking.say_as_librarian(place, people.lin, asked, client_id=new_client_id(), body="您好")
    talking.say_as_reader(place, reader, asked, client_id=new_client_id(), body="你好")
    whole, holder = asking.followed_thread(place, reader, asked, 0)
    assert holder == people.lin.id
    assert whole.conversation.holder_name is not None
    assert whole == asking.thread(place, reader, asked, 0)
    rest, _ = asking.followed_thread(place, reader, asked, 3)
    assert [message.body for message in rest.messages] == ["你好"]


def test_a_waiting_and_an_ended_one_are_followed_as_the_thread_shows_them(
    place: Workplace, reader: KnownReader, asked: UUID
) -> None:
    assert asking.followed_thread(place, reader, asked, 0) == (asking.thread(place, reader, asked, 0), None)
    asking.withdraw(place, reader, asked)
    assert asking.followed_thread(place, reader, asked, 0) == (asking.thread(place, reader, asked, 0), None)


def test_somebody_elses_held_conversation_is_not_found(
    place: Workplace, people: Village, reader: KnownReader, asked: UUID
) -> None:
    answering.claim(place, people.lin, asked)
    assert asking.followed_thread(place, reader, asked, 0)[1] == people.lin.id
    with pytest.raises(NotFound):
        asking.followed_thread(place, come_in(place)[0], asked, 0)
