"""The clock of working days: Spring Festival, National Day, make-up days, pauses that are added up."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_server.commissions.clock import (
    Mark,
    Marked,
    allowed,
    due_at,
    is_overrun,
    is_running,
    mark_for,
    remind_at,
    turned,
    used,
    working_time,
)
from qa_server.commissions.definition import ClockRule
from qa_server.commissions.shipped import shipped
from qa_server.network.hours import Interval, Schedule
from qa_server.network.public_holidays import public_days

SHANGHAI = "Asia/Shanghai"
OFFICE = tuple(Interval(day, 8 * 60, 18 * 60) for day in range(5))
_DAYS = {day: known for year in (2024, 2025) for day, known in public_days("CN", year).items()}
LIBRARY = Schedule(SHANGHAI, OFFICE, {day: ((480, 1080),) if known.is_working else () for day, known in _DAYS.items()})
CLOSED = Schedule(SHANGHAI)
BEGIN = datetime(2025, 1, 6, tzinfo=UTC)


def at(text: str) -> datetime:
    """Return a moment in UTC from local time in Shanghai."""
    return datetime.fromisoformat(text + "+08:00").astimezone(UTC)


def local(moment: datetime | None) -> str:
    assert moment is not None
    return (moment + timedelta(hours=8)).strftime("%m-%d %H:%M")


def marked(*pairs: tuple[str, str]) -> list[Marked]:
    return [Marked(Mark(mark), at(moment)) for mark, moment in pairs]


@pytest.mark.parametrize(
    ("starts", "days", "due"),
    [
        # A plain week: Monday 10:00 and five days is Monday 10:00.
        ("2025-03-03 10:00", 5, "03-10 10:00"),
        # Spring Festival 2025: off from 28 January to 4 February, Sunday 26 January and Saturday 8 February worked.
        ("2025-01-24 10:00", 1, "01-26 10:00"),
        ("2025-01-24 10:00", 3, "02-05 10:00"),
        ("2025-01-24 10:00", 6, "02-08 10:00"),
        ("2025-01-24 10:00", 7, "02-10 10:00"),
        # National Day 2025: off from 1 to 8 October, Sunday 28 September and Saturday 11 October worked.
        ("2025-09-26 15:00", 1, "09-28 15:00"),
        ("2025-09-26 15:00", 3, "09-30 15:00"),
        ("2025-09-26 15:00", 4, "10-09 15:00"),
        ("2025-09-26 15:00", 6, "10-11 15:00"),
        ("2025-09-26 15:00", 7, "10-13 15:00"),
        # Begun on a holiday, it counts from the first working day's beginning.
        ("2025-10-03 11:00", 1, "10-10 00:00"),
    ],
)
def test_a_deadline_runs_over_chinese_holidays_and_make_up_days(starts: str, days: int, due: str) -> None:
    assert local(due_at(LIBRARY, marked(("start", starts)), days=days)) == due


@pytest.mark.parametrize(
    ("pairs", "days", "due"),
    [
        # Two days gone, then a pause over the weekend, three left.
        (
            [("start", "2025-03-03 10:00"), ("pause", "2025-03-05 10:00"), ("resume", "2025-03-10 09:00")],
            5,
            "03-13 09:00",
        ),
        # A pause over National Day costs nothing.
        (
            [("start", "2025-09-29 09:00"), ("pause", "2025-09-30 09:00"), ("resume", "2025-10-09 09:00")],
            3,
            "10-11 09:00",
        ),
        # A pause that was within one hour.
        (
            [("start", "2025-03-03 10:00"), ("pause", "2025-03-03 11:00"), ("resume", "2025-03-03 11:30")],
            1,
            "03-04 10:30",
        ),
        # Everything used up: due at once, not in the past.
        (
            [("start", "2025-03-03 10:00"), ("pause", "2025-03-07 10:00"), ("resume", "2025-03-10 09:00")],
            2,
            "03-10 09:00",
        ),
    ],
)
def test_a_pause_is_given_back(pairs: list[tuple[str, str]], days: int, due: str) -> None:
    assert local(due_at(LIBRARY, marked(*pairs), days=days)) == due


@pytest.mark.parametrize(
    ("days", "rework", "due"),
    [
        # Three of three days gone at the delivery: two days from the Monday on which it goes back.
        (3, 2, "03-12 09:00"),
        # A day and a half too late before: still two days.
        (1, 2, "03-12 09:00"),
        # Of ten days seven are left: nobody gets less than was agreed.
        (10, 2, "03-19 09:00"),
        # Without days of its own it is due at once, never in the past.
        (3, 0, "03-10 09:00"),
    ],
)
def test_rework_has_at_least_its_days_from_when_it_begins(days: int, rework: int, due: str) -> None:
    marks = marked(("start", "2025-03-03 09:00"), ("stop", "2025-03-06 09:00"))
    marks.append(Marked(Mark.REWORK, at("2025-03-10 09:00"), rework))

    assert local(due_at(LIBRARY, marks, days=days)) == due


def test_a_pause_within_rework_is_given_back_and_a_second_rework_begins_anew() -> None:
    marks = marked(("start", "2025-03-03 09:00"), ("stop", "2025-03-06 09:00"))
    marks.append(Marked(Mark.REWORK, at("2025-03-10 09:00"), 2))
    marks += marked(("pause", "2025-03-11 09:00"), ("resume", "2025-03-13 09:00"))
    assert local(due_at(LIBRARY, marks, days=3)) == "03-14 09:00"
    assert due_at(LIBRARY, [*marks, Marked(Mark.STOP, at("2025-03-14 08:00"))], days=3) is None

    marks += [Marked(Mark.STOP, at("2025-03-14 08:00")), Marked(Mark.REWORK, at("2025-03-17 09:00"), 2)]

    assert local(due_at(LIBRARY, marks, days=3)) == "03-19 09:00"
    assert allowed(LIBRARY, marks, days=3) == timedelta(days=6, hours=23)


@pytest.mark.parametrize(
    ("first", "again", "is_late"),
    [
        # Handed over in time, and again in time.
        ("2025-03-06 08:00", "2025-03-12 08:00", False),
        # Too late the first time: time for rework does not excuse it.
        ("2025-03-06 10:00", "2025-03-12 08:00", True),
        # Too late the second time.
        ("2025-03-06 08:00", "2025-03-13 10:00", True),
    ],
)
def test_what_was_late_before_rework_or_in_it_was_late(first: str, again: str, is_late: bool) -> None:
    marks = marked(("start", "2025-03-03 09:00"), ("stop", first))
    marks += [Marked(Mark.REWORK, at("2025-03-10 09:00"), 2), Marked(Mark.STOP, at(again))]

    assert is_overrun(LIBRARY, marks, at(again), days=3) is is_late


def test_only_the_step_that_reworks_brings_days_of_its_own() -> None:
    definition = shipped()["citation_search"]
    marks = marked(("start", "2025-03-03 09:00"), ("stop", "2025-03-06 09:00"))
    now = at("2025-03-10 09:00")

    assert turned(definition, "rework", marks, now) == Marked(Mark.REWORK, now, 2)
    assert turned(definition, "correct_draft", marks, now) == Marked(Mark.RESUME, now)
    assert turned(definition, "rework", [], now) is None
    assert is_running([*marks, Marked(Mark.REWORK, now, 2)])


def test_a_clock_that_does_not_run_has_no_deadline() -> None:
    assert due_at(LIBRARY, [], days=3) is None
    assert due_at(LIBRARY, marked(("start", "2025-03-03 10:00"), ("pause", "2025-03-03 12:00")), days=3) is None
    assert due_at(LIBRARY, marked(("start", "2025-03-03 10:00"), ("stop", "2025-03-03 12:00")), days=3) is None


def test_word_is_given_working_hours_before_the_deadline() -> None:
    # Due on the Thursday after National Day at 09:00; eight working hours before is 01:00, a day and more is September.
    assert local(remind_at(LIBRARY, at("2025-10-09 09:00"), hours=8)) == "10-09 01:00"
    assert local(remind_at(LIBRARY, at("2025-10-09 09:00"), hours=24)) == "09-30 09:00"


def test_a_place_that_never_opens_uses_no_time_and_reminds_at_the_deadline() -> None:
    marks = marked(("start", "2025-03-03 10:00"))

    assert used(CLOSED, marks, at("2025-06-01 10:00")) == timedelta()
    assert remind_at(CLOSED, at("2025-06-01 10:00"), hours=8) == at("2025-06-01 10:00")
    assert due_at(CLOSED, marks, days=3) is not None


# The other agency: the clock starts at the payment proof and stops at the electronic draft.
BY_PROOF = ClockRule.model_validate(
    {
        "speeds": [{"key": "normal", "label": {"zh": "普通", "en": "Normal"}, "days": 15}],
        "starts_on": ["payment_proof"],
        "pauses_on": ["pause"],
        "resumes_on": ["resume", "correct_draft"],
        "stops_on": ["send_draft"],
    }
)


@pytest.mark.parametrize(
    ("happened", "mark"),
    [
        ([], None),
        (["accept_quote"], None),
        (["payment_proof"], Mark.START),
        (["payment_proof", "payment_proof"], None),
        (["payment_proof", "pause"], Mark.PAUSE),
        (["payment_proof", "pause", "pause"], None),
        (["payment_proof", "pause", "resume"], Mark.RESUME),
        (["payment_proof", "send_draft"], Mark.STOP),
        (["payment_proof", "send_draft", "send_draft"], None),
        (["payment_proof", "send_draft", "correct_draft"], Mark.RESUME),
        (["send_draft"], None),
        (["resume"], None),
    ],
)
def test_a_library_says_what_starts_and_stops_its_clock(happened: list[str], mark: Mark | None) -> None:
    marks: list[Marked] = []
    last: Mark | None = None
    for key in happened:
        last = mark_for(BY_PROOF, key, marks)
        if last is not None:
            marks.append(Marked(last, BEGIN))

    assert last == mark


def test_paying_after_a_pause_for_material_does_not_make_the_clock_run() -> None:
    marks = [Marked(Mark.START, BEGIN), Marked(Mark.PAUSE, BEGIN)]

    assert mark_for(BY_PROOF, "payment_proof", marks) is None


@given(
    st.lists(st.tuples(st.sampled_from(list(Mark)), st.integers(0, 400)), max_size=12),
    st.integers(0, 4000),
    st.integers(1, 30),
)
def test_the_clock_is_never_negative_and_never_due_before_it_went_on(
    steps: list[tuple[Mark, int]], later: int, days: int
) -> None:
    moment, marks = BEGIN, list[Marked]()
    for mark, hours in steps:
        moment += timedelta(hours=hours)
        marks.append(Marked(mark, moment))
    now = moment + timedelta(hours=later)

    assert timedelta() <= used(LIBRARY, marks, now) <= now - BEGIN
    assert used(LIBRARY, marks, BEGIN - timedelta(days=1)) == timedelta()
    due = due_at(LIBRARY, marks, days=days)
    assert (due is not None) == is_running(marks)
    assert due is None or due >= marks[-1].at


@given(st.integers(0, 2000), st.integers(0, 2000), st.integers(0, 2000))
def test_working_time_adds_up(first: int, second: int, third: int) -> None:
    a = BEGIN + timedelta(hours=first)
    b = a + timedelta(hours=second)
    c = b + timedelta(hours=third)

    assert working_time(LIBRARY, a, c) == working_time(LIBRARY, a, b) + working_time(LIBRARY, b, c)


@given(st.integers(0, 3000), st.integers(0, 60), st.integers(0, 300), st.integers(1, 12))
def test_a_pause_moves_the_deadline_by_the_working_time_it_lasted(
    offset: int, worked: int, paused: int, days: int
) -> None:
    """Where there is time left, the work done before and after the pause is the time agreed."""
    start = BEGIN + timedelta(hours=offset)
    pause = start + timedelta(hours=worked)
    resume = pause + timedelta(hours=paused)
    marks = [Marked(Mark.START, start), Marked(Mark.PAUSE, pause), Marked(Mark.RESUME, resume)]
    before = working_time(LIBRARY, start, pause)

    due = due_at(LIBRARY, marks, days=days)

    assert due is not None
    assert working_time(LIBRARY, resume, due) == max(timedelta(days=days) - before, timedelta())


@pytest.mark.parametrize("code", list(shipped()))
def test_the_clock_of_a_shipped_service_stops_at_delivery_and_at_a_cancellation(code: str) -> None:
    rule = shipped()[code].clock
    running = [Marked(Mark.START, BEGIN)]

    assert mark_for(rule, "deliver", running) is Mark.STOP
    assert mark_for(rule, "cancel", running) is Mark.STOP
    assert mark_for(rule, "cancel_by_library", running) is Mark.STOP
    assert mark_for(rule, "rework", [*running, Marked(Mark.STOP, BEGIN)]) is Mark.RESUME


def test_a_working_day_lasts_all_of_its_hours() -> None:
    saturday_worked = date(2025, 2, 8)
    assert saturday_worked.weekday() == 5
    assert working_time(LIBRARY, at("2025-02-08 00:00"), at("2025-02-09 00:00")) == timedelta(days=1)
    assert working_time(LIBRARY, at("2025-01-28 00:00"), at("2025-02-05 00:00")) == timedelta()
