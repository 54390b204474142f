"""The library card in the console: who reads it, who writes and approves it, errors that are reported and closed."""

import pytest

from qa_server.people.models import Role, RoleGrant
from tests.admin.conftest import Doors, Visit
from tests.fakes import Clock
from tests.village import Village

LINES = {
    "loans.rules": ("可借 30 册。", "Thirty books."),
    "access.off_campus": ("用 WebVPN。", "By WebVPN."),
    "contacts.desk": ("电话 1。", "Call 1."),
}
EDIT = "/console/network/AAA/card"
READ = "/console/libraries/AAA"


@pytest.fixture
def curator(doors: Doors) -> Visit:
    """ZHOU, who keeps the card of library A and administers nothing."""
    return doors.sign_in("zhou")


@pytest.fixture
def centre(doors: Doors, townsfolk: Village) -> Visit:
    """GRACE, who administers the nation and approves cards."""
    with doors.place.database.write() as session:
        grant = RoleGrant(librarian_id=townsfolk.grace.id, library_id=townsfolk.nation, role=Role.CENTRE_ADMINISTRATOR)
        session.add(grant)
    return doors.sign_in("grace")


def write_line(visit: Visit, key: str, kind: str = "fact", **texts: str) -> int:
    """Write a line of the card of library A; return the status."""
    zh, en = LINES.get(key, ("中文。", "English."))
    fields = {"key": key, "kind": kind, "text_zh": zh, "text_en": en, **texts}
    return visit.post(f"{EDIT}/lines", **fields).status_code


def write_all(visit: Visit) -> None:
    """Write every line that a card needs."""
    assert [write_line(visit, key) for key in LINES] == [303, 303, 303]


def test_a_curator_writes_and_submits_and_the_centre_sends_back_or_approves(curator: Visit, centre: Visit) -> None:
    refused = curator.post(EDIT, decision="submit")
    assert refused.status_code == 409
    assert "missing" in refused.text
    write_all(curator)
    assert curator.post(EDIT, decision="approve").status_code == 403
    assert curator.post(EDIT, decision="submit").headers["location"] == f"{EDIT}?done=sent"
    silent = centre.post(EDIT, decision="send_back", note=" ")
    assert silent.status_code == 409
    assert "Say what has to be better" in silent.text
    centre.post(EDIT, decision="send_back", note="Add the medical branch.")
    assert "Add the medical branch." in curator.read(EDIT)
    curator.post(EDIT, decision="submit")
    centre.post(EDIT, decision="approve")
    assert "The centre has approved the card." in curator.read(EDIT)
    assert "not approved or not fresh" not in curator.read(READ)


def test_a_card_that_waits_is_shown_to_the_centre_on_its_first_page(curator: Visit, centre: Visit) -> None:
    assert EDIT not in centre.read("/console/network")
    write_all(curator)
    curator.post(EDIT, decision="submit")
    assert EDIT in centre.read("/console/network")
    centre.post(EDIT, decision="approve")
    assert EDIT not in centre.read("/console/network")


def test_all_staff_read_a_card_and_only_its_keepers_change_it(doors: Doors, curator: Visit) -> None:
    write_line(curator, "loans.rules")
    stranger = doors.sign_in("grace")
    assert "Thirty books." in stranger.read(READ)
    assert EDIT not in stranger.read(READ)
    assert stranger.client.get(EDIT).status_code == 403
    assert write_line(stranger, "loans.rules", text_en="Mine") == 403
    assert stranger.post(f"{EDIT}/lines/loans.rules/remove").status_code == 403
    assert stranger.post(f"{READ}/lines/loans.rules/check").status_code == 403
    assert "Thirty books." in stranger.read(READ)
    assert doors.stranger().get(READ, follow_redirects=False).status_code == 303
    assert stranger.client.get("/console/libraries/NONE").status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"key": "No Key"}, {"kind": "rumour"}, {"text_zh": ""}, {"text_en": "x" * 4001}, {"owner": "nobody"}]
)
def test_a_line_that_cannot_be_is_refused_and_what_was_typed_stays(curator: Visit, wrong: dict[str, str]) -> None:
    fields = {"key": "rooms.quiet", "kind": "fact", "text_zh": "三楼。", "text_en": "Typed words"}
    refused = curator.post(f"{EDIT}/lines", **{**fields, **wrong})
    assert refused.status_code in (404, 409)
    assert 'role="alert"' in refused.text
    assert wrong.get("text_en", "Typed words") in refused.text
    assert "rooms.quiet" not in curator.read(READ)


def test_an_old_line_is_marked_until_it_is_found_right(doors: Doors, curator: Visit, clock: Clock) -> None:
    write_line(curator, "loans.rules")
    assert "to be checked" not in curator.read(EDIT)
    clock.forward(hours=200 * 24)
    again = doors.sign_in("zhou")
    assert "to be checked" in again.read(READ)
    again.post(f"{EDIT}/lines/loans.rules/check")
    assert "to be checked" not in again.read(READ)


def test_an_own_line_hides_the_one_from_above_until_it_is_removed(curator: Visit, centre: Visit) -> None:
    fields = {"key": "loans.rules", "kind": "fact", "text_zh": "总则。", "text_en": "The rule of the nation."}
    centre.post("/console/network/NAT/card/lines", **fields)
    assert "The rule of the nation." in curator.read(READ)
    assert "from NAT Library" in curator.read(EDIT)
    write_line(curator, "loans.rules")
    assert "The rule of the nation." not in curator.read(READ)
    curator.post(f"{EDIT}/lines/loans.rules/remove")
    assert "The rule of the nation." in curator.read(READ)


def test_a_reported_error_reaches_the_owner_and_is_closed_with_an_answer(doors: Doors, curator: Visit) -> None:
    write_line(curator, "loans.rules")
    reporter = doors.sign_in("lin")
    empty = reporter.post(f"{READ}/reports", key="loans.rules", text=" ")
    assert empty.status_code == 409
    assert "Say what is wrong" in empty.text
    assert reporter.post(f"{READ}/reports", key="no.line", text="wrong").status_code == 409
    reporter.post(f"{READ}/reports", key="loans.rules", text="It is forty <b>now</b>.")
    assert "It is forty" not in reporter.read(READ)
    page = curator.client.get(EDIT).text
    assert "It is forty &lt;b&gt;now" in page
    resolve = page.split(f'action="{EDIT}/reports/')[1].split('"')[0]
    assert doors.sign_in("chen").post(f"{EDIT}/reports/{resolve}", answer="x").status_code == 404
    assert curator.post(f"{EDIT}/reports/{resolve}", answer="Corrected.").status_code == 303
    assert "It is forty" not in curator.read(EDIT)


def test_the_panel_of_the_desk_gets_hours_contacts_and_lines(curator: Visit, centre: Visit) -> None:
    write_line(curator, "fault.vpn", kind="fault")
    centre.post("/console/network/AAA/settings/contact_phone", value="010-1")
    centre.post("/console/network/AAA/hours", **{f"day-{day}": "08:00-22:00" for day in range(7)})
    card = curator.client.get(f"{READ}/card").json()
    assert card["names"]["en"] == "AAA Library"
    assert [(line["key"], line["kind"], line["text_en"]) for line in card["lines"]] == [
        ("fault.vpn", "fault", "English.")
    ]
    assert card["contacts"]["phone"] == "010-1"
    assert card["times_today"] == "08:00-22:00"
    assert card["hours"]["is_open"] is True
    assert card["is_usable"] is False
