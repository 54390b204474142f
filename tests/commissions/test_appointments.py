"""Timers of commissions: each thing once, on several processes, over holidays, after stops and stepped clocks."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from qa_server.commissions import queries
from qa_server.commissions.definition import Operation
from qa_server.commissions.models import Commission, CommissionDesk, CommissionEntry
from qa_server.commissions.work_models import QuoteState
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import handling, moving, requesting
from qa_server.desk.commissions.letters.reminding import look_after_due
from qa_server.desk.commissions.money import paying
from qa_server.desk.commissions.money.quoting import Offer
from qa_server.desk.workplace import Workplace
from qa_server.network.hours_models import WeeklyHours
from qa_server.network.models import Desk, DeskMember
from qa_server.people.rights import StaffMember
from tests.commissions.till import empowered, some
from tests.commissions.village_work import answers, staff, submitted, under_way
from tests.conftest import make_app
from tests.databases import copied_postgres
from tests.fakes import Clock
from tests.village import Village, build, come_in

ROOT = Path(__file__).parent.parent.parent


def reminders(place: Workplace, commission_id: UUID) -> list[tuple[str, int | None]]:
    """Return key and level of each word of a timer in the record."""
    with place.database.read() as session:
        rows = session.scalars(
            select(CommissionEntry)
            .where(CommissionEntry.commission_id == commission_id, CommissionEntry.kind == "reminder")
            .order_by(CommissionEntry.seq)
        ).all()
        return [(row.key, row.details.get("level")) for row in rows]


def state(place: Workplace, commission_id: UUID) -> str:
    """Return the state of a commission."""
    with place.database.read() as session:
        return session.get_one(Commission, commission_id).state


def runs(place: Workplace, clock: Clock, *, hours: int, step: int = 1) -> int:
    """Let hours pass, with a look after each; return how many looks had something to do."""
    kept = 0
    for _ in range(0, hours, step):
        clock.forward(hours=step)
        kept += look_after_due(place)
    return kept


@contextmanager
def second_process(place: Workplace, clock: Clock) -> Iterator[Workplace]:
    """Another process on the same database."""
    url = place.database.engine.url.render_as_string(hide_password=False)
    other: Workplace = make_app(url, clock).state.place
    yield other
    other.database.dispose()


def test_what_nobody_takes_up_goes_on_desk_by_desk_and_ends_with_a_word_to_supervisors(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock
) -> None:
    with place.database.write() as session:
        desk = Desk(library_id=people.nation, name_zh="中心咨询台", name_en="Centre", list_version=0)
        session.add(desk)
        session.flush()
        session.add(DeskMember(desk_id=desk.id, librarian_id=people.grace.id))
        centre = desk.id
    commission_id = submitted(place, reader)
    clock.forward(hours=7)
    assert look_after_due(place) == 0
    clock.forward(hours=1)
    assert look_after_due(place) == 1
    assert look_after_due(place) == 0
    with place.database.read() as session:
        reached = set(
            session.scalars(select(CommissionDesk.desk_id).where(CommissionDesk.commission_id == commission_id))
        )
    assert people.desk_a in reached
    assert centre in reached

    runs(place, clock, hours=60, step=4)

    assert [key for key, _ in reminders(place, commission_id)] == ["intake", "intake"]


def test_a_reader_who_writes_does_not_put_the_intake_off(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock
) -> None:
    commission_id = submitted(place, reader)
    clock.forward(hours=6)
    requesting.say(place, reader, commission_id, client_id="message-1", body="请问收到了吗？", language="zh")
    clock.forward(hours=2)
    assert look_after_due(place) == 1


def test_a_quote_that_nobody_answers_ends_by_itself_and_costs_nothing(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock
) -> None:
    commission_id = submitted(place, reader)
    staff(place, people.lin, commission_id, "accept")
    staff(place, people.lin, commission_id, "quote", offer=Offer(valid_days=2))
    clock.forward(hours=47)
    assert (look_after_due(place), state(place, commission_id)) == (0, "quoted")

    clock.forward(hours=1)

    assert (look_after_due(place), look_after_due(place), state(place, commission_id)) == (1, 0, "quote_lapsed")
    view = handling.read(place, people.lin, commission_id, language="zh")
    assert [each.state for each in view.quotes] == [QuoteState.EXPIRED]
    assert [entry.key for entry in view.entries].count("quote_expires") == 1
    assert [entry.by for entry in view.entries if entry.key == "quote_expires"] == ["system"]


def test_several_processes_end_each_quote_once(postgres_template: str, clock: Clock) -> None:
    with copied_postgres(postgres_template) as url:
        both: list[Workplace] = [make_app(url, clock, reader_questions_per_hour=100).state.place for _ in range(3)]
        people = build(both[0].database)
        reader, _ = come_in(both[0])
        ids = []
        for _ in range(6):
            ids.append(submitted(both[0], reader))
            staff(both[0], people.lin, ids[-1], "accept")
            staff(both[0], people.lin, ids[-1], "quote", offer=Offer(valid_days=1))
        clock.forward(hours=25)
        with ThreadPoolExecutor(3) as pool:
            kept = list(pool.map(look_after_due, both))
        with both[0].database.read() as session:
            entries = session.scalars(select(CommissionEntry.key).where(CommissionEntry.by_kind == "system")).all()
        for place in both:
            place.database.dispose()
    assert (sum(kept), list(entries).count("quote_expires")) == (6, 6)


def test_a_deadline_is_spoken_of_before_and_after_it_further_up_each_time_and_then_no_more(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock
) -> None:
    commission_id = under_way(place, reader, people.lin)
    with place.database.read() as session:
        assert session.get_one(Commission, commission_id).due_at == datetime(2026, 9, 4, 8, tzinfo=UTC)

    runs(place, clock, hours=63)
    assert reminders(place, commission_id) == []
    runs(place, clock, hours=8)
    assert reminders(place, commission_id) == [("deadline_near", 0)]
    runs(place, clock, hours=30 * 24, step=6)

    assert reminders(place, commission_id)[1:] == [
        ("deadline_passed", 0),
        ("deadline_passed", 1),
        ("deadline_passed", 2),
    ]


def test_a_deadline_waits_out_a_weekend_and_a_public_holiday(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock
) -> None:
    with place.database.write() as session:
        for weekday in range(5):
            session.add(WeeklyHours(library_id=people.library_a, weekday=weekday, starts_minute=480, ends_minute=1080))
    # The Monday before the National Day holiday of 2026, which begins on Thursday.
    clock.now = datetime(2026, 9, 28, 2, tzinfo=UTC)
    commission_id = under_way(place, reader, people.lin)
    with place.database.read() as session:
        due_at = session.get_one(Commission, commission_id).due_at
    assert due_at is not None
    assert due_at > datetime(2026, 10, 7, 16, tzinfo=UTC), "the holiday counted as working time"
    runs(place, clock, hours=9 * 24, step=6)
    assert [key for key, _ in reminders(place, commission_id)] in ([], ["deadline_near"])


def test_a_stop_over_reminder_and_deadline_leaves_one_word_and_a_clock_stepped_back_adds_none(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock
) -> None:
    commission_id = under_way(place, reader, people.lin)
    before = clock.now
    clock.forward(hours=80)
    assert look_after_due(place) == 1
    assert reminders(place, commission_id) == [("deadline_passed", 0)]
    clock.now = before
    look_after_due(place)
    clock.forward(hours=80)
    look_after_due(place)
    with second_process(place, clock) as other:
        look_after_due(other)
    assert reminders(place, commission_id) == [("deadline_passed", 0)]


def from_desk(place: Workplace, cashier: StaffMember, commission_id: UUID) -> None:
    """Pay for a commission and deliver it; the way through report and review has tests of its own."""
    paying.receive(place, cashier, commission_id, some())
    with place.database.write() as session:
        commission = session.get_one(Commission, commission_id)
        commission.state, commission.delivered_at = "delivered", place.clock()
        definition = queries.definition_of(session, commission.version_id)
        moving.follow(place, session, commission, definition, "deliver")


def test_a_result_that_nobody_objects_to_closes_after_the_period_and_is_archived_later(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock
) -> None:
    cashier = empowered(place, people.chen, people.library_a)
    commission_id = under_way(place, reader, people.lin)
    from_desk(place, cashier, commission_id)
    clock.forward(hours=7 * 24 - 1)
    look_after_due(place)
    assert state(place, commission_id) == "delivered"

    clock.forward(hours=1)
    look_after_due(place)

    assert state(place, commission_id) == "closed"
    clock.forward(hours=30 * 24)
    assert look_after_due(place) == 1
    assert state(place, commission_id) == "archived"
    assert look_after_due(place) == 0


def test_an_objection_holds_the_closing(place: Workplace, people: Village, reader: KnownReader, clock: Clock) -> None:
    cashier = empowered(place, people.chen, people.library_a)
    commission_id = under_way(place, reader, people.lin)
    from_desk(place, cashier, commission_id)
    answers(place, reader, commission_id, Operation.OBJECT, reason="漏了一篇")
    clock.forward(hours=30 * 24)
    look_after_due(place)
    assert state(place, commission_id) == "objection"


def test_rework_after_all_days_are_used_up_has_time_and_reminders_of_its_own(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock
) -> None:
    cashier = empowered(place, people.chen, people.library_a)
    commission_id = under_way(place, reader, people.lin)
    clock.forward(hours=80)
    look_after_due(place)
    assert reminders(place, commission_id) == [("deadline_passed", 0)]
    from_desk(place, cashier, commission_id)
    clock.forward(hours=24)
    answers(place, reader, commission_id, Operation.OBJECT, reason="漏了一篇")
    look_after_due(place)
    assert handling.read(place, people.lin, commission_id, language="zh").due_at is None

    view = staff(place, people.lin, commission_id, "rework", reason="补检")

    # Two working days of the service, and this library never closes.
    assert view.due_at == clock() + timedelta(days=2)
    assert not view.is_overdue
    assert runs(place, clock, hours=39) == 0
    assert runs(place, clock, hours=1) == 1
    assert reminders(place, commission_id)[1:] == [("deadline_near", 0)]
    assert runs(place, clock, hours=8) == 1
    assert reminders(place, commission_id)[2:] == [("deadline_passed", 0)]
    paused = staff(place, people.lin, commission_id, "pause", reason="等材料")
    assert paused.due_at is None


def test_rework_in_good_time_keeps_the_longer_deadline(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock
) -> None:
    cashier = empowered(place, people.chen, people.library_a)
    commission_id = under_way(place, reader, people.lin)
    clock.forward(hours=2)
    from_desk(place, cashier, commission_id)
    answers(place, reader, commission_id, Operation.OBJECT, reason="漏了一篇")

    view = staff(place, people.lin, commission_id, "rework", reason="补检")

    assert view.due_at == clock() + timedelta(hours=70)


def test_what_is_not_settled_is_not_archived(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock
) -> None:
    cashier = empowered(place, people.chen, people.library_a)
    commission_id = under_way(place, reader, people.lin)
    answers(place, reader, commission_id, Operation.CANCEL)
    clock.forward(hours=60 * 24)
    look_after_due(place)
    assert state(place, commission_id) == "cancelled", "the fee of the cancellation is open"

    paying.receive(place, cashier, commission_id, some())
    clock.forward(hours=1)
    look_after_due(place)

    assert state(place, commission_id) == "archived"


# Dies as by a power cut when the first change is about to be committed.
KILLED = """
import os, sys
from datetime import datetime
from sqlalchemy import event
from sqlalchemy.orm import Session
from qa_server.app import make_workplace
from qa_server.desk.commissions.letters.reminding import look_after_due
from qa_server.settings import Settings

place = make_workplace(
    Settings(database_url=sys.argv[1], encoder="none", index_folder=""),
    clock=lambda: datetime.fromisoformat(sys.argv[2]),
)

@event.listens_for(Session, "before_commit")
def die(session):
    session.flush()
    os._exit(9)

look_after_due(place)
"""


def test_a_process_killed_in_the_middle_leaves_the_work_to_the_next_one_which_does_it_once(
    sqlite_url: str, clock: Clock
) -> None:
    place: Workplace = make_app(sqlite_url, clock).state.place
    people = build(place.database)
    reader, _ = come_in(place)
    commission_id = submitted(place, reader)
    staff(place, people.lin, commission_id, "accept")
    staff(place, people.lin, commission_id, "quote", offer=Offer(valid_days=1))
    clock.forward(hours=25)
    arguments = [sys.executable, "-c", KILLED, sqlite_url, clock.now.isoformat()]
    assert subprocess.run(arguments, check=False, cwd=ROOT).returncode == 9
    assert state(place, commission_id) == "quoted"

    assert (look_after_due(place), look_after_due(place)) == (1, 0)

    entries = handling.read(place, people.lin, commission_id, language="zh").entries
    assert [entry.key for entry in entries].count("quote_expires") == 1
    place.database.dispose()
