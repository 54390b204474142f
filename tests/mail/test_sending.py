"""Letters get to the mail server once: whatever fails, whoever sends, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select

from qa_server.commands.doctor import _check_mail
from qa_server.conversations.errors import FieldInvalid
from qa_server.desk import asking, mailing
from qa_server.desk.asking import KnownReader
from qa_server.desk.mailing import MAX_TRANSCRIPTS, MailNotOffered
from qa_server.desk.sending_letters import send_due
from qa_server.desk.workplace import Workplace
from qa_server.live.rates import TooManyRequests
from qa_server.mail.models import LetterState, OutgoingLetter
from qa_server.mail.outbox import take_one
from storage.errors import NotFound
from tests.conftest import make_app
from tests.databases import copied_postgres
from tests.fakes import Clock
from tests.mail.conftest import PUBLIC, SENDER
from tests.mail.mailroom import Mailroom, free_port, open_mailroom, words_of
from tests.village import Village, build, come_in, question

ADDRESS = "reader@example.org"


def asked(place: Workplace, text: str = "怎么续借？") -> tuple[KnownReader, object]:
    """Ask as a new reader; return the reader and the conversation's id."""
    reader, _ = come_in(place)
    return reader, asking.ask(place, reader, question(text))[0].conversation.id


def request(place: Workplace, text: str = "怎么续借？", address: str = ADDRESS) -> None:
    """Ask, and ask for the transcript."""
    reader, conversation = asked(place, text)
    mailing.mail_transcript(place, reader, conversation, address, language="zh-CN", network="n")  # type: ignore[arg-type]


def only_letter(place: Workplace) -> OutgoingLetter:
    """Return the one letter there is."""
    with place.database.read() as session:
        return session.scalars(select(OutgoingLetter)).one()


@contextmanager
def another_start(place: Workplace, clock: Clock, port: int) -> Iterator[Workplace]:
    """Start the service anew on the same database, with a mail server on a port."""
    values = {"smtp_url": f"smtp://127.0.0.1:{port}", "mail_from": SENDER, "public_url": PUBLIC}
    url = place.database.engine.url.render_as_string(hide_password=False)
    other: Workplace = make_app(url, clock, **values).state.place
    try:
        yield other
    finally:
        other.messages.stop()
        other.search.stop()
        other.database.dispose()


def test_a_reader_gets_the_transcript_and_nothing_of_it_is_kept(
    place: Workplace, people: Village, mailroom: Mailroom
) -> None:
    request(place, "馆际互借要多久？")
    assert send_due(place) == 1
    ((recipient, message),) = mailroom.arrived
    assert recipient == ADDRESS
    assert "馆际互借要多久？" in words_of(message)
    assert "馆际互借要多久？" in words_of(message, "html")
    assert "AAA图书馆" in message["Subject"]
    kept = only_letter(place)
    assert (kept.state, kept.recipient, kept.subject, kept.text, kept.html) == ("sent", "", "", "", "")
    assert send_due(place) == 0


def test_letters_speak_the_language_that_was_asked_for(place: Workplace, people: Village, mailroom: Mailroom) -> None:
    reader, conversation = asked(place)
    for language in ("zh-TW", "en"):
        mailing.mail_transcript(place, reader, conversation, ADDRESS, language=language, network="n")  # type: ignore[arg-type]
    send_due(place)
    taiwan, english = (words_of(message) for _, message in mailroom.arrived)
    assert "諮詢" in taiwan
    assert "here is the transcript" in english


def test_only_the_reader_may_have_it_sent(place: Workplace, people: Village) -> None:
    _, conversation = asked(place)
    stranger, _ = come_in(place)
    with pytest.raises(NotFound):
        mailing.mail_transcript(place, stranger, conversation, ADDRESS, language="en", network="n")  # type: ignore[arg-type]


def test_an_address_nobody_can_write_to_is_refused(place: Workplace, people: Village) -> None:
    with pytest.raises(FieldInvalid):
        request(place, address="a@b.cn\r\nBcc: c@d.cn")


def test_a_conversation_is_sent_a_few_times_an_hour(place: Workplace, people: Village, clock: Clock) -> None:
    reader, conversation = asked(place)

    def send() -> None:
        mailing.mail_transcript(place, reader, conversation, ADDRESS, language="en", network="n")  # type: ignore[arg-type]

    for _ in range(MAX_TRANSCRIPTS):
        send()
    with pytest.raises(TooManyRequests):
        send()
    clock.forward(hours=1, seconds=1)
    send()


def test_without_a_mail_server_nothing_is_offered(sqlite_url: str, clock: Clock) -> None:
    place: Workplace = make_app(sqlite_url, clock).state.place
    build(place.database)
    with pytest.raises(MailNotOffered):
        request(place)
    place.database.dispose()


def test_a_server_that_is_down_is_tried_again_and_a_restart_in_between_sends_once(
    place: Workplace, people: Village, clock: Clock
) -> None:
    port = free_port()
    with another_start(place, clock, port) as first:
        request(first)
        assert send_due(first) == 0
        assert (only_letter(first).attempts, only_letter(first).error_code) == (1, "server_unreachable")
        assert send_due(first) == 0
        assert only_letter(first).attempts == 1, "tried again without a pause"
    clock.forward(minutes=2)
    with open_mailroom(port) as room, another_start(place, clock, port) as second:
        assert send_due(second) == 1
        assert send_due(second) == 0
    assert len(room.arrived) == 1


def test_a_process_that_died_while_sending_gives_its_letter_back(
    place: Workplace, people: Village, clock: Clock, mailroom: Mailroom
) -> None:
    request(place)
    with place.database.write() as session:
        assert take_one(session, clock()) is not None
    assert send_due(place) == 0
    clock.forward(minutes=6)
    assert send_due(place) == 1
    assert len(mailroom.arrived) == 1


def test_an_address_that_takes_no_letters_is_not_tried_again(
    place: Workplace, people: Village, clock: Clock, mailroom: Mailroom
) -> None:
    mailroom.refused = {ADDRESS: "550 no such user"}
    request(place)
    assert send_due(place) == 0
    kept = only_letter(place)
    assert (kept.state, kept.error_code, kept.recipient) == (LetterState.REFUSED, "recipient_refused", "")


def test_a_passing_refusal_is_tried_for_a_day_and_then_told_by_the_doctor(
    place: Workplace, people: Village, clock: Clock, mailroom: Mailroom
) -> None:
    mailroom.refused = {ADDRESS: "451 later"}
    request(place)
    for _ in range(40):
        send_due(place)
        clock.forward(hours=1)
    kept = only_letter(place)
    assert (kept.state, kept.text, kept.recipient) == (LetterState.GIVEN_UP, "", "")
    assert 15 < kept.attempts < 40
    (finding,) = _check_mail(place.database, place.settings)
    assert finding.subject == "recipient_refused: 1"
    assert finding.mend is not None
    finding.mend(place.database)
    assert list(_check_mail(place.database, place.settings)) == []


def test_two_processes_send_each_letter_once(postgres_template: str, clock: Clock, mailroom: Mailroom) -> None:
    with copied_postgres(postgres_template) as url:
        values = {"smtp_url": mailroom.url, "mail_from": SENDER, "reader_questions_per_hour": 100}
        both: list[Workplace] = [make_app(url, clock, **values).state.place for _ in range(2)]
        build(both[0].database)
        for number in range(12):
            request(both[0], f"第 {number} 个问题", f"reader{number}@example.org")
        with ThreadPoolExecutor(2) as pool:
            sent = list(pool.map(send_due, both))
        with both[0].database.read() as session:
            waiting = session.scalar(
                select(func.count()).where(OutgoingLetter.state == "waiting").select_from(OutgoingLetter)
            )
        for place in both:
            place.database.dispose()
    assert (sum(sent), waiting) == (12, 0)
    assert sorted(recipient for recipient, _ in mailroom.arrived) == sorted(f"reader{n}@example.org" for n in range(12))
