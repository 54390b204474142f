"""Readers who left an address hear of answers that came while they were away: once, seldom, until they stop it."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from qa_server.conversations.models import Resolution
from qa_server.desk import answering, asking, filling_in, linking, talking
from qa_server.desk.asking import KnownReader
from qa_server.desk.linking import MAX_MAILED_LINKS
from qa_server.desk.sending_letters import AWAY_AFTER, PAUSE, send_due, write_notices
from qa_server.desk.workplace import Workplace
from qa_server.mail.models import AnswerNotice
from tests.fakes import Clock
from tests.mail.mailroom import Mailroom, words_of
from tests.village import Village, come_in, new_client_id, question

ADDRESS = "reader@example.org"


@pytest.fixture
def conversation(place: Workplace, people: Village, reader: KnownReader) -> UUID:
    """Their question, held by LIN, with an address beside it."""
    asked = asking.ask(place, reader, question())[0].conversation.id
    answering.claim(place, people.lin, asked)
    filling_in.leave_address(place, reader, asked, ADDRESS, language="zh-CN")
    return asked


def answer(place: Workplace, people: Village, conversation: UUID, body: str = "可以网上续借。") -> int:
    """Let LIN write; return the number of the message."""
    said = talking.say_as_librarian(place, people.lin, conversation, client_id=new_client_id(), body=body)
    return said.seq


def look(place: Workplace) -> int:
    """Do once what the background does; return how many letters went out."""
    write_notices(place)
    return send_due(place)


def test_an_answer_that_is_not_read_is_told_of_once_with_a_link_and_without_words(
    place: Workplace, people: Village, conversation: UUID, clock: Clock, mailroom: Mailroom
) -> None:
    answer(place, people, conversation, "续借密码是八位数字")
    assert look(place) == 0, "a reader who turns a page is not away"
    clock.forward(seconds=AWAY_AFTER.total_seconds() + 1)
    assert look(place) == 1
    clock.forward(hours=1)
    assert look(place) == 0
    ((recipient, message),) = mailroom.arrived
    assert recipient == ADDRESS
    text = words_of(message)
    assert "续借密码" not in text + words_of(message, "html") + message["Subject"]
    token = text.partition("#my=")[2].split()[0]
    assert "https://ask.example.edu/ask/AAA#my=" in text
    there = asking.recognise(place, token)
    assert [each.id for each in asking.my_questions(place, there, before=None).items] == [conversation]


def test_at_most_one_letter_within_ten_minutes(
    place: Workplace, people: Village, conversation: UUID, clock: Clock, mailroom: Mailroom
) -> None:
    for _ in range(3):
        answer(place, people, conversation)
        clock.forward(minutes=2)
        look(place)
    assert len(mailroom.arrived) == 1
    clock.forward(seconds=PAUSE.total_seconds())
    look(place)
    assert len(mailroom.arrived) == 2


def test_who_is_here_or_has_read_it_gets_no_letter(
    place: Workplace, people: Village, reader: KnownReader, conversation: UUID, clock: Clock, mailroom: Mailroom
) -> None:
    seq = answer(place, people, conversation)
    clock.forward(minutes=5)
    place.presence.arrive(("reader", conversation))
    assert look(place) == 0
    place.presence.leave(("reader", conversation))
    talking.see_as_reader(place, reader, conversation, seq)
    assert look(place) == 0
    answer(place, people, conversation)
    clock.forward(minutes=5)
    assert look(place) == 1


def test_what_the_reader_writes_and_what_merely_happens_is_no_answer(
    place: Workplace, people: Village, reader: KnownReader, conversation: UUID, clock: Clock, mailroom: Mailroom
) -> None:
    talking.say_as_reader(place, reader, conversation, client_id=new_client_id(), body="还在吗？")
    answering.give_back(place, people.lin, conversation)
    clock.forward(minutes=5)
    assert look(place) == 0


def test_taking_the_address_away_stops_the_letters(
    place: Workplace, people: Village, reader: KnownReader, conversation: UUID, clock: Clock, mailroom: Mailroom
) -> None:
    filling_in.leave_address(place, reader, conversation, "")
    answer(place, people, conversation)
    clock.forward(minutes=5)
    assert look(place) == 0


def test_an_answer_before_the_end_is_told_of_and_the_address_goes_with_the_end(
    place: Workplace, people: Village, conversation: UUID, clock: Clock, mailroom: Mailroom
) -> None:
    answer(place, people, conversation)
    answering.close(place, people.lin, conversation, resolution=Resolution.ANSWERED, read_level=1)
    clock.forward(minutes=5)
    assert look(place) == 1
    with place.database.read() as session:
        assert session.scalars(select(AnswerNotice)).all() == []


def test_an_address_in_the_form_before_the_question_gets_word_too(
    place: Workplace, people: Village, clock: Clock, mailroom: Mailroom
) -> None:
    reader, _ = come_in(place)
    asked = question()
    with_address = type(asked)(asked.text, asked.client_id, asked.language, fields={"email": ADDRESS})
    conversation = asking.ask(place, reader, with_address)[0].conversation.id
    answering.claim(place, people.lin, conversation)
    answer(place, people, conversation)
    clock.forward(minutes=5)
    assert look(place) == 1


def test_links_in_letters_take_no_place_from_those_made_by_hand_and_end_when_switched_off(
    place: Workplace, people: Village, reader: KnownReader, conversation: UUID, clock: Clock, mailroom: Mailroom
) -> None:
    for _ in range(MAX_MAILED_LINKS + 2):
        answer(place, people, conversation)
        clock.forward(seconds=(PAUSE + timedelta(minutes=2)).total_seconds())
        look(place)
    assert len(mailroom.arrived) == MAX_MAILED_LINKS + 2
    assert linking.count_links(place, reader).links == MAX_MAILED_LINKS
    linking.revoke_links(place, reader)
    assert linking.count_links(place, reader).links == 0
