"""The reader's interface over HTTP: the loop, the one error shape, bad input, other people's things."""

from uuid import uuid4

from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.village import Village, come_in, new_client_id


def begin(client: TestClient, library: str = "AAA") -> dict[str, str]:
    """Begin as a reader; return the headers that show the token."""
    answer = client.post("/api/v1/readers", json={"library": library, "language": "zh"})
    assert answer.status_code == 201
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def ask(client: TestClient, headers: dict[str, str], text: str = "怎么续借？") -> str:
    """Ask; return the conversation's id."""
    answer = client.post(
        "/api/v1/conversations", headers=headers, json={"question": text, "client_id": new_client_id()}
    )
    assert answer.status_code == 201
    return str(answer.json()["conversation"]["id"])


def test_a_reader_asks_writes_reads_on_and_rates(client: TestClient, townsfolk: Village) -> None:
    headers = begin(client)
    conversation = ask(client, headers)
    url = f"/api/v1/conversations/{conversation}"
    said = client.post(f"{url}/messages", headers=headers, json={"client_id": new_client_id(), "body": "急"})
    assert (said.status_code, said.json()["seq"]) == (201, 2)
    assert client.post(f"{url}/seen", headers=headers, json={"seq": 2}).status_code == 204
    thread = client.get(url, headers=headers, params={"after_seq": 1}).json()
    assert [message["body"] for message in thread["messages"]] == ["急"]
    assert client.post(f"{url}/withdrawal", headers=headers).json()["state"] == "withdrawn"
    assert client.put(f"{url}/rating", headers=headers, json={"stars": 4}).json()["rating"] == 4
    assert [item["id"] for item in client.get("/api/v1/conversations", headers=headers).json()["items"]] == [
        conversation
    ]


def test_asking_again_with_the_same_client_id_answers_200_with_the_first(
    client: TestClient, townsfolk: Village
) -> None:
    headers = begin(client)
    body = {"question": "怎么续借？", "client_id": new_client_id()}
    first = client.post("/api/v1/conversations", headers=headers, json=body)
    second = client.post("/api/v1/conversations", headers=headers, json=body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()


def test_a_published_answer_of_the_tree_is_found_and_one_of_another_library_is_not(
    client: TestClient, townsfolk: Village
) -> None:
    found = client.get("/api/v1/libraries/AAA/answers", params={"q": "几点开门"}).json()
    assert [hit["question"] for hit in found["hits"]] == ["图书馆几点开门？"]
    assert found["hits"][0]["library"]["code"] == "NAT"
    assert found["hits"][0]["marks"] == ["几点开门"]
    there = client.get("/api/v1/libraries/BBB/answers", params={"q": "安静的研讨室"}).json()
    assert [hit["library"]["code"] for hit in there["hits"]] == ["BBB"]
    assert client.get("/api/v1/libraries/AAA/answers", params={"q": "安静的研讨室"}).json()["hits"] == []
    hidden = there["hits"][0]["article_id"]
    assert client.get(f"/api/v1/libraries/BBB/articles/{hidden}").status_code == 200
    assert client.get(f"/api/v1/libraries/AAA/articles/{hidden}").status_code == 404


def test_any_text_is_a_valid_search(client: TestClient, townsfolk: Village) -> None:
    for text in ["", "a", '"', "AND OR NOT (", "🙂🙂", "\x00", "%", "字" * 2000, "title:x^9~"]:
        assert client.get("/api/v1/libraries/AAA/answers", params={"q": text}).status_code == 200


def test_other_peoples_conversations_and_unknown_ones_look_alike(
    client: TestClient, app: FastAPI, townsfolk: Village
) -> None:
    mine = ask(client, begin(client))
    stranger = begin(client)
    others = client.get(f"/api/v1/conversations/{mine}", headers=stranger)
    nobodys = client.get(f"/api/v1/conversations/{uuid4()}", headers=stranger)
    assert others.status_code == nobodys.status_code == 404
    assert others.json() == nobodys.json()
    assert others.json()["error"]["code"] == "not_found"


def test_refusals_have_one_shape_in_the_readers_language(client: TestClient, townsfolk: Village) -> None:
    refused = client.get("/api/v1/conversations", headers={"Accept-Language": "zh-CN"})
    assert refused.status_code == 401
    error = refused.json()["error"]
    assert set(error) == {"code", "message", "details"}
    assert error["code"] == "unauthenticated"
    assert any("\u4e00" <= character <= "\u9fff" for character in error["message"])


def test_bad_bodies_are_refused_with_a_code_and_nothing_is_stored(client: TestClient, townsfolk: Village) -> None:
    headers = begin(client)
    url = "/api/v1/conversations"
    bodies: list[object] = [{}, {"question": 1, "client_id": "x" * 9}, {"question": "好", "client_id": "短"}, [], None]
    for body in bodies:
        answer = client.post(url, headers=headers, json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "validation_failed"), body
    for raw in [b"{", b"\xff\xfe\x00", b'{"question": "\xe5"}']:
        answer = client.post(url, headers={**headers, "Content-Type": "application/json"}, content=raw)
        assert answer.status_code in {400, 422}
        assert answer.json()["error"]["code"] in {"body_malformed", "validation_failed"}
    assert client.get(url, headers=headers).json()["items"] == []


def test_an_oversize_body_is_refused(client: TestClient, app: FastAPI, townsfolk: Village) -> None:
    headers = begin(client)
    body = {"question": "字" * app.state.settings.max_body_bytes, "client_id": new_client_id()}
    answer = client.post("/api/v1/conversations", headers=headers, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body_too_large")


def test_a_library_page_of_any_origin_may_call_the_readers_interface_but_not_the_staffs(
    client: TestClient, townsfolk: Village
) -> None:
    origin = {"Origin": "https://library.example"}
    assert client.get("/api/v1/libraries/AAA", headers=origin).headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in client.get("/api/v1/staff/me", headers=origin).headers


def desk(*, is_staffed: bool, waiting: int) -> dict[str, object]:
    """Return what is told of a desk that has not answered anything yet."""
    return {"is_staffed": is_staffed, "waiting": waiting, "usual_wait_minutes": None}


def test_the_desk_says_honestly_whether_somebody_is_there(client: TestClient, app: FastAPI, townsfolk: Village) -> None:
    assert client.get("/api/v1/libraries/aaa").json()["desk"] == desk(is_staffed=False, waiting=0)
    app.state.place.presence.arrive(townsfolk.lin.id)
    ask(client, begin(client))
    assert client.get("/api/v1/libraries/AAA").json()["desk"] == desk(is_staffed=True, waiting=1)
    assert client.get("/api/v1/libraries/ZZZ").status_code == 404


def test_the_token_is_in_no_url_and_only_its_hash_in_the_database(app: FastAPI, townsfolk: Village) -> None:
    _, token = come_in(app.state.place)
    with app.state.place.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM readers").all()
    assert rows
    assert token not in str(rows)
