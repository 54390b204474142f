"""The contribution ledger: who answered for whom, hours staffed, sums of zero, and the month as a workbook."""

from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from qa_server.conversations.models import Resolution
from qa_server.desk import answering, asking, reckoning, sweeping, widening
from qa_server.desk.reckoning import StatementView
from qa_server.desk.workplace import Workplace
from qa_server.network.queries import library_by_code
from qa_server.people.rights import StaffMember
from qa_server.routing.models import PresenceSpan
from storage.errors import Forbidden
from tests.fakes import Clock
from tests.routing.conftest import Region
from tests.village import come_in, question


def answered(place: Workplace, person: StaffMember, resolution: Resolution = Resolution.ANSWERED) -> UUID:
    """Let a person, the only one who is there, answer a question of library A."""
    place.presence.arrive(person.id)
    asked = asking.ask(place, come_in(place)[0], question())[0].conversation.id
    place.clock.forward(seconds=10)  # type: ignore[attr-defined]
    widening.widen_due(place)
    answering.claim(place, person, asked)
    answering.close(place, person, asked, resolution=resolution, read_level=2)
    place.presence.leave(person.id)
    return asked


def told(place: Workplace, code: str, month: str = "2026-09") -> StatementView:
    """Return a node's month."""
    with place.database.read() as session:
        return reckoning.statement_of(session, library_by_code(session, code), month)


@pytest.fixture
def month(place: Workplace, region: Region) -> None:
    """Library A answers one question itself, the centre two of its questions, and one is practice."""
    answered(place, region.village.lin)
    answered(place, region.wang)
    answered(place, region.wang)
    answered(place, region.wang, Resolution.PRACTICE)


@pytest.mark.usefixtures("month")
def test_who_answers_for_others_is_owed_what_the_others_owe(place: Workplace) -> None:
    rows = {row.code: row for row in told(place, "NAT").rows}
    assert (rows["AAA"].asked, rows["AAA"].sent, rows["AAA"].balance) == (3, 2, -2)
    assert (rows["PRV"].answered_for_others, rows["PRV"].balance) == (2, 2)


@pytest.mark.usefixtures("month")
def test_balances_sum_to_zero_over_libraries_and_over_levels(place: Workplace) -> None:
    whole = told(place, "NAT")
    assert whole.by_level == {"library": -2, "province": 2}
    assert sum(whole.by_level.values()) == whole.network_balance == sum(row.balance for row in whole.rows) == 0
    part = told(place, "AAA")
    assert [row.code for row in part.rows] == ["AAA"]
    assert (part.by_level, part.network_balance) == ({"library": -2}, 0)


@pytest.mark.usefixtures("month")
def test_another_month_has_nothing(place: Workplace) -> None:
    assert told(place, "NAT", "2026-10").rows == []


@pytest.mark.usefixtures("month")
def test_the_workbook_has_a_row_for_each_library_and_their_sums(place: Workplace) -> None:
    book = load_workbook(BytesIO(reckoning.as_workbook(told(place, "NAT"), "en")))
    lines = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    assert lines[0][0] == "NAT 2026-09"
    assert lines[1][3:] == [
        "Questions answered for its readers",
        "Of these by other libraries",
        "Answered for other libraries",
        "Balance",
    ]
    assert {line[0]: line[3:] for line in lines[2:]} == {"AAA": [3, 2, 0, -2], "PRV": [0, 0, 2, 2], "Sum": [3, 2, 2, 0]}
    chinese = load_workbook(BytesIO(reckoning.as_workbook(told(place, "NAT"), "zh")))
    assert chinese.worksheets[0]["A2"].value != lines[1][0]


def test_only_who_administers_a_library_reads_its_statement(place: Workplace, region: Region) -> None:
    with pytest.raises(Forbidden):
        reckoning.statement(place, region.village.lin, "AAA", "2026-09")


def test_hours_staffed_grow_while_somebody_is_connected_and_a_gap_is_not_counted(
    place: Workplace, region: Region, clock: Clock
) -> None:
    lin = region.village.lin.id
    for _ in range(2):
        place.presence.arrive(lin)
        for _ in range(61):
            sweeping.keep_leases(place)
            clock.forward(seconds=30)
        place.presence.leave(lin)
        clock.forward(hours=2)
    with place.database.read() as session:
        spans = session.scalars(select(PresenceSpan).order_by(PresenceSpan.since)).all()
    assert [span.until - span.since for span in spans] == [timedelta(minutes=30), timedelta(minutes=30)]
    assert {row.code: row.staffed_hours for row in told(place, "NAT").rows} == {"AAA": 1.0}


def test_an_hour_that_two_processes_saw_counts_once(place: Workplace, region: Region, clock: Clock) -> None:
    lin, now = region.village.lin.id, clock()
    with place.database.write() as session:
        for late in (0, 15):
            since = now + timedelta(minutes=late)
            session.add(PresenceSpan(librarian_id=lin, since=since, until=now + timedelta(minutes=60)))
    assert [row.staffed_hours for row in told(place, "NAT").rows] == [1.0]
