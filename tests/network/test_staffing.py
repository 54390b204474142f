"""Desks and people: who may change them, what a desk has to be, and that a leaving person leaves nothing hanging."""

import pytest
from sqlalchemy import func, select

from qa_server.conversations.models import Conversation, State
from qa_server.desk import accounts, answering, asking, calendars, library_card, rostering, signing_in, staffing
from qa_server.desk.accounts import AccountFields, RoleAt
from qa_server.desk.rostering import GridDuty
from qa_server.desk.workplace import Workplace
from qa_server.network.cards import LineFields
from qa_server.network.desks import DeskFields, MemberFields
from qa_server.network.errors import DeskRefused, PersonRefused
from qa_server.network.models import Alliance, AllianceMember, DeskKind, DeskMember, DeskMode, DeskState, MemberRole
from qa_server.network.roster_models import RosterSlot
from qa_server.people.errors import SignInRefused, Unauthenticated
from qa_server.people.models import Librarian, Role, RoleGrant
from qa_server.routing.models import Claim
from storage.errors import Forbidden, NotFound
from tests.fakes import Ear
from tests.network.conftest import Council, again
from tests.village import PASSWORD, Village, come_in, question

NAMES = DeskFields("学科台", "Subject desk")


def test_a_desk_gets_subjects_languages_mode_and_least_staff(place: Workplace, council: Council) -> None:
    fields = DeskFields("法学台", "Law desk", DeskKind.SUBJECT, DeskMode.ROUND_ROBIN, ("D",), ("zh",), 2)
    desk = staffing.add_desk(place, council.library, "AAA", fields, alliance=None)
    assert (desk.kind, desk.mode, desk.clc_classes, desk.min_staff, desk.state) == (
        "subject",
        "round_robin",
        ["D"],
        2,
        "open",
    )
    changed = staffing.change_desk(place, council.library, desk.id, NAMES, alliance=None)
    assert (changed.kind, changed.clc_classes) == ("general", [])
    paused = staffing.set_desk_state(place, council.library, desk.id, DeskState.PAUSED)
    assert paused.state == "paused"


@pytest.mark.parametrize(
    "fields",
    [
        DeskFields("台", "Desk", DeskKind.SUBJECT),
        DeskFields("台", "Desk", clc_classes=("L",)),
        DeskFields("台", "Desk", languages=("fr",)),
        DeskFields("台", "Desk", min_staff=0),
        DeskFields("台", " "),
        DeskFields("台", "Desk", DeskKind.CENTRE),
        DeskFields("台", "Desk", DeskKind.ALLIANCE),
    ],
)
def test_a_desk_that_cannot_be_is_refused(place: Workplace, council: Council, fields: DeskFields) -> None:
    with pytest.raises(DeskRefused):
        staffing.add_desk(place, council.library, "AAA", fields, alliance=None)


def test_a_desk_of_an_alliance_stands_at_a_member(place: Workplace, people: Village, council: Council) -> None:
    with place.database.write() as session:
        alliance = Alliance(code="LAW", name_zh="政法共享域", name_en="Law alliance")
        session.add(alliance)
        session.flush()
        session.add(AllianceMember(alliance_id=alliance.id, library_id=people.library_a))
    fields = DeskFields("政法台", "Law", DeskKind.ALLIANCE)
    assert staffing.add_desk(place, council.network, "AAA", fields, alliance="LAW").alliance == "LAW"
    with pytest.raises(DeskRefused):
        staffing.add_desk(place, council.network, "BBB", fields, alliance="LAW")


def test_members_are_set_and_desks_belong_to_their_administrators(
    place: Workplace, people: Village, council: Council
) -> None:
    expert = MemberFields(MemberRole.EXPERT, ("D", "F"), ("en",), 5)
    view = staffing.set_member(place, council.library, people.desk_a, "grace", expert)
    member = next(each for each in view.members if each.login == "grace")
    assert (member.role, member.clc_classes, member.languages, member.max_chats) == ("expert", ["D", "F"], ["en"], 5)
    assert people.desk_a in again(place, people.grace.id).desk_ids
    for person, desk in [
        (people.lin, people.desk_a),
        (council.library, people.desk_b),
        (council.planner, people.desk_a),
    ]:
        with pytest.raises(Forbidden):
            staffing.set_member(place, person, desk, "grace", expert)


def test_a_person_removed_in_the_middle_of_five_chats_leaves_nothing_hanging(
    place: Workplace, people: Village, council: Council, ear: Ear
) -> None:
    reader, _ = come_in(place)
    asked = [asking.ask(place, reader, question(f"第{n}个问题"))[0].conversation for n in range(5)]
    for each in asked:
        answering.claim(place, people.lin, each.id)
    duty = GridDuty(login="lin", weekday=0, starts_minute=480, ends_minute=720)
    rostering.set_grid(place, council.planner, people.desk_a, [duty], valid_from=place.clock().date())
    feed = calendars.make_feed(place, people.lin)
    lines = LineFields("fact", "三十册", "Thirty books")
    library_card.set_line(place, council.library, "AAA", "loans.rules", lines, owner="lin")
    opened = signing_in.sign_in(place, login="lin", password=PASSWORD, network="n")
    before = {each.id: each.created_at for each in asked}
    removed = staffing.remove_person(place, council.library, "lin")
    assert removed.questions == 5
    with place.database.read() as session:
        rows = session.scalars(select(Conversation)).all()
        assert {row.state for row in rows} == {State.WAITING}
        assert {row.id: row.queued_at for row in rows} == before
        assert session.scalars(select(Claim).where(Claim.released_at.is_(None))).first() is None
        for table, column in ((DeskMember, DeskMember.librarian_id), (RoleGrant, RoleGrant.librarian_id)):
            assert session.scalar(select(func.count()).select_from(table).where(column == people.lin.id)) == 0
        assert session.scalars(select(RosterSlot).where(RosterSlot.valid_until.is_(None))).first() is None
        assert not session.get_one(Librarian, people.lin.id).is_active
    assert ear.kinds().count("conversation_changed") >= 10
    assert library_card.card(place, council.library, "AAA").lines[0].owner_login == "head"
    with pytest.raises(NotFound):
        calendars.calendar(place, feed.path.removeprefix("/api/v1/calendars/").removesuffix(".ics"))
    with pytest.raises(Unauthenticated):
        signing_in.recognise_staff(place, opened.token)
    with pytest.raises(SignInRefused):
        signing_in.sign_in(place, login="lin", password=PASSWORD, network="n")
    assert answering.claim(place, people.chen, asked[0].id).holder_id == people.chen.id
    assert staffing.remove_person(place, council.library, "lin").questions == 0


def test_somebody_who_leaves_a_desk_gives_back_what_is_held_there(
    place: Workplace, people: Village, council: Council
) -> None:
    reader, _ = come_in(place)
    asked = asking.ask(place, reader, question())[0].conversation
    answering.claim(place, people.lin, asked.id)
    assert staffing.remove_member(place, council.library, people.desk_a, "lin").questions == 1
    with place.database.read() as session:
        assert session.get_one(Conversation, asked.id).state == State.WAITING


def test_a_librarys_administrator_has_no_power_over_those_above(
    place: Workplace, people: Village, council: Council
) -> None:
    # The centre's administrator works at library A: the home alone gives no power over the account.
    fields = AccountFields("中心", "Centre", "AAA", "zh")
    accounts.change_account(place, council.network, "centre", fields)
    for change in (
        lambda: accounts.set_password(place, council.library, "centre", "a new password"),
        lambda: staffing.remove_person(place, council.library, "centre"),
        lambda: accounts.set_roles(place, council.library, "centre", []),
        lambda: accounts.set_roles(
            place, council.library, "lin", [RoleAt(library="AAA", role=Role.CENTRE_ADMINISTRATOR)]
        ),
        lambda: accounts.set_roles(place, council.library, "lin", [RoleAt(library="BBB", role=Role.LIBRARIAN)]),
        lambda: accounts.change_account(place, council.library, "lin", AccountFields("林", "Lin", "BBB", "zh")),
        lambda: staffing.remove_person(place, council.library, "head"),
    ):
        with pytest.raises(Forbidden):
            change()
    roles = [RoleAt(library="AAA", role=Role.LIBRARIAN), RoleAt(library="AAA", role=Role.LIBRARY_ADMINISTRATOR)]
    assert accounts.set_roles(place, council.library, "lin", roles).roles == roles
    assert again(place, people.lin.id).grants


def test_an_account_is_opened_with_a_password_and_can_sign_in(place: Workplace, council: Council) -> None:
    fields = AccountFields("王丽", "Wang Li", "AAA", "zh")
    opened = accounts.open_account(place, council.library, "Wang.Li", fields, password="correct horse")
    assert (opened.login, opened.has_password) == ("wang.li", True)
    assert signing_in.sign_in(place, login="wang.li", password="correct horse", network="n").token
    accounts.open_account(place, council.library, "zhao", AccountFields("赵", "Zhao", "AAA", "zh"), password=None)
    with pytest.raises(SignInRefused):
        signing_in.sign_in(place, login="zhao", password="!", network="n")
    for login, password in [("wang.li", "correct horse"), ("x", "correct horse"), ("li.si", "short")]:
        with pytest.raises(PersonRefused):
            accounts.open_account(place, council.library, login, fields, password=password)
