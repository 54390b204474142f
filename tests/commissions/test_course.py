"""A citation search on its way, by the use cases of both sides, on both databases."""

from decimal import Decimal

import pytest

from qa_server.commissions.definition import Operation
from qa_server.commissions.errors import (
    AlreadyTaken,
    FormIncomplete,
    QuoteExpired,
    ReasonMissing,
    TransitionIncomplete,
    TransitionRefused,
)
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import handling, requesting
from qa_server.desk.commissions.money.quoting import Offer
from qa_server.desk.commissions.requesting import Form
from qa_server.desk.workplace import Workplace
from storage.errors import NotFound
from tests.commissions.village_work import answers, begun, searched, staff, submitted, under_way
from tests.fakes import Clock
from tests.village import Village, come_in, new_client_id


def test_a_form_is_kept_as_far_as_it_goes_and_told_what_it_lacks(place: Workplace, reader: KnownReader) -> None:
    commission_id = begun(place, reader)

    saved = requesting.save(
        place, reader, commission_id, Form(values={"title": "半张表"}), revision=None, language="zh"
    )

    assert (saved.commission.title, saved.problems) == ("半张表", [])
    with pytest.raises(FormIncomplete) as refused:
        requesting.submit(place, reader, commission_id, Form(), requesting.Asked(new_client_id()), language="zh")
    problems = refused.value.details["problems"]
    assert isinstance(problems, list)
    assert {"affiliation", "papers", "contact"} <= {each["field"] for each in problems}
    assert requesting.read(place, reader, commission_id, language="zh").title == "半张表"


def test_a_submitted_commission_waits_at_the_readers_library_and_nowhere_else(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = submitted(place, reader)

    assert [each.id for each in handling.listing(place, people.lin, "waiting", language="zh").items] == [commission_id]
    assert not handling.listing(place, people.grace, "waiting", language="zh").items
    with pytest.raises(NotFound):
        handling.read(place, people.grace, commission_id, language="zh")
    other, _ = come_in(place)
    with pytest.raises(NotFound):
        requesting.read(place, other, commission_id, language="zh")


def test_a_draft_is_seen_by_its_reader_alone(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = begun(place, reader)

    assert [each.id for each in requesting.mine(place, reader, language="zh")[0]] == [commission_id]
    with pytest.raises(NotFound):
        handling.read(place, people.lin, commission_id, language="zh")


def test_a_quote_follows_the_price_list_and_another_price_needs_a_reason(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = submitted(place, reader)
    staff(place, people.lin, commission_id, "accept")

    with pytest.raises(ReasonMissing):
        staff(place, people.lin, commission_id, "quote", offer=Offer(total=Decimal("5")))
    view = staff(place, people.lin, commission_id, "quote", offer=Offer())

    # 20 for the certificate and 10 for each of two papers.
    assert (str(view.quotes[0].total), view.quotes[0].state, view.state) == ("40.00", "standing", "quoted")
    accepted = answers(place, reader, commission_id, Operation.ACCEPT_QUOTE)
    assert (accepted.state, str(accepted.price), accepted.quotes[0].state) == ("confirmed", "40.00", "accepted")


def test_a_quote_that_expired_is_refused_and_stands_to_be_read(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock
) -> None:
    commission_id = submitted(place, reader)
    staff(place, people.lin, commission_id, "accept")
    staff(place, people.lin, commission_id, "quote", offer=Offer(valid_days=1))

    clock.forward(days=2)

    with pytest.raises(QuoteExpired):
        answers(place, reader, commission_id, Operation.ACCEPT_QUOTE)
    assert requesting.read(place, reader, commission_id, language="zh").state == "quoted"


def test_of_two_who_accept_the_second_is_told_who_has_it(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = submitted(place, reader)
    staff(place, people.lin, commission_id, "accept")

    with pytest.raises((AlreadyTaken, TransitionRefused)):
        staff(place, people.chen, commission_id, "accept")

    assert handling.read(place, people.lin, commission_id, language="zh").state == "accepted"


def test_what_is_sent_twice_is_done_once(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = submitted(place, reader)
    asked = handling.Asked(new_client_id())
    first = handling.step(place, people.lin, commission_id, "accept", asked, language="zh")

    second = handling.step(place, people.lin, commission_id, "accept", asked, language="zh")

    assert (second.state, second.revision, len(second.entries)) == (first.state, first.revision, len(first.entries))


def test_the_work_needs_a_log_before_its_draft_goes_out(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = under_way(place, reader, people.lin)

    with pytest.raises(TransitionIncomplete):
        staff(place, people.lin, commission_id, "send_draft")
    searched(place, people.lin, commission_id)

    view = handling.read(place, people.lin, commission_id, language="zh")
    assert view.state == "in_progress"
    assert [entry.key for entry in view.entries if entry.kind == "log"] == ["logged"]
    seen = requesting.read(place, reader, commission_id, language="zh")
    assert not [entry for entry in seen.entries if entry.kind == "log"]


def test_a_reader_who_cancels_in_mid_work_pays_what_the_list_says(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = under_way(place, reader, people.lin)

    view = answers(place, reader, commission_id, Operation.CANCEL)

    assert (view.state, str(view.price), view.is_end) == ("cancelled", "20.00", True)


def test_what_was_agreed_holds_when_a_changed_order_is_declined(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = under_way(place, reader, people.lin)
    more = Offer(total=Decimal("90"), note="增加两个数据库")
    staff(place, people.lin, commission_id, "change_order", reason="读者追加", offer=more)

    view = answers(place, reader, commission_id, Operation.DECLINE_QUOTE)

    assert (view.state, str(view.price)) == ("in_progress", "40.00")
    assert [(each.number, each.state) for each in view.quotes] == [(2, "declined"), (1, "accepted")]
