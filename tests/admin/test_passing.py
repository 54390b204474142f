"""The console's side of routing: why a question is here, the live board, duties, the cascade editor with its test."""

import re
from uuid import UUID

import pytest
from sqlalchemy import delete

from admin import cascade_form
from admin.cascade_form import DESK, CascadeForm, PeakRow, StepRow
from qa_server.conversations.models import Resolution
from qa_server.desk import answering, explaining, handing_over
from qa_server.desk.handing_over import Passing
from qa_server.network.models import DeskMember
from qa_server.people.models import Role, RoleGrant
from qa_server.routing.cascade import QuestionKind
from qa_server.routing.hand_overs import HandOverReason, Kind
from tests.admin.conftest import Doors, Visit
from tests.admin.test_desk_page import ask, state_of
from tests.village import Village

SECONDS = {
    "head_start_seconds": "40",
    "local_head_start_seconds": "180",
    "wait_seconds": "60",
    "peak_wait_seconds": "15",
    "absence_seconds": "10",
}


def save(visit: Visit, code: str, *rows: dict[str, object], act: str = "save", **more: str) -> str:
    """Send the cascade of a node as its page would; return the page that came back, or where it leads."""
    form: dict[str, object] = {**SECONDS, "steps": str(len(rows)), "peaks": "0", "act": act, **more}
    for place, row in enumerate(rows):
        usual = {"place": "home", "code": "", "wait": "", "free": "1"} | row
        usual |= {
            "when": row.get("when", ["peak", "open", "off_hours"]),
            "kinds": row.get("kinds", ["local", "general"]),
        }
        form |= {f"{name}-{place}": value for name, value in usual.items()}
    sent = {"csrf_token": visit.csrf_token, **form}
    answer = visit.client.post(f"/console/network/{code}/cascade", data=sent, follow_redirects=False)
    return answer.headers.get("location") or f"{answer.status_code} {answer.text}"


def test_the_desk_knows_the_way_of_questions_and_who_may_supervise(doors: Doors, centre: Visit) -> None:
    conversation_id = ask(doors, "怎么续借？")
    state = state_of(doors.sign_in("lin"))
    assert state["may_supervise"] is False
    assert state["duties"]["of"]["follow_up_home"] == "follow_up_home"
    assert state["words"]["decisions"]["claimed"] == "{name} took it at {desk}"
    assert state["words"]["why_here"]["cascade"] == "cascade step {step}"
    assert state["desks"][0]["items"][0]["id"] == conversation_id
    assert state_of(doors.sign_in("zhou"))["may_supervise"] is True


def test_a_questions_subject_stands_in_the_list_once_somebody_said_it(doors: Doors, townsfolk: Village) -> None:
    conversation_id = UUID(ask(doors, "哪里查专利？"))
    explaining.correct_kind(doors.place, townsfolk.lin, conversation_id, QuestionKind.GENERAL, "T")
    assert state_of(doors.sign_in("lin"))["desks"][0]["items"][0]["subject"] == "T"


def test_a_hand_over_names_people_and_desks_in_both_languages(doors: Doors, townsfolk: Village) -> None:
    conversation_id = UUID(ask(doors, "怎么续借？"))
    for person in (townsfolk.lin, townsfolk.chen):
        doors.place.presence.arrive(person.id)
    answering.claim(doors.place, townsfolk.lin, conversation_id)
    passing = Passing(Kind.PERSON, HandOverReason.END_OF_SHIFT, librarian_id=townsfolk.chen.id)
    handing_over.hand_over(doors.place, townsfolk.lin, conversation_id, passing)
    offered = doors.sign_in("chen").client.get("/api/v1/staff/hand-overs").json()[0]
    assert (offered["from_name_zh"], offered["from_name_en"], offered["to_name_en"]) == ("lin老师", "Lin", "Chen")
    assert (offered["to_desk_zh"], offered["to_desk_en"]) == ("咨询台", "Desk")


def test_the_board_counts_what_is_below_a_node_for_those_who_supervise_there(
    doors: Doors, centre: Visit, townsfolk: Village
) -> None:
    waiting, held = ask(doors, "怎么续借？"), ask(doors, "几点关门？")
    doors.place.presence.arrive(townsfolk.lin.id)
    answering.claim(doors.place, townsfolk.lin, UUID(held))
    page = centre.read("/console/board?node=AAA")
    assert f'href="/console/conversations/{waiting}"' in page
    desk = centre.client.get("/console/board.json?node=nat").json()["desks"][0]
    assert desk["library_code"] == "AAA"
    assert (desk["waiting"], desk["active"], desk["staff"], desk["answered_today"]) == (1, 1, 1, 0)
    assert [each["holder_en"] for each in desk["questions"]] == [None, "Lin"]
    answering.close(doors.place, townsfolk.lin, UUID(held), resolution=Resolution.ANSWERED, read_level=None)
    assert centre.client.get("/console/board.json?node=AAA").json()["desks"][0]["answered_today"] == 1


def test_the_board_is_nobody_elses_and_of_no_other_node(doors: Doors, townsfolk: Village) -> None:
    with doors.place.database.write() as session:
        grant = RoleGrant(librarian_id=townsfolk.grace.id, library_id=townsfolk.library_b, role=Role.DISPATCHER)
        session.add(grant)
    dispatcher = doors.sign_in("grace")
    assert "BBB" in dispatcher.read("/console/board")
    for path in ("/console/board?node=AAA", "/console/board.json?node=NAT"):
        assert dispatcher.client.get(path).status_code == 403
    assert dispatcher.client.get("/console/board?node=ZZZ").status_code == 404
    librarian = doors.sign_in("lin")
    assert librarian.client.get("/console/board").status_code == 403
    assert 'href="/console/board"' not in librarian.read("/console/articles")


def test_a_dispatcher_opens_a_conversation_of_the_node_and_the_log_says_so(
    doors: Doors, centre: Visit, townsfolk: Village
) -> None:
    conversation_id = ask(doors, "怎么续借？")
    with doors.place.database.write() as session:
        session.execute(delete(DeskMember).where(DeskMember.librarian_id == townsfolk.zhou.id))
    opened = state_of(doors.sign_in("zhou"), f"/console/conversations/{conversation_id}")["opened"]
    assert opened["id"] == conversation_id
    way = doors.sign_in("lin").client.get(f"/api/v1/staff/conversations/{conversation_id}/way").json()
    assert [each["action"] for each in way["supervision"]] == ["watched"]


def test_a_duty_is_listed_at_its_desk_marked_when_overdue_and_taken_up(doors: Doors, townsfolk: Village) -> None:
    conversation_id = UUID(ask(doors, "古籍能复印吗？"))
    answering.claim(doors.place, townsfolk.lin, conversation_id)
    answering.close(
        doors.place, townsfolk.lin, conversation_id, resolution=Resolution.FOLLOW_UP_HOME, read_level=None, hours=8
    )
    visit = doors.sign_in("chen")
    page = visit.read("/console/duties")
    assert "古籍能复印吗？" in page
    assert "overdue" not in page.replace("An overdue duty", "")
    assert "古籍能复印吗？" not in doors.sign_in("grace").read("/console/duties")
    doors.place.clock.forward(days=3)  # type: ignore[attr-defined]
    visit = doors.sign_in("chen")
    assert "overdue; promised by" in visit.read("/console/duties")
    address = re.search(r'action="(/console/duties/[^"]+)"', visit.read("/console/duties"))
    assert address is not None
    assert doors.sign_in("grace").post(address.group(1)).status_code == 404
    taken = visit.post(address.group(1))
    assert taken.headers["location"] == f"/console/conversations/{conversation_id}"
    assert state_of(visit)["desks"][0]["items"][0]["state"] == "waiting"


def test_a_cascade_is_typed_holds_below_and_is_inherited_again(centre: Visit) -> None:
    assert "No cascade is set anywhere" in centre.read("/console/network/AAA/cascade")
    where = save(
        centre, "PRV", {}, {"place": "desk", "code": "bbb", "wait": "30", "kinds": ["general"]}, {"place": "up"}
    )
    assert where == "/console/network/PRV/cascade?done=saved"
    below = centre.read("/console/network/AAA/cascade")
    assert "Inherited from PRV" in below
    assert 'name="code-1" value="BBB"' in below
    assert save(centre, "AAA", {}, lock="1").endswith("done=saved")
    assert "This is the cascade of this node" in centre.read("/console/network/AAA/cascade")
    assert save(centre, "AAA", act="inherit").endswith("done=inherited")
    assert "Inherited from PRV" in centre.read("/console/network/AAA/cascade")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"place": "desk", "code": "NOPE"}, "There is no desk with this code."),
        ({"place": "home"}, "This desk comes twice: the cascade runs in a circle."),
        ({"place": "desk", "code": "BBB", "wait": "soon"}, "out of its range"),
        ({"place": "up", "when": []}, "out of its range"),
    ],
)
def test_a_cascade_that_cannot_work_is_refused_with_the_reason_and_what_was_typed(
    centre: Visit, row: dict[str, object], reason: str
) -> None:
    refused = save(centre, "AAA", {}, row, wait_seconds="77")
    assert refused.startswith("422")
    assert reason in refused
    assert 'value="77"' in refused
    assert str(row.get("wait", row.get("code", ""))) in refused
    assert 'value="77"' not in centre.read("/console/network/AAA/cascade")


def test_rows_are_added_moved_and_removed_without_being_saved(centre: Visit) -> None:
    added = save(centre, "AAA", {}, act="add")
    assert "Not saved yet." in added
    assert 'name="place-1"' in added
    moved = save(centre, "AAA", {}, {"place": "desk", "code": "BBB"}, act="up-1")
    assert 'name="code-0" value="BBB"' in moved
    assert 'name="code-1"' not in save(centre, "AAA", {}, {"place": "desk", "code": "BBB"}, act="remove-0")
    assert "No cascade is set anywhere" in centre.read("/console/network/AAA/cascade")


def test_who_gets_it_is_told_step_by_step_with_reasons(centre: Visit) -> None:
    page = centre.read("/console/network/AAA/cascade?at=2026-09-06T02:00&kind=general&subject=T&language=zh")
    assert "02:00:00" in page
    assert "home library +1000" in page
    assert "It waits at these desks until somebody takes it." in page
    assert 'value="2026-09-06T02:00"' in page
    assert "Show the way" in centre.read("/console/network/AAA/cascade?at=nonsense")
    assert "No desk takes the questions" in centre.read("/console/network/PRV/cascade?at=2026-09-06T02:00")


def test_the_cascade_of_a_node_is_only_its_administrators(doors: Doors) -> None:
    visit = doors.sign_in("lin")
    assert visit.client.get("/console/network/AAA/cascade").status_code == 403
    assert save(visit, "AAA", {}).startswith("403")


def test_a_form_becomes_a_rule_and_the_rule_the_same_form() -> None:
    rows = (StepRow(), StepRow(DESK, "JZU/2", "30", frozenset({"open"}), frozenset({"general"}), "2"))
    form = CascadeForm(SECONDS, rows, (PeakRow(frozenset({0, 4}), "19:00", "22:00"), PeakRow()))
    rule = cascade_form.as_rule(form)
    assert rule["steps"][1] == {
        "desk": "JZU/2",
        "minimum_free": 2,
        "wait_seconds": 30,
        "when": ["open"],
        "kinds": ["general"],
    }
    assert rule["peak"] == [{"weekdays": [0, 4], "from": "19:00", "to": "22:00"}]
