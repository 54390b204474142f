"""The record of a node: reads, exports, sign-ins, supervision and changes in one list that nobody can change."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from qa_server.desk import absences, answering, auditing, filling_in, library_card, node_record, signing_in
from qa_server.desk.node_record import RecordFilters, RecordLine
from qa_server.desk.workplace import Workplace
from qa_server.network import cards, node_settings
from qa_server.network.cards import LineFields
from qa_server.network.setting_models import NetworkChange
from qa_server.people.audit import Action
from qa_server.people.audit_models import AuditEntry
from qa_server.people.errors import SignInRefused
from qa_server.people.models import Role
from qa_server.people.rights import StaffMember
from storage.errors import Forbidden
from tests.searching.conftest import Archive, Promote
from tests.searching.test_exporting import tell_reader
from tests.village import PASSWORD, Village

NETWORK = "10.1.0.0/24"


@pytest.fixture
def administrator(place: Workplace, people: Village, promote: Promote) -> StaffMember:
    """ZHOU, who administers library A."""
    return promote(people.zhou, people.library_a, Role.LIBRARY_ADMINISTRATOR)


def lines(
    place: Workplace, person: StaffMember, filters: RecordFilters | None = None, *, code: str = "AAA"
) -> list[RecordLine]:
    """Return the first page of a node's record."""
    return node_record.record(place, person, code, filters or RecordFilters()).items


def deeds(found: list[RecordLine]) -> list[tuple[str, str | None]]:
    return [(each.action, each.login) for each in found]


def test_reading_what_others_answered_is_on_record_once_in_ten_minutes(
    archive: Archive, administrator: StaffMember
) -> None:
    place, asked = archive.place, archive.ids["renew"]
    answering.desk_thread(place, archive.people.lin, asked, 0)
    assert lines(place, administrator, RecordFilters(kind="reads")) == []
    for _ in range(3):
        answering.desk_thread(place, archive.people.chen, asked, 0)
    found = lines(place, administrator, RecordFilters(kind="reads"))
    assert deeds(found) == [("read_conversation", "chen")]
    assert found[0].subject_key.startswith("AAA-2026-")
    place.clock.forward(minutes=11)  # type: ignore[attr-defined]
    answering.desk_thread(place, archive.people.chen, asked, 0)
    assert len(lines(place, administrator, RecordFilters(kind="reads"))) == 2


def test_an_open_chat_of_the_own_desk_is_work_and_not_on_record(archive: Archive, administrator: StaffMember) -> None:
    answering.desk_thread(archive.place, archive.people.chen, archive.ids["loan"], 0)
    assert lines(archive.place, administrator, RecordFilters(kind="reads")) == []


def test_what_supervisors_watched_stands_at_the_library_of_the_question(archive: Archive, promote: Promote) -> None:
    centre = promote(archive.people.grace, archive.people.nation, Role.CENTRE_ADMINISTRATOR)
    answering.desk_thread(archive.place, centre, archive.ids["renew"], 0)
    assert deeds(lines(archive.place, centre, RecordFilters(kind="supervision"))) == [("watched", "grace")]
    assert lines(archive.place, centre, RecordFilters(kind="supervision"), code="BBB") == []


def test_seeing_who_a_reader_is_is_on_record(archive: Archive, administrator: StaffMember) -> None:
    filling_in.reader_card(archive.place, archive.people.lin, archive.ids["renew"])
    assert lines(archive.place, administrator, RecordFilters(kind="reads")) == []
    tell_reader(archive, "renew")
    card = filling_in.reader_card(archive.place, archive.people.lin, archive.ids["renew"])
    assert card.identity is not None
    found = lines(archive.place, administrator, RecordFilters(kind="reads"))
    assert deeds(found) == [("saw_reader", "lin")]
    assert "王小雨" not in found[0].model_dump_json()


def test_sign_ins_are_on_record_the_refused_too(
    place: Workplace, people: Village, administrator: StaffMember, promote: Promote
) -> None:
    signed = signing_in.sign_in(place, login="lin", password=PASSWORD, network=NETWORK)
    for login in ("LIN", "nobody"):
        with pytest.raises(SignInRefused):
            signing_in.sign_in(place, login=login, password="wrong", network=NETWORK)
    signing_in.sign_out(place, signed.token)
    found = lines(place, administrator, RecordFilters(kind="sign_ins"))
    assert deeds(found) == [("signed_out", "lin"), ("sign_in_refused", "lin"), ("signed_in", "lin")]
    assert found[1].new == {"network": NETWORK}
    # A name that no account has belongs to no library: the root sees it.
    root = promote(people.grace, people.nation, Role.NETWORK_ADMINISTRATOR)
    at_root = lines(place, root, RecordFilters(kind="sign_ins"), code="NAT")
    assert [(each.action, each.subject_key) for each in at_root] == [("sign_in_refused", "nobody")]


def test_absences_and_reports_about_the_card_are_on_record(
    place: Workplace, people: Village, administrator: StaffMember
) -> None:
    today = place.clock().date()
    away = absences.add_absence(place, people.lin, "lin", starts_on=today, ends_on=today)
    absences.remove_absence(place, people.lin, "lin", away.id)
    with place.database.write() as session:
        fields = LineFields("fact", "八点", "Eight")
        cards.set_line(session, people.library_a, "hours", fields, owner_id=people.zhou.id, by=None, now=place.clock())
    library_card.report_error(place, people.grace, "AAA", "hours", "早就九点了")
    subjects = [(each.subject, each.action, each.login) for each in lines(place, administrator)]
    assert subjects[0] == ("card_report", "added", "grace")
    assert ("absence", "added", "lin") in subjects
    assert ("absence", "removed", "lin") in subjects


def test_the_record_is_for_who_administers_the_node(archive: Archive, administrator: StaffMember) -> None:
    answering.desk_thread(archive.place, archive.people.chen, archive.ids["renew"], 0)
    assert lines(archive.place, administrator)
    for person in (archive.people.lin, archive.people.grace):
        with pytest.raises(Forbidden):
            lines(archive.place, person)
    with pytest.raises(Forbidden):
        lines(archive.place, administrator, code="BBB")


def test_the_record_is_narrowed_by_person_and_day_and_widened_to_what_is_below(
    archive: Archive, promote: Promote
) -> None:
    centre = promote(archive.people.zhou, archive.people.nation, Role.CENTRE_ADMINISTRATOR)
    answering.desk_thread(archive.place, archive.people.chen, archive.ids["renew"], 0)
    day = archive.place.clock().date()
    below = RecordFilters(kind="reads", login="chen", first=day, last=day, with_below=True)
    assert deeds(lines(archive.place, centre, below, code="NAT")) == [("read_conversation", "chen")]
    assert lines(archive.place, centre, RecordFilters(kind="reads"), code="NAT") == []
    assert lines(archive.place, centre, RecordFilters(kind="reads", login="lin")) == []
    late = RecordFilters(kind="reads", first=day + timedelta(days=1))
    assert lines(archive.place, centre, late) == []


def test_pages_of_the_record_go_on_without_a_gap(
    place: Workplace, people: Village, administrator: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A constant, so that a test needs no hundreds of entries.
    monkeypatch.setattr(node_record, "PAGE_LINES", 3)
    for count in range(8):
        auditing.note_export(place, people.lin, Action.EXPORTED, what=f"n{count}", details={})
        absences.add_absence(place, people.lin, "lin", starts_on=place.clock().date(), ends_on=place.clock().date())
    found = list(node_record.record_lines(place, administrator, "AAA", RecordFilters(login="lin"), most=100))
    assert len(found) == 16
    assert [each.id for each in found] == sorted({each.id for each in found}, reverse=True)
    some = node_record.record_lines(place, administrator, "AAA", RecordFilters(login="lin"), most=5)
    assert len(list(some)) == 5


def test_nobody_changes_or_removes_an_entry(place: Workplace, people: Village) -> None:
    auditing.note_export(place, people.lin, Action.EXPORTED, what="x", details={})
    with place.database.write() as session:
        node_settings.set_value(
            session, people.library_a, "contact_phone", "1", is_locked=False, by=None, now=place.clock()
        )
    for attempt in (
        update(AuditEntry).values(action="nothing"),
        delete(AuditEntry),
        update(NetworkChange).values(action="nothing"),
        delete(NetworkChange),
    ):
        with pytest.raises(DBAPIError), place.database.write() as session:
            session.execute(attempt)
    with place.database.read() as session:
        assert session.scalar(select(AuditEntry.action)) == "exported"


def test_entries_go_when_the_node_keeps_them_no_longer(place: Workplace, people: Village) -> None:
    now = place.clock()
    for days in (170, 200, 400):
        place.clock.now = now - timedelta(days=days)  # type: ignore[attr-defined]
        for person in (people.lin, people.grace):
            auditing.note_export(place, person, Action.EXPORTED, what=f"{days}", details={})
    place.clock.now = now  # type: ignore[attr-defined]
    with place.database.write() as session:
        node_settings.set_value(session, people.library_a, "audit_keep_days", 180, is_locked=False, by=None, now=now)
    assert auditing.forget_old(place) == 2
    assert auditing.forget_old(place) == 0
    with place.database.read() as session:
        kept = session.execute(select(AuditEntry.library_id, AuditEntry.subject_key)).all()
    left: dict[UUID | None, set[str]] = {}
    for node, key in kept:
        left.setdefault(node, set()).add(key)
    assert left == {people.library_a: {"170"}, people.library_b: {"170", "200", "400"}}
