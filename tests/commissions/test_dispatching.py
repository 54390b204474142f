"""Document delivery: own holdings, suppliers one after the other, limits of copying, links that end, settlement."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from qa_server.attachments.errors import LinkExpired
from qa_server.commissions.definition import Operation
from qa_server.commissions.models import FilePurpose
from qa_server.desk.asking import KnownReader
from qa_server.desk.attaching import store_of, take_in
from qa_server.desk.commissions import acquainting, filing, handling, requesting
from qa_server.desk.commissions.filing import Upload
from qa_server.desk.commissions.supply import dispatching, settlements, suppliers, supplying
from qa_server.desk.commissions.supply.delivery_limits import CopyrightLimit
from qa_server.desk.commissions.supply.suppliers import SupplierInput, SupplierInvalid
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember
from storage.errors import Forbidden, NotFound
from tests.commissions.village_work import answers, director, staff, submitted
from tests.fakes import Clock
from tests.village import Village, new_client_id

ARTICLE: dict[str, Any] = {
    "kind": "article",
    "title": "渡口与书院",
    "journal": "示例学报",
    "year": 2020,
    "volume": "3",
    "issue": "2",
    "pages": "1-12",
    "use": "research",
    "is_own_use": True,
    "speed": "rush",
    "affiliation": "outside",
}


def asked(place: Workplace, reader: KnownReader, **other: Any) -> UUID:
    """Hand in a request for an article."""
    return submitted(place, reader, "document_delivery", {**ARTICLE, **other})


def with_supplier(place: Workplace, people: Village, **values: Any) -> StaffMember:
    """Let library A ask library B; return who may change that."""
    guan = director(place, people.library_a)
    given = {"kind": "library", "library": "BBB", "fee_page": "0.30", "fee_item": "10", "subsidy_percent": 50}
    suppliers.add_supplier(place, guan, "AAA", SupplierInput.model_validate(given | values))
    return guan


def put_result(place: Workplace, person: StaffMember, commission_id: UUID, tmp_path: Any) -> None:
    """Hand the copy in as a file."""
    path = tmp_path / "copy.pdf"
    path.write_bytes(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    with store_of(place.settings).incoming() as incoming:
        incoming.write_bytes(path.read_bytes())
        content = take_in(place, incoming, "copy.pdf")
    filing.keep(place, person, commission_id, content, Upload(FilePurpose.RESULT, new_client_id()))


def test_a_request_goes_to_the_first_supplier_which_does_not_learn_who_asks(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    with_supplier(place, people)
    commission_id = asked(place, reader)
    staff(place, people.lin, commission_id, "accept")
    with pytest.raises(NotFound):
        handling.read(place, people.grace, commission_id, language="zh")

    view = staff(place, people.lin, commission_id, "dispatch")

    assert view.state == "offered"
    theirs = handling.read(place, people.grace, commission_id, language="zh")
    assert theirs.title == ARTICLE["title"]
    assert "xiaodu" not in theirs.model_dump_json()
    assert "王小渡" not in theirs.model_dump_json()
    assert handling.read(place, people.lin, commission_id, language="zh").contact["name"] == "王小渡"
    assert acquainting.who(place, people.lin, commission_id).contact.name == "王小渡"
    with pytest.raises(NotFound):
        acquainting.who(place, people.grace, commission_id)


def test_a_supplier_that_fails_is_followed_by_the_next_and_then_it_is_unfilled(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    guan = with_supplier(place, people)
    paid = SupplierInput.model_validate({"kind": "paid", "name_zh": "示例文献中心"})
    suppliers.add_supplier(place, guan, "AAA", paid)
    commission_id = asked(place, reader)
    staff(place, people.lin, commission_id, "accept")
    staff(place, people.lin, commission_id, "dispatch")

    missing = {"supply_reason": "not_held"}
    staff(place, people.grace, commission_id, "supplier_fails", reason="未收藏", details=missing)

    with pytest.raises(NotFound):
        handling.read(place, people.grace, commission_id, language="zh")
    found = supplying.supply(place, people.lin, commission_id)
    assert [(each.state, each.iso_status, each.iso_reason) for each in found.offers] == [
        ("unfilled", "Unfilled", "NotHeld"),
        ("offered", "RequestReceived", None),
    ]
    # The service outside is asked by hand; the reader's library answers for it.
    last = staff(place, people.lin, commission_id, "supplier_fails", reason="无此文献")
    assert last.state == "unfilled"


def test_a_silent_supplier_loses_the_request_once(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock
) -> None:
    with_supplier(place, people, offer_hours=8)
    commission_id = asked(place, reader)
    staff(place, people.lin, commission_id, "accept")
    staff(place, people.lin, commission_id, "dispatch")
    assert dispatching.expire_offers(place) == 0

    clock.forward(hours=9)

    assert (dispatching.expire_offers(place), dispatching.expire_offers(place)) == (1, 0)
    assert handling.read(place, people.lin, commission_id, language="zh").state == "unfilled"
    assert supplying.supply(place, people.lin, commission_id).offers[0].state == "expired"


def test_a_condition_is_the_readers_to_accept_and_becomes_the_price(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    with_supplier(place, people)
    commission_id = asked(place, reader)
    staff(place, people.lin, commission_id, "accept")
    staff(place, people.lin, commission_id, "dispatch")
    staff(place, people.grace, commission_id, "supplier_condition", reason="需付版权费", details={"cost": "25.00"})

    view = answers(place, reader, commission_id, Operation.ACCEPT_CONDITION)

    assert (view.state, str(view.price), view.payment_state) == ("will_supply", "25.00", "due")


def test_a_delivered_copy_can_be_fetched_so_often_and_until_a_day(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock, tmp_path: Any
) -> None:
    with_supplier(place, people)
    commission_id = asked(place, reader)
    staff(place, people.lin, commission_id, "accept")
    staff(place, people.lin, commission_id, "dispatch")
    staff(place, people.grace, commission_id, "supplier_accepts")
    put_result(place, people.grace, commission_id, tmp_path)
    assert not requesting.read(place, reader, commission_id, language="zh").files

    staff(place, people.grace, commission_id, "deliver")

    view = requesting.read(place, reader, commission_id, language="zh")
    (file,) = view.files
    assert file.fetches_left == 5
    for _ in range(5):
        filing.link(place, reader, commission_id, file.id)
    # What somebody decides on the page they see is not outdated by a look at a file.
    looked = requesting.read(place, reader, commission_id, language="zh")
    assert (looked.revision, looked.last_seq) == (view.revision, view.last_seq + 5)
    with pytest.raises(LinkExpired):
        filing.link(place, reader, commission_id, file.id)
    clock.forward(days=15)
    with pytest.raises(LinkExpired):
        filing.link(place, reader, commission_id, file.id)


def test_what_is_received_is_settled_between_the_libraries_and_with_the_reader(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock, tmp_path: Any
) -> None:
    guan = with_supplier(place, people)
    commission_id = asked(place, reader)
    staff(place, people.lin, commission_id, "accept")
    handling.fill_in(place, people.lin, commission_id, {"page_count": 12}, revision=None, language="zh")
    staff(place, people.lin, commission_id, "dispatch")
    staff(place, people.grace, commission_id, "supplier_accepts")
    put_result(place, people.grace, commission_id, tmp_path)
    staff(place, people.grace, commission_id, "deliver")
    received = answers(place, reader, commission_id, Operation.ACCEPT_RESULT)

    # 12 pages at 0.30 and 10 for the rush.
    assert (received.state, str(received.price)) == ("received", "13.60")
    staff(place, people.lin, commission_id, "settle_to_pay")
    found = supplying.supply(place, people.lin, commission_id)
    assert [(each.kind, str(each.amount)) for each in found.settled] == [("fee", "13.60"), ("subsidy", "-6.80")]
    (owed,) = settlements.month_of(place, guan, "AAA", "").balances
    assert (owed.fee, owed.subsidy, owed.owed) == (Decimal("13.60"), Decimal("6.80"), Decimal("6.80"))
    with pytest.raises(Forbidden):
        settlements.month_of(place, people.grace, "AAA", "")


def test_the_limits_of_copying_bind_whatever_the_reason(place: Workplace, people: Village, reader: KnownReader) -> None:
    with_supplier(place, people)
    book = {"kind": "book_part", "chapter": "第一章", "book_pages": 300, "wanted_pages": 120}
    part = asked(place, reader, **book)
    staff(place, people.lin, part, "accept")
    with pytest.raises(CopyrightLimit):
        staff(place, people.lin, part, "dispatch")
    for _ in range(4):
        asked(place, reader)
    fifth = asked(place, reader)
    staff(place, people.lin, fifth, "accept")

    with pytest.raises(CopyrightLimit) as refused:
        staff(place, people.lin, fifth, "dispatch", reason="请通融")

    assert (refused.value.details["allowed"], refused.value.details["wanted"]) == (4, 5)


def test_suppliers_are_the_librarys_own_affair(place: Workplace, people: Village) -> None:
    guan = with_supplier(place, people)

    with pytest.raises(Forbidden):
        suppliers.add_supplier(place, people.lin, "AAA", SupplierInput(kind="library", library="BBB"))
    for wrong in ({"library": "AAA"}, {"library": "BBB"}, {"kind": "paid"}):
        with pytest.raises(SupplierInvalid):
            suppliers.add_supplier(place, guan, "AAA", SupplierInput.model_validate({"kind": "library"} | wrong))
    (first,) = suppliers.suppliers(place, people.lin, "AAA")
    assert suppliers.remove_supplier(place, guan, first.id) == []
    again = suppliers.add_supplier(place, guan, "AAA", SupplierInput(kind="library", library="BBB"))
    assert [each.id for each in again] == [first.id]
