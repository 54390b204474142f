"""The pages about a node of the tree: who may see them, and changes that hold below, are refused, or come back."""

import re
from datetime import timedelta

import pytest

from admin import opening_text
from qa_server.network.errors import HoursInvalid
from tests.admin.conftest import Doors, Visit


def test_the_tree_is_for_those_who_administer_and_others_are_not_even_led_there(doors: Doors, centre: Visit) -> None:
    assert 'href="/console/network"' in centre.read("/console/articles")
    assert "/console/network/NAT" in centre.read("/console/network")
    stranger = doors.sign_in("lin")
    assert 'href="/console/network"' not in stranger.read("/console/articles")
    for path in ("", "/NAT", "/AAA/hours", "/AAA/settings", "/AAA/changes"):
        assert stranger.client.get(f"/console/network{path}").status_code == 403
    assert stranger.post("/console/network/AAA/hours", **{"day-0": "08:00-09:00"}).status_code == 403


def test_names_are_changed_and_the_record_says_who_did_it(centre: Visit) -> None:
    fields = {"name_zh": "新名", "name_en": "A new name", "language": "zh", "time_zone": "Asia/Urumqi"}
    assert centre.post("/console/network/AAA", **fields).headers["location"] == "/console/network/AAA?done=saved"
    assert "A new name" in centre.read("/console/network/AAA")
    record = centre.read("/console/network/AAA/changes")
    assert "Asia/Urumqi" in record
    assert "zhou" in record


def test_a_refused_change_shows_the_reason_and_keeps_what_was_typed(centre: Visit) -> None:
    fields = {"name_zh": "新名", "name_en": "Typed name", "language": "zh", "time_zone": "Mars/Olympus"}
    refused = centre.post("/console/network/AAA", **fields)
    assert refused.status_code == 409
    assert "Typed name" in refused.text
    assert "Mars/Olympus" in refused.text
    assert "Typed name" not in centre.read("/console/network/AAA")


def test_a_node_is_added_below_and_closed_only_when_its_code_is_typed(centre: Visit) -> None:
    fields = {"name_zh": "丙馆", "name_en": "Library C", "language": "zh", "time_zone": "Asia/Shanghai"}
    added = centre.post("/console/network/PRV/nodes", code="ccc", level="library", **fields)
    assert added.headers["location"] == "/console/network/CCC?done=added"
    assert 'data-library="CCC"' in centre.read("/console/network/CCC")
    centre.post("/console/network/CCC/close", confirm="AAA")
    assert "Close this node for good" in centre.read("/console/network/CCC")
    centre.post("/console/network/CCC/close", confirm="ccc")
    assert "Close this node for good" not in centre.read("/console/network/CCC")


def test_a_week_is_typed_holds_below_and_is_inherited_again(centre: Visit) -> None:
    week = {"day-0": "08:00-12:00, 13:30-22:00", "day-4": "20:00-02:00"}
    assert centre.post("/console/network/PRV/hours", **week).status_code == 303
    below = centre.read("/console/network/AAA/hours")
    assert "Inherited from PRV" in below
    assert 'value="08:00-12:00, 13:30-22:00"' in below
    assert 'value="20:00-02:00"' in below
    centre.post("/console/network/AAA/hours", **{"day-1": "09:00-10:00"})
    assert "These are the hours of this node" in centre.read("/console/network/AAA/hours")
    centre.post("/console/network/AAA/hours", inherit="1")
    assert "Inherited from PRV" in centre.read("/console/network/AAA/hours")


@pytest.mark.parametrize("typed", ["from eight", "08:00-12:00, 11:00-13:00", "08:70-09:00"])
def test_times_that_cannot_be_are_refused_and_stay_in_the_form(centre: Visit, typed: str) -> None:
    refused = centre.post("/console/network/AAA/hours", **{"day-2": typed})
    assert refused.status_code == 422
    assert f'value="{typed}"' in refused.text


def test_a_special_day_is_put_in_and_taken_away(centre: Visit, doors: Doors) -> None:
    centre.post("/console/network/PRV/hours", **{"day-0": "08:00-12:00"})
    soon = str((doors.place.clock() + timedelta(days=14)).date())
    centre.post("/console/network/AAA/hours/days", day=soon, times="", name_zh="馆庆", name_en="Founding day")
    assert "Founding day" in centre.read("/console/network/AAA/hours")
    centre.post(f"/console/network/AAA/hours/days/{soon}/remove")
    assert "Founding day" not in centre.read("/console/network/AAA/hours")
    refused = centre.post("/console/network/AAA/hours/days", day="soon", times="", name_zh="x", name_en="Kept")
    assert refused.status_code == 422
    assert "Kept" in refused.text


def test_a_setting_shows_its_origin_and_a_lock_stops_changes_below(centre: Visit) -> None:
    centre.post("/console/network/PRV/settings/contact_phone", value="010-1", lock="1")
    below = centre.read("/console/network/AAA/settings")
    assert 'value="010-1"' in below
    assert "locked by" in below
    assert centre.post("/console/network/AAA/settings/contact_phone", value="020-2").status_code == 409
    centre.post("/console/network/PRV/settings/contact_phone", inherit="1")
    assert 'value="010-1"' not in centre.read("/console/network/AAA/settings")


def test_a_value_of_the_wrong_kind_is_refused_and_lists_are_typed_by_line(centre: Visit) -> None:
    assert centre.post("/console/network/AAA/settings/card_fresh_days", value="many").status_code == 422
    assert centre.post("/console/network/AAA/settings/card_fresh_days", value="30").status_code == 303
    origins = "https://lib.example.edu\nhttps://www.example.edu"
    assert centre.post("/console/network/AAA/settings/web_origins", value=origins).status_code == 303
    assert "https://www.example.edu" in centre.read("/console/network/AAA/settings")
    assert centre.post("/console/network/AAA/settings/nothing", value="1").status_code == 404


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("", []),
        ("8:00-12:00", [(480, 720)]),
        ("08：00—12：00，13:30~22:00", [(480, 720), (810, 1320)]),
        ("20:00-02:00", [(1200, 1560)]),
        ("00:00-24:00", [(0, 1440)]),
        ("09:00-09:00", [(540, 1980)]),
    ],
)
def test_times_are_read_as_people_write_them(text: str, minutes: list[tuple[int, int]]) -> None:
    assert opening_text.read(text) == minutes


@pytest.mark.parametrize("text", ["8-12", "25:00-26:00", "08:00-", "24:00-25:00"])
def test_times_that_nobody_can_mean_are_refused(text: str) -> None:
    with pytest.raises(HoursInvalid):
        opening_text.read(text)


def test_a_desk_is_added_staffed_and_a_person_taken_away_again(centre: Visit) -> None:
    fields = {"name_zh": "医学台", "name_en": "Medical desk", "kind": "subject", "mode": "least_loaded"}
    fields |= {"clc_classes": "r q", "min_staff": "1"}
    added = centre.post("/console/network/AAA/desks", **fields)
    assert added.headers["location"] == "/console/network/AAA/desks?done=added"
    page = centre.read("/console/network/AAA/desks")
    desk = re.findall(r"/console/desks/([0-9a-f-]{36})/roster", page)[-1]
    member = {"login": "CHEN", "role": "expert", "max_chats": "5"}
    assert centre.post(f"/console/network/AAA/desks/{desk}/members", **member).status_code == 303
    served = centre.read("/console/network/AAA/desks").split(f'id="desk-{desk}"')[1]
    assert "Medical desk" in served
    assert "R Q" in served
    assert "chen" in served
    centre.post(f"/console/network/AAA/desks/{desk}/members", login="chen", remove="1")
    assert "Nobody serves at this desk yet" in centre.read("/console/network/AAA/desks")
    closed = centre.post(f"/console/network/AAA/desks/{desk}", **fields, state="closed")
    assert closed.status_code == 303
    assert "closed for good" in centre.read("/console/network/AAA/desks")


@pytest.mark.parametrize(
    "wrong", [{"kind": "cafe"}, {"min_staff": "many"}, {"clc_classes": "L"}, {"kind": "alliance", "alliance": "NONE"}]
)
def test_a_desk_that_cannot_be_is_refused_with_the_reason(centre: Visit, wrong: dict[str, str]) -> None:
    fields = {"name_zh": "台", "name_en": "A refused desk", "kind": "general", "mode": "offer_all", "min_staff": "1"}
    refused = centre.post("/console/network/AAA/desks", **{**fields, **wrong})
    assert refused.status_code == 409
    assert 'role="alert"' in refused.text
    assert "A refused desk" not in centre.read("/console/network/AAA/desks")


def test_an_account_is_opened_given_roles_and_closed(centre: Visit) -> None:
    fields = {"name_zh": "新人", "name_en": "New colleague", "language": "zh"}
    opened = centre.post("/console/network/AAA/people", login="newcomer", password="a long password", **fields)
    assert opened.status_code == 303
    assert "New colleague" in centre.read("/console/network/AAA/people")
    roles = {"role": "curator", "role_library": "aaa"}
    assert centre.post("/console/network/AAA/people/newcomer", **fields, **roles).status_code == 303
    row = centre.read("/console/network/AAA/people").split("New colleague")[1].split("</td>")[1]
    assert "Curator" in row
    centre.post("/console/network/AAA/people/newcomer/close")
    assert "newcomer · closed for good" in centre.read("/console/network/AAA/people")


def test_nobody_gives_a_role_above_the_own_power(centre: Visit) -> None:
    fields = {"name_zh": "林", "name_en": "lin", "language": "zh", "role": "network_administrator"}
    refused = centre.post("/console/network/AAA/people/lin", **fields, role_library="NAT")
    assert refused.status_code == 403
    short = centre.post("/console/network/AAA/people", login="x", password="short", name_zh="x", name_en="Typed too")
    assert short.status_code in (409, 422)
    assert "Typed too" in short.text
