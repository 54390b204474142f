"""The library card: inherited line by line, approved by the centre, fresh, for staff; errors reach their owner."""

import pytest

from qa_server.desk import administering, library_card
from qa_server.desk.library_card import CardView
from qa_server.desk.workplace import Workplace
from qa_server.network.cards import REQUIRED_KEYS, LineFields, may_join_shared_desks
from qa_server.network.errors import CardRefused
from qa_server.people.rights import StaffMember
from storage.errors import Forbidden, NotFound
from tests.fakes import Clock
from tests.network.conftest import Council
from tests.village import Village


def write(place: Workplace, person: StaffMember, code: str, key: str, owner: str | None = None) -> CardView:
    """Write a line."""
    fields = LineFields("fact", f"{code}的{key}", f"{key} of {code}")
    return library_card.set_line(place, person, code, key, fields, owner=owner)


def origins(card: CardView) -> dict[str, tuple[str, bool]]:
    """Return where each line comes from, and whether it is the library's own."""
    return {line.key: (line.origin.code, line.is_own) for line in card.lines}


def is_usable(place: Workplace, people: Village) -> bool:
    """Say whether others may be asked to answer for library A."""
    with place.database.read() as session:
        return may_join_shared_desks(session, people.library_a, now=place.clock())


def approved(place: Workplace, council: Council) -> None:
    """Write, submit and approve the card of library A."""
    for key in REQUIRED_KEYS:
        write(place, council.library, "AAA", key)
    library_card.decide(place, council.library, "AAA", "submit")
    library_card.decide(place, council.province, "AAA", "approve")


def test_lines_are_inherited_one_by_one_and_the_nearest_holds(place: Workplace, council: Council) -> None:
    write(place, council.network, "NAT", "loans.rules")
    write(place, council.province, "PRV", "access.off_campus")
    write(place, council.library, "AAA", "loans.rules")
    found = {
        line.key: (line.origin.code, line.is_own) for line in library_card.card(place, council.library, "AAA").lines
    }
    assert found == {"access.off_campus": ("PRV", False), "loans.rules": ("AAA", True)}
    found = origins(library_card.remove_line(place, council.library, "AAA", "loans.rules"))
    found = {
        line.key: (line.origin.code, line.is_own) for line in library_card.card(place, council.library, "AAA").lines
    }
    assert found["loans.rules"] == ("NAT", False)


def test_a_card_joins_shared_desks_when_it_is_approved_and_fresh(
    place: Workplace, people: Village, council: Council, clock: Clock
) -> None:
    assert not is_usable(place, people)
    with pytest.raises(CardRefused):
        library_card.decide(place, council.library, "AAA", "submit")
    approved(place, council)
    assert is_usable(place, people)
    clock.forward(days=181)
    card = library_card.card(place, council.library, "AAA")
    assert (card.is_usable, card.is_fresh, all(line.is_stale for line in card.lines)) == (False, False, True)
    for key in REQUIRED_KEYS:
        library_card.check_line(place, council.library, "AAA", key)
    assert is_usable(place, people)
    library_card.decide(place, council.province, "AAA", "send_back", note="电话已停用")
    assert library_card.card(place, council.library, "AAA").note == "电话已停用"
    assert not is_usable(place, people)


def test_how_long_a_card_stays_fresh_is_a_setting(
    place: Workplace, people: Village, council: Council, clock: Clock
) -> None:
    administering.set_setting(place, council.network, "NAT", "card_fresh_days", 30, is_locked=True)
    approved(place, council)
    clock.forward(days=31)
    assert not is_usable(place, people)


def test_who_may_write_check_and_approve(place: Workplace, people: Village, council: Council) -> None:
    write(place, people.zhou, "AAA", "loans.rules", owner="lin")
    assert not library_card.check_line(place, people.lin, "AAA", "loans.rules").may_edit
    for person in (people.lin, people.grace, council.planner):
        with pytest.raises(Forbidden):
            write(place, person, "AAA", "loans.rules")
    with pytest.raises(Forbidden):
        library_card.check_line(place, people.chen, "AAA", "loans.rules")
    for key in REQUIRED_KEYS:
        write(place, council.province, "AAA", key)
    library_card.decide(place, council.province, "AAA", "submit")
    with pytest.raises(Forbidden):
        library_card.decide(place, council.library, "AAA", "approve")
    with pytest.raises(CardRefused):
        library_card.decide(place, council.province, "AAA", "approve")
    assert library_card.decide(place, council.network, "AAA", "approve").is_usable


@pytest.mark.parametrize(
    ("key", "fields"),
    [
        ("Loans", LineFields("fact", "一", "One")),
        ("a" * 65, LineFields("fact", "一", "One")),
        ("loans.rules", LineFields("fact", "一", " ")),
        ("loans.rules", LineFields("fact", "一" * 4001, "One")),
    ],
)
def test_a_line_that_cannot_be_is_refused(place: Workplace, council: Council, key: str, fields: LineFields) -> None:
    with pytest.raises(CardRefused):
        library_card.set_line(place, council.library, "AAA", key, fields, owner=None)


def test_a_report_reaches_the_owner_of_the_line_and_the_administrators_of_its_node(
    place: Workplace, people: Village, council: Council
) -> None:
    write(place, council.province, "PRV", "access.off_campus", owner="lin")
    report = library_card.report_error(place, people.grace, "BBB", "access.off_campus", "地址换了")
    for person in (people.lin, council.province, council.network):
        assert [each.id for each in library_card.reports(place, person)] == [report.id]
    assert (report.library, report.owner_login) == ("PRV", "lin")
    for person in (people.chen, council.library):
        assert library_card.reports(place, person) == []
        with pytest.raises(NotFound):
            library_card.resolve(place, person, report.id, answer="")
    library_card.resolve(place, people.lin, report.id, answer="已更正")
    assert library_card.reports(place, people.lin) == []
    with pytest.raises(CardRefused):
        library_card.report_error(place, people.grace, "BBB", "no.line", "?")
