"""Opening times as they are inherited: week, special days, public holidays; and what administrators may not put in."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from qa_server.desk import administering, being_here, opening_hours
from qa_server.desk.opening_hours import WeeklyOpening
from qa_server.desk.workplace import Workplace
from qa_server.network.errors import HoursInvalid
from qa_server.network.hours import Schedule
from qa_server.network.opening import Special
from qa_server.network.public_holidays import public_days
from qa_server.network.schedules import schedules_of
from storage.errors import Forbidden
from tests.fakes import Clock
from tests.network.conftest import Council
from tests.village import Village

AROUND = datetime(2026, 9, 1, 8, tzinfo=UTC)
NATIONAL_DAY, MAKE_UP_SATURDAY, ORDINARY = date(2026, 10, 1), date(2026, 10, 10), date(2026, 9, 21)


def week(starts: int, ends: int, days: range = range(5)) -> list[WeeklyOpening]:
    """Return the same opening on several days."""
    return [WeeklyOpening(weekday=day, starts_minute=starts, ends_minute=ends) for day in days]


def schedule(place: Workplace, library: UUID) -> Schedule:
    """Return a library's schedule as it is now."""
    with place.database.read() as session:
        return schedules_of(session, [library], around=AROUND)[library]


def test_without_hours_anywhere_a_library_is_always_open_even_on_holidays(place: Workplace, people: Village) -> None:
    found = schedule(place, people.library_a)
    assert found.is_open(datetime(2026, 10, 1, 19, tzinfo=UTC))
    assert found.closes_next(AROUND) is None


def test_the_week_of_the_nearest_node_holds(place: Workplace, people: Village, council: Council) -> None:
    opening_hours.set_week(place, council.network, "NAT", week(480, 1080))
    assert schedule(place, people.library_a).minutes_on(ORDINARY) == ((480, 1080),)
    opening_hours.set_week(place, council.library, "AAA", week(600, 720))
    assert schedule(place, people.library_a).minutes_on(ORDINARY) == ((600, 720),)
    assert schedule(place, people.library_b).minutes_on(ORDINARY) == ((480, 1080),)
    view = opening_hours.set_week(place, council.library, "AAA", [])
    assert (view.week_origin, view.is_own_week) == ("NAT", False)


def test_public_holidays_close_and_make_up_days_open_unless_a_node_says_otherwise(
    place: Workplace, people: Village, council: Council
) -> None:
    opening_hours.set_week(place, council.network, "NAT", week(480, 1080))
    found = schedule(place, people.library_a)
    assert found.minutes_on(NATIONAL_DAY) == ()
    assert found.minutes_on(MAKE_UP_SATURDAY) == ((480, 1080),)
    opening_hours.set_special_day(
        place, council.province, "PRV", Special(NATIONAL_DAY, "国庆值班", "Holiday duty", ((600, 900),))
    )
    opening_hours.set_special_day(place, council.library, "AAA", Special(MAKE_UP_SATURDAY, "盘点", "Stocktaking", ()))
    assert schedule(place, people.library_a).minutes_on(NATIONAL_DAY) == ((600, 900),)
    assert schedule(place, people.library_a).minutes_on(MAKE_UP_SATURDAY) == ()
    assert schedule(place, people.library_b).minutes_on(MAKE_UP_SATURDAY) == ((480, 1080),)
    opening_hours.clear_special_day(place, council.library, "AAA", MAKE_UP_SATURDAY)
    assert schedule(place, people.library_a).minutes_on(MAKE_UP_SATURDAY) == ((480, 1080),)


def test_a_node_may_do_without_the_calendar_of_public_holidays(
    place: Workplace, people: Village, council: Council
) -> None:
    opening_hours.set_week(place, council.network, "NAT", week(480, 1080))
    administering.set_setting(place, council.library, "AAA", "holiday_calendar", "none", is_locked=False)
    assert schedule(place, people.library_a).minutes_on(NATIONAL_DAY) == ((480, 1080),)
    assert schedule(place, people.library_b).minutes_on(NATIONAL_DAY) == ()


@pytest.mark.parametrize(
    ("day", "is_working"),
    [("2026-02-14", True), ("2026-02-16", False), ("2026-02-22", False), ("2026-10-05", False), ("2026-10-10", True)],
)
def test_the_calendar_knows_the_notices_of_the_state_council(day: str, is_working: bool) -> None:
    found = public_days("CN", 2026)[date.fromisoformat(day)]
    assert found.is_working is is_working
    assert found.name_zh
    assert found.name_en.isascii()


@pytest.mark.parametrize(
    "openings",
    [
        [(0, 480, 720), (0, 700, 900)],
        # Sunday night runs into Monday morning.
        [(6, 1380, 1500), (0, 0, 90)],
        [(0, 480, 480)],
    ],
)
def test_overlapping_and_empty_openings_are_refused(
    place: Workplace, council: Council, openings: list[tuple[int, int, int]]
) -> None:
    wanted = [WeeklyOpening(weekday=day, starts_minute=starts, ends_minute=ends) for day, starts, ends in openings]
    with pytest.raises(HoursInvalid):
        opening_hours.set_week(place, council.library, "AAA", wanted)
    assert opening_hours.hours_of(place, council.library, "AAA").week_origin is None


def test_hours_belong_to_those_who_administer_the_node(place: Workplace, people: Village, council: Council) -> None:
    for person, code in [(people.lin, "AAA"), (council.library, "BBB"), (council.library, "NAT")]:
        with pytest.raises(Forbidden):
            opening_hours.set_week(place, person, code, week(480, 1080))


def test_everybody_is_told_whether_a_library_is_open_and_when_next(
    place: Workplace, people: Village, council: Council, clock: Clock
) -> None:
    opening_hours.set_week(place, council.library, "AAA", week(480, 1080))
    clock.now = datetime(2026, 9, 4, 11, tzinfo=UTC)
    now = being_here.library_now(place, "AAA")
    assert (now.is_open, now.opens_next, now.closes_next) == (False, datetime(2026, 9, 7, 0, tzinfo=UTC), None)
    assert [(each.starts_minute, each.ends_minute) for each in now.hours_today] == [(480, 1080)]
    clock.now = datetime(2026, 9, 7, 1, tzinfo=UTC)
    now = being_here.library_now(place, "AAA")
    assert (now.is_open, now.opens_next, now.closes_next) == (True, None, datetime(2026, 9, 7, 10, tzinfo=UTC))
