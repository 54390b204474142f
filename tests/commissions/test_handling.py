"""Who may do what with a commission: taken by one of two, handed on and back, seen by nobody else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from qa_server.commissions import queries, service
from qa_server.commissions.definition import Operation
from qa_server.commissions.definition_reading import as_stored, digest_of
from qa_server.commissions.errors import (
    AlreadyTaken,
    CommissionChanged,
    ReasonMissing,
    TransitionIncomplete,
    TransitionRefused,
)
from qa_server.commissions.models import CommissionEntry
from qa_server.commissions.queries import definition_of
from qa_server.commissions.service_models import ServiceVersion, VersionState
from qa_server.desk import answering, asking
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import (
    acquainting,
    article_drafting,
    beginning,
    handling,
    passing_on,
    requesting,
    routing,
    working,
)
from qa_server.desk.commissions.finding.shelves import Wanted
from qa_server.desk.workplace import Workplace
from qa_server.network import node_settings, opening
from qa_server.network.models import Level, Library
from qa_server.people.models import Role, RoleGrant
from qa_server.people.queries import staff_member
from qa_server.people.rights import StaffMember
from storage.errors import Forbidden, NotFound
from tests.commissions.village_work import answers, searched, staff, submitted, under_way
from tests.fakes import Clock
from tests.village import Village, come_in, new_client_id, question


def with_role(place: Workplace, person: StaffMember, library_id: UUID, role: Role) -> StaffMember:
    """Return somebody with one more role."""
    with place.database.write() as session:
        session.add(RoleGrant(librarian_id=person.id, library_id=library_id, role=role))
        session.flush()
        found = staff_member(session, person.id, csrf_token="csrf")
        assert found is not None
        return found


def province(place: Workplace, people: Village) -> UUID:
    """Add another province; return its id."""
    with place.database.write() as session:
        row = Library(
            code="ELS",
            level=Level.PROVINCE,
            parent_id=people.nation,
            name_zh="别省中心",
            name_en="Elsewhere",
            language="zh",
            time_zone="Asia/Shanghai",
            created_at=place.clock(),
        )
        session.add(row)
        session.flush()
        return row.id


def test_of_two_who_accept_at_once_one_wins_and_the_other_learns_the_name(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = submitted(place, reader)
    both = Barrier(2)

    def accept(person: StaffMember) -> str:
        both.wait()
        try:
            staff(place, person, commission_id, "accept")
        except AlreadyTaken as refused:
            return str(refused.details["name"])
        return "won"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(accept, (people.lin, people.chen)))

    winner = outcomes.index("won")
    assert sorted(outcomes) == sorted(["won", ("lin老师", "chen老师")[winner]])
    view = handling.read(place, people.lin, commission_id, language="zh")
    assert [each.key for each in view.entries if each.kind == "transition"] == ["submit", "accept"]


def test_a_step_sent_again_by_a_restarted_machine_writes_nothing_twice(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = submitted(place, reader)
    seen = handling.read(place, people.lin, commission_id, language="zh").revision
    asked = handling.Asked(new_client_id(), revision=seen)
    handling.step(place, people.lin, commission_id, "accept", asked, language="zh")

    # Its revision is long past by then; a repetition is no new step.
    again = handling.step(place, people.lin, commission_id, "accept", asked, language="zh")

    assert again.state == "accepted"
    with place.database.read() as session:
        rows = session.scalars(
            select(CommissionEntry.seq)
            .where(CommissionEntry.commission_id == commission_id)
            .order_by(CommissionEntry.seq)
        ).all()
    assert list(rows) == list(range(1, len(rows) + 1))


def test_a_step_on_an_older_sight_is_refused(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = submitted(place, reader)
    seen = handling.read(place, people.lin, commission_id, language="zh").revision
    requesting.say(place, reader, commission_id, client_id=new_client_id(), body="再补一篇", language="zh")

    with pytest.raises(CommissionChanged):
        handling.step(
            place, people.lin, commission_id, "accept", handling.Asked(new_client_id(), revision=seen), language="zh"
        )

    assert handling.read(place, people.lin, commission_id, language="zh").state == "submitted"


def test_another_librarys_people_see_and_do_nothing(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = under_way(place, reader, people.lin)
    searched(place, people.lin, commission_id)

    assert handling.read(place, people.chen, commission_id, language="zh").state == "in_progress"
    for attempt in (
        lambda: handling.read(place, people.grace, commission_id, language="zh"),
        lambda: handling.by_number(place, people.grace, "W-AAA-2026-00001"),
        lambda: handling.reckon(place, people.grace, commission_id),
        lambda: handling.record(place, people.grace, commission_id, language="zh"),
        lambda: working.log(place, people.grace, commission_id),
        lambda: acquainting.who(place, people.grace, commission_id),
        lambda: passing_on.way(place, people.grace, commission_id),
        lambda: passing_on.colleagues(place, people.grace, commission_id),
        lambda: article_drafting.proposal(place, people.grace, commission_id),
        lambda: staff(place, people.grace, commission_id, "pause", reason="x"),
    ):
        with pytest.raises(NotFound):
            attempt()
    for shelf in ("waiting", "mine", "running", "review", "payment", "overdue", "ended"):
        assert handling.listing(place, people.grace, shelf, language="zh").items == []


def test_a_desk_further_up_sees_what_waits_and_loses_it_when_the_library_takes_it(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = submitted(place, reader)
    with place.database.write() as session:
        service.reach(session, queries.submitted(session, commission_id), people.desk_b, now=place.clock())
    assert handling.read(place, people.grace, commission_id, language="zh").state == "submitted"
    assert len(handling.listing(place, people.grace, "waiting", language="zh").items) == 1

    staff(place, people.lin, commission_id, "accept")

    assert handling.listing(place, people.grace, None, language="zh").items == []
    with pytest.raises(NotFound):
        handling.read(place, people.grace, commission_id, language="zh")


def test_a_transferred_commission_is_worked_on_there_and_stays_in_sight_here(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = submitted(place, reader)
    staff(place, people.lin, commission_id, "accept")
    assert [each.code for each in passing_on.targets(place, people.lin, commission_id, words="BBB")] == ["BBB"]

    staff(place, people.lin, commission_id, "transfer", reason="贵馆有资质", library_code="BBB")

    view = staff(place, people.grace, commission_id, "take_over")
    assert (view.state, view.service_library_zh, view.library_zh) == ("accepted", "BBB图书馆", "AAA图书馆")
    seen = handling.read(place, people.lin, commission_id, language="zh")
    assert seen.actors == ["contact"]
    with pytest.raises(TransitionRefused):
        staff(place, people.lin, commission_id, "quote")
    with pytest.raises(Forbidden):
        searched(place, people.lin, commission_id)
    assert [each.id for each in handling.listing(place, people.lin, "mine", language="zh").items] == [commission_id]


def test_what_a_library_sends_back_it_sees_no_longer(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = submitted(place, reader)
    staff(place, people.lin, commission_id, "transfer", reason="请代办", library_code="BBB")
    assert len(handling.listing(place, people.grace, "waiting", language="zh").items) == 1

    staff(place, people.grace, commission_id, "send_back", reason="本馆近期排满")

    with pytest.raises(NotFound):
        handling.read(place, people.grace, commission_id, language="zh")
    assert handling.listing(place, people.grace, None, language="zh").items == []
    assert staff(place, people.chen, commission_id, "accept").state == "accepted"


def test_a_transfer_back_to_itself_or_to_nobody_is_refused(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = submitted(place, reader)

    for code in ("AAA", "QQQ", None):
        with pytest.raises(NotFound):
            staff(place, people.lin, commission_id, "transfer", reason="请代办", library_code=code)
    with pytest.raises(ReasonMissing):
        staff(place, people.lin, commission_id, "transfer", library_code="BBB")
    assert handling.read(place, people.lin, commission_id, language="zh").state == "submitted"


def test_the_work_is_given_to_a_colleague_of_the_desk_and_to_nobody_else(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = under_way(place, reader, people.lin)
    give = {"client_id": new_client_id(), "note": "下周休假", "language": "zh"}

    view = passing_on.assign(place, people.lin, commission_id, people.chen.id, **give)  # type: ignore[arg-type]
    again = passing_on.assign(place, people.lin, commission_id, people.chen.id, **give)  # type: ignore[arg-type]

    assert (view.searcher, again.revision) == ("chen老师", view.revision)
    entry = view.entries[-1]
    assert (entry.kind, entry.body, entry.is_private) == ("assignment", "下周休假", True)
    assert "下周休假" not in [
        each.body for each in requesting.read(place, reader, commission_id, language="zh").entries
    ]
    with pytest.raises(NotFound):
        passing_on.assign(place, people.lin, commission_id, people.grace.id, client_id=new_client_id(), language="zh")


def test_what_was_given_to_a_colleague_is_not_begun_over_the_colleagues_head(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = submitted(place, reader)
    staff(place, people.lin, commission_id, "accept")
    staff(place, people.lin, commission_id, "quote")
    answers(place, reader, commission_id, Operation.ACCEPT_QUOTE)
    passing_on.assign(place, people.lin, commission_id, people.chen.id, client_id=new_client_id(), language="zh")

    with pytest.raises(AlreadyTaken):
        staff(place, people.lin, commission_id, "begin")

    assert staff(place, people.chen, commission_id, "begin").searcher == "chen老师"


def test_whoever_wrote_in_the_log_never_reviews(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = under_way(place, reader, people.lin)
    searched(place, people.zhou, commission_id)
    curator_beside = with_role(place, people.chen, people.library_a, Role.CURATOR)

    searcher = handling.read(place, people.lin, commission_id, language="zh")
    wrote = handling.read(place, people.zhou, commission_id, language="zh")
    beside = handling.read(place, curator_beside, commission_id, language="zh")

    assert "reviewer" not in searcher.actors
    assert "reviewer" not in wrote.actors
    assert "reviewer" in beside.actors


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.LIBRARIAN, set()),
        (Role.CURATOR, {"reviewer"}),
        (Role.DISPATCHER, {"contact", "service", "cashier"}),
        (Role.LIBRARY_ADMINISTRATOR, {"contact", "service", "cashier", "reviewer", "signer"}),
    ],
)
def test_each_role_gives_its_own_rights_and_no_more(
    place: Workplace, people: Village, reader: KnownReader, role: Role, expected: set[str]
) -> None:
    commission_id = under_way(place, reader, people.lin)
    # GRACE serves elsewhere: all she has here comes from the role.
    person = with_role(place, people.grace, people.library_a, role)

    if not expected:
        with pytest.raises(NotFound):
            handling.read(place, person, commission_id, language="zh")
        assert handling.listing(place, person, None, language="zh").items == []
        return
    assert set(handling.read(place, person, commission_id, language="zh").actors) == expected
    assert len(handling.listing(place, person, None, language="zh").items) == 1


def test_a_desk_without_a_right_to_the_work_shows_nothing(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = submitted(place, reader)
    assert handling.read(place, people.chen, commission_id, language="zh").state == "submitted"
    with place.database.write() as session:
        session.execute(delete(RoleGrant).where(RoleGrant.librarian_id == people.chen.id))
        without = staff_member(session, people.chen.id, csrf_token="csrf")
    assert without is not None
    assert without.desk_ids == people.chen.desk_ids

    with pytest.raises(NotFound):
        handling.read(place, without, commission_id, language="zh")
    assert handling.listing(place, without, None, language="zh").items == []


def test_a_role_in_another_province_gives_nothing(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = submitted(place, reader)
    elsewhere = province(place, people)
    person = with_role(place, people.grace, elsewhere, Role.CENTRE_ADMINISTRATOR)

    assert handling.listing(place, person, None, language="zh").items == []
    with pytest.raises(NotFound):
        handling.read(place, person, commission_id, language="zh")


def test_no_readers_path_returns_what_is_private(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = under_way(place, reader, people.lin)
    searched(place, people.lin, commission_id)
    say = {"client_id": new_client_id(), "is_note": True, "language": "zh"}
    staff_view = handling.say(place, people.lin, commission_id, body="读者曾欠费", **say)  # type: ignore[arg-type]
    assert [each.body for each in staff_view.entries if each.is_private] == ["", "读者曾欠费"]

    view = requesting.read(place, reader, commission_id, language="zh")

    assert not any(each.is_private for each in view.entries)
    assert "读者曾欠费" not in view.model_dump_json()
    assert view.staff_form == {}
    assert view.contact["phone"] == "13900000000"
    assert "13900000000" not in staff_view.model_dump_json()


def test_a_running_commission_keeps_the_service_it_began_with(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = submitted(place, reader)
    view = handling.read(place, people.lin, commission_id, language="zh")
    with place.database.write() as session:
        old = session.get_one(ServiceVersion, view.version_id)
        definition = definition_of(session, old.id)
        speeds = tuple(each.model_copy(update={"days": 9}) for each in definition.clock.speeds)
        newer = definition.model_copy(
            update={
                "clock": definition.clock.model_copy(update={"speeds": speeds}),
                "transitions": tuple(each for each in definition.transitions if each.key != "accept"),
            }
        )
        old.state = VersionState.REPLACED
        session.add(
            ServiceVersion(
                service_type_id=old.service_type_id,
                number=old.number + 1,
                state=VersionState.PUBLISHED,
                definition=as_stored(newer),
                digest=digest_of(newer),
                is_shipped=False,
                created_at=place.clock(),
                changed_at=place.clock(),
                published_at=place.clock(),
            )
        )

    accepted = staff(place, people.lin, commission_id, "accept")

    assert (accepted.state, accepted.days, accepted.version_id) == ("accepted", 3, view.version_id)


def test_the_clock_leaves_out_the_national_holiday(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock
) -> None:
    with place.database.write() as session:
        weekdays = [(day, 8 * 60, 18 * 60) for day in range(5)]
        opening.set_week(session, people.library_a, weekdays, by=None, now=place.clock())
        calendar = {"is_locked": False, "by": None, "now": place.clock()}
        node_settings.set_value(session, people.library_a, "holiday_calendar", "CN", **calendar)  # type: ignore[arg-type]
    # Wednesday before the holiday of the first week of October.
    while clock().astimezone().strftime("%m-%d") != "09-30":
        clock.forward(days=1)
    commission_id = under_way(place, reader, people.lin)

    due = handling.read(place, people.lin, commission_id, language="zh").due_at

    assert due is not None
    assert due - clock() > timedelta(days=8)
    assert not handling.read(place, people.lin, commission_id, language="zh").is_overdue


def test_what_waits_first_is_shown_first_and_pages_go_on(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Fifty commissions take long to make.
    monkeypatch.setattr(handling, "PAGE", 2)
    made = []
    for _ in range(3):
        made.append(submitted(place, reader))
        clock.forward(minutes=5)

    first = handling.listing(place, people.lin, "waiting", language="zh")
    rest = handling.listing(place, people.lin, "waiting", language="zh", offset=first.next_offset or 0)

    assert [each.id for each in (*first.items, *rest.items)] == made
    assert rest.next_offset is None
    assert handling.counts(place, people.lin)["waiting"] == 3
    assert handling.listing(place, people.lin, None, language="zh", wanted=Wanted(words="%")).items == []


def test_a_cancellation_by_the_library_costs_only_at_the_readers_wish(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    first, second = (under_way(place, reader, people.lin) for _ in range(2))

    ours = staff(place, people.lin, first, "cancel_by_library", reason="检索人员生病")
    theirs = staff(place, people.lin, second, "cancel_by_library", reason="读者来电", details={"at_readers_wish": True})

    assert (str(ours.price), str(theirs.price)) == ("0.00", "20.00")


def test_a_cancellation_that_is_not_possible_leaves_the_price(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = under_way(place, reader, people.lin)
    staff(place, people.lin, commission_id, "cancel_by_library", reason="读者来电")

    with pytest.raises(TransitionRefused):
        staff(
            place, people.lin, commission_id, "cancel_by_library", reason="再来一次", details={"at_readers_wish": True}
        )

    assert str(handling.read(place, people.lin, commission_id, language="zh").price) == "0.00"


def test_nothing_is_delivered_without_a_result(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = under_way(place, reader, people.lin)
    searched(place, people.lin, commission_id)

    with pytest.raises((TransitionIncomplete, TransitionRefused)):
        staff(place, people.lin, commission_id, "deliver")


def test_the_log_is_closed_with_the_commission(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = under_way(place, reader, people.lin)
    searched(place, people.lin, commission_id)
    answers(place, reader, commission_id, Operation.CANCEL)

    with pytest.raises(TransitionRefused):
        searched(place, people.lin, commission_id)

    assert len(working.log(place, people.lin, commission_id)) == 1


def test_a_librarian_begins_for_the_reader_who_alone_sees_the_draft(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    submitted(place, reader)
    conversation_id = asking.ask(place, reader, question("想查一下我的论文收录"))[0].conversation.id
    answering.claim(place, people.lin, conversation_id)
    client_id = new_client_id()

    begun = [
        beginning.begin(place, people.lin, conversation_id, "citation_search", client_id=client_id) for _ in range(2)
    ]

    assert begun[0] == begun[1]
    assert begun[0].is_told
    drafts = [each for each in requesting.mine(place, reader, language="zh")[0] if each.state == "draft"]
    assert [each.number for each in drafts] == [begun[0].number]
    with pytest.raises(NotFound):
        handling.read(place, people.lin, drafts[0].id, language="zh")
    with pytest.raises(NotFound):
        beginning.begin(place, people.grace, conversation_id, "citation_search", client_id=new_client_id())
    entry = requesting.read(place, reader, drafts[0].id, language="zh").entries[0]
    assert (entry.key, entry.by, entry.name) == ("begun", "librarian", "lin老师")


def test_the_way_of_a_commission_names_the_desks_it_may_still_come_to(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = submitted(place, reader)

    stops = passing_on.way(place, people.lin, commission_id)

    assert (stops[0].library_zh, stops[0].is_here, stops[0].reached_at is not None) == ("AAA图书馆", True, True)
    with place.database.read() as session:
        route = routing.way_of(session, people.library_a, "citation_search", None, now=place.clock())
    assert len(stops) == len(route)
    assert all(each.reached_at is None for each in stops[1:])


def test_who_is_not_known_sees_nothing_of_a_strangers_commission(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = submitted(place, reader)
    stranger, _ = come_in(place, "AAA")

    assert requesting.mine(place, stranger, language="zh")[0] == []
    with pytest.raises(NotFound):
        requesting.read(place, stranger, commission_id, language="zh")
