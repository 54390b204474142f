"""The board's sums and way down, and wall screens: numbers without names, by a link that can be revoked."""

from datetime import timedelta

import pytest

from qa_server.desk import answering, live_board, wall_screens
from qa_server.desk.wall_screens import LINK_DAYS, DisplayUnknown, ScreenRefused
from qa_server.people.models import Role
from qa_server.people.rights import StaffMember
from storage.errors import Forbidden, NotFound
from tests.searching.conftest import Archive, Promote


@pytest.fixture
def centre(archive: Archive, promote: Promote) -> StaffMember:
    """ZHOU, who administers the nation and what is below."""
    return promote(archive.people.zhou, archive.people.nation, Role.CENTRE_ADMINISTRATOR)


def test_the_board_sums_up_and_leads_down_the_tree(archive: Archive, centre: StaffMember) -> None:
    answering.claim(archive.place, archive.people.grace, archive.ids["elsewhere"])
    archive.place.clock.forward(minutes=3)  # type: ignore[attr-defined]
    nation = live_board.board(archive.place, centre, "NAT")
    totals = nation.totals
    assert (totals.waiting, totals.active, totals.answered_today, totals.desks) == (1, 1, 2, 2)
    assert totals.longest_wait_seconds == 180
    assert [(each.code, each.waiting, each.active) for each in nation.below] == [("PRV", 1, 1)]
    province = live_board.board(archive.place, centre, "PRV")
    assert [(each.code, each.waiting, each.active) for each in province.below] == [("AAA", 1, 0), ("BBB", 0, 1)]
    assert (province.above, nation.above) == ("NAT", None)
    library = live_board.board(archive.place, centre, "AAA")
    assert (library.below, library.totals.desks) == ([], 1)


def test_the_way_up_ends_where_the_right_ends(archive: Archive, promote: Promote) -> None:
    dispatcher = promote(archive.people.chen, archive.people.library_a, Role.DISPATCHER)
    assert live_board.board(archive.place, dispatcher, "AAA").above is None


def test_a_wall_names_nobody_and_quotes_nothing(archive: Archive, centre: StaffMember) -> None:
    answering.claim(archive.place, archive.people.lin, archive.ids["loan"])
    board = live_board.board(archive.place, centre, "NAT").model_dump_json()
    assert "interlibrary" in board
    assert '"Lin"' in board
    wall = wall_screens.wall(archive.place, centre, "NAT")
    assert wall.totals.active == 1
    told = wall.model_dump_json()
    assert "interlibrary" not in told
    assert "lin" not in told.lower().replace("library", "")


def test_a_linked_screen_shows_its_node_until_it_is_revoked(archive: Archive, centre: StaffMember) -> None:
    place = archive.place
    made = wall_screens.link_screen(place, centre, "AAA", name="  大厅  ")
    assert wall_screens.wall_for_screen(place, made.token).node == "AAA"
    (listed,) = wall_screens.screens(place, centre, "AAA")
    assert (listed.name, listed.seen_at) == ("大厅", place.clock())
    assert made.token not in listed.model_dump_json()
    wall_screens.revoke_screen(place, centre, "AAA", listed.id)
    with pytest.raises(DisplayUnknown):
        wall_screens.wall_for_screen(place, made.token)
    assert wall_screens.screens(place, centre, "AAA") == []


def test_a_link_ends_after_a_year(archive: Archive, centre: StaffMember) -> None:
    made = wall_screens.link_screen(archive.place, centre, "AAA", name="大厅")
    archive.place.clock.now += timedelta(days=LINK_DAYS)  # type: ignore[attr-defined]
    for token in (made.token, "x" * 43, ""):
        with pytest.raises(DisplayUnknown):
            wall_screens.wall_for_screen(archive.place, token)


def test_screens_are_linked_and_revoked_by_who_administers_the_node(
    archive: Archive, centre: StaffMember, promote: Promote
) -> None:
    place = archive.place
    made = wall_screens.link_screen(place, centre, "BBB", name="大厅")
    dispatcher = promote(archive.people.chen, archive.people.library_a, Role.DISPATCHER)
    assert wall_screens.wall(place, dispatcher, "AAA").node == "AAA"
    for person, code in ((dispatcher, "AAA"), (archive.people.lin, "BBB")):
        with pytest.raises(Forbidden):
            wall_screens.link_screen(place, person, code, name="大厅")
        with pytest.raises(Forbidden):
            wall_screens.screens(place, person, code)
    with pytest.raises(NotFound):
        wall_screens.revoke_screen(place, centre, "AAA", made.id)
    assert wall_screens.wall_for_screen(place, made.token).node == "BBB"


@pytest.mark.parametrize("name", ["", " ", "x" * 81])
def test_a_screen_needs_a_place(archive: Archive, centre: StaffMember, name: str) -> None:
    with pytest.raises(ScreenRefused):
        wall_screens.link_screen(archive.place, centre, "AAA", name=name)
