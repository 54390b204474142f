"""Letters about commissions through a real mail server: who gets which, when none, in whose words."""

import json
from collections.abc import Iterator
from typing import get_args
from uuid import UUID

import pytest

from qa_server.commissions.definition import Operation
from qa_server.desk import asking, preferring
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import handling, requesting
from qa_server.desk.commissions.letters import letter_words, lettering
from qa_server.desk.commissions.letters.letter_words import LetterWordsRefused, PlaceholderUnknown
from qa_server.desk.commissions.letters.reminding import look_after_due
from qa_server.desk.commissions.money import accounts, paying
from qa_server.desk.commissions.money.quoting import Offer
from qa_server.desk.preferring import Preferences
from qa_server.desk.sending_letters import send_due
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language
from qa_server.network import node_settings
from qa_server.people.models import Role
from qa_server.people.rights import StaffMember
from storage.errors import Forbidden
from tests.commissions.till import empowered, pays_first, sends_proof, some
from tests.commissions.village_work import CONTACT, answers, staff, submitted
from tests.conftest import make_app
from tests.fakes import Clock
from tests.mail.mailroom import Mailroom, open_mailroom, words_of
from tests.village import Village, build, come_in, new_client_id

LIN = "lin@staff.example"
CHEN = "chen@staff.example"


@pytest.fixture
def mailroom() -> Iterator[Mailroom]:
    """A mail server."""
    with open_mailroom() as room:
        yield room


@pytest.fixture
def place(database_url: str, clock: Clock, mailroom: Mailroom) -> Iterator[Workplace]:
    """The parts that use cases work with, with mail."""
    values = {"smtp_url": mailroom.url, "mail_from": "ask@example.edu", "public_url": "https://ask.example.edu"}
    workplace: Workplace = make_app(database_url, clock, **values).state.place
    yield workplace
    workplace.messages.stop()
    workplace.search.stop()
    workplace.database.dispose()


@pytest.fixture
def letters_to_staff(place: Workplace, people: Village) -> None:
    """LIN and CHEN left an address."""
    preferring.prefer(place, people.lin, Preferences(mail_address=LIN))
    preferring.prefer(place, people.chen, Preferences(mail_address=CHEN))


def arrived(place: Workplace, mailroom: Mailroom) -> list[tuple[str, str]]:
    """Send what is due; return recipient and subject of what came, and empty the mailroom."""
    send_due(place)
    found = [(recipient, str(message["Subject"])) for recipient, message in mailroom.arrived]
    mailroom.arrived.clear()
    return sorted(found)


def number(place: Workplace, person: StaffMember, commission_id: UUID) -> str:
    """Return the number of a commission."""
    return handling.read(place, person, commission_id, language="zh").number


def say(place: Workplace, village: Village, commission_id: UUID, body: str) -> None:
    """Let LIN write to the reader."""
    handling.say(
        place,
        village.lin,
        commission_id,
        client_id=new_client_id(),
        body=body,
        is_note=False,
        language="zh",
    )


@pytest.mark.usefixtures("letters_to_staff")
def test_the_reader_and_the_desk_hear_of_a_commission_and_the_link_opens_it(
    place: Workplace, people: Village, reader: KnownReader, mailroom: Mailroom
) -> None:
    commission_id = submitted(place, reader)
    named = number(place, people.lin, commission_id)
    assert send_due(place) == 3
    by_address = dict(mailroom.arrived)
    assert set(by_address) == {CONTACT.email, LIN, CHEN}
    text = words_of(by_address[CONTACT.email])
    assert named in str(by_address[CONTACT.email]["Subject"])
    assert CONTACT.name in text
    assert "王小渡论文收录引用检索" not in text, "letters say nothing of what the reader wrote"
    link, _, token = text.partition("#my=")
    assert link.endswith(f"https://ask.example.edu/services/AAA/c/{commission_id}")
    there = asking.recognise(place, token.split()[0])
    assert requesting.read(place, there, commission_id, language="zh").number == named
    staff_text = words_of(by_address[LIN])
    assert f"/console/commissions/{commission_id}" in staff_text
    assert "#my=" not in staff_text


@pytest.mark.usefixtures("letters_to_staff")
def test_nobody_is_told_what_they_did_themselves(
    place: Workplace, people: Village, reader: KnownReader, mailroom: Mailroom
) -> None:
    commission_id = submitted(place, reader)
    arrived(place, mailroom)
    staff(place, people.lin, commission_id, "accept")
    assert [who for who, _ in arrived(place, mailroom)] == [CONTACT.email]
    staff(place, people.lin, commission_id, "quote", offer=Offer())
    ((who, subject),) = arrived(place, mailroom)
    assert (who, "报价" in subject) == (CONTACT.email, True)
    answers(place, reader, commission_id, Operation.DECLINE_QUOTE, reason="太贵")
    assert [who for who, _ in arrived(place, mailroom)] == [LIN], "only who has it in hand is told, and not the reader"


def test_how_to_pay_comes_after_the_readers_own_step_with_the_librarys_account(
    place: Workplace, people: Village, reader: KnownReader, mailroom: Mailroom
) -> None:
    with place.database.write() as session:
        account = {"zh": "户名：示例大学\n账号：0000 1111", "en": ""}
        node_settings.set_value(
            session, people.nation, "commissions.payment_account", account, is_locked=False, by=None, now=place.clock()
        )
    pays_first(place, reader, people.lin)
    send_due(place)
    text = words_of(mailroom.arrived[-1][1])
    assert "40.00 CNY" in text
    assert "账号：0000 1111" in text


def test_a_rejected_proof_asks_again_without_saying_why_in_the_letter(
    place: Workplace, people: Village, reader: KnownReader, mailroom: Mailroom
) -> None:
    commission_id = pays_first(place, reader, people.lin)
    cashier = empowered(place, people.chen, people.library_a)
    sends_proof(place, reader, commission_id)
    arrived(place, mailroom)
    proof = accounts.account(place, cashier, commission_id).lines[-1].id
    paying.reject(place, cashier, commission_id, proof, some(note="户名不符，写着别人"))
    send_due(place)
    ((_, message),) = mailroom.arrived
    assert "凭证" in str(message["Subject"])
    assert "写着别人" not in words_of(message)


def test_messages_within_minutes_make_one_letter_and_none_when_read(
    place: Workplace, people: Village, reader: KnownReader, mailroom: Mailroom, clock: Clock
) -> None:
    commission_id = submitted(place, reader)
    arrived(place, mailroom)
    for body in ("请补充单位英文名", "还有作者英文名"):
        say(place, people, commission_id, body)
        clock.forward(minutes=2)
    assert arrived(place, mailroom) == []
    clock.forward(minutes=2)
    assert [who for who, _ in arrived(place, mailroom)] == [CONTACT.email]
    say(place, people, commission_id, "收到，谢谢")
    last = requesting.read(place, reader, commission_id, language="zh").last_seq
    requesting.see(place, reader, commission_id, last)
    clock.forward(minutes=10)
    assert arrived(place, mailroom) == []


@pytest.mark.usefixtures("letters_to_staff")
def test_a_readers_message_goes_to_whoever_has_it_and_notes_to_nobody(
    place: Workplace, people: Village, reader: KnownReader, mailroom: Mailroom, clock: Clock
) -> None:
    commission_id = submitted(place, reader)
    staff(place, people.lin, commission_id, "accept")
    arrived(place, mailroom)
    requesting.say(place, reader, commission_id, client_id=new_client_id(), body="几时能好？", language="zh")
    handling.say(place, people.chen, commission_id, client_id=new_client_id(), body="内部", is_note=True, language="zh")
    clock.forward(minutes=6)
    assert [who for who, _ in arrived(place, mailroom)] == [LIN]


@pytest.mark.usefixtures("letters_to_staff")
def test_who_wants_no_letters_gets_none(
    place: Workplace, people: Village, reader: KnownReader, mailroom: Mailroom
) -> None:
    preferring.prefer(place, people.lin, Preferences(mail_address=LIN, mails_commissions=False))
    with place.database.write() as session:
        node_settings.set_value(
            session, people.library_b, "commissions.sends_letters", False, is_locked=False, by=None, now=place.clock()
        )
    submitted(place, reader)
    assert [who for who, _ in arrived(place, mailroom)] == [CHEN, CONTACT.email]
    with place.database.write() as session:
        node_settings.set_value(
            session, people.nation, "commissions.sends_letters", False, is_locked=True, by=None, now=place.clock()
        )
    submitted(place, reader)
    assert arrived(place, mailroom) == []


@pytest.mark.usefixtures("letters_to_staff")
def test_what_nobody_takes_up_is_told_to_the_next_desk(
    place: Workplace, people: Village, reader: KnownReader, mailroom: Mailroom, clock: Clock
) -> None:
    empowered(place, people.chen, people.library_a)
    submitted(place, reader)
    arrived(place, mailroom)
    clock.forward(hours=8)
    look_after_due(place)
    ((who, subject),) = arrived(place, mailroom)
    assert (who, "无人受理" in subject) == (CHEN, True)


def test_a_library_says_it_in_its_own_words_and_others_keep_theirs(
    place: Workplace, people: Village, reader: KnownReader, mailroom: Mailroom
) -> None:
    centre = empowered(place, people.zhou, people.nation, Role.CENTRE_ADMINISTRATOR)
    words = {"subject": "【{library}】{number} 收到", "body": "{name}：\n\n收到了。"}
    lettering.set_words(place, centre, "NAT", "submit", "zh", **words)
    lettering.set_words(place, centre, "BBB", "submit", "zh", subject="乙馆 {number}", body="乙馆收到。")
    submitted(place, reader)
    ((_, subject),) = arrived(place, mailroom)
    assert subject.startswith("【AAA图书馆】W-AAA-2026-")
    shown = {each.kind: each for each in lettering.words_at(place, centre, "AAA", "zh")}
    assert (shown["submit"].is_own, shown["submit"].origin.code if shown["submit"].origin else None) == (False, "NAT")
    lettering.clear_words(place, centre, "NAT", "submit", "zh")
    submitted(place, reader)
    ((_, subject),) = arrived(place, mailroom)
    assert subject.startswith("AAA图书馆已收到")


def test_words_that_cannot_be_filled_are_refused_and_nobody_else_may_set_them(
    place: Workplace, people: Village
) -> None:
    centre = empowered(place, people.zhou, people.nation, Role.CENTRE_ADMINISTRATOR)
    with pytest.raises(PlaceholderUnknown) as refused:
        lettering.set_words(place, centre, "NAT", "submit", "zh", subject="{nombre}", body="x")
    assert "{nombre}" in str(refused.value.details["placeholder"])
    for subject, body in (("", "x"), ("x", " "), ("x", "一个 { 括号"), ("x" * 161, "x"), ("{name.__class__}", "x")):
        with pytest.raises((LetterWordsRefused, PlaceholderUnknown)):
            lettering.set_words(place, centre, "NAT", "submit", "zh", subject=subject, body=body)
    with pytest.raises(Forbidden):
        lettering.set_words(place, people.lin, "AAA", "submit", "zh", subject="x", body="x")
    shown = lettering.preview("en", subject="{number}", body="Dear {name},\n\n{amount}")
    assert (shown.subject, shown.paragraphs) == ("W-DHU-2026-00017", ["Dear Wang Xiaodu,", "40.00"])


def test_our_own_words_are_whole_in_both_languages() -> None:
    assert len(letter_words.kinds()) > 15
    for kind in letter_words.kinds():
        for language in get_args(Language):
            words = letter_words.shipped_words(kind, language)
            checked = letter_words.check_words(words.subject, words.body)
            assert json.dumps([checked.subject, checked.body]) == json.dumps([words.subject, words.body])


def test_without_an_address_or_a_mail_server_the_work_goes_on_all_the_same(sqlite_url: str, clock: Clock) -> None:
    quiet: Workplace = make_app(sqlite_url, clock).state.place
    people = build(quiet.database)
    reader, _ = come_in(quiet)
    commission_id = submitted(quiet, reader)
    assert staff(quiet, people.lin, commission_id, "accept").state == "accepted"
    assert send_due(quiet) == 0
    quiet.database.dispose()


def test_the_desk_to_which_it_is_handed_on_hears_of_it_and_an_overdue_one_climbs_the_tree(
    place: Workplace, people: Village, reader: KnownReader, mailroom: Mailroom, clock: Clock
) -> None:
    centre = empowered(place, people.zhou, people.nation, Role.CENTRE_ADMINISTRATOR)
    preferring.prefer(place, centre, Preferences(mail_address="zhou@staff.example"))
    preferring.prefer(place, people.grace, Preferences(mail_address="grace@staff.example"))
    commission_id = submitted(place, reader)
    arrived(place, mailroom)
    staff(place, people.lin, commission_id, "transfer", reason="本馆不做", library_code="BBB")
    # ZHOU serves at the desk that gave it away.
    told = {who for who, _ in arrived(place, mailroom)}
    assert told == {"grace@staff.example", "zhou@staff.example", CONTACT.email}
    staff(place, people.grace, commission_id, "take_over")
    staff(place, people.grace, commission_id, "quote", offer=Offer())
    answers(place, reader, commission_id, Operation.ACCEPT_QUOTE)
    staff(place, people.grace, commission_id, "begin")
    clock.forward(hours=70)
    arrived(place, mailroom)
    spoken: list[str] = []
    for _ in range(30):
        look_after_due(place)
        spoken += [who for who, _ in arrived(place, mailroom)]
        clock.forward(hours=6)
    # GRACE before and after the deadline; the centre once, two levels above the library that does the work.
    assert spoken == ["grace@staff.example", "grace@staff.example", "zhou@staff.example"]
