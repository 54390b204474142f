"""Alliances in the console: for centres only, and only libraries with an approved card join."""

import pytest

from qa_server.network import cards
from qa_server.network.cards import REQUIRED_KEYS, LineFields
from tests.admin.conftest import Doors, Visit
from tests.village import Village

ADDRESS = "/console/alliances"
FIELDS = {"code": "lang", "name_zh": "外语共享域", "name_en": "Language libraries"}


def approve_card(doors: Doors, village: Village) -> None:
    """Give library A a whole, approved card."""
    now = doors.place.clock()
    with doors.place.database.write() as session:
        for key in REQUIRED_KEYS:
            fields = LineFields("fact", "有。", "Yes.")
            cards.set_line(session, village.library_a, key, fields, owner_id=village.lin.id, by=village.lin.id, now=now)
        cards.submit_card(session, village.library_a, by=village.lin.id, now=now)
        cards.approve_card(session, village.library_a, by=village.zhou.id, now=now)


def test_an_alliance_is_founded_joined_and_left(doors: Doors, centre: Visit, townsfolk: Village) -> None:
    assert centre.post(ADDRESS, **FIELDS).status_code == 303
    assert "Language libraries" in centre.read(ADDRESS)
    early = centre.post(f"{ADDRESS}/LANG/members", library="aaa")
    assert early.status_code == 409
    assert "No library is a member yet" in early.text
    assert 'value="aaa"' in early.text
    approve_card(doors, townsfolk)
    assert centre.post(f"{ADDRESS}/LANG/members", library="aaa").status_code == 303
    assert "No library is a member yet" not in centre.read(ADDRESS)
    assert "Alliance added" in centre.read("/console/network/AAA/changes")
    assert centre.post(f"{ADDRESS}/LANG/members", library="AAA", remove="1").status_code == 303
    assert "No library is a member yet" in centre.read(ADDRESS)


@pytest.mark.parametrize("wrong", [{"code": "x"}, {"name_zh": " "}, {"name_en": "y" * 201}])
def test_an_alliance_that_cannot_be_is_refused_and_stays_as_typed(centre: Visit, wrong: dict[str, str]) -> None:
    refused = centre.post(ADDRESS, **{**FIELDS, **wrong})
    assert refused.status_code == 409
    assert f'value="{wrong.get("code", "lang")}"' in refused.text
    assert "There is no alliance yet" in centre.read(ADDRESS)


def test_a_code_is_used_once_and_strangers_change_nothing(doors: Doors, centre: Visit) -> None:
    centre.post(ADDRESS, **FIELDS)
    assert centre.post(ADDRESS, **FIELDS).status_code == 409
    assert centre.post(f"{ADDRESS}/NONE/members", library="AAA").status_code == 404
    librarian = doors.sign_in("lin")
    assert librarian.client.get(ADDRESS).status_code == 403
    assert librarian.post(ADDRESS, **{**FIELDS, "code": "MINE"}).status_code == 403
    assert librarian.post(f"{ADDRESS}/LANG/members", library="AAA").status_code == 403
