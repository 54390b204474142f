"""Document delivery at its edges: timers, two answers at once, services outside, quotas, sights, what is taken back."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from qa_server.commissions.definition import Operation
from qa_server.commissions.definition_reading import as_stored
from qa_server.commissions.models import Commission, FilePurpose
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import filing, handling, requesting
from qa_server.desk.commissions.letters.reminding import look_after_due
from qa_server.desk.commissions.money import accounts, paying
from qa_server.desk.commissions.services import offering_services, service_types
from qa_server.desk.commissions.supply import dispatching, settlements, suppliers, supplying
from qa_server.desk.commissions.supply.delivery_limits import QuotaReached
from qa_server.desk.commissions.supply.settlements import AlreadyReversed
from qa_server.desk.commissions.supply.suppliers import SupplierInput
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Role
from qa_server.people.rights import StaffMember
from storage.errors import AppError, Forbidden, NotFound
from tests.commissions.test_dispatching import asked, put_result, with_supplier
from tests.commissions.till import empowered, sends_proof, some
from tests.commissions.village_work import answers, director, staff
from tests.fakes import Clock
from tests.village import Village, new_client_id


def dispatched(place: Workplace, people: Village, reader: KnownReader, **form: Any) -> UUID:
    """Hand in a request and offer it to the first supplier; return its id."""
    commission_id = asked(place, reader, **form)
    staff(place, people.lin, commission_id, "accept")
    staff(place, people.lin, commission_id, "dispatch")
    return commission_id


def delivered(place: Workplace, people: Village, reader: KnownReader, tmp_path: Any, **form: Any) -> UUID:
    """Let GRACE deliver a copy of twelve pages; return the commission's id."""
    commission_id = dispatched(place, people, reader, **form)
    staff(place, people.grace, commission_id, "supplier_accepts")
    handling.fill_in(place, people.grace, commission_id, {"page_count": 12}, revision=None, language="zh")
    put_result(place, people.grace, commission_id, tmp_path)
    staff(place, people.grace, commission_id, "deliver")
    return commission_id


def state(place: Workplace, commission_id: UUID) -> str:
    """Return the state of a commission."""
    with place.database.read() as session:
        return session.get_one(Commission, commission_id).state


def with_quota(place: Workplace, person: StaffMember, quota: int) -> None:
    """Let library A give so many documents a month."""
    offering_services.keep_shipped(place)
    edited = service_types.adapt(place, person, "AAA", "document_delivery")
    definition = as_stored(edited.definition)
    definition["delivery"]["monthly_quota"] = quota
    saved = service_types.save(place, person, "AAA", "document_delivery", definition, revision=edited.revision)
    service_types.publish(place, person, "AAA", "document_delivery", revision=saved.revision, note="每月限额")


def test_what_nobody_objects_to_counts_as_received_is_reckoned_and_settled(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock, tmp_path: Any
) -> None:
    with_supplier(place, people)
    commission_id = delivered(place, people, reader, tmp_path, affiliation="own")
    clock.forward(days=6)
    look_after_due(place)
    assert state(place, commission_id) == "delivered"

    clock.forward(days=2)
    look_after_due(place)

    # For the own university the library pays: the reader owes nothing, and the libraries settle at once.
    found = supplying.supply(place, people.lin, commission_id)
    assert state(place, commission_id) == "settled"
    assert [(each.kind, str(each.amount)) for each in found.settled] == [("fee", "13.60"), ("subsidy", "-6.80")]


def test_a_received_document_that_is_paid_settles_by_itself(
    place: Workplace, people: Village, reader: KnownReader, tmp_path: Any
) -> None:
    with_supplier(place, people)
    commission_id = delivered(place, people, reader, tmp_path)
    answers(place, reader, commission_id, Operation.ACCEPT_RESULT)
    assert state(place, commission_id) == "received"
    sends_proof(place, reader, commission_id)
    cashier = empowered(place, people.chen, people.library_a)

    account = accounts.account(place, cashier, commission_id)
    paying.confirm(place, cashier, commission_id, account.lines[-1].id, some())

    assert state(place, commission_id) == "settled"
    assert len(supplying.supply(place, people.lin, commission_id).settled) == 2


def test_pages_that_nobody_counted_leave_the_settlement_to_a_person(
    place: Workplace, people: Village, reader: KnownReader, tmp_path: Any
) -> None:
    with_supplier(place, people)
    commission_id = dispatched(place, people, reader, affiliation="own")
    staff(place, people.grace, commission_id, "supplier_accepts")
    put_result(place, people.grace, commission_id, tmp_path)
    staff(place, people.grace, commission_id, "deliver")

    answers(place, reader, commission_id, Operation.ACCEPT_RESULT)

    assert state(place, commission_id) == "received"


def test_of_two_answers_at_once_one_holds(place: Workplace, people: Village, reader: KnownReader, clock: Clock) -> None:
    with_supplier(place, people, offer_hours=8)
    commission_id = dispatched(place, people, reader)
    clock.forward(hours=9)

    def agree(_: int) -> str:
        try:
            return staff(place, people.grace, commission_id, "supplier_accepts").state
        except AppError as refused:
            return refused.code

    def expire(_: int) -> str:
        return "expired" if dispatching.expire_offers(place) else "nothing"

    with ThreadPoolExecutor(4) as pool:
        said = [each.result() for each in [pool.submit(do, 0) for do in (agree, expire, agree, expire)]]

    (offer,) = supplying.supply(place, people.lin, commission_id).offers
    has_agreed = said.count("will_supply")
    assert (has_agreed, said.count("expired")) in ((1, 0), (0, 1))
    assert (offer.state, state(place, commission_id)) == (
        ("will_supply", "will_supply") if has_agreed else ("expired", "unfilled")
    )


def test_a_service_outside_is_answered_for_by_the_readers_library(
    place: Workplace, people: Village, reader: KnownReader, tmp_path: Any
) -> None:
    guan = director(place, people.library_a)
    outside = {"kind": "paid", "name_zh": "示例文献中心", "name_en": "Sample Centre", "fee_item": "5", "fee_page": "1"}
    suppliers.add_supplier(place, guan, "AAA", SupplierInput.model_validate(outside))
    commission_id = dispatched(place, people, reader, affiliation="own")
    staff(place, people.lin, commission_id, "supplier_condition", reason="需付 30 元", details={"cost": "30.00"})
    answers(place, reader, commission_id, Operation.ACCEPT_CONDITION)
    put_result(place, people.lin, commission_id, tmp_path)

    view = staff(place, people.lin, commission_id, "deliver")

    assert (view.state, str(view.price)) == ("delivered", "30.00")
    assert requesting.read(place, reader, commission_id, language="zh").files
    (offer,) = supplying.supply(place, people.lin, commission_id).offers
    assert (offer.supplier_en, offer.state, offer.iso_status) == ("Sample Centre", "delivered", "CopyCompleted")
    with pytest.raises(NotFound):
        handling.read(place, people.grace, commission_id, language="zh")


def test_a_condition_that_nobody_answers_goes_to_the_next_supplier(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock
) -> None:
    with_supplier(place, people)
    commission_id = dispatched(place, people, reader)
    staff(place, people.grace, commission_id, "supplier_condition", reason="需付版权费", details={"cost": "25.00"})
    clock.forward(days=13)
    assert dispatching.expire_offers(place) == 0

    clock.forward(days=2)

    assert (dispatching.expire_offers(place), dispatching.expire_offers(place)) == (1, 0)
    assert state(place, commission_id) == "unfilled"
    assert supplying.supply(place, people.lin, commission_id).offers[0].state == "declined"


def test_the_quota_of_a_month_is_passed_with_a_reason_that_is_written_down(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock
) -> None:
    guan = with_supplier(place, people)
    with_quota(place, guan, 1)
    first, second = asked(place, reader), asked(place, reader, issue="9")
    for each in (first, second):
        staff(place, people.lin, each, "accept")
    staff(place, people.lin, first, "dispatch")
    with pytest.raises(QuotaReached):
        staff(place, people.lin, second, "dispatch")
    assert supplying.supply(place, people.lin, second).limits[0].limit == "quota"

    view = staff(place, people.lin, second, "dispatch", reason="毕业论文急需")

    (told,) = [each for each in view.entries if each.key == "dispatch"]
    assert (told.body, told.details["exception"]) == (
        "毕业论文急需",
        {"limit": "quota", "allowed": 1, "wanted": 2},
    )
    # What was dispatched by an exception is supplied without another one.
    assert staff(place, people.grace, second, "supplier_accepts").state == "will_supply"
    clock.forward(days=40)
    third = asked(place, reader, issue="10")
    staff(place, people.lin, third, "accept")
    assert staff(place, people.lin, third, "dispatch").state == "offered"


def test_the_quota_also_holds_for_what_the_library_supplies_itself(
    place: Workplace, people: Village, reader: KnownReader, tmp_path: Any
) -> None:
    with_quota(place, director(place, people.library_a), 1)
    asked(place, reader)
    second = asked(place, reader, issue="9")
    staff(place, people.lin, second, "accept")
    put_result(place, people.lin, second, tmp_path)

    with pytest.raises(QuotaReached):
        staff(place, people.lin, second, "fill_locally")
    assert staff(place, people.lin, second, "fill_locally", reason="教学急用").state == "delivered"


def test_of_five_articles_of_an_issue_the_first_four_are_copied(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    with_supplier(place, people)
    requests = [asked(place, reader) for _ in range(5)]

    for each in requests:
        staff(place, people.lin, each, "accept")

    passed = [supplying.supply(place, people.lin, each).limits for each in requests]
    assert [len(each) for each in passed] == [0, 0, 0, 0, 1]


def test_a_supplier_sees_the_document_and_no_word_of_who_the_reader_is(
    place: Workplace, people: Village, reader: KnownReader, tmp_path: Any
) -> None:
    with_supplier(place, people)
    commission_id = asked(place, reader, remarks="我是文学院王小渡", department="文学院")
    requesting.say(place, reader, commission_id, client_id=new_client_id(), body="王小渡的电话", language="zh")
    staff(place, people.lin, commission_id, "accept")
    put_result(place, people.lin, commission_id, tmp_path)
    own = handling.read(place, people.lin, commission_id, language="zh").files[0].id
    staff(place, people.lin, commission_id, "dispatch")
    # Whoever takes payments at the supplier is no cashier of the reader's.
    boss = empowered(place, people.grace, people.library_b, Role.DISPATCHER)
    staff(place, boss, commission_id, "supplier_accepts")
    put_result(place, boss, commission_id, tmp_path)
    staff(place, boss, commission_id, "deliver")
    answers(place, reader, commission_id, Operation.OBJECT, reason="王小渡：缺第三页")

    theirs = handling.read(place, boss, commission_id, language="zh")
    record = handling.record(place, boss, commission_id, language="zh").entries
    talk = handling.talk(place, boss, commission_id, language="zh").entries

    told = theirs.model_dump_json() + "".join(each.model_dump_json() for each in (*record, *talk))
    assert theirs.form["title"] == "渡口与书院"
    assert [each.key for each in record][-1] == "object"
    assert "王小渡" in handling.read(place, people.lin, commission_id, language="zh").model_dump_json()
    for private in ("王小渡", "文学院", "xiaodu", "13900000000"):
        assert private not in told
    assert len(theirs.files) == 1
    for do in (
        lambda: accounts.account(place, boss, commission_id),
        lambda: filing.link(place, boss, commission_id, own),
    ):
        with pytest.raises(NotFound):
            do()
    with pytest.raises(Forbidden):
        handling.say(place, boss, commission_id, client_id=new_client_id(), body="您好", is_note=False, language="zh")


def test_a_supplier_reads_an_objection_without_who_the_reader_is_and_supplies_again(
    place: Workplace, people: Village, reader: KnownReader, tmp_path: Any
) -> None:
    with_supplier(place, people)
    remarks = "家住杏花路二号楼"
    commission_id = delivered(place, people, reader, tmp_path, remarks=remarks, department="文学院")
    assert supplying.supply(place, people.grace, commission_id).objection is None
    said = (
        "《渡口与书院》缺第 3 至 5 页，小渡很急。我是文学院王小渡，电话 139-0000-0000 或 13812345678，"
        f"xiaodu@reader.example，{remarks}，学号 202331104567。Signed: XIAODU@reader.example"
    )
    answers(place, reader, commission_id, Operation.OBJECT, reason=said)

    theirs = supplying.supply(place, people.grace, commission_id).objection
    view = handling.read(place, people.grace, commission_id, language="zh")
    record = handling.record(place, people.grace, commission_id, language="zh").entries
    own = supplying.supply(place, people.lin, commission_id).objection

    assert own is not None
    assert own.body == said
    assert theirs is not None
    assert theirs.body.startswith("《渡口与书院》缺第 3 至 5 页")
    assert [each.body for each in record if each.key == "object"] == [theirs.body]
    told = "".join(each.model_dump_json() for each in (theirs, view, *record))
    for private in ("小渡", "文学院", "xiaodu", "139-0000", "13812345678", "杏花", "202331104567"):
        assert private.casefold() in said.casefold()
        assert private.casefold() not in told.casefold(), private

    put_result(place, people.grace, commission_id, tmp_path)
    assert staff(place, people.grace, commission_id, "deliver_again").state == "delivered"
    assert supplying.supply(place, people.grace, commission_id).objection is None
    assert len(requesting.read(place, reader, commission_id, language="zh").files) == 2


def test_a_later_supplier_does_not_read_what_was_said_of_an_earlier_copy(
    place: Workplace, people: Village, reader: KnownReader, tmp_path: Any
) -> None:
    guan = with_supplier(place, people)
    outside = {"kind": "paid", "name_zh": "示例文献中心", "name_en": "Sample Centre"}
    suppliers.add_supplier(place, guan, "AAA", SupplierInput.model_validate(outside))
    suppliers.move_supplier(place, guan, suppliers.suppliers(place, guan, "AAA")[1].id, up=True)
    commission_id = dispatched(place, people, reader)
    staff(place, people.lin, commission_id, "supplier_accepts")
    put_result(place, people.lin, commission_id, tmp_path)
    staff(place, people.lin, commission_id, "deliver")
    answers(place, reader, commission_id, Operation.OBJECT, reason="缺第三页")
    staff(place, people.lin, commission_id, "rework", reason="换一家")
    staff(place, people.lin, commission_id, "dispatch")
    staff(place, people.lin, commission_id, "supplier_fails", reason="王小渡老师，没有更好的了")

    record = handling.record(place, people.grace, commission_id, language="zh").entries

    assert state(place, commission_id) == "offered"
    assert supplying.supply(place, people.grace, commission_id).objection is None
    assert "缺第三页" not in "".join(each.body for each in record)


def test_what_a_librarian_wrote_to_the_reader_names_nobody_to_the_supplier(
    place: Workplace, people: Village, reader: KnownReader, tmp_path: Any
) -> None:
    with_supplier(place, people)
    commission_id = delivered(place, people, reader, tmp_path)
    answers(place, reader, commission_id, Operation.OBJECT, reason="缺第三页")

    staff(place, people.lin, commission_id, "reject_objection", reason="王小渡您好：原刊即缺第三页。")

    record = handling.record(place, people.grace, commission_id, language="zh").entries
    (answer,) = [each.body for each in record if each.key == "reject_objection"]
    assert "原刊即缺第三页" in answer
    assert "小渡" not in answer


def test_a_wrong_line_is_taken_back_once_and_by_whoever_may(
    place: Workplace, people: Village, reader: KnownReader, tmp_path: Any
) -> None:
    guan = with_supplier(place, people)
    commission_id = delivered(place, people, reader, tmp_path, affiliation="own")
    answers(place, reader, commission_id, Operation.ACCEPT_RESULT)
    fee, subsidy = settlements.month_of(place, guan, "AAA", "").lines
    with pytest.raises(Forbidden):
        settlements.reverse_line(place, people.grace, fee.id)

    def take_back(_: int) -> bool:
        try:
            settlements.reverse_line(place, guan, fee.id)
        except AlreadyReversed:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take_back, range(4))) == [False, False, False, True]

    view = settlements.month_of(place, guan, "AAA", "")
    (owed,) = view.balances
    assert (owed.documents, owed.pages, owed.fee, owed.owed) == (0, 0, Decimal("0.00"), Decimal("-6.80"))
    reversal = next(each for each in view.lines if each.kind == "reversal")
    assert [each.is_open for each in view.lines if each.id == fee.id] == [False]
    with pytest.raises(AlreadyReversed):
        settlements.reverse_line(place, guan, reversal.id)
    settlements.reverse_line(place, guan, subsidy.id)
    assert settlements.month_of(place, guan, "AAA", "").balances[0].owed == Decimal("0.00")


def test_only_a_result_is_taken_from_a_supplier(place: Workplace, people: Village, reader: KnownReader) -> None:
    with_supplier(place, people)
    commission_id = dispatched(place, people, reader)

    upload = filing.Upload(FilePurpose.MESSAGE, new_client_id())
    with pytest.raises(Forbidden):
        filing.expect(place, people.grace, commission_id, upload, size_bytes=10)
