"""The console's interface over HTTP: who may call it, claims, closing, drafts, answers with their reasons."""

import re
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from qa_server.desk import asking, signing_in, talking
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from tests.qa_server.sockets import sign_in_cookie
from tests.village import PASSWORD, Village, come_in, new_client_id, question

STAFF = "/api/v1/staff"


@pytest.fixture
def here(app: FastAPI, townsfolk: Village) -> Workplace:
    """The application's workplace, with the village in it."""
    place: Workplace = app.state.place
    return place


@pytest.fixture
def reader(here: Workplace) -> KnownReader:
    """A reader of library A."""
    return come_in(here)[0]


@pytest.fixture
def asked(here: Workplace, reader: KnownReader) -> UUID:
    """A waiting question of library A."""
    return asking.ask(here, reader, question())[0].conversation.id


@pytest.fixture
def staff(client: TestClient, here: Workplace) -> TestClient:
    """A browser in which Lin is signed in."""
    become(client, here, "lin")
    return client


def become(client: TestClient, place: Workplace, login: str) -> None:
    """Sign somebody in, with the headers that the console sends."""
    opened = signing_in.sign_in(place, login=login, password=PASSWORD, network="n")
    sign_in_cookie(client, opened.token)
    client.headers["X-CSRF-Token"] = signing_in.recognise_staff(place, opened.token).csrf_token


def change(client: TestClient, conversation: UUID, action: str, body: object = None) -> Response:
    """Post an action on a conversation."""
    return client.post(f"{STAFF}/conversations/{conversation}/{action}", json=body)


def told(answer: Response) -> tuple[int, str]:
    """Return the status and the code of a refusal."""
    return answer.status_code, answer.json()["error"]["code"]


@pytest.fixture
def calls(app: FastAPI, asked: UUID) -> list[tuple[str, str]]:
    """Every call of staff's interface: method and address, with an id that exists."""
    paths = app.openapi()["paths"]
    found = [
        (method.upper(), re.sub(r"\{\w+\}", str(asked), path))
        for path in paths
        if path.startswith(STAFF)
        for method in paths[path]
    ]
    assert len(found) >= 16
    return found


def test_nobody_gets_in_without_a_session(client: TestClient, calls: list[tuple[str, str]]) -> None:
    for method, address in calls:
        assert told(client.request(method, address, json={})) == (401, "unauthenticated"), address
        sign_in_cookie(client, "made-up")
        assert told(client.request(method, address, json={})) == (401, "unauthenticated"), address
        client.cookies.clear()


def test_a_readers_token_opens_nothing_of_staff(client: TestClient, here: Workplace) -> None:
    _, token = come_in(here)
    assert told(client.get(f"{STAFF}/me", headers={"Authorization": f"Bearer {token}"})) == (401, "unauthenticated")
    sign_in_cookie(client, token)
    assert told(client.get(f"{STAFF}/me")) == (401, "unauthenticated")


def test_a_change_without_the_pages_own_token_is_refused_and_changes_nothing(
    staff: TestClient, here: Workplace, reader: KnownReader, asked: UUID, calls: list[tuple[str, str]]
) -> None:
    right = staff.headers.pop("X-CSRF-Token")
    for method, address in calls:
        if method == "GET":
            continue
        assert told(staff.request(method, address, json={})) == (403, "csrf_refused"), address
        for wrong in ["", "x", right[:-1], right + "x", right.swapcase()]:
            answer = staff.request(method, address, json={}, headers={"X-CSRF-Token": wrong})
            assert told(answer) == (403, "csrf_refused"), address
    assert asking.thread(here, reader, asked, 0).conversation.state == "waiting"


def test_the_token_of_another_session_does_not_do(staff: TestClient, here: Workplace, asked: UUID) -> None:
    other = signing_in.sign_in(here, login="chen", password=PASSWORD, network="n")
    staff.headers["X-CSRF-Token"] = signing_in.recognise_staff(here, other.token).csrf_token
    assert told(change(staff, asked, "claim")) == (403, "csrf_refused")


def test_reading_needs_no_csrf_token(staff: TestClient) -> None:
    del staff.headers["X-CSRF-Token"]
    assert staff.get(f"{STAFF}/me").status_code == 200


def test_the_introduction_names_person_roles_desks_and_csrf_token(staff: TestClient, townsfolk: Village) -> None:
    me = staff.get(f"{STAFF}/me").json()
    assert (me["id"], me["login"], me["name_en"]) == (str(townsfolk.lin.id), "lin", "Lin")
    assert me["library"]["code"] == "AAA"
    assert me["roles"] == [{"library": "AAA", "role": "librarian"}]
    assert [desk["id"] for desk in me["desks"]] == [str(townsfolk.desk_a)]
    assert me["csrf_token"] == staff.headers["X-CSRF-Token"]
    assert "password" not in str(me)


def test_a_question_is_claimed_answered_closed_and_drafted(
    staff: TestClient, here: Workplace, townsfolk: Village, asked: UUID
) -> None:
    claimed = change(staff, asked, "claim").json()
    assert (claimed["state"], claimed["holder_id"]) == ("active", str(townsfolk.lin.id))
    talking.say_as_librarian(here, townsfolk.lin, asked, client_id=new_client_id(), body="在我的图书馆里点续借。")
    closed = change(staff, asked, "close", {"resolution": "answered", "read_level": 2}).json()
    assert (closed["state"], closed["resolution"], closed["read_level"]) == ("closed", "answered", 2)
    past = staff.get(f"{STAFF}/conversations").json()
    assert ([item["id"] for item in past["items"]], past["next"]) == ([str(asked)], None)
    article = change(staff, asked, "draft").json()["article_id"]
    assert change(staff, asked, "draft").json()["article_id"] == article
    draft = staff.get(f"{STAFF}/articles/{article}").json()
    assert (draft["state"], draft["answer"]) == ("draft", "在我的图书馆里点续借。")
    assert (draft["may_edit"], draft["may_review"]) == (True, False)


def test_of_two_claims_the_second_is_told_who_has_it(staff: TestClient, here: Workplace, asked: UUID) -> None:
    assert change(staff, asked, "claim").status_code == 200
    assert change(staff, asked, "claim").status_code == 200
    become(staff, here, "chen")
    second = change(staff, asked, "claim")
    assert told(second) == (409, "already_claimed")
    assert second.json()["error"]["details"] == {"by": "lin老师", "by_zh": "lin老师", "by_en": "Lin"}


@pytest.mark.parametrize(("language", "name", "other"), [("en", "Lin", "lin老师"), ("zh-CN", "lin老师", "Lin ")])
def test_who_was_quicker_is_named_in_the_language_of_who_asks(
    staff: TestClient, here: Workplace, asked: UUID, language: str, name: str, other: str
) -> None:
    assert change(staff, asked, "claim").status_code == 200
    become(staff, here, "chen")
    staff.headers["Accept-Language"] = language
    sentence = change(staff, asked, "claim").json()["error"]["message"]
    assert name in sentence
    assert other not in sentence


def test_a_released_question_waits_again(staff: TestClient, asked: UUID) -> None:
    change(staff, asked, "claim")
    released = change(staff, asked, "release").json()
    assert (released["state"], released["holder_id"], released["position"]) == ("waiting", None, 1)


@pytest.mark.parametrize(("action", "body"), [("release", None), ("close", {"resolution": "answered"})])
def test_what_one_does_not_hold_one_cannot_end(
    staff: TestClient, asked: UUID, action: str, body: dict[str, str] | None
) -> None:
    assert told(change(staff, asked, action, body)) == (409, "not_holder")


def test_an_ended_conversation_is_not_claimed_or_closed_again(staff: TestClient, asked: UUID) -> None:
    change(staff, asked, "claim")
    change(staff, asked, "close", {"resolution": "answered"})
    for action, body in [("claim", None), ("release", None), ("close", {"resolution": "answered"})]:
        assert told(change(staff, asked, action, body)) == (409, "conversation_ended")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"resolution": "solved"},
        {"resolution": "answered", "read_level": 0},
        {"resolution": "answered", "read_level": 7},
        {"resolution": "answered", "read_level": "2"},
        {"resolution": "answered", "read_level": True},
        {"resolution": "answered", "note": "x"},
    ],
)
def test_a_closing_of_the_wrong_form_is_refused(staff: TestClient, asked: UUID, body: dict[str, object]) -> None:
    change(staff, asked, "claim")
    assert told(change(staff, asked, "close", body)) == (422, "validation_failed")
    assert staff.get(f"{STAFF}/conversations/{asked}").json()["conversation"]["state"] == "active"


def test_a_conversation_without_an_answer_gives_no_draft(staff: TestClient, asked: UUID) -> None:
    assert told(change(staff, asked, "draft")) == (409, "nothing_to_draft")


def test_another_librarys_conversations_look_as_if_they_were_not_there(
    staff: TestClient, here: Workplace, asked: UUID
) -> None:
    assert staff.get(f"{STAFF}/conversations/{asked}").status_code == 200
    become(staff, here, "grace")
    assert told(staff.get(f"{STAFF}/conversations/{asked}")) == (404, "not_found")
    for action, body in [("claim", None), ("release", None), ("draft", None), ("close", {"resolution": "answered"})]:
        assert told(change(staff, asked, action, body)) == (404, "not_found")


def test_past_conversations_come_in_pages_newest_first(staff: TestClient, here: Workplace, reader: KnownReader) -> None:
    mine = [asking.ask(here, reader, question())[0].conversation.id for _ in range(20)]
    second, _ = come_in(here)
    mine += [asking.ask(here, second, question())[0].conversation.id for _ in range(20)]
    for place_in_line, conversation in enumerate(mine):
        asking.withdraw(here, reader if place_in_line < 20 else second, conversation)
    first = staff.get(f"{STAFF}/conversations").json()
    rest = staff.get(f"{STAFF}/conversations", params={"before": first["next"]}).json()
    assert rest["next"] is None
    assert [item["id"] for item in first["items"] + rest["items"]] == [str(each) for each in reversed(mine)]


def test_answers_for_staff_carry_ranks_and_scores(staff: TestClient) -> None:
    found = staff.get(f"{STAFF}/answers", params={"library": "AAA", "q": "几点开门"}).json()
    assert (found["mode"], found["query"]) == ("keyword", "几点开门")
    hit = found["hits"][0]
    assert (hit["key"], hit["keyword_rank"], hit["vector_rank"]) == ("hours.weekday", 1, None)
    assert hit["score"] > 0
    assert told(staff.get(f"{STAFF}/answers", params={"library": "ZZZ", "q": "x"})) == (404, "not_found")


def test_answers_of_staff_are_not_kept_by_anybody_on_the_way(staff: TestClient) -> None:
    assert staff.get(f"{STAFF}/me").headers["Cache-Control"] == "no-store"
