"""The console's pages of practice, numbers that lead to conversations, and trainees at a desk."""

from uuid import UUID

import pytest

from qa_server.desk import noticing, practising, staff_talk
from qa_server.people.models import Role, RoleGrant
from tests.admin.conftest import Doors, Visit
from tests.admin.test_desk_page import ask, state_of
from tests.village import Village, new_client_id


def begin(visit: Visit, **fields: str) -> str:
    """Begin a practice by the page's form; return where it leads."""
    location: str = visit.post("/console/practice", **fields).headers["location"]
    return location


def test_a_practice_begins_at_the_page_and_opens_on_the_desk(doors: Doors) -> None:
    chen = doors.sign_in("chen")
    assert "Upset about a fine" in chen.read("/console/practice")
    chat = begin(chen, case="en.upset.fine")
    opened = state_of(chen, chat)["opened"]
    assert opened["practice"]["case_title"] == "Upset about a fine"
    assert opened["state"] == "active"
    # It stands in no list of the desk.
    assert state_of(chen)["desks"][0]["items"] == []
    assert chen.client.get("/console/practice/" + opened["id"], follow_redirects=False).headers["location"] == chat


def test_the_result_shows_the_model_answer_and_takes_feedback_of_a_mentor(doors: Doors, townsfolk: Village) -> None:
    chen, lin = doors.sign_in("chen"), doors.sign_in("lin")
    practice = begin(chen, case="en.upset.fine").rpartition("/")[2]
    practising.end(doors.place, townsfolk.chen, UUID(practice))
    page = chen.read(f"/console/practice/{practice}")
    assert "Acknowledge the frustration first" in page
    assert "How was it?" not in page
    assert "Practice of colleagues" in lin.read("/console/practice")
    answer = lin.post(f"/console/practice/{practice}/feedback", words="Calm and kind. <b>Well done</b>")
    assert answer.status_code == 303
    shown = chen.client.get(f"/console/practice/{practice}").text
    assert "Calm and kind. &lt;b&gt;Well done&lt;/b&gt;" in shown
    assert doors.sign_in("grace").client.get(f"/console/practice/{practice}").status_code == 404


def test_a_colleague_is_invited_and_told(doors: Doors, townsfolk: Village) -> None:
    chen = doors.sign_in("chen")
    chat = begin(chen, player=str(townsfolk.lin.id), question="Play a visitor, please", language="en")
    lin = doors.sign_in("lin")
    assert state_of(lin, chat)["opened"]["practice"]["player_id"] == str(townsfolk.lin.id)
    # The notice is told on pages beside the desk, too.
    assert "/console#colleagues" in lin.read("/console/articles")
    refused = chen.post("/console/practice", player=str(townsfolk.grace.id), question="You", language="en")
    assert (refused.status_code, "Choose a colleague of the same desk" in refused.text) == (422, True)


def test_a_number_leads_to_a_conversation_for_those_who_may_read_it(doors: Doors) -> None:
    conversation = ask(doors, "怎么续借？")
    lin = doors.sign_in("lin")
    number = state_of(lin)["desks"][0]["items"][0]["number"]
    found = lin.client.get(f"/console/number/{number}", follow_redirects=False)
    assert found.headers["location"] == f"/console/conversations/{conversation}"
    assert lin.client.get("/console/number/AAA-2026-999999").status_code == 404
    assert doors.sign_in("grace").client.get(f"/console/number/{number}").status_code == 404


@pytest.fixture
def boss(doors: Doors, townsfolk: Village) -> Visit:
    """ZHOU as the administrator of library A."""
    with doors.place.database.write() as session:
        role = Role.LIBRARY_ADMINISTRATOR
        session.add(RoleGrant(librarian_id=townsfolk.zhou.id, library_id=townsfolk.library_a, role=role))
    return doors.sign_in("zhou")


def test_a_trainee_gets_a_mentor_of_the_desk_and_a_last_day(doors: Doors, townsfolk: Village, boss: Visit) -> None:
    path = f"/console/network/AAA/desks/{townsfolk.desk_a}/members"
    fields = {"login": "chen", "role": "trainee", "max_chats": "2", "trainee_until": "2026-12-31"}
    assert boss.post(path, **fields, mentor="lin").status_code == 303
    page = boss.read("/console/network/AAA/desks")
    assert "Mentor: Lin" in page
    assert "until 2026-12-31" in page
    assert state_of(doors.sign_in("lin"))["mentor_desks"] == [str(townsfolk.desk_a)]
    assert state_of(doors.sign_in("chen"))["mentor_desks"] == []
    # Somebody from elsewhere, the trainee as the own mentor, and a day that is none are refused.
    for wrong in ({"mentor": "grace"}, {"mentor": "chen"}, {"trainee_until": "soon"}):
        assert boss.post(path, **{**fields, **wrong}).status_code == 409
    # Leaving the desk leaves the trainee without a named mentor.
    assert boss.post(path, login="lin", remove="1").status_code == 303
    assert "Mentor: Lin" not in boss.read("/console/network/AAA/desks")


def test_a_desk_has_answers_of_trainees_read_or_leaves_that_to_its_node(townsfolk: Village, boss: Visit) -> None:
    path = f"/console/network/AAA/desks/{townsfolk.desk_a}"
    desk = {"name_zh": "总台", "name_en": "Main desk", "kind": "general", "mode": "offer_all", "min_staff": "1"}
    read = "Answers of trainees: read by a mentor before they are sent"
    assert read not in boss.read("/console/network/AAA/desks")
    assert boss.post(path, **desk, state="open", reviews_trainees="yes").status_code == 303
    assert read in boss.read("/console/network/AAA/desks")
    assert boss.post(path, **desk, state="open", reviews_trainees="").status_code == 303
    assert read not in boss.read("/console/network/AAA/desks")
    assert "Answers of trainees read first</span> yes" in boss.read("/console/network/AAA/changes")


def test_unseen_things_are_counted_beside_the_pages(doors: Doors, townsfolk: Village) -> None:
    room = staff_talk.my_rooms(doors.place, townsfolk.lin)[0].id
    lin, chen = townsfolk.lin, townsfolk.chen
    staff_talk.say(doors.place, lin, room, client_id=new_client_id(), body="@chen", mentions=[chen.id])
    page = doors.sign_in("chen").read("/console/articles")
    assert "/console#colleagues" in page
    noticing.see_notices(doors.place, chen, [each.id for each in noticing.my_notices(doors.place, chen)])
    assert "/console#colleagues" not in doors.sign_in("chen").read("/console/articles")
