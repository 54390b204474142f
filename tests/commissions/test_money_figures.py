"""Totals of a month and statistics of the work: exact to the cent on both databases, by the tree, without readers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from qa_server.commissions.models import Commission
from qa_server.commissions.work_models import WorkLogEntry
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions.finding import statistics
from qa_server.desk.commissions.finding.statistics import percentile
from qa_server.desk.commissions.money import ledgers, paying
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Role
from qa_server.people.rights import StaffMember
from storage.errors import Forbidden
from tests.commissions.till import empowered, pays_first, sends_proof, some
from tests.commissions.village_work import staff, under_way
from tests.fakes import Clock
from tests.village import Village, come_in


@pytest.fixture
def centre(place: Workplace, people: Village) -> StaffMember:
    """ZHOU, who administers the nation."""
    return empowered(place, people.zhou, people.nation, Role.CENTRE_ADMINISTRATOR)


def sums(total: ledgers.Total) -> list[str]:
    """Return the amounts of a total as text."""
    return [str(each) for each in (total.charged, total.paid, total.refunded, total.waived, total.open)]


def test_a_month_adds_up_to_the_cent_by_library_and_service(
    place: Workplace, people: Village, reader: KnownReader, centre: StaffMember, clock: Clock
) -> None:
    for amount in ("0.10", "0.20", "0.30"):
        commission_id = pays_first(place, reader, people.lin, total=amount)
        paying.receive(place, centre, commission_id, some())
    other, _ = come_in(place, "BBB")
    open_id = pays_first(place, other, people.grace, total="100.10")
    paying.receive(place, centre, open_id, some("33.40"))
    clock.now = datetime(2026, 10, 2, tzinfo=UTC)
    paying.receive(place, centre, open_id, some("70.00"))
    paying.give_back(place, centre, open_id, some(note="多付"))

    september = ledgers.month_of(place, centre, "NAT", "2026-09")
    october = ledgers.month_of(place, centre, "NAT", "2026-10")

    assert [(total.library, sums(total)) for total in september.totals] == [
        ("AAA", ["0.60", "0.60", "0.00", "0.00", "0.00"]),
        ("BBB", ["100.10", "33.40", "0.00", "0.00", "66.70"]),
    ]
    assert [(total.library, sums(total)) for total in october.totals] == [
        ("BBB", ["0.00", "70.00", "3.30", "0.00", "0.00"])
    ]
    assert ledgers.total_of(september.totals)["CNY"]["open"] == Decimal("66.70")
    assert [total.library for total in ledgers.month_of(place, centre, "AAA", "2026-09").totals] == ["AAA"]


def test_a_month_begins_and_ends_at_the_midnights_of_the_library(
    place: Workplace, people: Village, reader: KnownReader, centre: StaffMember, clock: Clock
) -> None:
    # The first minute of October in Shanghai is still September in UTC.
    clock.now = datetime(2026, 9, 30, 16, 1, tzinfo=UTC)
    pays_first(place, reader, people.lin)
    assert ledgers.month_of(place, centre, "AAA", "2026-09").totals == []
    assert len(ledgers.month_of(place, centre, "AAA", "2026-10").totals) == 1
    assert ledgers.month_of(place, centre, "AAA", "nonsense").month == "2026-10"


def test_a_cashier_sees_each_sum_in_one_list_and_only_of_libraries_below(
    place: Workplace, people: Village, reader: KnownReader, centre: StaffMember
) -> None:
    proved, due, credit = (pays_first(place, reader, people.lin) for _ in range(3))
    sends_proof(place, reader, proved)
    paying.receive(place, centre, credit, some("41.00"))
    lists = ledgers.waiting(place, centre, "NAT")
    assert [each.commission_id for each in lists.proofs] == [proved]
    assert [each.commission_id for each in lists.open] == [due]
    assert [(each.commission_id, str(each.amount)) for each in lists.credits] == [(credit, "1.00")]
    cashier_b = empowered(place, people.grace, people.library_b)
    assert ledgers.waiting(place, cashier_b, "BBB").open == []
    for code in ("AAA", "NAT"):
        with pytest.raises(Forbidden):
            ledgers.waiting(place, cashier_b, code)


def finish(place: Workplace, people: Village, reader: KnownReader, *, days: float, stars: int) -> UUID:
    """Do a commission of three agreed working days in so many days, by LIN, with an hour and a half in the log."""
    commission_id = under_way(place, reader, people.lin)
    with place.database.write() as session:
        commission = session.get_one(Commission, commission_id)
        begun = datetime.fromisoformat(commission.marks[0][1])
        ends = begun + timedelta(days=days)
        commission.marks = [*commission.marks, ["stop", ends.isoformat()]]
        commission.delivered_at, commission.stars = ends, stars
        session.add(
            WorkLogEntry(
                commission_id=commission_id,
                client_id=commission_id.hex,
                librarian_id=people.lin.id,
                database="SCIE",
                minutes=90,
                searched_at=ends,
                created_at=ends,
            )
        )
    return commission_id


def test_statistics_tell_how_much_how_fast_how_late_and_how_liked(
    place: Workplace, people: Village, reader: KnownReader, centre: StaffMember
) -> None:
    for days, stars in ((1, 5), (2, 4), (2.5, 5), (7, 2)):
        finish(place, people, reader, days=days, stars=stars)
    waiting = pays_first(place, reader, people.lin)
    paying.receive(place, centre, waiting, some())
    found = statistics.statistics(place, centre, "NAT", first="2026-09", last="2026-09")
    whole = found.whole
    assert (whole.received, whole.done, whole.median_days, whole.p90_days) == (5, 4, 2.0, 7.0)
    assert (whole.overdue_share, whole.hours, whole.stars, whole.rated) == (0.25, 6.0, 4.0, 4)
    assert {key: str(amount) for key, amount in whole.revenue.items()} == {"CNY": "40.00"}
    (service,) = found.tables["service"]
    assert (service.name_zh, service.done) == ("查收查引", 4)
    by_person = {row.name_en: (row.done, row.hours) for row in found.tables["searcher"]}
    assert by_person["Lin"] == (4, 6.0)
    empty = statistics.statistics(place, centre, "NAT", first="2026-01", last="2026-06")
    assert (empty.whole.received, empty.tables["month"]) == (0, [])
    with pytest.raises(Forbidden):
        statistics.statistics(place, people.lin, "AAA", first="", last="")


def test_rework_in_time_of_its_own_is_not_late_and_what_was_late_before_it_stays_so(
    place: Workplace, people: Village, reader: KnownReader, centre: StaffMember
) -> None:
    for days in (3, 4):
        commission_id = finish(place, people, reader, days=days, stars=5)
        with place.database.write() as session:
            commission = session.get_one(Commission, commission_id)
            ended = datetime.fromisoformat(commission.marks[-1][1])
            again, done = ended + timedelta(days=1), ended + timedelta(days=2)
            commission.marks = [*commission.marks, ["rework", again.isoformat(), "2"], ["stop", done.isoformat()]]
            commission.delivered_at = done

    whole = statistics.statistics(place, centre, "NAT", first="2026-09", last="2026-09").whole

    assert (whole.done, whole.median_days, whole.overdue_share) == (2, 4.0, 0.5)


def test_no_more_than_a_year_is_counted_at_once(place: Workplace, centre: StaffMember) -> None:
    found = statistics.statistics(place, centre, "NAT", first="2001-01", last="2026-09")
    assert (found.first, found.last) == ("2025-10", "2026-09")
    turned = statistics.statistics(place, centre, "NAT", first="2026-12", last="2026-09")
    assert (turned.first, turned.last) == ("2026-09", "2026-09")


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [([], 50, None), ([3.0], 90, 3.0), ([1.0, 2.0, 3.0, 4.0], 50, 2.0), ([float(n) for n in range(1, 11)], 90, 9.0)],
)
def test_a_percentile_is_a_value_that_was_there(values: list[float], percent: int, expected: float | None) -> None:
    assert percentile(values, percent) == expected


def test_a_paid_commission_goes_on_when_the_work_begins(
    place: Workplace, people: Village, reader: KnownReader, centre: StaffMember
) -> None:
    commission_id = pays_first(place, reader, people.lin)
    paying.receive(place, centre, commission_id, some())
    assert staff(place, people.lin, commission_id, "begin").state == "in_progress"
