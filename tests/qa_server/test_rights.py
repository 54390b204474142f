"""Who may do what, as a table over the roles; a role reaches down its subtree and nowhere else."""

from uuid import UUID, uuid4

import pytest

from qa_server.desk.workplace import Workplace
from qa_server.network.queries import path_up, subtree
from qa_server.people.models import Role
from qa_server.people.rights import Grant, Right, StaffMember, has_right, nodes_with
from tests.village import Village

NATION, PROVINCE, LIBRARY, OTHER = (uuid4() for _ in range(4))
# From the owning node up to the root.
PATH = (LIBRARY, PROVINCE, NATION)

VIEW, DRAFT, REVIEW = Right.VIEW_ARTICLES, Right.DRAFT_ARTICLES, Right.REVIEW_ARTICLES
DELETE = Right.DELETE_ARTICLES
RIGHTS_OF = {
    Role.LIBRARIAN: {VIEW, DRAFT, Right.MENTOR},
    Role.DISPATCHER: {VIEW, Right.MENTOR},
    Role.EDITOR: {VIEW, DRAFT, REVIEW},
    Role.CURATOR: {VIEW, DRAFT, REVIEW, DELETE, Right.MENTOR},
    Role.LIBRARY_ADMINISTRATOR: {VIEW, DRAFT, REVIEW, DELETE, Right.MENTOR, Right.EXPORT_READERS},
    Role.CENTRE_ADMINISTRATOR: {VIEW, DRAFT, REVIEW, DELETE, Right.MENTOR, Right.EXPORT_READERS},
    Role.NETWORK_ADMINISTRATOR: {VIEW, DRAFT, REVIEW, DELETE, Right.MENTOR, Right.EXPORT_READERS},
}
RIGHTS_OF[Role.DISPATCHER] |= {Right.PLAN_SHIFTS, Right.SUPERVISE, Right.TAKE_PAYMENTS}
for _rights in RIGHTS_OF.values():
    _rights.add(Right.WORK_ON_COMMISSIONS)
for _reviewer in (Role.EDITOR, Role.CURATOR):
    RIGHTS_OF[_reviewer].add(Right.REVIEW_REPORTS)
RIGHTS_OF[Role.CURATOR].add(Right.EDIT_CARD)
for _administrator in (Role.LIBRARY_ADMINISTRATOR, Role.CENTRE_ADMINISTRATOR, Role.NETWORK_ADMINISTRATOR):
    RIGHTS_OF[_administrator] |= {Right.ADMINISTER_LIBRARY, Right.PLAN_SHIFTS, Right.EDIT_CARD, Right.SUPERVISE}
    RIGHTS_OF[_administrator] |= {Right.REVIEW_REPORTS, Right.SIGN_REPORTS, Right.TAKE_PAYMENTS, Right.EDIT_SERVICES}
for _administrator in (Role.CENTRE_ADMINISTRATOR, Role.NETWORK_ADMINISTRATOR):
    RIGHTS_OF[_administrator] |= {Right.ADMINISTER_TREE, Right.APPROVE_CARD}


def person_with(*grants: tuple[UUID, Role]) -> StaffMember:
    """Return somebody who holds these roles."""
    return StaffMember(
        id=uuid4(),
        login="somebody",
        name_zh="某馆员",
        name_en="Somebody",
        language="zh",
        library_id=LIBRARY,
        grants=tuple(Grant(node, role) for node, role in grants),
        desk_ids=frozenset(),
        csrf_token="csrf",
    )


def test_the_table_names_every_role_and_every_right() -> None:
    assert set(RIGHTS_OF) == set(Role)
    assert set.union(*RIGHTS_OF.values()) == set(Right)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("node", PATH)
def test_a_role_gives_its_rights_at_its_node_and_below(role: Role, right: Right, node: UUID) -> None:
    person = person_with((node, role))
    assert has_right(person, right, PATH) == (right in RIGHTS_OF[role])
    assert nodes_with(person, right) == ({node} if right in RIGHTS_OF[role] else set())


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("right", Right)
def test_a_role_gives_nothing_beside_or_above_its_node(role: Role, right: Right) -> None:
    assert not has_right(person_with((OTHER, role)), right, PATH)
    assert not has_right(person_with((LIBRARY, role)), right, (PROVINCE, NATION))


@pytest.mark.parametrize("right", Right)
def test_without_a_role_there_is_no_right_not_even_at_home(right: Right) -> None:
    assert not has_right(person_with(), right, PATH)
    assert nodes_with(person_with(), right) == set()


def test_the_rights_of_several_roles_add_up() -> None:
    person = person_with((LIBRARY, Role.DISPATCHER), (OTHER, Role.CURATOR))
    assert has_right(person, VIEW, PATH)
    assert not has_right(person, REVIEW, PATH)
    assert has_right(person, REVIEW, (OTHER, NATION))
    assert nodes_with(person, VIEW) == {LIBRARY, OTHER}
    assert nodes_with(person, REVIEW) == {OTHER}


def test_the_tree_of_the_database_gives_the_paths_the_rules_work_on(place: Workplace, people: Village) -> None:
    with place.database.read() as session:
        up = path_up(session, people.library_a)
        below = subtree(session, {people.nation})
    assert (up[0], up[-1], len(up)) == (people.library_a, people.nation, 3)
    assert {people.library_a, people.library_b} < below
    assert has_right(people.zhou, REVIEW, up)
    assert not has_right(people.zhou, REVIEW, (people.library_b, *up[1:]))
    assert not has_right(people.lin, REVIEW, up)
