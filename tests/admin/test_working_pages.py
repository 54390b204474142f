"""The working day as pages: what one is, capacity, sounds and keys, without scripts."""

import json
import re

import pytest

from qa_server.desk import preferring, working_day
from qa_server.desk.preferring import Preferences, Sound
from qa_server.people.availability import Availability
from tests.admin.conftest import Doors
from tests.village import Village

_STATE = re.compile(r'<script type="application/json" id="bar-state">(.*?)</script>', re.DOTALL)
CHOSEN = {
    "question_sound": "bell",
    "message_sound": "none",
    "volume": "35",
    "repeat_seconds": "20",
    "letter_keys": "on",
    "mail_address": " lin@example.edu ",
}


@pytest.mark.parametrize("path", ["/console", "/console/articles", "/console/history", "/console/shifts"])
def test_every_page_says_what_one_is_and_lets_one_choose(doors: Doors, path: str) -> None:
    visit = doors.sign_in("lin")
    assert 'aria-label="What you are to readers and colleagues: Online"' in visit.read(path)
    answer = visit.post("/console/working-day", availability="internal", back=path)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    # On another machine as well.
    again = doors.sign_in("lin").read(path)
    assert 'aria-label="What you are to readers and colleagues: Colleagues only"' in again
    assert json.loads(_state(again))["day"]["choice"] == "internal"


def test_without_the_pages_own_token_nothing_is_chosen(doors: Doors, townsfolk: Village) -> None:
    visit = doors.sign_in("lin")
    answer = visit.post("/console/working-day", availability="offline", back="/console", csrf_token="wrong")
    assert answer.status_code == 403
    assert working_day.working_day(doors.place, townsfolk.lin).choice is Availability.ONLINE


def test_the_way_back_stays_on_this_site(doors: Doors) -> None:
    answer = doors.sign_in("lin").post("/console/working-day", availability="away", back="https://elsewhere.example/")
    assert answer.headers["location"] == "/console"


def test_capacity_is_chosen_within_what_the_desk_gives(doors: Doors, townsfolk: Village) -> None:
    visit = doors.sign_in("lin")
    assert visit.post("/console/working-day", max_chats="2", back="/console").status_code == 303
    assert working_day.working_day(doors.place, townsfolk.lin).max_chats == 2
    refused = visit.post("/console/working-day", max_chats="9", back="/console")
    assert refused.status_code == 422
    assert "Choose from 1 to 3" in refused.text
    visit.post("/console/working-day", max_chats="", back="/console")
    assert working_day.working_day(doors.place, townsfolk.lin).max_chats is None


def test_sounds_and_keys_are_kept_with_the_person(doors: Doors, townsfolk: Village) -> None:
    visit = doors.sign_in("lin")
    assert 'value="chime" selected' in visit.read("/console/preferences")
    assert visit.post("/console/preferences", **CHOSEN).headers["location"] == "/console/preferences?done=saved"
    page = doors.sign_in("lin").read("/console/preferences")
    assert 'value="bell" selected' in page
    assert 'value="35"' in page
    assert preferring.preferences(doors.place, townsfolk.lin) == Preferences(
        question_sound=Sound.BELL,
        message_sound=Sound.NONE,
        volume=35,
        repeat_seconds=20,
        notifies=False,
        is_quiet_when_away=False,
        letter_keys=True,
        mail_address="lin@example.edu",
        mails_ageing=False,
        mails_commissions=False,
    )
    assert preferring.preferences(doors.place, townsfolk.chen) == Preferences()


@pytest.mark.parametrize(
    "wrong",
    [
        {"volume": "101"},
        {"volume": ""},
        {"repeat_seconds": "7"},
        {"question_sound": "x"},
        {"mail_address": "lin@example"},
        {"mail_address": "a@b.example\r\nBcc: c@d.example"},
    ],
)
def test_what_is_not_offered_is_refused_and_nothing_changes(
    doors: Doors, townsfolk: Village, wrong: dict[str, str]
) -> None:
    answer = doors.sign_in("lin").post("/console/preferences", **{**CHOSEN, **wrong})
    assert answer.status_code == 422
    assert "Choose one of the values offered." in answer.text
    assert preferring.preferences(doors.place, townsfolk.lin) == Preferences()


def test_the_scripts_hear_of_it_over_http(doors: Doors) -> None:
    visit = doors.sign_in("lin")
    headers = {"X-CSRF-Token": visit.csrf_token}
    chosen = visit.client.put("/api/v1/staff/working-day/availability", json={"choice": "away"}, headers=headers).json()
    assert (chosen["choice"], chosen["availability"], chosen["limit"]) == ("away", "away", 3)
    assert visit.client.get("/console/working-day.json").json()["day"]["choice"] == "away"
    refused = visit.client.put("/api/v1/staff/working-day/capacity", json={"max_chats": 4}, headers=headers)
    assert refused.json()["error"]["code"] == "capacity_refused"
    assert visit.client.post("/api/v1/staff/claim-next", headers=headers).json() == {"conversation": None}
    named = [each["name_en"] for each in visit.client.get("/api/v1/staff/working-day/colleagues").json()]
    assert named == ["Chen", "Zhou"]


def test_strangers_hear_nothing(doors: Doors) -> None:
    for path in ("working-day", "working-day/colleagues", "preferences", "jumps?q=a"):
        assert doors.stranger().get(f"/api/v1/staff/{path}").status_code == 401


def _state(page: str) -> str:
    found = _STATE.search(page)
    assert found is not None
    return found.group(1)
