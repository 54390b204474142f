"""Passing on and cascades over HTTP: one's own desks and nodes only; others get 404 or 403, strangers 401."""

from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from qa_server.desk import answering, asking
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Role, RoleGrant
from tests.qa_server.test_staff_api import become, told
from tests.village import Village, come_in, question

STAFF = "/api/v1/staff"
RULE = {"rule": {"head_start_seconds": 20, "steps": [{"desk": "home"}]}, "is_locked": False}


@pytest.fixture
def here(app: FastAPI, townsfolk: Village) -> Workplace:
    """The application's workplace; LIN also administers library A, GRACE library B."""
    place: Workplace = app.state.place
    with place.database.write() as session:
        for person, library in ((townsfolk.lin, townsfolk.library_a), (townsfolk.grace, townsfolk.library_b)):
            session.add(RoleGrant(librarian_id=person.id, library_id=library, role=Role.LIBRARY_ADMINISTRATOR))
    return place


@pytest.fixture
def held(here: Workplace, townsfolk: Village) -> UUID:
    """A question of library A that LIN holds."""
    asked = asking.ask(here, come_in(here)[0], question())[0].conversation.id
    answering.claim(here, townsfolk.lin, asked)
    return asked


def test_the_own_desk_passes_a_question_on_and_another_library_never_sees_it(
    client: TestClient, here: Workplace, townsfolk: Village, held: UUID
) -> None:
    here.presence.arrive(townsfolk.chen.id)
    become(client, here, "lin")
    (target,) = client.get(f"{STAFF}/conversations/{held}/targets").json()
    assert [person["name_en"] for person in target["people"]] == ["Chen"]
    order = {"kind": "person", "reason": "overload", "librarian_id": str(townsfolk.chen.id)}
    offered = client.post(f"{STAFF}/conversations/{held}/hand-over", json=order).json()
    assert (offered["from_name_en"], offered["to_name_en"]) == ("Lin", "Chen")
    become(client, here, "grace")
    for path in ("way", "targets"):
        assert told(client.get(f"{STAFF}/conversations/{held}/{path}")) == (404, "not_found")
    assert told(client.post(f"{STAFF}/conversations/{held}/hand-over", json=order)) == (404, "not_found")
    for action in ("accept", "decline", "withdraw"):
        body = None if action != "decline" else {"note": ""}
        assert client.post(f"{STAFF}/hand-overs/{offered['id']}/{action}", json=body).status_code == 404
    assert client.get(f"{STAFF}/hand-overs").json() == []
    become(client, here, "chen")
    assert client.post(f"{STAFF}/hand-overs/{offered['id']}/accept").json()["holder_id"] == str(townsfolk.chen.id)


def test_nobody_takes_up_a_duty_of_another_library_or_supervises_it(
    client: TestClient, here: Workplace, townsfolk: Village, held: UUID
) -> None:
    become(client, here, "lin")
    body = {"resolution": "follow_up_home", "read_level": 2, "hours": 8}
    assert client.post(f"{STAFF}/conversations/{held}/close", json=body).status_code == 200
    (duty,) = client.get(f"{STAFF}/duties").json()
    assert (duty["kind"], duty["librarian_zh"], duty["librarian_en"]) == ("follow_up_home", None, None)
    become(client, here, "grace")
    assert client.get(f"{STAFF}/duties").json() == []
    assert client.post(f"{STAFF}/duties/{duty['id']}/take-up").status_code == 404
    assert client.post(f"{STAFF}/duties/{uuid4()}/take-up").status_code == 404
    assert client.get(f"{STAFF}/supervised/conversations/{held}").status_code == 404
    assert client.get(f"{STAFF}/supervised/desks/{townsfolk.desk_a}").status_code == 404


def test_a_follow_up_by_me_names_the_person_in_both_languages(
    client: TestClient, here: Workplace, townsfolk: Village, held: UUID
) -> None:
    become(client, here, "lin")
    body = {"resolution": "follow_up_me", "read_level": None}
    assert client.post(f"{STAFF}/conversations/{held}/close", json=body).status_code == 200
    (duty,) = client.get(f"{STAFF}/duties").json()
    assert (duty["librarian_en"], duty["librarian_zh"] != duty["librarian_en"]) == ("Lin", True)


def test_a_cascade_and_a_statement_belong_to_who_administers_the_node(
    client: TestClient, here: Workplace, townsfolk: Village
) -> None:
    become(client, here, "lin")
    assert client.put(f"{STAFF}/libraries/AAA/cascade", json=RULE).json()["origin"] == "AAA"
    assert client.get(f"{STAFF}/libraries/AAA/cascade").json()["rule"]["head_start_seconds"] == 20
    assert client.get(f"{STAFF}/libraries/AAA/statement?month=2026-09").json()["network_balance"] == 0
    sheet = client.get(f"{STAFF}/libraries/AAA/statement.xlsx?month=2026-09")
    assert (sheet.status_code, sheet.content[:2]) == (200, b"PK")
    become(client, here, "grace")
    for path in ("cascade", "statement?month=2026-09", "statement.xlsx?month=2026-09", "journey?at=2026-09-01T08:00Z"):
        assert client.get(f"{STAFF}/libraries/AAA/{path}").status_code == 403, path
    assert client.put(f"{STAFF}/libraries/AAA/cascade", json=RULE).status_code == 403
    assert client.delete(f"{STAFF}/libraries/AAA/cascade").status_code == 403
    assert client.get(f"{STAFF}/libraries/ZZZ/cascade").status_code == 404


def test_strangers_get_none_of_it(client: TestClient, here: Workplace, held: UUID) -> None:
    for path in (f"conversations/{held}/way", "hand-overs", "duties", "libraries/AAA/cascade"):
        assert client.get(f"{STAFF}/{path}").status_code == 401, path
