"""Searching commissions: by words and filters, within one's own rights; what leaves is on record."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import UUID

import pytest

from qa_server.commissions.models import Commission, PaymentState
from qa_server.desk import exporting, node_record, saved_views
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions.finding import exporting_found, searching
from qa_server.desk.commissions.finding.search_filters import read_commission_filters
from qa_server.desk.commissions.finding.searching import FoundCommissions
from qa_server.desk.node_record import RecordFilters
from qa_server.desk.saved_views import ViewSharing
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Role
from qa_server.people.rights import StaffMember
from tests.commissions.test_dispatching import asked, put_result, with_supplier
from tests.commissions.village_work import CITATION_VALUES, begun, staff, submitted, under_way
from tests.fakes import Clock
from tests.searching.conftest import Promote
from tests.village import Village, come_in


def find(place: Workplace, person: StaffMember, cursor: str = "", **filters: str) -> FoundCommissions:
    return searching.find(place, person, read_commission_filters(filters), language="zh", cursor=cursor)


def ids(place: Workplace, person: StaffMember, **filters: str) -> list[UUID]:
    """Return what somebody finds, in order."""
    return [each.commission.id for each in find(place, person, **filters).items]


def rows(place: Workplace, person: StaffMember, **filters: str) -> Iterator[dict[str, str]]:
    """Take out as CSV and read it as a spreadsheet would."""
    taken = exporting_found.commissions(place, person, read_commission_filters(filters), language="en")
    text = "".join(exporting.export_csv(place, person, taken))
    return csv.DictReader(StringIO(text.removeprefix("\ufeff")))


@pytest.fixture
def two(place: Workplace, people: Village, reader: KnownReader, clock: Clock) -> tuple[UUID, UUID]:
    """A citation search that LIN has begun, and two days later a document request that waits."""
    first = under_way(place, reader, people.lin)
    clock.forward(days=2)
    return first, asked(place, reader)


def test_every_filter_narrows_and_the_newest_comes_first(
    place: Workplace, people: Village, two: tuple[UUID, UUID], clock: Clock
) -> None:
    search, document = two
    number = find(place, people.lin).items[0].commission.number
    today = (clock() + timedelta(hours=8)).date().isoformat()

    assert ids(place, people.lin) == [document, search]
    assert ids(place, people.lin, sort="oldest") == [search, document]
    for filters, expected in (
        ({"q": "收录引用"}, [search]),
        ({"q": number}, [document]),
        ({"q": "没有这样的"}, []),
        ({"service": "document_delivery"}, [document]),
        ({"state": "in_progress"}, [search]),
        ({"state": "to-take-up"}, [document]),
        ({"state": "is-open"}, [document, search]),
        ({"state": "is-ended"}, []),
        ({"node": "AAA"}, [document, search]),
        ({"node": "NAT"}, [document, search]),
        ({"node": "BBB"}, []),
        ({"holder": "lin"}, [search]),
        ({"holder": "chen"}, []),
        ({"first": today}, [document]),
        ({"last": today}, [document, search]),
        ({"dated": "due", "first": today}, [search]),
        ({"dated": "ended", "first": today}, []),
        ({"service": "citation_search", "holder": "lin", "node": "AAA", "state": "in_progress"}, [search]),
    ):
        assert ids(place, people.lin, **filters) == expected, filters
    clock.forward(days=30)
    assert ids(place, people.lin, state="is-overdue") == [search]


def test_what_no_filter_can_be_is_left_out_and_what_is_gone_is_named(
    place: Workplace, people: Village, two: tuple[UUID, UUID]
) -> None:
    filters = read_commission_filters({"state": "a b", "first": "1-1", "sort": "x", "dated": "y", "service": "<x>"})
    assert filters.written() == {}

    gone = find(place, people.lin, node="ZZZ", holder="nobody")

    assert (gone.items, gone.found, gone.stale) == ([], 0, ["node", "holder"])


def test_a_hit_is_marked_in_the_title(place: Workplace, people: Village, two: tuple[UUID, UUID]) -> None:
    (hit,) = find(place, people.lin, q="书院").items

    assert [(each.text, each.is_hit) for each in hit.title] == [("渡口与", False), ("书院", True)]


def test_nobody_finds_what_is_not_theirs(
    place: Workplace, people: Village, reader: KnownReader, two: tuple[UUID, UUID], promote: Promote
) -> None:
    elsewhere = submitted(place, come_in(place, "BBB")[0])
    begun(place, come_in(place)[0])
    assert ids(place, people.lin) == [two[1], two[0]]
    assert ids(place, people.grace) == [elsewhere]
    for filters in ({"q": "渡口"}, {"node": "AAA"}, {"holder": "lin"}, {"state": "in_progress"}):
        found = find(place, people.grace, **filters)
        assert (found.items, found.found) == ([], 0), filters
    assert [each["Title"] for each in rows(place, people.grace)] == [CITATION_VALUES["title"]]

    centre = promote(people.zhou, people.nation, Role.CENTRE_ADMINISTRATOR)

    assert set(ids(place, centre)) == {*two, elsewhere}
    assert ids(place, centre, node="BBB") == [elsewhere]
    assert searching.choices(place, people.grace, language="zh").services == {"citation_search": "查收查引"}


def test_a_supplier_finds_its_request_without_the_money(
    place: Workplace, people: Village, reader: KnownReader, tmp_path: Any
) -> None:
    with_supplier(place, people)
    commission_id = asked(place, reader)
    staff(place, people.lin, commission_id, "accept")
    staff(place, people.lin, commission_id, "dispatch")
    staff(place, people.grace, commission_id, "supplier_accepts")
    put_result(place, people.grace, commission_id, tmp_path)
    staff(place, people.grace, commission_id, "deliver")
    with place.database.write() as session:
        row = session.get_one(Commission, commission_id)
        row.price, row.payment_state = Decimal(25), PaymentState.DUE.value

    (theirs,) = find(place, people.grace).items
    (own,) = find(place, people.lin).items

    assert (str(own.commission.price), own.commission.payment_state) == ("25.00", "due")
    assert (theirs.commission.price, theirs.commission.payment_state) == (None, "none")
    assert next(rows(place, people.grace))["Price"] == ""


def test_pages_follow_one_another_without_gap_or_double(place: Workplace, people: Village, clock: Clock) -> None:
    made = [submitted(place, come_in(place)[0]) for _ in range(3)]
    clock.forward(hours=1)
    made += [submitted(place, come_in(place)[0]) for _ in range(2)]
    for sort, expected in (("newest", made[::-1]), ("oldest", made)):
        with place.database.read() as session:
            filters = read_commission_filters({"sort": sort})
            search = searching.prepare(session, people.lin, filters, now=clock())
            pages = [searching.page_of(session, search, limit=2)]
            while pages[-1].next is not None:
                pages.append(searching.page_of(session, search, cursor=pages[-1].next, limit=2))
            assert [each.id for page in pages for each in page.rows] == expected
    # A cursor that somebody wrote begins at the beginning.
    assert len(find(place, people.lin, cursor="x_y").items) == 5


def test_an_export_has_the_rows_of_the_search_and_stands_on_record_around_it(
    place: Workplace, people: Village, two: tuple[UUID, UUID], promote: Promote, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A constant, so that a test needs no hundreds of rows.
    monkeypatch.setattr(exporting_found, "_SLICE", 1)

    assert [each["Title"] for each in rows(place, people.lin)] == ["渡口与书院", "王小渡论文收录引用检索"]
    (found,) = rows(place, people.lin, holder="lin")

    assert (found["Searcher"], found["Service"]) == ("Lin", "Citation search")
    assert "13900000000" not in str(found)
    administrator = promote(people.zhou, people.library_a, Role.LIBRARY_ADMINISTRATOR)
    page = node_record.record(place, administrator, "AAA", RecordFilters(kind="exports"))
    assert [each.action for each in page.items[:2]] == ["exported", "export_started"]
    told = page.items[0].new
    assert (told["rows"], told["filters"], told["format"]) == (1, {"holder": "lin"}, "csv")


def test_a_view_of_commissions_is_shared_and_opened_with_ones_own_rights(
    place: Workplace, people: Village, two: tuple[UUID, UUID], promote: Promote
) -> None:
    elsewhere = submitted(place, come_in(place, "BBB")[0])
    centre = promote(people.zhou, people.nation, Role.CENTRE_ADMINISTRATOR)
    given = {"in": "commissions", "state": "is-open", "service": "citation_search", "desk": "x", "sort": "newest"}
    saved = saved_views.save_view(
        place, centre, name="在办", searched="commissions", filters=given, sharing=ViewSharing(library="NAT")
    )

    (shared,) = saved_views.views(place, people.grace)

    kept = {"in": "commissions", "state": "is-open", "service": "citation_search"}
    assert (saved.filters, shared.searched, shared.filters) == (kept, "commissions", kept)
    assert ids(place, people.grace, **shared.filters) == [elsewhere]
    assert set(ids(place, centre, **shared.filters)) == {two[0], elsewhere}
    changed = saved_views.change_view(
        place, centre, saved.id, name="在办", sharing=ViewSharing(), filters={"holder": "lin"}
    )
    assert changed.filters == {"in": "commissions", "holder": "lin"}
