"""Rosters and shifts in the console: who sees and plans them, requests of colleagues, alarms, calendar addresses."""

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from httpx2 import Response

from qa_server.people.models import Role, RoleGrant
from tests.admin.conftest import Doors, Visit
from tests.village import Village

SHIFTS = "/console/shifts"


@pytest.fixture
def roster(townsfolk: Village) -> str:
    """The address of the roster of library A's desk."""
    return f"/console/desks/{townsfolk.desk_a}/roster"


@pytest.fixture
def planner(doors: Doors, townsfolk: Village) -> Visit:
    """ZHOU, who plans and administers library A, which opens from 08:00 to 20:00 every day."""
    with doors.place.database.write() as session:
        grant = RoleGrant(
            librarian_id=townsfolk.zhou.id, library_id=townsfolk.library_a, role=Role.LIBRARY_ADMINISTRATOR
        )
        session.add(grant)
    visit = doors.sign_in("zhou")
    visit.post("/console/network/AAA/hours", **{f"day-{day}": "08:00-20:00" for day in range(7)})
    return visit


@pytest.fixture
def today(doors: Doors) -> date:
    """The date at library A."""
    return doors.place.clock().astimezone(ZoneInfo("Asia/Shanghai")).date()


def save_grid(visit: Visit, roster: str, rows: list[tuple[str, str, str]], *, valid_from: date | str) -> Response:
    """Send the form of the weekly grid: user name, weekday, times."""
    fields = {
        "csrf_token": visit.csrf_token,
        "valid_from": str(valid_from),
        "login": [row[0] for row in rows],
        "weekday": [row[1] for row in rows],
        "times": [row[2] for row in rows],
    }
    return visit.client.post(f"{roster}/grid", data=fields, follow_redirects=False)


def every_day(login: str, times: str) -> list[tuple[str, str, str]]:
    """Return lines of a grid for all weekdays."""
    return [(login, str(day), times) for day in range(7)]


def test_a_grid_is_typed_and_the_week_shows_who_serves_and_what_lacks(planner: Visit, roster: str, today: date) -> None:
    assert "This desk has no roster" in planner.read(roster)
    rows = [*every_day("lin", "08:00-12:00, 13:00-18:00"), ("chen", "0", "")]
    saved = save_grid(planner, roster, rows, valid_from=today)
    assert saved.status_code == 303
    page = planner.read(saved.headers["location"])
    assert "This desk has no roster" not in page
    assert "08:00-12:00" in page
    assert page.count("nobody on duty") > 7
    assert re.search(r'<rect x="1080" y="0" width="120" height="10" class="cover-uncovered">', page)
    assert 'value="08:00-12:00, 13:00-18:00"' in page


@pytest.mark.parametrize(
    ("rows", "valid_from"),
    [
        ([("lin", "0", "eight")], "today"),
        ([("lin", "9", "08:00-09:00")], "today"),
        ([("grace", "0", "08:00-09:00")], "today"),
        ([("lin", "0", "08:00-10:00"), ("lin", "0", "09:00-11:00")], "today"),
        ([("lin", "0", "08:00-09:00")], "2020-01-01"),
        ([("lin", "0", "08:00-09:00")], "soon"),
    ],
)
def test_a_grid_that_cannot_be_is_refused_and_stays_as_typed(
    planner: Visit, roster: str, today: date, rows: list[tuple[str, str, str]], valid_from: str
) -> None:
    refused = save_grid(planner, roster, rows, valid_from=today if valid_from == "today" else valid_from)
    assert refused.status_code in (409, 422)
    assert 'role="alert"' in refused.text
    assert f'value="{rows[0][2]}"' in refused.text
    assert "This desk has no roster" in planner.read(roster)


def test_members_read_the_roster_planners_change_it_and_others_do_not_find_it(
    doors: Doors, planner: Visit, roster: str, today: date
) -> None:
    save_grid(planner, roster, every_day("lin", "08:00-20:00"), valid_from=today)
    member, stranger = doors.sign_in("chen"), doors.sign_in("grace")
    assert "Lin" in member.read(roster)
    assert "Weekly grid" not in member.read(roster)
    assert save_grid(member, roster, [], valid_from=today).status_code == 403
    absent = {"login": "lin", "starts_on": str(today), "ends_on": str(today)}
    assert member.post(f"{roster}/absences", **absent).status_code == 404
    assert stranger.client.get(roster).status_code == 404
    assert stranger.post(f"{roster}/shifts", login="lin", day=str(today), times="08:00-09:00").status_code == 404
    assert "Lin" in planner.read(roster)


def test_a_dated_shift_is_added_and_taken_away(planner: Visit, roster: str, today: date) -> None:
    tomorrow = str(today + timedelta(days=1))
    shift = {"login": "chen", "day": tomorrow, "times": "09:00-10:00"}
    assert planner.post(f"{roster}/shifts", **shift).status_code == 303
    assert '<span class="time">09:00-10:00</span>' in planner.read(roster)
    twice = planner.post(f"{roster}/shifts", **shift)
    assert twice.status_code == 409
    assert 'value="09:00-10:00"' in twice.text
    assert planner.post(f"{roster}/shifts", **shift, drop="1").status_code == 303
    assert '<span class="time">09:00-10:00</span>' not in planner.read(roster)


def test_an_absence_opens_hours_which_the_desks_tab_counts(planner: Visit, roster: str, today: date) -> None:
    save_grid(planner, roster, every_day("lin", "08:00-20:00"), valid_from=today)
    assert 'class="tally"' not in planner.read("/console/network/AAA/desks")
    day = str(today + timedelta(days=2))
    assert planner.post(f"{roster}/absences", login="lin", starts_on=day, ends_on=day).status_code == 303
    assert 'class="tally"' in planner.read("/console/network/AAA/desks")
    page = planner.read(roster)
    assert "08:00-20:00</span> nobody on duty" in page
    absence = re.findall(r"/roster/absences/([0-9a-f-]{36})/remove", page)[0]
    planner.post(f"{roster}/absences/{absence}/remove", login="lin")
    assert "08:00-20:00</span> nobody on duty" not in planner.read(roster)
    wrong = planner.post(f"{roster}/absences", login="lin", starts_on=day, ends_on="2020-01-01")
    assert wrong.status_code == 409
    assert f'value="{day}"' in wrong.text


def test_a_shift_is_offered_taken_and_declined_by_colleagues(
    doors: Doors, planner: Visit, roster: str, townsfolk: Village, today: date
) -> None:
    save_grid(planner, roster, every_day("lin", "08:00-20:00"), valid_from=today)
    owner, colleague = doors.sign_in("lin"), doors.sign_in("chen")
    day = today + timedelta(days=1)
    assert f"{day} 08:00 – {day} 20:00" in owner.read(SHIFTS)
    asked = {"desk_id": str(townsfolk.desk_a), "day": str(day), "times": "08:00-12:00", "colleague": ""}
    assert owner.post(f"{SHIFTS}/relief", **asked, reason="Dentist").status_code == 303
    offered = colleague.read(SHIFTS)
    assert "Dentist" in offered
    request = re.findall(rf"{SHIFTS}/requests/([0-9a-f-]{{36}})", offered)[0]
    assert doors.sign_in("grace").post(f"{SHIFTS}/requests/{request}", decision="take").status_code == 404
    assert colleague.post(f"{SHIFTS}/requests/{request}", decision="steal").status_code == 403
    assert colleague.post(f"{SHIFTS}/requests/{request}", decision="take").status_code == 303
    assert f"{day} 08:00 – {day} 12:00" in colleague.read(SHIFTS)
    assert f"{day} 12:00 – {day} 20:00" in owner.read(SHIFTS)
    assert colleague.post(f"{SHIFTS}/requests/{request}", decision="take").status_code == 409


def test_a_request_that_cannot_be_keeps_what_was_typed(
    doors: Doors, planner: Visit, roster: str, townsfolk: Village, today: date
) -> None:
    save_grid(planner, roster, every_day("lin", "08:00-20:00"), valid_from=today)
    owner = doors.sign_in("lin")
    asked = {"desk_id": str(townsfolk.desk_a), "day": str(today + timedelta(days=1)), "colleague": "chen"}
    swap = {"times": "08:00-12:00", "return_day": "", "return_times": "09:00-11:00", "reason": "A typed reason"}
    refused = owner.post(f"{SHIFTS}/relief", **asked, **swap)
    assert refused.status_code == 422
    assert "A typed reason" in refused.text
    assert 'value="09:00-11:00"' in refused.text
    assert "Requests about shifts" not in owner.read(SHIFTS)
    assert owner.post(f"{SHIFTS}/relief", desk_id="none", day="x", times="08:00-12:00").status_code in (404, 422)


def test_a_planner_releases_and_a_member_picks_the_open_hours_up(
    doors: Doors, planner: Visit, roster: str, townsfolk: Village, today: date
) -> None:
    save_grid(planner, roster, every_day("lin", "08:00-20:00"), valid_from=today)
    owner, colleague = doors.sign_in("lin"), doors.sign_in("chen")
    day = today + timedelta(days=1)
    shift = {"desk_id": str(townsfolk.desk_a), "day": str(day), "times": "08:00-20:00"}
    owner.post(f"{SHIFTS}/relief", **shift, reason="Ill")
    request = re.findall(r"/roster/requests/([0-9a-f-]{36})", planner.read(roster))[0]
    assert planner.post(f"{roster}/requests/{request}", decision="release").status_code == 303
    assert "Pick up" in colleague.read(SHIFTS)
    assert colleague.post(f"{SHIFTS}/pick-up", **shift).status_code == 303
    assert "Pick up" not in colleague.read(SHIFTS)
    assert colleague.post(f"{SHIFTS}/pick-up", **shift).status_code == 409


def test_own_absences_are_noted_and_taken_back(doors: Doors, today: date) -> None:
    visit = doors.sign_in("lin")
    days = {"starts_on": str(today), "ends_on": str(today + timedelta(days=3))}
    visit.post(f"{SHIFTS}/absences", **days)
    absence = re.findall(rf"{SHIFTS}/absences/([0-9a-f-]{{36}})/remove", visit.read(SHIFTS))[0]
    doors.sign_in("chen").post(f"{SHIFTS}/absences/{absence}/remove")
    assert absence in visit.read(SHIFTS)
    visit.post(f"{SHIFTS}/absences/{absence}/remove")
    assert absence not in visit.read(SHIFTS)


def test_a_calendar_address_is_shown_once_and_taken_back(doors: Doors) -> None:
    visit = doors.sign_in("lin")
    made = visit.post(f"{SHIFTS}/feeds")
    address = re.findall(r'id="secret">([^<]+)<', made.text)[0]
    path = address.split("testserver")[1]
    assert visit.client.get(path).text.startswith("BEGIN:VCALENDAR")
    page = visit.read(SHIFTS)
    assert path not in page
    feed = re.findall(rf"{SHIFTS}/feeds/([0-9a-f-]{{36}})/revoke", page)[0]
    doors.sign_in("chen").post(f"{SHIFTS}/feeds/{feed}/revoke")
    assert visit.client.get(path).status_code == 200
    visit.post(f"{SHIFTS}/feeds/{feed}/revoke")
    assert visit.client.get(path).status_code == 404


def test_dates_beyond_reason_show_the_week_of_today(planner: Visit, roster: str, today: date) -> None:
    assert f"{today} and the six days after" in planner.read(f"{roster}?first=9999-12-31")
    assert f"{today} and the six days after" in planner.read(roster)
    assert planner.client.get(f"{roster}?first=whenever").status_code == 404
