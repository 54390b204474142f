"""The desk and the history: what a librarian of the desk sees, and what one of another desk does not."""

import json
import re
from typing import Any
from uuid import UUID

from qa_server.conversations.models import Resolution
from qa_server.desk import answering, asking, correcting, talking
from tests import village
from tests.admin.conftest import Doors, Visit
from tests.village import Village

_STATE = re.compile(r'<script type="application/json" id="desk-state">(.*?)</script>')


def state_of(visit: Visit, path: str = "/console") -> dict[str, Any]:
    """Return what the desk page hands to its scripts."""
    found = _STATE.search(visit.client.get(path).text)
    assert found is not None
    state: dict[str, Any] = json.loads(found.group(1))
    return state


def ask(doors: Doors, text: str) -> str:
    """Ask a question at library A; return its conversation's id."""
    reader, _ = village.come_in(doors.place)
    thread, _ = asking.ask(doors.place, reader, village.question(text))
    return str(thread.conversation.id)


def close(doors: Doors, people: Village, conversation_id: str) -> None:
    """Claim, answer and close a conversation as LIN."""
    thread = answering.desk_thread(doors.place, people.lin, UUID(conversation_id), 0)
    known = thread.conversation.id
    answering.claim(doors.place, people.lin, known)
    talking.say_as_librarian(
        doors.place, people.lin, known, client_id=village.new_client_id(), body="在二楼服务台续借。"
    )
    answering.close(doors.place, people.lin, known, resolution=Resolution.ANSWERED, read_level=2)


def test_the_desk_comes_with_the_lists_of_the_persons_desks_only(doors: Doors) -> None:
    conversation_id = ask(doors, "怎么续借？")
    mine, other = state_of(doors.sign_in("lin")), state_of(doors.sign_in("grace"))
    assert [item["id"] for desk in mine["desks"] for item in desk["items"]] == [conversation_id]
    assert [item for desk in other["desks"] for item in desk["items"]] == []


def test_a_question_cannot_break_out_of_the_pages_data(doors: Doors) -> None:
    ask(doors, "</script><script>alert(1)</script>")
    visit = doors.sign_in("lin")
    assert "<script>alert" not in visit.client.get("/console").text
    assert "alert(1)" in json.dumps(state_of(visit))


def test_a_conversation_has_an_address_for_its_desk_and_none_for_others(doors: Doors) -> None:
    conversation_id = ask(doors, "怎么续借？")
    path = f"/console/conversations/{conversation_id}"
    opened = state_of(doors.sign_in("lin"), path)["opened"]
    assert isinstance(opened, dict)
    assert opened["id"] == conversation_id
    assert doors.sign_in("grace").client.get(path).status_code == 404


def test_a_library_card_tells_its_place_in_the_tree(doors: Doors) -> None:
    card = doors.sign_in("lin").client.get("/console/libraries/BBB/card").json()
    assert card["names"] == {"zh": "BBB图书馆", "en": "BBB Library"}
    assert [node["en"] for node in card["path"]] == ["NAT Library", "PRV Library", "BBB Library"]
    assert (card["level"], card["time_zone"]) == ("library", "Asia/Shanghai")
    assert doors.stranger(Accept="application/json").get("/console/libraries/BBB/card").status_code == 401


def test_history_lists_ended_conversations_with_their_transcript(doors: Doors, townsfolk: Village) -> None:
    conversation_id = ask(doors, "怎么续借？")
    close(doors, townsfolk, conversation_id)
    visit = doors.sign_in("lin")
    assert "怎么续借？" in visit.read("/console/history")
    transcript = visit.read(f"/console/history/{conversation_id}")
    assert "在二楼服务台续借。" in transcript
    assert "closed the conversation" in transcript
    # Times are those of the own library: 08:00 UTC is 16:00 in Shanghai.
    assert "2026-09-01 16:00" in transcript


def test_history_of_another_desk_is_neither_listed_nor_shown_nor_drafted_from(doors: Doors, townsfolk: Village) -> None:
    conversation_id = ask(doors, "怎么续借？")
    close(doors, townsfolk, conversation_id)
    visit = doors.sign_in("grace")
    assert "怎么续借？" not in visit.read("/console/history")
    assert visit.client.get(f"/console/history/{conversation_id}").status_code == 404
    assert visit.post(f"/console/history/{conversation_id}/draft").status_code == 404


def test_an_article_is_drafted_from_a_transcript_once(doors: Doors, townsfolk: Village) -> None:
    conversation_id = ask(doors, "怎么续借？")
    close(doors, townsfolk, conversation_id)
    visit = doors.sign_in("lin")
    first = visit.post(f"/console/history/{conversation_id}/draft")
    again = visit.post(f"/console/history/{conversation_id}/draft")
    assert first.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    assert "在二楼服务台续借。" in visit.read(first.headers["location"])


def test_a_transcript_shows_internal_notes_in_their_place_and_offers_to_save_it_without(
    doors: Doors, townsfolk: Village
) -> None:
    conversation_id = ask(doors, "怎么续借？")
    correcting.write_note(
        doors.place, townsfolk.lin, UUID(conversation_id), client_id=village.new_client_id(), body="读者在外地。"
    )
    close(doors, townsfolk, conversation_id)
    visit = doors.sign_in("lin")
    transcript = visit.read(f"/console/history/{conversation_id}")
    assert "Staff only" in transcript
    assert "读者在外地。" in transcript
    path = f"/api/v1/staff/conversations/{conversation_id}/transcript?format=txt"
    assert path in transcript
    assert "读者在外地。" not in visit.read(path)


def test_a_transcript_names_what_the_same_reader_asked_besides(doors: Doors) -> None:
    reader, _ = village.come_in(doors.place)
    first, _ = asking.ask(doors.place, reader, village.question("怎么续借？"))
    asking.withdraw(doors.place, reader, first.conversation.id)
    second, _ = asking.ask(doors.place, reader, village.question("几点关门？"))
    page = doors.sign_in("lin").read(f"/console/history/{second.conversation.id}")
    assert f"/console/history/{first.conversation.id}" in page


def test_the_desk_knows_its_limits_and_the_persons_name_in_both_languages(doors: Doors) -> None:
    state = state_of(doors.sign_in("lin"))
    assert state["edit_minutes"] == doors.place.settings.edit_minutes
    assert state["max_attachment_bytes"] == doors.place.settings.max_attachment_bytes
    assert set(state["me"]["names"]) == {"zh", "en"}
