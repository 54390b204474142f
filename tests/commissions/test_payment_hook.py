"""A payment service beside the library: told what is to be paid, and believed only where it signs what is right."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from qa_server import cli
from qa_server.commissions import money
from qa_server.commissions.models import CommissionEntry
from qa_server.commissions.money_errors import (
    EventReused,
    PaymentAddressRefused,
    PaymentCallRefused,
    PaymentCallStale,
    PaymentDiffers,
    RefundDiffers,
)
from qa_server.commissions.money_models import PaymentCall, PaymentHook
from qa_server.commissions.payment_signing import seconds_of, sign
from qa_server.conversations.errors import FieldInvalid
from qa_server.conversations.sealing import OriginalLost
from qa_server.desk.articles.drafting import keys_of
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import handling, requesting
from qa_server.desk.commissions.money import paying, payment_notices, payment_secrets, payment_services
from qa_server.desk.commissions.money.payment_hook import send_due
from qa_server.desk.commissions.money.payment_notices import NoticeAnswer
from qa_server.desk.commissions.money.payment_secrets import KeptSecret
from qa_server.desk.commissions.records import EntryView
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Role
from qa_server.people.rights import StaffMember
from storage.errors import AppError, Forbidden, NotFound
from tests.commissions.till import empowered, pays_first, some, stands
from tests.commissions.village_work import staff
from tests.conftest import make_app
from tests.fakes import Clock
from tests.village import Village, build, come_in

SERVICE = Path(__file__).parent / "payment_service.py"


@pytest.fixture
def place(database_url: str, clock: Clock) -> Iterator[Workplace]:
    """The parts that use cases work with; payment services may be on this machine."""
    values = {"payment_private_addresses": True, "public_url": "https://ask.example.edu"}
    workplace: Workplace = make_app(database_url, clock, **values).state.place
    yield workplace
    workplace.messages.stop()
    workplace.search.stop()
    workplace.database.dispose()


@pytest.fixture
def administrator(place: Workplace, people: Village) -> StaffMember:
    """ZHOU, who administers library A."""
    return empowered(place, people.zhou, people.library_a, Role.LIBRARY_ADMINISTRATOR)


@pytest.fixture
def secret(place: Workplace, administrator: StaffMember) -> bytes:
    """The secret of library A's payment service, which only tells us and is not told."""
    payment_services.set_up(place, administrator, "AAA", address="", is_on=True)
    return payment_services.make_secret(place, administrator, "AAA").encode()


@contextmanager
def payment_service(secret: str, *, refusals: int = 0) -> Iterator[tuple[str, Any]]:
    """A payment service in a process of its own; yields its address and a way to read what it was told next."""
    command = [sys.executable, str(SERVICE), secret, str(refusals)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        out = process.stdout
        try:
            yield f"http://127.0.0.1:{int(out.readline())}/wenjin", lambda: json.loads(out.readline())
        finally:
            process.terminate()


def number_of(place: Workplace, person: StaffMember, commission_id: UUID) -> str:
    """Return the number of a commission."""
    return handling.read(place, person, commission_id, language="zh").number


def tells(
    place: Workplace, secret: bytes, told: dict[str, str], *, late: timedelta = timedelta(), code: str = "AAA"
) -> NoticeAnswer:
    """Let the payment service tell of a payment."""
    body = json.dumps({"kind": "payment.paid", "currency": "CNY", **told}).encode()
    timestamp = seconds_of(place.clock() - late)
    return payment_notices.take(
        place, code, timestamp=str(timestamp), signature=sign(secret, timestamp, body), body=body
    )


def calls(place: Workplace) -> list[tuple[str, str, str, int]]:
    """Return kind, amount, state and attempts of every call."""
    with place.database.read() as session:
        rows = session.scalars(select(PaymentCall).order_by(PaymentCall.id)).all()
        return [(row.kind, str(row.amount), row.state, row.attempts) for row in rows]


def test_a_real_payment_service_is_told_collects_and_tells_back(
    place: Workplace, people: Village, reader: KnownReader, administrator: StaffMember
) -> None:
    secret = payment_services.make_secret(place, administrator, "AAA")
    with payment_service(secret) as (address, heard):
        payment_services.set_up(place, administrator, "AAA", address=address, is_on=True)
        commission_id = pays_first(place, reader, people.lin)
        assert send_due(place) == 1
        told = heard()
        assert told["is_right"]
        body = told["body"]
        assert (body["kind"], body["amount"], body["currency"]) == ("payment.due", "40.00", "CNY")
        assert body["answer_to"] == "https://ask.example.edu/api/v1/payments/AAA"
        assert "王小渡" not in json.dumps(body, ensure_ascii=False)
        told_back = {"event_id": "event-0001", "commission": body["commission"], "amount": body["amount"]}
        answer = tells(place, secret.encode(), told_back)
        assert (answer.outcome, answer.is_repeated) == ("paid", False)
        assert stands(place, commission_id)[1:] == ("paid", "confirmed")
        # What it collected itself it need not be told of.
        assert send_due(place) == 0
    assert calls(place) == [("payment.due", "40.00", "sent", 1)]


def test_a_service_that_is_down_is_told_again_in_order_and_later_what_no_longer_is_due(
    place: Workplace, people: Village, reader: KnownReader, administrator: StaffMember, clock: Clock
) -> None:
    secret = payment_services.make_secret(place, administrator, "AAA")
    cashier = empowered(place, people.chen, people.library_a)
    with payment_service(secret, refusals=1) as (address, heard):
        payment_services.set_up(place, administrator, "AAA", address=address, is_on=True)
        commission_id = pays_first(place, reader, people.lin)
        assert send_due(place) == 0
        paying.receive(place, cashier, commission_id, some())
        assert send_due(place) == 0, "the newer call overtook the one that waits"
        clock.forward(minutes=1)
        assert send_due(place) == 2
        assert [heard()["body"]["kind"], heard()["body"]["kind"]] == ["payment.due", "payment.cancelled"]
    assert [call[2:] for call in calls(place)] == [("sent", 2), ("sent", 1)]


def test_a_part_paid_by_hand_makes_the_service_ask_for_the_rest(
    place: Workplace, people: Village, reader: KnownReader, administrator: StaffMember
) -> None:
    payment_services.set_up(place, administrator, "AAA", address="http://127.0.0.1:9/x", is_on=True)
    cashier = empowered(place, people.chen, people.library_a)
    commission_id = pays_first(place, reader, people.lin)
    paying.receive(place, cashier, commission_id, some("15.00"))
    assert [call[:2] for call in calls(place)] == [("payment.due", "40.00"), ("payment.due", "25.00")]


def test_without_a_service_or_switched_off_nobody_is_told(
    place: Workplace, people: Village, reader: KnownReader, administrator: StaffMember, clock: Clock
) -> None:
    pays_first(place, reader, people.lin)
    assert calls(place) == []
    payment_services.set_up(place, administrator, "AAA", address="http://127.0.0.1:9/x", is_on=True)
    pays_first(place, reader, people.lin)
    payment_services.set_up(place, administrator, "AAA", address="http://127.0.0.1:9/x", is_on=False)
    assert send_due(place) == 0
    assert [call[2] for call in calls(place)] == ["given_up"]


def test_private_addresses_are_not_called_unless_the_operator_allows_it(sqlite_url: str, clock: Clock) -> None:
    guarded: Workplace = make_app(sqlite_url, clock, public_url="https://ask.example.edu").state.place
    people = build(guarded.database)
    reader, _ = come_in(guarded)
    administrator = empowered(guarded, people.zhou, people.library_a, Role.LIBRARY_ADMINISTRATOR)
    with pytest.raises(PaymentAddressRefused):
        payment_services.set_up(guarded, administrator, "AAA", address="http://pay.example.edu/x", is_on=True)
    payment_services.set_up(guarded, administrator, "AAA", address="https://127.0.0.1/x", is_on=True)
    pays_first(guarded, reader, people.lin)
    assert send_due(guarded) == 0
    with guarded.database.read() as session:
        assert session.scalars(select(PaymentCall.error_code)).one() == "address_refused"
    guarded.database.dispose()


def test_what_is_not_signed_or_not_fresh_is_refused_without_a_hint(
    place: Workplace, people: Village, reader: KnownReader, secret: bytes
) -> None:
    commission_id = pays_first(place, reader, people.lin)
    told = {"event_id": "event-0001", "commission": number_of(place, people.lin, commission_id), "amount": "40.00"}
    with pytest.raises(PaymentCallRefused):
        tells(place, b"another secret", told)
    for code in ("BBB", "ZZZZ"):
        with pytest.raises(PaymentCallRefused):
            tells(place, secret, told, code=code)
    with pytest.raises(PaymentCallRefused):
        payment_notices.take(place, "AAA", timestamp="soon", signature="v1=", body=b"{}")
    for late in (timedelta(minutes=5, seconds=1), -timedelta(minutes=5, seconds=2)):
        with pytest.raises(PaymentCallStale):
            tells(place, secret, told, late=late)
    assert stands(place, commission_id)[1] == "due"
    assert tells(place, secret, told, late=timedelta(minutes=4)).outcome == "paid"


def test_the_same_event_counts_once_and_not_for_something_else(
    place: Workplace, people: Village, reader: KnownReader, secret: bytes
) -> None:
    commission_id = pays_first(place, reader, people.lin)
    told = {"event_id": "event-0001", "commission": number_of(place, people.lin, commission_id), "amount": "40.00"}
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: tells(place, secret, told), range(3)))
    assert sorted(answer.is_repeated for answer in answers) == [False, True, True]
    assert str(stands(place, commission_id)[0].paid) == "40.00"
    with pytest.raises(EventReused):
        tells(place, secret, {**told, "amount": "1.00"})


@pytest.mark.parametrize("wrong", [{"amount": "39.99"}, {"amount": "40.01"}, {"currency": "USD"}])
def test_a_sum_that_does_not_match_is_refused_and_kept_for_the_cashier(
    place: Workplace, people: Village, reader: KnownReader, secret: bytes, wrong: dict[str, str]
) -> None:
    commission_id = pays_first(place, reader, people.lin)
    told = {"event_id": "event-0001", "commission": number_of(place, people.lin, commission_id), "amount": "40.00"}
    for _ in range(2):
        with pytest.raises(PaymentDiffers):
            tells(place, secret, {**told, **wrong})
    assert stands(place, commission_id)[1:] == ("due", "awaiting_payment")
    with place.database.read() as session:
        kept = select(CommissionEntry).where(CommissionEntry.key == "differs")
        (entry,) = session.scalars(kept).all()
    assert entry.is_private
    assert entry.details["amount"] == {**told, **wrong}["amount"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"kind": "payment.paid"}',
        b"[" * 5_000,
        b'{"kind": "payment.refunded"}',
        b'{"kind": "payment.won"}',
    ],
    ids=range(8),
)
def test_a_signed_call_that_makes_no_sense_is_refused(
    place: Workplace, people: Village, secret: bytes, body: bytes
) -> None:
    timestamp = seconds_of(place.clock())
    with pytest.raises(FieldInvalid):
        payment_notices.take(place, "AAA", timestamp=str(timestamp), signature=sign(secret, timestamp, body), body=body)


def test_a_service_settles_only_commissions_of_its_own_libraries(
    place: Workplace, people: Village, reader: KnownReader, administrator: StaffMember
) -> None:
    elsewhere = empowered(place, people.grace, people.library_b, Role.LIBRARY_ADMINISTRATOR)
    payment_services.set_up(place, elsewhere, "BBB", address="", is_on=True)
    theirs = payment_services.make_secret(place, elsewhere, "BBB").encode()
    commission_id = pays_first(place, reader, people.lin)
    told = {"event_id": "event-0001", "commission": number_of(place, people.lin, commission_id), "amount": "40.00"}
    with pytest.raises(NotFound):
        tells(place, theirs, told, code="BBB")


def test_the_secret_is_told_once_and_only_administrators_set_up_a_service(
    place: Workplace, people: Village, administrator: StaffMember
) -> None:
    secret = payment_services.make_secret(place, administrator, "AAA")
    shown = payment_services.service_of(place, administrator, "AAA").model_dump_json()
    assert secret not in shown
    for act in (
        lambda: payment_services.make_secret(place, people.lin, "AAA"),
        lambda: payment_services.set_up(place, people.lin, "AAA", address="", is_on=True),
        lambda: payment_services.service_of(place, people.lin, "AAA"),
    ):
        with pytest.raises(Forbidden):
            act()
    with place.database.read() as session:
        hook = session.scalars(select(PaymentHook)).one()
    # Who has the database alone reads nothing of it.
    assert secret.encode() not in hook.secret
    assert hook.secret_key_id is not None
    assert payment_secrets.opened(place, payment_secrets.kept_by(hook)).decode() == secret


def collected(place: Workplace, people: Village, reader: KnownReader, secret: bytes) -> tuple[UUID, dict[str, str]]:
    """Let the payment service collect 40 yuan; return the commission and what it is told by."""
    commission_id = pays_first(place, reader, people.lin)
    told = {"commission": number_of(place, people.lin, commission_id), "amount": "40.00"}
    tells(place, secret, {**told, "event_id": "event-0001"})
    return commission_id, told


def lines(place: Workplace, commission_id: UUID) -> list[tuple[str, str, str, str, str]]:
    """Return kind, method, state, amount and note of each line of the ledger that moved money."""
    with place.database.read() as session:
        return [
            (each.kind, each.method, each.state, str(each.amount), each.note)
            for each in money.ledger(session, commission_id)
            if each.kind != "fee"
        ]


def entries(place: Workplace, person: StaffMember, commission_id: UUID, key: str) -> list[EntryView]:
    """Return the entries about money with this key."""
    found = handling.record(place, person, commission_id, language="zh").entries
    return [each for each in found if each.kind == "payment" and each.key == key]


def test_what_the_service_gave_back_is_a_refund_and_counts_once(
    place: Workplace, people: Village, reader: KnownReader, secret: bytes
) -> None:
    commission_id, told = collected(place, people, reader, secret)
    refund = {**told, "kind": "payment.refunded", "event_id": "event-0002", "amount": "15.00", "reason": "多收"}

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: tells(place, secret, refund), range(3)))

    assert sorted((each.outcome, each.is_repeated) for each in answers) == [
        ("refunded", False),
        ("refunded", True),
        ("refunded", True),
    ]
    balance, payment_state, _ = stands(place, commission_id)
    assert (str(balance.refunded), str(balance.open), payment_state) == ("15.00", "0.00", "paid")
    assert ("refund", "hook", "confirmed", "15.00", "多收") in lines(place, commission_id)
    (entry,) = entries(place, people.lin, commission_id, "refunded")
    assert (entry.details["amount"], entry.body, entry.by) == ("15.00", "多收", "system")
    with pytest.raises(EventReused):
        tells(place, secret, {**refund, "kind": "payment.failed"})


def test_no_more_goes_back_than_came_by_the_service(
    place: Workplace, people: Village, reader: KnownReader, secret: bytes
) -> None:
    commission_id, told = collected(place, people, reader, secret)
    cashier = empowered(place, people.chen, people.library_a)
    paying.receive(place, cashier, commission_id, some("10.00"))
    refund = {**told, "kind": "payment.refunded"}
    tells(place, secret, {**refund, "event_id": "event-0002", "amount": "25.00"})

    for number, wrong in enumerate(({"amount": "15.01"}, {"amount": "1.00", "currency": "USD"})):
        with pytest.raises(RefundDiffers):
            tells(place, secret, {**refund, "event_id": f"event-wrong-{number}", **wrong})

    assert str(stands(place, commission_id)[0].refunded) == "25.00"
    kept = entries(place, people.lin, commission_id, "differs")
    assert [(each.is_private, each.details["told"]) for each in kept] == [(True, "refunded"), (True, "refunded")]
    tells(place, secret, {**refund, "event_id": "event-0003", "amount": "15.00"})
    assert str(stands(place, commission_id)[0].received) == "10.00"


def test_a_refund_after_a_cancellation_takes_the_commission_to_its_end(
    place: Workplace, people: Village, reader: KnownReader, secret: bytes
) -> None:
    commission_id, told = collected(place, people, reader, secret)
    staff(place, people.lin, commission_id, "cancel_by_library", reason="无法检索")
    assert stands(place, commission_id)[2] == "cancelled"

    tells(place, secret, {**told, "kind": "payment.refunded", "event_id": "event-0002"})

    balance, payment_state, state = stands(place, commission_id)
    assert (str(balance.refunded), payment_state, state) == ("40.00", "refunded", "refunded")


def test_what_could_not_be_collected_is_on_record_and_counts_for_nothing(
    place: Workplace, people: Village, reader: KnownReader, secret: bytes
) -> None:
    commission_id = pays_first(place, reader, people.lin)
    told = {"commission": number_of(place, people.lin, commission_id), "amount": "40.00"}
    failed = {**told, "kind": "payment.failed", "event_id": "event-0001", "reason": "余额不足"}

    answers = [tells(place, secret, failed) for _ in range(2)]

    assert [(each.outcome, each.is_repeated) for each in answers] == [("failed", False), ("failed", True)]
    balance, payment_state, state = stands(place, commission_id)
    assert (str(balance.open), payment_state, state) == ("40.00", "due", "awaiting_payment")
    assert lines(place, commission_id) == [("payment", "hook", "rejected", "40.00", "余额不足")]
    (entry,) = entries(place, people.lin, commission_id, "failed")
    assert (entry.body, entry.details["open"]) == ("余额不足", "40.00")
    # The reader reads it, and may pay all the same.
    assert "余额不足" in requesting.read(place, reader, commission_id, language="zh").model_dump_json()
    assert tells(place, secret, {**told, "event_id": "event-0002"}).outcome == "paid"
    assert stands(place, commission_id)[1] == "paid"


def test_a_secret_that_was_kept_clear_is_read_and_sealed_when_it_is_next_written(
    place: Workplace, people: Village, reader: KnownReader, administrator: StaffMember, secret: bytes
) -> None:
    kept_clear(place, secret)
    commission_id = pays_first(place, reader, people.lin)
    told = {"event_id": "event-0001", "commission": number_of(place, people.lin, commission_id), "amount": "40.00"}
    assert tells(place, secret, told).outcome == "paid"
    assert kept(place).key_id is None

    payment_services.set_up(place, administrator, "AAA", address="https://pay.example.edu/x", is_on=True)

    assert kept(place).key_id is not None
    assert secret not in kept(place).kept
    assert tells(place, secret, told).is_repeated


def test_the_running_service_seals_what_is_clear_and_what_an_older_key_sealed(
    place: Workplace, people: Village, secret: bytes, tmp_path: Path
) -> None:
    place.settings.originals_key_file = str(tmp_path / "originals.key")
    kept_clear(place, secret)
    assert (payment_secrets.seal_all(place), payment_secrets.seal_all(place)) == (1, 0)
    keys = keys_of(place)
    first = kept(place).key_id
    keys.add()

    assert (payment_secrets.seal_all(place), keys.drop_old()) == (1, 1)

    assert kept(place).key_id not in (None, first)
    assert payment_secrets.opened(place, kept(place)) == secret


def test_the_command_that_changes_the_key_takes_the_secrets_along(
    place: Workplace, people: Village, secret: bytes, tmp_path: Path
) -> None:
    place.settings.originals_key_file = str(tmp_path / "originals.key")
    kept_clear(place, secret)
    payment_secrets.seal_all(place)
    before = kept(place)

    made = CliRunner().invoke(
        cli.app,
        ["originals-key", "--database", place.settings.database_url],
        env={"WENJIN_ENCODER": "none", "WENJIN_ORIGINALS_KEY_FILE": place.settings.originals_key_file},
    )

    assert made.exit_code == 0, made.output
    assert kept(place).key_id != before.key_id
    assert payment_secrets.opened(place, kept(place)) == secret


def test_without_its_key_a_secret_signs_and_proves_nothing_until_a_new_one_is_made(
    place: Workplace, people: Village, reader: KnownReader, administrator: StaffMember, clock: Clock, tmp_path: Path
) -> None:
    place.settings.originals_key_file = str(tmp_path / "originals.key")
    secret = payment_services.make_secret(place, administrator, "AAA").encode()
    with payment_service("another") as (address, _):
        payment_services.set_up(place, administrator, "AAA", address=address, is_on=True)
        assert not payment_services.service_of(place, administrator, "AAA").is_secret_lost
        commission_id = pays_first(place, reader, people.lin)
        Path(place.settings.originals_key_file).unlink()
        told = {"event_id": "event-0001", "commission": number_of(place, people.lin, commission_id), "amount": "40.00"}

        with pytest.raises(PaymentCallRefused):
            tells(place, secret, told)
        # What lies in the row is no key either.
        with pytest.raises(PaymentCallRefused):
            tells(place, kept(place).kept, told)
        assert send_due(place) == 0

    assert [call[2] for call in calls(place)] == ["waiting"]
    with place.database.read() as session:
        assert session.scalars(select(PaymentCall.error_code)).one() == "secret_lost"
    assert payment_services.service_of(place, administrator, "AAA").is_secret_lost
    again = payment_services.make_secret(place, administrator, "AAA").encode()
    assert not payment_services.service_of(place, administrator, "AAA").is_secret_lost
    assert tells(place, again, told).outcome == "paid"


def test_a_sealed_secret_opens_in_its_own_row_alone(
    place: Workplace, people: Village, administrator: StaffMember, secret: bytes
) -> None:
    stolen = KeptSecret(people.library_b, kept(place).kept, kept(place).key_id)

    assert payment_secrets.opened(place, kept(place)) == secret
    with pytest.raises(OriginalLost):
        payment_secrets.opened(place, stolen)


def kept(place: Workplace) -> KeptSecret:
    """Return the one secret as it lies in the database."""
    with place.database.read() as session:
        return payment_secrets.kept_by(session.scalars(select(PaymentHook)).one())


def kept_clear(place: Workplace, secret: bytes) -> None:
    """Put the secret there as an earlier program did."""
    with place.database.write() as session:
        hook = session.scalars(select(PaymentHook)).one()
        hook.secret, hook.secret_key_id = secret, None


@pytest.mark.parametrize(
    "address",
    ["ftp://pay.example.edu/", "https://user:word@pay.example.edu/", "https://", "pay", "https://x/" + "a" * 500],
)
def test_an_address_that_leads_nowhere_is_refused(place: Workplace, administrator: StaffMember, address: str) -> None:
    with pytest.raises(AppError) as refused:
        payment_services.set_up(place, administrator, "AAA", address=address, is_on=True)
    assert refused.value.code == "payment_address_refused"
