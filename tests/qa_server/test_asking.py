"""A reader asks, reads on, withdraws and rates; nobody else sees any of it."""

from uuid import uuid4

import pytest

from qa_server.conversations.errors import ConversationEnded, ConversationNotEnded, MessageEmpty, MessageTooLong
from qa_server.conversations.models import Resolution
from qa_server.desk import answering, asking, talking
from qa_server.desk.workplace import Workplace
from qa_server.live.rates import TooManyRequests
from qa_server.people.errors import ReaderUnknown
from storage.errors import NotFound
from tests.fakes import Ear
from tests.village import Village, come_in, new_client_id, question


def test_a_question_waits_at_the_desk_of_the_readers_library(place: Workplace, people: Village) -> None:
    reader, _ = come_in(place, "AAA")
    thread, is_new = asking.ask(place, reader, question("怎么续借？"))
    assert is_new
    assert thread.conversation.state == "waiting"
    assert thread.conversation.position == 1
    assert thread.conversation.number == "AAA-2026-000001"
    assert [(m.seq, m.author, m.body) for m in thread.messages] == [(1, "reader", "怎么续借？")]
    assert [item.id for item in answering.desk_listing(place, people.lin, people.desk_a).items] == [
        thread.conversation.id
    ]


def test_asking_twice_with_one_client_id_gives_one_question(place: Workplace, people: Village) -> None:
    reader, _ = come_in(place)
    asked = question()
    first, _ = asking.ask(place, reader, asked)
    second, is_new = asking.ask(place, reader, asked)
    assert not is_new
    assert second.conversation.id == first.conversation.id


def test_numbers_and_places_in_the_queue_follow_the_order_of_asking(place: Workplace, people: Village) -> None:
    reader, _ = come_in(place)
    threads = [asking.ask(place, reader, question())[0] for _ in range(3)]
    assert [t.conversation.number[-6:] for t in threads] == ["000001", "000002", "000003"]
    assert [t.conversation.position for t in threads] == [1, 2, 3]


def test_another_reader_finds_neither_the_question_nor_that_it_exists(place: Workplace, people: Village) -> None:
    reader, _ = come_in(place)
    thread, _ = asking.ask(place, reader, question())
    stranger, _ = come_in(place)
    assert asking.thread(place, reader, thread.conversation.id, 0).messages
    with pytest.raises(NotFound) as others:
        asking.thread(place, stranger, thread.conversation.id, 0)
    with pytest.raises(NotFound) as nobodys:
        asking.thread(place, stranger, uuid4(), 0)
    assert str(others.value) == str(nobodys.value)
    assert asking.my_questions(place, stranger, before=None).items == []


def test_an_unknown_token_is_refused(place: Workplace, people: Village) -> None:
    with pytest.raises(ReaderUnknown):
        asking.recognise(place, "not-a-token")


@pytest.mark.parametrize(
    ("text", "error"), [("  \n ", MessageEmpty), ("\x00\x07", MessageEmpty), ("字" * 8001, MessageTooLong)]
)
def test_an_empty_or_endless_question_is_refused(
    place: Workplace, people: Village, text: str, error: type[Exception]
) -> None:
    reader, _ = come_in(place)
    with pytest.raises(error):
        asking.ask(place, reader, question(text))


def test_control_characters_are_left_out_and_line_breaks_kept(place: Workplace, people: Village) -> None:
    reader, _ = come_in(place)
    thread, _ = asking.ask(place, reader, question("一\x00\r\n二\ud800"))
    assert thread.messages[0].body == "一\n二"


def test_a_flood_of_questions_is_stopped_and_says_when_to_try_again(place: Workplace, people: Village) -> None:
    reader, _ = come_in(place)
    for _ in range(place.settings.reader_questions_per_hour):
        asking.ask(place, reader, question())
    with pytest.raises(TooManyRequests) as refusal:
        asking.ask(place, reader, question())
    assert 0 < int(str(refusal.value.details["retry_after_seconds"])) <= 3600


def test_a_waiting_question_can_be_withdrawn_and_leaves_the_desk(place: Workplace, people: Village) -> None:
    reader, _ = come_in(place)
    thread, _ = asking.ask(place, reader, question())
    assert asking.withdraw(place, reader, thread.conversation.id).state == "withdrawn"
    assert answering.desk_listing(place, people.lin, people.desk_a).items == []
    with pytest.raises(ConversationEnded):
        asking.withdraw(place, reader, thread.conversation.id)


def test_a_reader_who_leaves_a_held_chat_closes_it(place: Workplace, people: Village) -> None:
    reader, _ = come_in(place)
    thread, _ = asking.ask(place, reader, question())
    answering.claim(place, people.lin, thread.conversation.id)
    left = asking.withdraw(place, reader, thread.conversation.id)
    assert (left.state, left.resolution) == ("closed", Resolution.READER_LEFT)
    with pytest.raises(ConversationEnded):
        talking.say_as_librarian(place, people.lin, thread.conversation.id, client_id=new_client_id(), body="还在吗？")


def test_only_an_ended_conversation_can_be_rated_and_the_rating_may_change(place: Workplace, people: Village) -> None:
    reader, _ = come_in(place)
    thread, _ = asking.ask(place, reader, question())
    with pytest.raises(ConversationNotEnded):
        asking.rate(place, reader, thread.conversation.id, stars=5, comment=None)
    asking.withdraw(place, reader, thread.conversation.id)
    assert asking.rate(place, reader, thread.conversation.id, stars=2, comment="慢").rating == 2
    assert asking.rate(place, reader, thread.conversation.id, stars=4, comment=None).rating == 4


def test_a_new_question_is_announced_to_the_desk_with_its_next_version(
    place: Workplace, people: Village, ear: Ear
) -> None:
    reader, _ = come_in(place)
    asking.ask(place, reader, question())
    asking.ask(place, reader, question())
    versions = [a.version for a in ear.heard if a.kind == "desk_changed"]
    assert versions == [1, 2]
    assert answering.desk_listing(place, people.lin, people.desk_a).version == 2


def test_older_questions_come_in_pages(place: Workplace, people: Village) -> None:
    place.settings.reader_questions_per_hour = 100
    reader, _ = come_in(place)
    asked = [asking.ask(place, reader, question())[0].conversation.id for _ in range(20)]
    page = asking.my_questions(place, reader, before=None)
    assert [item.id for item in page.items] == asked[::-1]
    assert page.next_before is None
