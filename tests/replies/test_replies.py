"""Canned replies of nodes, desks and people: who sees, changes and uses which, on both databases."""

from dataclasses import replace
from uuid import UUID

import pytest

from qa_server.desk import administering, answering, asking, canned_replies, opening_hours, reply_files, using_replies
from qa_server.desk.asking import KnownReader
from qa_server.desk.canned_replies import Shelf
from qa_server.desk.opening_hours import WeeklyOpening
from qa_server.desk.reply_views import ReplyView
from qa_server.desk.using_replies import UsableReply
from qa_server.desk.workplace import Workplace
from qa_server.network.node_settings import set_value
from qa_server.people.models import Role, RoleGrant
from qa_server.people.queries import staff_member
from qa_server.people.reader_models import ReaderIdentity
from qa_server.people.rights import StaffMember
from qa_server.replies.errors import ReplyChanged, ReplyFileRefused, ReplyVariableUnknown, ShortcutTaken
from qa_server.replies.fields import ReplyFields
from storage.errors import Forbidden, NotFound
from tests.fakes import Clock
from tests.village import Village, come_in, question

HI = ReplyFields(shortcut="hi", title_zh="问候", title_en="Hello", text_zh="您好！", text_en="Hello!")
MINE = Shelf()


def with_role(place: Workplace, person: StaffMember, node: UUID, role: Role) -> StaffMember:
    """Give somebody a role and return the person as now signed in."""
    with place.database.write() as session:
        session.add(RoleGrant(librarian_id=person.id, library_id=node, role=role))
    with place.database.read() as session:
        found = staff_member(session, person.id, csrf_token="csrf")
        assert found is not None
        return found


@pytest.fixture
def admin(place: Workplace, people: Village) -> StaffMember:
    """ZHOU, who administers the nation and everything below it."""
    return with_role(place, people.zhou, people.nation, Role.CENTRE_ADMINISTRATOR)


def usable(place: Workplace, person: StaffMember, conversation_id: UUID) -> dict[str, UsableReply]:
    """Return what somebody may use in a conversation, by shortcut."""
    return {each.shortcut: each for each in using_replies.usable(place, person, conversation_id).items}


def test_everybody_keeps_own_replies_and_nobody_else_sees_them(
    place: Workplace, people: Village, admin: StaffMember
) -> None:
    kept = canned_replies.add(place, people.lin, MINE, HI)
    assert [each.shortcut for each in canned_replies.shelf(place, people.lin, MINE).replies] == ["hi"]
    assert canned_replies.shelf(place, people.chen, MINE).replies == []
    for stranger in (people.chen, admin):
        with pytest.raises(NotFound):
            canned_replies.change(place, stranger, kept.id, HI, expected_version=None)
        with pytest.raises(NotFound):
            canned_replies.remove(place, stranger, kept.id)
    canned_replies.remove(place, people.lin, kept.id)
    assert canned_replies.shelf(place, people.lin, MINE).replies == []


@pytest.mark.parametrize("where", [Shelf(node="AAA"), Shelf(node="PRV"), "desk"])
def test_only_administrators_change_the_replies_of_a_node_or_a_desk(
    place: Workplace, people: Village, admin: StaffMember, where: Shelf | str
) -> None:
    shelf = Shelf(desk_id=people.desk_a) if isinstance(where, str) else where
    with pytest.raises(Forbidden):
        canned_replies.add(place, people.lin, shelf, HI)
    kept = canned_replies.add(place, admin, shelf, HI)
    # Lin may use it, so that it is no secret, and may not change it.
    assert [each.id for each in canned_replies.shelf(place, people.lin, shelf).replies] == [kept.id]
    with pytest.raises(Forbidden):
        canned_replies.change(place, people.lin, kept.id, HI, expected_version=None)
    with pytest.raises(Forbidden):
        canned_replies.remove(place, people.lin, kept.id)


def test_replies_beside_ones_own_way_up_are_not_there(place: Workplace, people: Village, admin: StaffMember) -> None:
    at_b = canned_replies.add(place, admin, Shelf(node="BBB"), HI)
    at_desk_b = canned_replies.add(place, admin, Shelf(desk_id=people.desk_b), HI)
    assert canned_replies.shelf(place, people.grace, Shelf(node="BBB")).replies != []
    for where in (Shelf(node="BBB"), Shelf(desk_id=people.desk_b), Shelf(node="NONE")):
        with pytest.raises(NotFound):
            canned_replies.shelf(place, people.lin, where)
    for each in (at_b, at_desk_b):
        with pytest.raises(NotFound):
            canned_replies.change(place, people.lin, each.id, HI, expected_version=None)


def test_a_shortcut_stands_once_at_each_level(place: Workplace, people: Village, admin: StaffMember) -> None:
    canned_replies.add(place, people.lin, MINE, HI)
    other = canned_replies.add(place, people.lin, MINE, replace(HI, shortcut="bye"))
    canned_replies.add(place, admin, Shelf(node="AAA"), HI)
    canned_replies.add(place, people.chen, MINE, HI)
    with pytest.raises(ShortcutTaken):
        canned_replies.add(place, people.lin, MINE, replace(HI, shortcut="/HI"))
    with pytest.raises(ShortcutTaken):
        canned_replies.change(place, people.lin, other.id, HI, expected_version=1)


def test_a_change_over_somebody_elses_is_refused(place: Workplace, people: Village, admin: StaffMember) -> None:
    kept = canned_replies.add(place, admin, Shelf(node="AAA"), HI)
    first = canned_replies.change(place, admin, kept.id, replace(HI, text_en="Hi!"), expected_version=1)
    assert (first.version, first.text_en) == (2, "Hi!")
    with pytest.raises(ReplyChanged):
        canned_replies.change(place, admin, kept.id, replace(HI, text_en="Hey!"), expected_version=1)
    same = canned_replies.change(place, admin, kept.id, replace(HI, text_en="Hi!"), expected_version=2)
    assert same.version == 2


def test_changes_of_nodes_and_desks_stand_in_the_record_and_ones_own_do_not(
    place: Workplace, people: Village, admin: StaffMember
) -> None:
    kept = canned_replies.add(place, admin, Shelf(node="AAA"), HI)
    canned_replies.change(place, admin, kept.id, replace(HI, text_en="Hi!"), expected_version=1)
    canned_replies.remove(place, admin, kept.id)
    canned_replies.add(place, admin, Shelf(desk_id=people.desk_a), HI)
    canned_replies.add(place, admin, MINE, HI)
    record = administering.changes(place, admin, "AAA", before=None).items
    assert [(each.subject, each.action) for each in record] == [
        ("desk_reply", "added"),
        ("canned_reply", "removed"),
        ("canned_reply", "changed"),
        ("canned_reply", "added"),
    ]
    assert (record[2].old, record[2].new) == ({"text_en": "Hello!"}, {"text_en": "Hi!"})
    assert record[0].subject_key == "hi · 咨询台"


def test_pages_show_what_is_above_and_what_a_nearer_one_hides(
    place: Workplace, people: Village, admin: StaffMember
) -> None:
    canned_replies.add(place, admin, Shelf(node="NAT"), HI)
    canned_replies.add(place, admin, Shelf(node="NAT"), replace(HI, shortcut="bye"))
    canned_replies.add(place, admin, Shelf(node="AAA"), HI)
    canned_replies.add(place, admin, Shelf(desk_id=people.desk_a), HI)

    def told(replies: list[ReplyView]) -> dict[str, bool]:
        return {each.shortcut: each.is_hidden for each in replies}

    node = canned_replies.node_shelves(place, admin, "AAA")
    assert told(node.own.replies) == {"hi": False}
    assert [told(each.replies) for each in node.desks] == [{"hi": False}]
    assert [(each.origin.code, told(each.replies)) for each in node.above] == [
        ("PRV", {}),
        ("NAT", {"bye": False, "hi": True}),
    ]
    mine = canned_replies.my_shelves(place, people.lin)
    assert [told(each.replies) for each in mine.desks] == [{"hi": False}]
    assert [told(each.replies) for each in mine.above] == [{"hi": True}, {}, {"bye": False, "hi": True}]
    with pytest.raises(Forbidden):
        canned_replies.node_shelves(place, people.lin, "AAA")


def test_a_conversation_gets_the_replies_of_its_home_library_before_the_librarians(
    place: Workplace, people: Village, admin: StaffMember
) -> None:
    # A reader of BBB whom LIN, of AAA, answers at the desk of BBB.
    asked = asking.ask(place, come_in(place, "BBB")[0], question())[0].conversation.id
    for where, word in (("NAT", "nation"), ("AAA", "aaa"), ("BBB", "bbb")):
        canned_replies.add(place, admin, Shelf(node=where), replace(HI, text_zh=word))
    canned_replies.add(place, admin, Shelf(node="AAA"), replace(HI, shortcut="local"))
    at_b = replace(people.lin, desk_ids=frozenset({people.desk_b}))
    found = usable(place, at_b, asked)
    assert (found["hi"].text, found["hi"].origin.code, found["hi"].hides) == ("bbb", "BBB", 2)
    assert (found["local"].is_of_reader, found["hi"].is_of_reader) == (False, True)

    canned_replies.add(place, admin, Shelf(desk_id=people.desk_b), replace(HI, text_zh="desk"))
    assert usable(place, at_b, asked)["hi"].origin.level == "desk"
    canned_replies.add(place, people.lin, MINE, replace(HI, text_zh="mine"))
    assert usable(place, at_b, asked)["hi"].text == "mine"
    # Nobody's own replies reach a colleague.
    assert usable(place, people.grace, asked)["hi"].text == "desk"


def test_replies_of_a_conversation_of_other_desks_are_not_told(place: Workplace, people: Village, held: UUID) -> None:
    kept = canned_replies.add(place, people.grace, MINE, HI)
    assert usable(place, people.lin, held) == {}
    with pytest.raises(NotFound):
        using_replies.usable(place, people.grace, held)
    with pytest.raises(NotFound):
        using_replies.note_use(place, people.grace, held, kept.id)
    with pytest.raises(NotFound):
        using_replies.note_use(place, people.lin, held, kept.id)


def test_variables_are_filled_in_for_the_reader(
    place: Workplace, people: Village, admin: StaffMember, reader: KnownReader, held: UUID, clock: Clock
) -> None:
    text = (
        "{reader_name}|{library}|{librarian}|{librarian_library}|{desk}|{library_phone}|{library_email}|{hours_today}"
    )
    canned_replies.add(place, people.lin, MINE, replace(HI, text_zh=text, text_en=""))
    first = usable(place, people.lin, held)["hi"]
    assert first.missing == ["library_phone", "library_email"]
    assert first.text == "读者|AAA图书馆|lin老师|AAA图书馆|咨询台|____|____|00:00–24:00"

    now = clock()
    week = [WeeklyOpening(weekday=day, starts_minute=480, ends_minute=1500) for day in range(7)]
    opening_hours.set_week(place, admin, "AAA", week)
    with place.database.write() as session:
        set_value(session, people.nation, "contact_phone", "0500-1", is_locked=False, by=None, now=now)
        set_value(session, people.nation, "holiday_calendar", "none", is_locked=False, by=None, now=now)
        session.add(
            ReaderIdentity(
                reader_id=reader.id, library_id=people.library_a, subject="s", name="李明", details={}, verified_at=now
            )
        )
    then = usable(place, people.lin, held)["hi"]
    assert then.text == "李明|AAA图书馆|lin老师|AAA图书馆|咨询台|0500-1|____|08:00–次日01:00"
    # Another library's word about a reader is not told.
    with place.database.write() as session:
        session.get_one(ReaderIdentity, reader.id).library_id = people.library_b
    assert usable(place, people.lin, held)["hi"].text.startswith("读者|")


def test_the_language_is_the_conversations_with_the_other_as_a_fall_back(
    place: Workplace, people: Village, held: UUID
) -> None:
    canned_replies.add(place, people.lin, MINE, HI)
    canned_replies.add(place, people.lin, MINE, replace(HI, shortcut="en-only", text_zh=""))
    found = usable(place, people.lin, held)
    assert (found["hi"].text, found["hi"].language) == ("您好！", "zh")
    assert (found["en-only"].text, found["en-only"].language) == ("Hello!", "en")


def test_uses_are_counted_for_oneself_and_for_all(
    place: Workplace, people: Village, admin: StaffMember, held: UUID, clock: Clock
) -> None:
    kept = canned_replies.add(place, admin, Shelf(node="AAA"), HI)
    for person in (people.lin, people.lin, people.chen):
        clock.forward(seconds=60)
        using_replies.note_use(place, person, held, kept.id)
    assert usable(place, people.lin, held)["hi"].use_count == 2
    assert usable(place, people.chen, held)["hi"].use_count == 1
    shown = canned_replies.shelf(place, admin, Shelf(node="AAA")).replies[0]
    assert (shown.use_count, shown.last_used_at) == (3, clock())
    canned_replies.remove(place, admin, kept.id)


def test_whoever_holds_a_question_of_another_desk_has_its_replies(
    place: Workplace, people: Village, admin: StaffMember, held: UUID
) -> None:
    canned_replies.add(place, admin, Shelf(node="NAT"), HI)
    elsewhere = replace(people.lin, desk_ids=frozenset({people.desk_b}))
    assert set(usable(place, elsewhere, held)) == {"hi"}
    answering.give_back(place, people.lin, held)
    with pytest.raises(NotFound):
        using_replies.usable(place, elsewhere, held)


def test_a_file_is_tried_first_and_then_put_in(place: Workplace, people: Village, admin: StaffMember) -> None:
    where = Shelf(node="AAA")
    canned_replies.add(place, admin, where, HI)
    canned_replies.add(place, admin, where, replace(HI, shortcut="bye"))
    text = reply_files.export(place, people.lin, where, "csv").replace("Hello!", "Hello there!", 1)
    text += "new,,New,,Text {library},other,,,,,,\r\nbad,,Bad,,{phone},other,,,,,,\r\nnew,,Again,,x,other,,,,,,\r\n"

    def outcomes(*, is_dry_run: bool) -> list[tuple[str, str]]:
        report = reply_files.put_in(place, admin, where, text, format_="csv", is_dry_run=is_dry_run)
        assert report.is_dry_run == is_dry_run
        assert (report.new, report.changed, report.unchanged, report.refused) == (1, 1, 1, 2)
        assert all(line.reason for line in report.lines if line.outcome == "refused")
        return [(line.shortcut, line.outcome) for line in report.lines]

    expected = [("bye", "changed"), ("hi", "unchanged"), ("new", "new"), ("bad", "refused"), ("new", "refused")]
    assert outcomes(is_dry_run=True) == expected
    assert [each.shortcut for each in canned_replies.shelf(place, admin, where).replies] == ["bye", "hi"]
    assert outcomes(is_dry_run=False) == expected
    assert [each.shortcut for each in canned_replies.shelf(place, admin, where).replies] == ["bye", "hi", "new"]

    with pytest.raises(Forbidden):
        reply_files.put_in(place, people.lin, where, text, format_="csv", is_dry_run=True)
    with pytest.raises(ReplyFileRefused):
        reply_files.put_in(place, people.lin, MINE, "nothing", format_="csv", is_dry_run=True)


def test_one_level_moves_to_another_by_a_file(place: Workplace, people: Village, admin: StaffMember) -> None:
    macro = replace(
        HI, resolution="follow_up_home", read_level=2, hours=8, codes=("loans",), tags=("a", "b"), subject="H"
    )
    canned_replies.add(place, admin, Shelf(node="AAA"), macro)
    text = reply_files.export(place, people.lin, Shelf(node="AAA"), "jsonl")
    reply_files.put_in(place, people.lin, MINE, text, format_="jsonl", is_dry_run=False)
    (copy,) = canned_replies.shelf(place, people.lin, MINE).replies
    assert copy.macro is not None
    assert copy.macro.model_dump() == {
        "resolution": "follow_up_home",
        "read_level": 2,
        "subject": "H",
        "hours": 8,
        "codes": ["loans"],
    }


def test_a_wrong_variable_is_refused_when_it_is_saved(place: Workplace, people: Village) -> None:
    with pytest.raises(ReplyVariableUnknown):
        canned_replies.add(place, people.lin, MINE, replace(HI, text_en="Call {phone}"))
