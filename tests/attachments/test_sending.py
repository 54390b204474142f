"""Sending a file: the other side gets it as the next message, and a refusal leaves neither a row nor a file."""

import tracemalloc
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from starlette.testclient import TestClient

from qa_server.attachments.models import Attachment
from qa_server.desk import answering, asking
from qa_server.routing.service import open_claim
from tests.attachments import samples
from tests.attachments.clamd import speaking_clamd
from tests.attachments.conftest import Scene
from tests.attachments.exchange import as_reader, code
from tests.village import new_client_id


def rows(scene: Scene) -> int:
    with scene.place.database.read() as session:
        return session.scalar(select(func.count()).select_from(Attachment)) or 0


def nothing_came(scene: Scene) -> bool:
    """Say whether a refused upload left nothing: no row, no message, no file, no announcement."""
    return (rows(scene), len(scene.said()), scene.files(), scene.ear.kinds()) == (0, 1, [], [])


def test_a_file_of_the_reader_is_the_next_message_for_both_sides(scene_everywhere: Scene) -> None:
    scene = scene_everywhere
    answer = scene.by_reader.upload(samples.PDF, "开题报告.pdf")
    assert answer.status_code == 201
    message = answer.json()
    assert (message["seq"], message["kind"], message["author"], message["body"]) == (
        3,
        "text",
        "reader",
        "开题报告.pdf",
    )
    attachment = message["details"]["attachment"]
    assert (attachment["name"], attachment["media_type"]) == ("开题报告.pdf", "application/pdf")
    assert attachment["size_bytes"] == len(samples.PDF)
    announced = [item for heard in scene.ear.heard if heard.kind == "messages_posted" for item in heard.items]
    assert [item.model_dump(mode="json") for item in announced] == [message]
    thread = answering.desk_thread(scene.place, scene.people.lin, scene.conversation, 2)
    assert thread.messages[0].details["attachment"] == attachment


def test_a_file_of_the_holder_reaches_the_reader_and_is_the_first_answer(scene_everywhere: Scene) -> None:
    scene = scene_everywhere
    answer = scene.by_staff("lin").upload(b"1,2\n", "a.csv")
    assert (answer.status_code, answer.json()["name"]) == (201, "lin老师")
    assert asking.thread(scene.place, scene.reader, scene.conversation, 2).messages[0].body == "a.csv"
    with scene.place.database.read() as session:
        held = open_claim(session, scene.conversation)
        assert held is not None
        assert held.answer_due_at is None


def test_only_its_reader_and_its_holder_may_send(scene: Scene) -> None:
    refused = [
        (scene.by_stranger(), 404, "not_found"),
        (scene.by_staff("grace"), 404, "not_found"),
        (scene.by_staff("chen"), 409, "not_holder"),
        (as_reader(scene.client, scene.conversation, "no such token"), 401, "unauthenticated"),
        (as_reader(scene.client, uuid4(), scene.by_reader.headers["Authorization"][7:]), 404, "not_found"),
    ]
    for side, status, reason in refused:
        answer = side.upload(samples.PDF, "a.pdf")
        assert (answer.status_code, code(answer)) == (status, reason)
    assert nothing_came(scene)


def test_a_librarian_without_the_pages_token_sends_nothing(scene: Scene) -> None:
    side = scene.by_staff("lin")
    del side.headers["X-CSRF-Token"]
    assert code(side.upload(samples.PDF, "a.pdf")) == "csrf_refused"
    assert nothing_came(scene)


def test_an_ended_conversation_takes_no_file_but_repeats_what_it_took(scene: Scene) -> None:
    client_id = new_client_id()
    first = scene.by_reader.upload(samples.PDF, "a.pdf", client_id)
    asking.withdraw(scene.place, scene.reader, scene.conversation)
    assert code(scene.by_reader.upload(samples.PDF, "b.pdf")) == "conversation_ended"
    again = scene.by_reader.upload(samples.PDF, "a.pdf", client_id)
    assert (again.status_code, again.json()) == (201, first.json())


def test_a_file_sent_again_is_there_once(scene_everywhere: Scene) -> None:
    scene = scene_everywhere
    client_id = new_client_id()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: scene.by_reader.upload(b"ford", "a.txt", client_id).json(), range(4)))
    assert all(answer == answers[0] for answer in answers)
    assert (rows(scene), scene.said().count("a.txt"), len(scene.files())) == (1, 1, 1)


def test_the_same_content_is_stored_once_for_two_messages(scene: Scene) -> None:
    scene.by_reader.sent(b"ford", "a.txt")
    scene.by_reader.sent(b"ford", "b.txt")
    assert (rows(scene), len(scene.files())) == (2, 1)


@pytest.mark.parametrize(
    ("content", "name", "status", "reason"),
    [
        (b"", "a.txt", 422, "attachment_empty"),
        (b"MZ\x90\x00\x03", "photo.jpg", 415, "attachment_type_refused"),
        (b"<script>alert(1)</script>", "a.html", 415, "attachment_type_refused"),
        (samples.png()[:100], "a.png", 422, "attachment_damaged"),
        (b"x" * 1_048_577, "a.txt", 413, "attachment_too_large"),
    ],
)
def test_what_may_not_be_sent_is_refused_with_its_reason(
    scene: Scene, content: bytes, name: str, status: int, reason: str
) -> None:
    answer = scene.by_reader.upload(content, name)
    assert (answer.status_code, code(answer)) == (status, reason)
    assert nothing_came(scene)


def test_a_refusal_is_told_in_chinese(scene: Scene) -> None:
    scene.by_reader.headers["Accept-Language"] = "zh-CN"
    message = scene.by_reader.upload(b"x" * 1_048_577, "a.txt").json()["error"]["message"]
    assert "1 MB" in message
    assert any("\u4e00" <= character <= "\u9fff" for character in message)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-File-Name": "a.txt"},
        {"X-Client-Id": "a" * 32},
        {"X-File-Name": "a.txt", "X-Client-Id": "no spaces here"},
    ],
)
def test_an_upload_without_its_name_or_id_is_refused(scene: Scene, headers: dict[str, str]) -> None:
    url, who = f"{scene.by_reader.url}/attachments", scene.by_reader.headers
    answer = scene.client.post(url, content=b"ford", headers={**who, **headers})
    assert (answer.status_code, code(answer)) == (422, "validation_failed")
    assert nothing_came(scene)


def test_a_name_in_any_bytes_is_taken(scene: Scene) -> None:
    headers = {**scene.by_reader.headers, "X-File-Name": "%ff%00%2e%2e%2fa.txt", "X-Client-Id": new_client_id()}
    answer = scene.client.post(f"{scene.by_reader.url}/attachments", content=b"ford", headers=headers)
    assert (answer.status_code, answer.json()["body"]) == (201, "a.txt")


def test_a_conversation_holds_so_many_files_and_no_more(scene: Scene) -> None:
    for number in range(3):
        scene.by_reader.sent(b"ford", f"{number}.txt")
    answer = scene.by_reader.upload(b"ford", "3.txt")
    assert (answer.status_code, code(answer)) == (409, "attachments_full")
    assert answer.json()["error"]["details"] == {"count": 3, "megabytes": 2}
    assert rows(scene) == 3


def test_a_conversation_holds_so_many_bytes_and_no_more(scene_everywhere: Scene) -> None:
    scene = scene_everywhere
    scene.by_reader.sent(b"x" * 1_048_576, "a.txt")
    scene.by_staff("lin").sent(b"y" * 1_000_000, "b.txt")
    assert code(scene.by_reader.upload(b"z" * 100_000, "c.txt")) == "attachments_full"
    assert len(scene.files()) == 2


def test_a_photograph_is_stored_without_where_and_by_whom(scene: Scene) -> None:
    content = samples.jpeg(size=(300, 200))
    attachment = scene.by_reader.sent(content, "家里.jpg")
    stored = scene.files()[0].read_bytes()
    assert not any(secret in stored for secret in samples.SECRETS)
    assert attachment["size_bytes"] == len(stored)


def test_an_infected_file_is_refused(scene: Scene) -> None:
    with speaking_clamd() as address:
        scene.place.settings.clamd_address = address
        answer = scene.by_reader.upload(samples.EICAR, "a.txt")
        assert (answer.status_code, code(answer)) == (422, "attachment_infected")
        assert nothing_came(scene)
        assert scene.by_reader.upload(b"clean", "a.txt").status_code == 201


def test_nothing_is_taken_while_the_scanner_is_away(scene: Scene, tmp_path: Path) -> None:
    scene.place.settings.clamd_address = str(tmp_path / "nowhere.sock")
    answer = scene.by_reader.upload(b"clean", "a.txt")
    assert (answer.status_code, code(answer)) == (503, "scanner_unavailable")
    assert "Retry-After" in answer.headers
    assert nothing_came(scene)


def test_a_folder_that_cannot_be_written_is_told_and_leaves_no_row(scene: Scene) -> None:
    scene.folder.touch()
    answer = scene.by_reader.upload(b"ford", "a.txt")
    assert (answer.status_code, code(answer)) == (503, "attachment_not_saved")
    scene.folder.unlink()
    assert nothing_came(scene)


def test_a_flood_of_files_is_stopped(scene: Scene) -> None:
    spent = scene.place.settings.reader_messages_per_minute
    for _ in range(spent):
        scene.place.rates.spend("message", str(scene.reader.id))
    answer = scene.by_reader.upload(b"ford", "a.txt")
    assert (answer.status_code, code(answer)) == (429, "too_many_requests")
    assert nothing_came(scene)


def test_other_bodies_keep_their_own_limit(scene: Scene) -> None:
    for path in ("messages", "attachments/x", "attachments/../messages"):
        answer = scene.client.post(
            f"{scene.by_reader.url}/{path}", content=b"x" * 300_000, headers=scene.by_reader.headers
        )
        assert (answer.status_code, code(answer)) == (413, "body_too_large"), path


def test_a_page_of_a_library_may_send_files_from_its_own_address(scene: Scene) -> None:
    asked = {
        "Origin": "https://library.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-client-id,x-file-name",
    }
    assert scene.client.options(f"{scene.by_reader.url}/attachments", headers=asked).status_code == 200


Receive = Callable[[], Awaitable[dict[str, Any]]]


async def post_pieces(app: FastAPI, scene: Scene, receive: Receive) -> tuple[int, bytes]:
    """Post a body piece by piece, as a network brings it; return status and answer."""
    named = {**scene.by_reader.headers, "X-File-Name": "a.txt", "X-Client-Id": new_client_id()}
    sent: list[Mapping[str, Any]] = []

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": f"{scene.by_reader.url}/attachments",
        "raw_path": b"",
        "root_path": "",
        "query_string": b"",
        "scheme": "http",
        "headers": [(name.lower().encode(), value.encode()) for name, value in named.items()],
        "client": ("10.1.0.9", 4000),
        "server": ("testserver", 80),
        "state": {},
    }
    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.asyncio
async def test_twenty_megabytes_pass_through_little_memory(attaching_app: FastAPI, scene: Scene) -> None:
    settings = scene.place.settings
    settings.max_attachment_bytes = settings.max_conversation_attachment_bytes = 20_971_520
    left = 320

    async def receive() -> dict[str, Any]:
        nonlocal left
        left -= 1
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": left > 0}

    tracemalloc.start()
    try:
        status, _ = await post_pieces(attaching_app, scene, receive)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert status == 201
    assert scene.files()[0].stat().st_size == 20_971_520
    assert peak < 5_000_000


@pytest.mark.asyncio
async def test_a_body_without_an_announced_length_is_stopped_at_the_limit(attaching_app: FastAPI, scene: Scene) -> None:
    taken = 0

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 65_536
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    status, answer = await post_pieces(attaching_app, scene, receive)
    assert (status, b"attachment_too_large" in answer) == (413, True)
    assert taken <= 1_048_576 + 65_536
    assert nothing_came(scene)


@pytest.mark.asyncio
async def test_an_upload_that_breaks_off_leaves_nothing(attaching_app: FastAPI, scene: Scene) -> None:
    pieces: Iterator[dict[str, Any]] = iter(
        [{"type": "http.request", "body": b"half", "more_body": True}, {"type": "http.disconnect"}]
    )

    async def receive() -> dict[str, Any]:
        return next(pieces)

    status, answer = await post_pieces(attaching_app, scene, receive)
    assert (status, b"upload_incomplete" in answer) == (400, True)
    assert nothing_came(scene)


def test_uploads_are_described_for_programs(client: TestClient) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    upload = paths["/api/v1/conversations/{conversation_id}/attachments"]["post"]
    assert upload["requestBody"]["content"] == {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
    }
    assert {parameter["name"] for parameter in upload["parameters"]} >= {"X-File-Name", "X-Client-Id"}
