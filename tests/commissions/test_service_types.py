"""A library makes a service its own without code: draft, conflict, publishing, versions, switching off, trying out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from qa_server.commissions import service_types as kept
from qa_server.commissions.definition import Actor
from qa_server.commissions.definition_reading import as_stored
from qa_server.commissions.errors import ServiceNotOffered
from qa_server.commissions.service_errors import (
    DefinitionRefused,
    DefinitionUnsound,
    DraftChanged,
    NoDraft,
    NoteMissing,
    NothingToPublish,
    NotOwnService,
    ServiceCodeTaken,
    StepImpossible,
)
from qa_server.commissions.trial import Step
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import requesting
from qa_server.desk.commissions.requesting import Form
from qa_server.desk.commissions.services import offering_services, service_types, trying_out
from qa_server.desk.commissions.services.trying_out import Attempt
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Role, RoleGrant
from qa_server.people.queries import staff_member
from qa_server.people.rights import StaffMember
from storage.errors import Forbidden, NotFound
from tests.commissions.village_work import CITATION_VALUES, begun, searched, staff, under_way, written_report
from tests.village import Village, new_client_id

CODE = "citation_search"
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def grant(place: Workplace, person: StaffMember, library_id: UUID, role: Role) -> StaffMember:
    """Give somebody a role; return the person with it."""
    with place.database.write() as session:
        session.add(RoleGrant(librarian_id=person.id, library_id=library_id, role=role))
    with place.database.read() as session:
        found = staff_member(session, person.id, csrf_token="csrf")
    assert found is not None
    return found


@pytest.fixture
def head(place: Workplace, people: Village) -> StaffMember:
    """LIN, who administers library A; the shipped services are there."""
    offering_services.keep_shipped(place)
    return grant(place, people.lin, people.library_a, Role.LIBRARY_ADMINISTRATOR)


@pytest.fixture
def centre(place: Workplace, people: Village) -> StaffMember:
    """ZHOU, who administers the nation."""
    return grant(place, people.zhou, people.nation, Role.CENTRE_ADMINISTRATOR)


def drafted(place: Workplace, person: StaffMember, code: str = "AAA") -> tuple[dict[str, Any], int]:
    """Begin a draft; return its definition as it is stored, and its revision."""
    edited = service_types.adapt(place, person, code, CODE)
    return as_stored(edited.definition), edited.revision


def priced(place: Workplace, person: StaffMember, amount: str, code: str = "AAA") -> int:
    """Publish a price for each paper; return the number of the version."""
    stored, revision = drafted(place, person, code)
    stored["prices"]["lines"][1]["amount"] = amount
    saved = service_types.save(place, person, code, CODE, stored, revision=revision)
    return service_types.publish(place, person, code, CODE, revision=saved.revision, note="新价目")


def price_at(place: Workplace, library_id: UUID) -> str:
    with place.database.read() as session:
        return str(kept.offered(session, library_id, CODE).definition.prices.lines[1].amount)


def test_a_published_price_holds_at_the_library_and_below_and_nowhere_else(
    place: Workplace, people: Village, head: StaffMember, centre: StaffMember
) -> None:
    assert price_at(place, people.library_a) == price_at(place, people.library_b) == "10.00"

    priced(place, head, "2.00")
    assert (price_at(place, people.library_a), price_at(place, people.library_b)) == ("2.00", "10.00")

    priced(place, centre, "5.00", "NAT")
    assert (price_at(place, people.library_a), price_at(place, people.library_b)) == ("2.00", "5.00")

    service_types.inherit(place, head, "AAA", CODE)
    assert price_at(place, people.library_a) == "5.00"
    with pytest.raises(NotOwnService):
        service_types.inherit(place, head, "AAA", CODE)


def test_the_list_says_where_each_service_comes_from(
    place: Workplace, people: Village, head: StaffMember, centre: StaffMember
) -> None:
    priced(place, centre, "5.00", "NAT")
    drafted(place, head)

    rows = {row.code: row for row in service_types.services_of(place, head, "AAA").rows}

    assert len(rows) == 5
    origin = rows[CODE].origin
    assert origin is not None
    assert (origin.code, rows[CODE].is_own, rows[CODE].has_draft) == ("NAT", False, True)
    assert rows["proxy_search"].origin is None
    assert rows["proxy_search"].is_offered


def test_a_draft_changes_nothing_for_readers_until_it_is_published(
    place: Workplace, people: Village, head: StaffMember
) -> None:
    stored, revision = drafted(place, head)
    stored["prices"]["lines"][1]["amount"] = "2.00"

    saved = service_types.save(place, head, "AAA", CODE, stored, revision=revision)

    assert price_at(place, people.library_a) == "10.00"
    assert [(each.where[-1], each.old, each.new) for each in saved.changes] == [("amount", "10.00", "2.00")]


def test_a_running_commission_keeps_the_version_it_began_with(
    place: Workplace, people: Village, reader: KnownReader, head: StaffMember
) -> None:
    commission_id = begun(place, reader)
    requesting.save(place, reader, commission_id, Form(values=CITATION_VALUES), revision=None, language="zh")

    stored, revision = drafted(place, head)
    stored["fields"] = [
        each for each in stored["fields"] if each["key"] != "purpose_other" and each["key"] != "purpose"
    ]
    saved = service_types.save(place, head, "AAA", CODE, stored, revision=revision)
    service_types.publish(place, head, "AAA", CODE, revision=saved.revision, note="不再问用途")

    running = requesting.read(place, reader, commission_id, language="zh")
    assert running.form["purpose"] == "promotion"
    later, _ = requesting.begin(place, reader, CODE, client_id=new_client_id(), language="zh")
    with place.database.read() as session:
        now = kept.offered(session, people.library_a, CODE)
    assert "purpose" not in {field.key for field in now.definition.fields}
    assert later.id != commission_id


def test_of_two_who_edit_one_draft_the_second_is_refused_and_nothing_is_overwritten(
    place: Workplace, people: Village, head: StaffMember, centre: StaffMember
) -> None:
    stored, revision = drafted(place, head)
    mine, theirs = {**stored, "objection_days": 10}, {**stored, "objection_days": 20}
    service_types.save(place, centre, "AAA", CODE, theirs, revision=revision)

    with pytest.raises(DraftChanged) as refused:
        service_types.save(place, head, "AAA", CODE, mine, revision=revision)

    assert refused.value.details["revision"] == revision + 1
    assert service_types.editing(place, head, "AAA", CODE).definition.objection_days == 20
    with pytest.raises(DraftChanged):
        service_types.publish(place, head, "AAA", CODE, revision=revision, note="x")
    with pytest.raises(DraftChanged):
        service_types.discard(place, head, "AAA", CODE, revision=revision)


def test_saving_the_same_again_is_no_change(place: Workplace, head: StaffMember) -> None:
    stored, revision = drafted(place, head)

    assert service_types.save(place, head, "AAA", CODE, stored, revision=revision).revision == revision
    assert service_types.adapt(place, head, "AAA", CODE).revision == revision


def test_a_draft_with_problems_is_kept_and_not_published(place: Workplace, people: Village, head: StaffMember) -> None:
    stored, revision = drafted(place, head)
    stored["prices"]["lines"][1]["each"] = "pages"

    saved = service_types.save(place, head, "AAA", CODE, stored, revision=revision)

    assert [(each.where, each.details) for each in saved.problems] == [("papers", {"key": "pages"})]
    with pytest.raises(DefinitionUnsound):
        service_types.publish(place, head, "AAA", CODE, revision=saved.revision, note="x")
    assert price_at(place, people.library_a) == "10.00"


def test_what_cannot_be_read_is_refused_with_its_place(place: Workplace, head: StaffMember) -> None:
    stored, revision = drafted(place, head)
    stored["prices"]["lines"][1]["amount"] = "much"

    with pytest.raises(DefinitionRefused) as refused:
        service_types.save(place, head, "AAA", CODE, stored, revision=revision)

    problems = refused.value.details["problems"]
    assert isinstance(problems, list)
    assert [each["where"] for each in problems] == ["prices.lines.1.amount"]
    assert service_types.editing(place, head, "AAA", CODE).revision == revision


def test_publishing_needs_a_note_and_something_new(place: Workplace, head: StaffMember) -> None:
    _, revision = drafted(place, head)

    with pytest.raises(NoteMissing):
        service_types.publish(place, head, "AAA", CODE, revision=revision, note="  ")
    with pytest.raises(NothingToPublish):
        service_types.publish(place, head, "AAA", CODE, revision=revision, note="x")


def test_what_was_published_is_kept_with_note_and_differences(place: Workplace, head: StaffMember) -> None:
    numbers = [priced(place, head, amount) for amount in ("2.00", "3.00")]

    past = service_types.versions(place, head, "AAA", CODE)
    in_english = service_types.versions(place, replace(head, language="en"), "AAA", CODE)

    assert {each.by for each in past} == {head.name_zh}
    assert {each.by for each in in_english} == {head.name_en}
    assert [each.number for each in past] == sorted(numbers, reverse=True)
    assert [each.state for each in past] == ["published", "replaced"]
    assert [(each.old, each.new) for each in past[0].changes] == [("2.00", "3.00")]
    assert past[0].note == "新价目"


def test_a_discarded_draft_leaves_nothing_behind(place: Workplace, head: StaffMember) -> None:
    _, revision = drafted(place, head)

    service_types.discard(place, head, "AAA", CODE, revision=revision)

    assert service_types.editing(place, head, "AAA", CODE).revision == 0
    with pytest.raises(NoDraft):
        service_types.publish(place, head, "AAA", CODE, revision=revision, note="x")


def test_a_service_of_a_librarys_own_begins_as_a_copy_and_is_offered_once_published(
    place: Workplace, people: Village, head: StaffMember
) -> None:
    added = service_types.add(
        place, head, "AAA", "thesis_check", name_zh="论文查重", name_en="Thesis check", like="proxy_search"
    )
    assert (added.number, added.definition.name.zh, added.problems) == (None, "论文查重", [])
    with place.database.read() as session, pytest.raises(ServiceNotOffered):
        kept.offered(session, people.library_a, "thesis_check")

    service_types.publish(place, head, "AAA", "thesis_check", revision=added.revision, note="新服务")

    with place.database.read() as session:
        assert kept.offered(session, people.library_a, "thesis_check").definition.name.en == "Thesis check"
        assert "thesis_check" not in kept.offered_at(session, people.library_b)
    for taken in ("thesis_check", CODE):
        with pytest.raises(ServiceCodeTaken):
            service_types.add(place, head, "AAA", taken, name_zh="一", name_en="One", like="proxy_search")
    with pytest.raises(DefinitionRefused):
        service_types.add(place, head, "AAA", "Bad Code", name_zh="一", name_en="One", like="proxy_search")


def test_a_service_switched_off_is_not_offered_here_or_below_until_somebody_switches_it_on(
    place: Workplace, people: Village, head: StaffMember, centre: StaffMember
) -> None:
    service_types.offer(place, centre, "NAT", CODE, is_offered=False, desk_id=None)
    with place.database.read() as session:
        assert CODE not in kept.offered_at(session, people.library_a)
        assert "proxy_search" in kept.offered_at(session, people.library_a)

    service_types.offer(place, head, "AAA", CODE, is_offered=True, desk_id=people.desk_a)

    with place.database.read() as session:
        assert kept.offered(session, people.library_a, CODE).desk_id == people.desk_a
        assert CODE not in kept.offered_at(session, people.library_b)
    with pytest.raises(NotFound):
        service_types.offer(place, head, "AAA", CODE, is_offered=True, desk_id=people.desk_b)


def test_only_administrators_of_the_node_or_above_touch_its_services(
    place: Workplace, people: Village, head: StaffMember
) -> None:
    assert service_types.services_of(place, head, "AAA").rows
    for person, code in ((people.chen, "AAA"), (head, "BBB"), (head, "NAT"), (people.grace, "AAA")):
        with pytest.raises(Forbidden):
            service_types.services_of(place, person, code)
        with pytest.raises(Forbidden):
            service_types.adapt(place, person, code, CODE)
        with pytest.raises(Forbidden):
            service_types.offer(place, person, code, CODE, is_offered=False, desk_id=None)
        with pytest.raises(Forbidden):
            trying_out.try_out(place, person, code, CODE, Attempt({}, {}, MONDAY))
    with pytest.raises(NotFound):
        service_types.editing(place, head, "AAA", "nothing")


def test_a_trial_checks_reckons_and_walks_without_keeping_anything(
    place: Workplace, people: Village, head: StaffMember
) -> None:
    steps = (
        Step("submit", Actor.READER, MONDAY),
        Step("accept", Actor.SERVICE, MONDAY + timedelta(hours=1)),
        Step("quote", Actor.SERVICE, MONDAY + timedelta(hours=2)),
        Step("accept_quote", Actor.READER, MONDAY + timedelta(hours=3)),
        Step("begin", Actor.SEARCHER, MONDAY + timedelta(hours=4)),
    )

    empty = trying_out.try_out(place, head, "AAA", CODE, Attempt({}, {}, MONDAY))
    tried = trying_out.try_out(place, head, "AAA", CODE, Attempt(CITATION_VALUES, {}, MONDAY, steps))

    assert {"title", "papers"} <= {each.where for each in empty.problems}
    assert [way.is_open for actor, way in empty.walk.ways if way.transition.key == "submit"] == [False]
    assert tried.problems == []
    assert str(tried.reckoning.total) == "40.00"
    assert (tried.days, tried.due) == (3, MONDAY + timedelta(days=3))
    assert tried.walk.state.key == "in_progress"
    # The clock began when the quote was accepted.
    assert tried.walk.due == MONDAY + timedelta(days=3, hours=3)
    assert tried.walk.used == timedelta(hours=1)
    keys = {way.transition.key for actor, way in tried.walk.ways if actor is Actor.SEARCHER and way.is_open}
    assert {"pause", "send_draft", "ask_review"} <= keys
    with place.database.read() as session:
        assert CODE in kept.offered_at(session, people.library_a)


def test_a_trial_of_a_step_that_is_not_open_is_refused(place: Workplace, head: StaffMember) -> None:
    for steps in (
        [Step("deliver", Actor.SEARCHER, MONDAY)],
        [Step("submit", Actor.SERVICE, MONDAY)],
        [Step("submit", Actor.READER, MONDAY), Step("accept", Actor.SERVICE, MONDAY - timedelta(hours=1))],
        [Step("nothing", Actor.READER, MONDAY)],
    ):
        with pytest.raises(StepImpossible):
            trying_out.try_out(place, head, "AAA", CODE, Attempt(CITATION_VALUES, {}, MONDAY, steps))


def test_a_trial_runs_through_review_and_payment_to_the_end(place: Workplace, head: StaffMember) -> None:
    taken = [
        ("submit", Actor.READER),
        ("accept", Actor.SERVICE),
        ("quote", Actor.SERVICE),
        ("accept_quote", Actor.READER),
        ("begin", Actor.SEARCHER),
        ("ask_review", Actor.SEARCHER),
        ("pass_review", Actor.REVIEWER),
        ("sign_to_pay", Actor.SIGNER),
        ("pay_after", Actor.CASHIER),
        ("deliver", Actor.SEARCHER),
        ("accept_result", Actor.READER),
    ]
    steps = [Step(key, actor, MONDAY + timedelta(hours=at)) for at, (key, actor) in enumerate(taken)]

    tried = trying_out.try_out(place, head, "AAA", CODE, Attempt(CITATION_VALUES, {}, MONDAY, steps))

    assert tried.walk.state.key == "closed"
    assert tried.walk.due is None


def test_a_library_that_asks_for_no_second_reader_signs_without_one(
    place: Workplace, people: Village, reader: KnownReader, head: StaffMember
) -> None:
    stored, revision = drafted(place, head)
    stored["report"]["needs_review"] = False
    saved = service_types.save(place, head, "AAA", CODE, stored, revision=revision)
    service_types.publish(place, head, "AAA", CODE, revision=saved.revision, note="免审")

    commission_id = under_way(place, reader, people.chen)
    searched(place, people.chen, commission_id)
    written_report(place, people.chen, commission_id)

    assert staff(place, people.chen, commission_id, "skip_review").state == "reviewed"
    assert staff(place, head, commission_id, "sign_to_pay").state == "payment_due"
