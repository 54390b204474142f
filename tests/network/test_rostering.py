"""Rosters: duties over holidays, absences and changes; coverage and alarms; shifts that change hands; the feed."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from icalendar import Calendar

from qa_server.desk import absences, calendars, opening_hours, rostering, shift_relief, staffing
from qa_server.desk.opening_hours import WeeklyOpening
from qa_server.desk.rostering import GridDuty
from qa_server.desk.workplace import Workplace
from qa_server.network.desks import DeskFields, MemberFields
from qa_server.network.duty import Exchange, Roster, Slot, coverage, duties, on_duty
from qa_server.network.errors import HoursInvalid, ShiftRefused
from qa_server.network.hours import Interval, Schedule
from qa_server.network.models import MemberRole
from qa_server.network.rosters import on_shift
from qa_server.network.shift_requests import Shift
from storage.errors import Forbidden, NotFound
from tests.fakes import Clock
from tests.network.conftest import Council
from tests.village import Village

ANN, BEN = uuid4(), uuid4()
WEEKDAYS = Schedule("Asia/Shanghai", tuple(Interval(day, 480, 1080) for day in range(5)), {date(2026, 10, 1): ()})
MONDAY, THURSDAY = date(2026, 9, 28), date(2026, 10, 1)
FROM = date(2026, 1, 1)
# Tuesday 1 September 2026, 16:00 in Shanghai, is where the clock of the tests stands.
TODAY, NEXT_MONDAY = date(2026, 9, 1), date(2026, 9, 7)


def slots(*given: tuple[object, int, int, int]) -> list[Slot]:
    """Return weekly duties."""
    return [Slot(who, day, starts, ends, FROM) for who, day, starts, ends in given]  # type: ignore[arg-type]


def test_duties_follow_the_grid_its_changes_absences_and_days_off() -> None:
    roster = Roster(
        WEEKDAYS,
        slots((ANN, 0, 480, 720), (BEN, 3, 480, 720)),
        [
            Exchange(ANN, MONDAY, 600, 720, is_added=False),
            Exchange(BEN, MONDAY, 600, 720, is_added=True),
            Exchange(ANN, THURSDAY, 540, 600, is_added=True),
        ],
        {BEN: [(date(2026, 10, 5), date(2026, 10, 9))]},
    )
    found = [
        (duty.librarian_id, duty.day, duty.starts_minute, duty.ends_minute)
        for duty in duties(roster, MONDAY, date(2026, 10, 8))
    ]
    assert found == [
        (ANN, MONDAY, 480, 600),
        (BEN, MONDAY, 600, 720),
        # The library is closed on that day: the weekly duty of Ben falls away, the one added for Ann stands.
        (ANN, THURSDAY, 540, 600),
        (ANN, date(2026, 10, 5), 480, 720),
    ]


def test_a_duty_past_midnight_is_on_until_its_end() -> None:
    roster = Roster(Schedule("Asia/Shanghai", (Interval(5, 1200, 1560),)), slots((ANN, 5, 1200, 1560)))
    assert on_duty(roster, datetime(2026, 9, 5, 17, 59, tzinfo=UTC)) == {ANN}
    assert on_duty(roster, datetime(2026, 9, 5, 18, 0, tzinfo=UTC)) == set()


def test_coverage_tells_uncovered_alone_short_and_covered() -> None:
    third = uuid4()
    roster = Roster(
        WEEKDAYS,
        slots((ANN, 0, 480, 900), (BEN, 0, 600, 900), (third, 0, 720, 900)),
    )
    found = coverage(roster, MONDAY, MONDAY, min_staff=3)
    assert [(each.cover, (each.ends - each.starts) // timedelta(hours=1)) for each in found] == [
        ("alone", 2),
        ("short", 2),
        ("covered", 3),
        ("uncovered", 3),
    ]
    # Who does not count as staff is there, and does not cover.
    counted = coverage(roster, MONDAY, MONDAY, min_staff=1, counted={BEN, third})
    assert next((each.cover, len(each.librarian_ids)) for each in counted) == ("uncovered", 1)


@pytest.fixture
def planned(place: Workplace, people: Village, council: Council) -> None:
    """Library A is open on weekdays from 8 to 18; lin has Monday mornings, chen Monday afternoons."""
    week = [WeeklyOpening(weekday=day, starts_minute=480, ends_minute=1080) for day in range(5)]
    opening_hours.set_week(place, council.library, "AAA", week)
    grid = [
        GridDuty(login="lin", weekday=0, starts_minute=480, ends_minute=720),
        GridDuty(login="chen", weekday=0, starts_minute=720, ends_minute=1080),
    ]
    rostering.set_grid(place, council.planner, people.desk_a, grid, valid_from=TODAY)


MORNING, AFTERNOON = Shift(NEXT_MONDAY, 480, 720), Shift(NEXT_MONDAY, 720, 1080)


def on(place: Workplace, people: Village, moment: datetime) -> set[str]:
    """Return who is on shift at desk A."""
    names = {people.lin.id: "lin", people.chen.id: "chen", people.zhou.id: "zhou"}
    with place.database.read() as session:
        return {names[each] for each in on_shift(session, people.desk_a, moment)}


NINE, FIFTEEN = datetime(2026, 9, 7, 1, tzinfo=UTC), datetime(2026, 9, 7, 7, tzinfo=UTC)


def test_a_desk_without_a_roster_counts_all_its_members(place: Workplace, people: Village) -> None:
    assert on(place, people, NINE) == {"lin", "chen", "zhou"}


def test_on_shift_follows_the_roster(place: Workplace, people: Village, planned: None) -> None:
    assert (on(place, people, NINE), on(place, people, FIFTEEN)) == ({"lin"}, {"chen"})
    assert on(place, people, datetime(2026, 9, 8, 1, tzinfo=UTC)) == set()


@pytest.mark.parametrize(
    ("grid", "error"),
    [
        ([("lin", 0, 480, 720), ("lin", 0, 700, 900)], HoursInvalid),
        ([("lin", 6, 1400, 1600), ("lin", 0, 60, 200)], HoursInvalid),
        ([("grace", 0, 480, 720)], ShiftRefused),
        ([("nobody", 0, 480, 720)], ShiftRefused),
    ],
)
def test_a_grid_that_cannot_be_is_refused(
    place: Workplace, people: Village, council: Council, grid: list[tuple[str, int, int, int]], error: type[Exception]
) -> None:
    wanted = [GridDuty(login=who, weekday=day, starts_minute=s, ends_minute=e) for who, day, s, e in grid]
    with pytest.raises(error):
        rostering.set_grid(place, council.planner, people.desk_a, wanted, valid_from=TODAY)
    with pytest.raises(Forbidden):
        rostering.set_grid(place, people.lin, people.desk_a, [], valid_from=TODAY)
    with pytest.raises(ShiftRefused):
        rostering.set_grid(place, council.planner, people.desk_a, [], valid_from=TODAY - timedelta(days=1))


def test_a_new_grid_leaves_the_past_as_it_was(
    place: Workplace, people: Village, council: Council, planned: None, clock: Clock
) -> None:
    clock.forward(days=7)
    rostering.set_grid(place, council.planner, people.desk_a, [], valid_from=date(2026, 9, 8))
    assert on(place, people, NINE) == {"lin"}
    view = rostering.roster(place, council.planner, people.desk_a, first=date(2026, 9, 14), days=1)
    assert (view.grid, view.duties) == ([], [])


def test_gaps_of_the_coming_week_raise_an_alarm(
    place: Workplace, people: Village, council: Council, planned: None
) -> None:
    (alarm,) = rostering.alarms(place, council.planner)
    assert {each.cover for each in alarm.gaps} == {"uncovered"}
    assert sum((each.ends - each.starts for each in alarm.gaps), timedelta()) == timedelta(hours=2 + 30)
    two = DeskFields("咨询台", "Desk", min_staff=2)
    staffing.change_desk(place, council.library, people.desk_a, two, alliance=None)
    (alarm,) = rostering.alarms(place, people.lin)
    assert {each.cover for each in alarm.gaps} == {"uncovered", "alone"}
    assert rostering.alarms(place, people.grace) == []


def test_a_trainee_alone_covers_nothing(place: Workplace, people: Village, council: Council, planned: None) -> None:
    staffing.set_member(place, council.library, people.desk_a, "lin", MemberFields(MemberRole.TRAINEE))
    view = rostering.roster(place, council.planner, people.desk_a, first=NEXT_MONDAY, days=1)
    assert [(each.logins, each.cover) for each in view.coverage] == [(["lin"], "uncovered"), (["chen"], "covered")]


def test_a_shift_handed_back_stays_until_somebody_takes_it(place: Workplace, people: Village, planned: None) -> None:
    asked = shift_relief.ask_for_relief(place, people.lin, people.desk_a, MORNING, reason="开会")
    assert shift_relief.ask_for_relief(place, people.lin, people.desk_a, MORNING, reason="开会").id == asked.id
    assert on(place, people, NINE) == {"lin"}
    assert [each.id for each in shift_relief.open_requests(place, people.zhou)] == [asked.id]
    assert shift_relief.decide(place, people.zhou, asked.id, "take").state == "taken"
    assert on(place, people, NINE) == {"zhou"}
    with pytest.raises(ShiftRefused):
        shift_relief.decide(place, people.chen, asked.id, "take")


def test_two_colleagues_swap_their_shifts(place: Workplace, people: Village, planned: None) -> None:
    asked = shift_relief.ask_for_relief(
        place, people.lin, people.desk_a, MORNING, reason="", colleague="chen", in_return=AFTERNOON
    )
    with pytest.raises(ShiftRefused):
        shift_relief.decide(place, people.zhou, asked.id, "take")
    shift_relief.decide(place, people.chen, asked.id, "take")
    assert (on(place, people, NINE), on(place, people, FIFTEEN)) == ({"chen"}, {"lin"})


def test_only_those_concerned_decide_on_a_request(
    place: Workplace, people: Village, council: Council, planned: None
) -> None:
    asked = shift_relief.ask_for_relief(place, people.lin, people.desk_a, MORNING, reason="", colleague="chen")
    for person, decision in [(people.zhou, "decline"), (people.chen, "withdraw"), (people.chen, "release")]:
        with pytest.raises(Forbidden):
            shift_relief.decide(place, person, asked.id, decision)
    with pytest.raises(NotFound):
        shift_relief.decide(place, people.grace, asked.id, "take")
    assert shift_relief.decide(place, council.planner, asked.id, "release").state == "released"
    assert on(place, people, NINE) == set()


@pytest.mark.parametrize(
    "shift", [Shift(NEXT_MONDAY, 480, 900), Shift(date(2026, 9, 8), 480, 720), Shift(NEXT_MONDAY, 720, 1080)]
)
def test_what_one_does_not_have_cannot_be_handed_back(
    place: Workplace, people: Village, planned: None, shift: Shift
) -> None:
    with pytest.raises(ShiftRefused):
        shift_relief.ask_for_relief(place, people.lin, people.desk_a, shift, reason="")


def test_an_uncovered_hour_is_picked_up_and_an_absence_makes_one(
    place: Workplace, people: Village, council: Council, planned: None
) -> None:
    absences.add_absence(place, people.lin, "lin", starts_on=NEXT_MONDAY, ends_on=NEXT_MONDAY)
    assert on(place, people, NINE) == set()
    rostering.add_shift(place, people.zhou, people.desk_a, "zhou", MORNING)
    assert on(place, people, NINE) == {"zhou"}
    for person, login, error in [(people.zhou, "chen", Forbidden), (council.planner, "lin", ShiftRefused)]:
        with pytest.raises(error):
            rostering.add_shift(place, person, people.desk_a, login, MORNING)
    rostering.drop_shift(place, council.planner, people.desk_a, "zhou", MORNING)
    assert on(place, people, NINE) == set()
    with pytest.raises(NotFound):
        absences.add_absence(place, people.zhou, "lin", starts_on=TODAY, ends_on=TODAY)


def test_the_feed_shows_ones_own_duties_until_it_is_taken_back(
    place: Workplace, people: Village, planned: None
) -> None:
    feed = calendars.make_feed(place, people.lin)
    token = feed.path.removeprefix("/api/v1/calendars/").removesuffix(".ics")
    events = list(Calendar.from_ical(calendars.calendar(place, token)).walk("VEVENT"))
    starts = [event.decoded("dtstart") for event in events]
    assert starts[0] == datetime(2026, 9, 7, 0, tzinfo=UTC)
    assert len({str(event["uid"]) for event in events}) == len(events) >= 11
    # National Day week is closed: no duty on Monday 5 October.
    assert datetime(2026, 10, 5, 0, tzinfo=UTC) not in starts
    calendars.revoke_feed(place, people.lin, feed.id)
    with pytest.raises(NotFound):
        calendars.calendar(place, token)
    with pytest.raises(NotFound):
        calendars.calendar(place, "\ud800" + token)
