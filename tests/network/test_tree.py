"""The tree keeps its shape: no cycles, no orphans, levels in order; who may change it; closing a library for good."""

import pytest
from sqlalchemy import select

from qa_server.conversations.models import Conversation, State
from qa_server.desk import administering, answering, asking, staffing
from qa_server.desk.workplace import Workplace
from qa_server.network.errors import CodeTaken, DeskRefused, NodeRefused
from qa_server.network.models import Desk, DeskState, Level, Library
from qa_server.network.tree import NodeFields
from qa_server.people.rights import StaffMember
from qa_server.routing.models import Claim
from storage.errors import Forbidden, NotFound
from tests.fakes import Ear
from tests.network.conftest import Council
from tests.village import Village, come_in, question

NEW = NodeFields("新馆", "New Library", "zh", "Asia/Shanghai")


def add(place: Workplace, person: StaffMember, code: str, level: Level, parent: str) -> None:
    """Add a node."""
    administering.add_node(place, person, code=code, level=level, parent=parent, fields=NEW)


def give_desk(place: Workplace, code: str) -> Desk:
    """Put a desk at a node."""
    with place.database.write() as session:
        library = session.scalars(select(Library).where(Library.code == code)).one()
        desk = Desk(library_id=library.id, name_zh="中心台", name_en="Centre desk", list_version=0)
        session.add(desk)
    return desk


def test_a_centre_adds_libraries_below_it_and_nowhere_else(place: Workplace, council: Council) -> None:
    add(place, council.province, "NEW", Level.LIBRARY, "PRV")
    assert [each.code for each in administering.nodes(place, council.province, below="PRV")] == ["AAA", "BBB", "NEW"]
    assert [each.code for each in administering.nodes(place, council.library)] == ["AAA"]
    with pytest.raises(Forbidden):
        add(place, council.province, "REG", Level.REGION, "NAT")
    with pytest.raises(Forbidden):
        add(place, council.library, "SUB", Level.LIBRARY, "AAA")


@pytest.mark.parametrize(
    ("code", "level", "parent", "error"),
    [
        ("AAA", Level.LIBRARY, "PRV", CodeTaken),
        ("TOOLONGCODE", Level.LIBRARY, "PRV", NodeRefused),
        ("新馆", Level.LIBRARY, "PRV", NodeRefused),
        ("NEW", Level.PROVINCE, "PRV", NodeRefused),
        ("NEW", Level.REGION, "PRV", NodeRefused),
        ("NEW", Level.LIBRARY, "AAA", NodeRefused),
        ("NEW", Level.LIBRARY, "NONE", NotFound),
    ],
)
def test_a_node_that_does_not_fit_the_tree_is_refused(
    place: Workplace, council: Council, code: str, level: Level, parent: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        add(place, council.network, code, level, parent)


def test_bad_names_languages_and_time_zones_are_refused(place: Workplace, council: Council) -> None:
    for fields in (
        NodeFields(" ", "New", "zh", "Asia/Shanghai"),
        NodeFields("新", "New", "fr", "Asia/Shanghai"),
        NodeFields("新", "New", "zh", "Mars/Olympus"),
        NodeFields("新", "New", "zh", "../../etc/passwd"),
    ):
        with pytest.raises(NodeRefused):
            administering.change_node(place, council.library, "AAA", fields)


def test_a_move_that_would_make_a_cycle_is_refused(place: Workplace, council: Council) -> None:
    add(place, council.network, "REG", Level.REGION, "NAT")
    administering.move_node(place, council.network, "PRV", parent="REG")
    assert administering.node(place, council.network, "PRV").parent == "REG"
    for parent in ("PRV", "AAA"):
        with pytest.raises(NodeRefused):
            administering.move_node(place, council.network, "PRV", parent=parent)
    with pytest.raises(NodeRefused):
        administering.move_node(place, council.network, "REG", parent="PRV")
    with pytest.raises(Forbidden):
        administering.move_node(place, council.province, "AAA", parent="NAT")


def test_a_library_closed_for_good_hands_its_open_questions_up_the_tree(
    place: Workplace, people: Village, council: Council, ear: Ear
) -> None:
    above = give_desk(place, "PRV")
    reader, _ = come_in(place)
    waiting = asking.ask(place, reader, question("等待的问题"))[0].conversation
    held = asking.ask(place, reader, question("进行中的问题"))[0].conversation
    answering.claim(place, people.lin, held.id)
    with pytest.raises(Forbidden):
        staffing.close_library(place, council.library, "AAA")
    removed = staffing.close_library(place, council.province, "AAA")
    assert removed.questions == 2
    with place.database.read() as session:
        rows = {row.id: row for row in session.scalars(select(Conversation))}
        assert {(rows[each.id].state, rows[each.id].desk_id) for each in (waiting, held)} == {(State.WAITING, above.id)}
        assert session.scalars(select(Claim).where(Claim.released_at.is_(None))).first() is None
        assert session.get_one(Desk, people.desk_a).state == DeskState.CLOSED
    assert {"conversation_changed", "desk_changed"} <= set(ear.kinds())
    later = asking.ask(place, reader, question("关闭之后的问题"))[0].conversation
    with place.database.read() as session:
        assert session.get_one(Conversation, later.id).desk_id == above.id
    with pytest.raises(NodeRefused):
        staffing.close_library(place, council.province, "AAA")


def test_a_library_whose_questions_nobody_could_take_is_not_closed(
    place: Workplace, people: Village, council: Council
) -> None:
    with pytest.raises(DeskRefused):
        staffing.close_library(place, council.province, "AAA")
    assert administering.node(place, council.library, "AAA").state == "active"


def test_a_centre_with_active_libraries_is_not_closed(place: Workplace, council: Council) -> None:
    with pytest.raises(NodeRefused):
        staffing.close_library(place, council.network, "PRV")
    with pytest.raises(NodeRefused):
        staffing.close_library(place, council.network, "NAT")
