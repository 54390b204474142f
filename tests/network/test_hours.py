"""Opening times by value tables and by properties: summer time, past midnight, special days, working days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_server.network.hours import Interval, Schedule, always_open, moment_of, working_deadline

SHANGHAI, BERLIN, NEW_YORK, HAVANA = "Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Havana"
OFFICE = tuple(Interval(day, 8 * 60, 18 * 60) for day in range(5))
LATE_FRIDAY = (Interval(4, 20 * 60, 26 * 60),)
NIGHT = tuple(Interval(day, 22 * 60, 26 * 60) for day in range(7))
EARLY_SUNDAY = (Interval(6, 2 * 60 + 30, 3 * 60 + 15),)
NATIONAL_DAY = {date(2026, 10, 1): (), date(2026, 10, 10): ((8 * 60, 18 * 60),)}


def at(text: str) -> datetime:
    """Return a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "moment", "is_open", "opens", "closes"),
    [
        # Monday 08:00 to 18:00 in Shanghai is 00:00 to 10:00 UTC; closed at the minute it ends.
        (Schedule(SHANGHAI, OFFICE), "2026-11-23 00:00", True, "2026-11-23 00:00", "2026-11-23 10:00"),
        (Schedule(SHANGHAI, OFFICE), "2026-11-22 23:59", False, "2026-11-23 00:00", None),
        (Schedule(SHANGHAI, OFFICE), "2026-11-23 10:00", False, "2026-11-24 00:00", None),
        (Schedule(SHANGHAI, OFFICE), "2026-11-27 10:00", False, "2026-11-30 00:00", None),
        # Friday 20:00 to Saturday 02:00.
        (Schedule(SHANGHAI, LATE_FRIDAY), "2026-11-27 17:59", True, "2026-11-27 17:59", "2026-11-27 18:00"),
        (Schedule(SHANGHAI, LATE_FRIDAY), "2026-11-27 18:00", False, "2026-12-04 12:00", None),
        # A closed Saturday does not cut what began on Friday evening.
        (
            Schedule(SHANGHAI, LATE_FRIDAY, {date(2026, 11, 28): ()}),
            "2026-11-27 17:00",
            True,
            "2026-11-27 17:00",
            "2026-11-27 18:00",
        ),
        # Clocks go forward at 02:00 (01:00 UTC): what begins in the missing hour begins at the change.
        (Schedule(BERLIN, EARLY_SUNDAY), "2026-03-29 00:59", False, "2026-03-29 01:00", None),
        (Schedule(BERLIN, EARLY_SUNDAY), "2026-03-29 01:10", True, "2026-03-29 01:10", "2026-03-29 01:15"),
        # Clocks go back at 03:00 (01:00 UTC): 02:30 means the first one.
        (Schedule(BERLIN, EARLY_SUNDAY), "2026-10-25 00:30", True, "2026-10-25 00:30", "2026-10-25 02:15"),
        # The night of the change in New York: 22:00 to 02:00 is an hour longer; 02:00 comes once.
        (Schedule(NEW_YORK, NIGHT), "2026-11-01 06:59", True, "2026-11-01 06:59", "2026-11-01 07:00"),
        (Schedule(NEW_YORK, NIGHT), "2026-03-08 06:59", True, "2026-03-08 06:59", "2026-03-08 07:00"),
        # A holiday, and a Saturday that is worked.
        (Schedule(SHANGHAI, OFFICE, NATIONAL_DAY), "2026-10-01 02:00", False, "2026-10-02 00:00", None),
        (Schedule(SHANGHAI, OFFICE, NATIONAL_DAY), "2026-10-10 02:00", True, "2026-10-10 02:00", "2026-10-10 10:00"),
        # Never and always.
        (Schedule(SHANGHAI), "2026-11-23 02:00", False, None, None),
        (always_open(HAVANA), "2026-11-01 04:30", True, "2026-11-01 04:30", None),
    ],
)
def test_a_schedule_says_whether_it_is_open_and_what_comes_next(
    schedule: Schedule, moment: str, is_open: bool, opens: str | None, closes: str | None
) -> None:
    now = at(moment)
    assert schedule.is_open(now) is is_open
    assert schedule.opens_next(now) == (at(opens) if opens else None)
    assert schedule.closes_next(now) == (at(closes) if closes else None)


def test_openings_that_touch_are_one_until_the_last_of_them_ends() -> None:
    day_and_night = (Interval(0, 8 * 60, 24 * 60), Interval(1, 0, 2 * 60))
    assert Schedule(SHANGHAI, day_and_night).closes_next(at("2026-11-23 01:00")) == at("2026-11-23 18:00")


@pytest.mark.parametrize("bad", [(7, 0, 60), (-1, 0, 60), (0, 1440, 1500), (0, 60, 60), (0, 60, 2881), (0, -1, 60)])
def test_an_interval_that_cannot_be_is_refused(bad: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"weekday|opening"):
        Interval(*bad)


@pytest.mark.parametrize(
    ("asked", "hours", "due"),
    [
        # Friday 15:00 in Shanghai: 9 hours are left of Friday, the rest runs on Monday.
        ("2026-11-27 07:00", 8, "2026-11-27 15:00"),
        ("2026-11-27 07:00", 12, "2026-11-29 19:00"),
        ("2026-11-27 07:00", 24, "2026-11-30 07:00"),
        ("2026-11-27 07:00", 48, "2026-12-01 07:00"),
        # On Sunday the clock stands until Monday begins.
        ("2026-11-29 04:00", 8, "2026-11-30 00:00"),
    ],
)
def test_the_working_day_clock_stands_still_on_days_off(asked: str, hours: int, due: str) -> None:
    assert working_deadline(Schedule(SHANGHAI, OFFICE), at(asked), hours) == at(due)


def test_a_holiday_stops_the_working_day_clock_and_a_make_up_day_lets_it_run() -> None:
    schedule = Schedule(SHANGHAI, OFFICE, NATIONAL_DAY)
    assert working_deadline(schedule, at("2026-09-30 08:00"), 24) == at("2026-10-02 08:00")
    assert working_deadline(schedule, at("2026-10-09 08:00"), 24) == at("2026-10-10 08:00")


def test_a_place_that_never_opens_gets_the_plain_clock() -> None:
    assert working_deadline(Schedule(SHANGHAI), at("2026-11-27 07:00"), 48) == at("2026-11-29 07:00")


def test_wall_time_never_runs_backwards_over_a_change_of_the_clocks() -> None:
    for zone, day in [(BERLIN, date(2026, 3, 29)), (BERLIN, date(2026, 10, 25)), (HAVANA, date(2026, 3, 8))]:
        moments = [moment_of(day, minute, ZoneInfo(zone)) for minute in range(0, 300)]
        assert moments == sorted(moments)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Any schedule in zones with and without summer time, around the changes of 2026."""
    spans = st.tuples(st.integers(0, 1439), st.integers(1, 1441)).map(lambda span: (span[0], sum(span)))
    weekly = draw(st.lists(st.tuples(st.integers(0, 6), spans), max_size=6))
    days = st.dates(date(2026, 3, 20), date(2026, 11, 10))
    special = draw(st.dictionaries(days, st.lists(spans, max_size=2).map(tuple), max_size=4))
    zone = draw(st.sampled_from([SHANGHAI, BERLIN, NEW_YORK, HAVANA, "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]))
    return Schedule(zone, tuple(Interval(day, *span) for day, span in weekly), special)


MOMENTS = st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 15)).map(lambda moment: moment.replace(tzinfo=UTC))


@settings(max_examples=150, deadline=None)
@given(schedule=schedules(), now=MOMENTS)
def test_open_opens_and_closes_always_agree(schedule: Schedule, now: datetime) -> None:
    opens, closes = schedule.opens_next(now), schedule.closes_next(now)
    tick = timedelta(seconds=1)
    if schedule.is_open(now):
        assert opens == now
        assert closes is None or (closes > now and schedule.is_open(closes - tick) and not schedule.is_open(closes))
    else:
        assert closes is None
        assert opens is None or (opens > now and schedule.is_open(opens) and not schedule.is_open(opens - tick))


@settings(max_examples=60, deadline=None)
@given(schedule=schedules(), now=MOMENTS, hours=st.sampled_from([8, 12, 24, 48]))
def test_a_working_deadline_is_never_earlier_than_the_plain_clock_and_grows_with_its_hours(
    schedule: Schedule, now: datetime, hours: int
) -> None:
    due = working_deadline(schedule, now, hours)
    assert due >= now + timedelta(hours=hours)
    assert working_deadline(schedule, now, hours + 1) > due
