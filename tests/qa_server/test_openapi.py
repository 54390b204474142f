"""The HTTP interface keeps to its OpenAPI: no fault whatever is sent, answers as described, one shape of refusals."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from itertools import count
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from fastapi import FastAPI
from httpx2 import Response
from hypothesis import HealthCheck, Phase, given, seed, settings
from requests import Request
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import (
    CoveragePhaseConfig,
    GenerationConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.core.result import Ok
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from knowledge.content import ArticleContent
from qa_server.conversations.models import Resolution
from qa_server.desk import answering, asking, signing_in, talking
from qa_server.desk.articles import curating
from qa_server.desk.workplace import Workplace
from tests import village
from tests.conftest import make_app
from tests.databases import copied_postgres, copied_sqlite
from tests.fakes import Clock
from tests.village import PASSWORD, Village, come_in, new_client_id, question

MAX_EXAMPLES = 4
SEED = 20260901
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ALL = list(HealthCheck)
# Nobody is slowed down here: each case has to reach the use case behind its route.
PLENTY = dict.fromkeys(
    (
        "reader_questions_per_hour",
        "reader_messages_per_minute",
        "reader_verdicts_per_hour",
        "network_sessions_per_minute",
        "searches_per_minute",
    ),
    10**6,
)
CONTENT = ArticleContent(
    key="loans.renewal",
    language="zh",
    question="怎么续借？",
    answer="网上续借。",
    service_topic="borrowing",
    question_type="fact",
)


class Town:
    """The village behind the application, and what a call needs: headers of who may, and a fresh thing to act on."""

    def __init__(self, app: FastAPI, client: TestClient, people: Village) -> None:
        self.app = app
        self.client = client
        self.place: Workplace = app.state.place
        self.people = people
        self.reader, token = come_in(self.place)
        opened = signing_in.sign_in(self.place, login="zhou", password=PASSWORD, network="n")
        csrf = signing_in.recognise_staff(self.place, opened.token).csrf_token
        self.reader_headers = {"Authorization": f"Bearer {token}"}
        self.staff_headers = {"Cookie": f"wenjin_staff={opened.token}", "X-CSRF-Token": csrf}
        self._numbers = count(1)

    def send(self, case: schemathesis.Case[Any]) -> Response:
        """Send a case as the one who may."""
        headers = self._headers(case.operation.path)
        wanted = case.as_transport_kwargs(base_url="http://testserver", headers=headers)
        prepared: Any = Request(**wanted).prepare()
        return self.client.request(prepared.method, prepared.url, headers=dict(prepared.headers), content=prepared.body)

    def post_json(self, path: str, body: object) -> Response:
        """Send a body to a path with `{id}` for a thing that exists."""
        return self.post(path, {"Content-Type": "application/json"}, json.dumps(body).encode())

    def post(self, path: str, headers: dict[str, str], content: bytes) -> Response:
        """Send any content to a path with `{id}` for a thing that exists."""
        made = self.parameters(
            path.replace("{id}", "{article_id}" if _is_about_an_article(path) else "{conversation_id}")
        )
        address = path.format(id=made.get("conversation_id") or made.get("article_id"))
        method = "PUT" if path.endswith(("/rating", "/articles/{id}")) else "POST"
        return self.client.request(method, address, headers={**self._headers(path), **headers}, content=content)

    def _headers(self, path: str) -> dict[str, str]:
        """Return what shows who calls."""
        return self.staff_headers if path.startswith("/api/v1/staff") else self.reader_headers

    def parameters(self, path: str) -> dict[str, str]:
        """Return things that exist, in the state in which the call can succeed."""
        made = {"code": "AAA"}
        if "{conversation_id}" in path:
            made["conversation_id"] = str(self._conversation(path))
        if "{article_id}" in path:
            made["article_id"] = str(self._article(path))
        return made

    def _conversation(self, path: str) -> UUID:
        conversation = asking.ask(self.place, self.reader, question())[0].conversation.id
        if path.endswith("/rating"):
            asking.withdraw(self.place, self.reader, conversation)
        if path.startswith("/api/v1/staff") and not path.endswith("/claim"):
            answering.claim(self.place, self.people.zhou, conversation)
        if path.endswith("/draft"):
            talking.say_as_librarian(
                self.place, self.people.zhou, conversation, client_id=new_client_id(), body="网上续借。"
            )
            answering.close(self.place, self.people.zhou, conversation, resolution=Resolution.ANSWERED, read_level=1)
        return conversation

    def _article(self, path: str) -> UUID:
        content = replace(CONTENT, key=f"topic.number_{next(self._numbers)}")
        article = curating.draft(self.place, self.people.lin, content)
        is_for_readers = "{code}" in path or path.startswith("/api/v1/answers")
        if path.endswith(("/publication", "/return")) or is_for_readers:
            curating.submit(self.place, self.people.lin, article)
        if is_for_readers:
            curating.publish(self.place, self.people.zhou, article)
        return article


@pytest.fixture(scope="module")
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """An application with its village, on SQLite or on the database that a test names."""
    folder = tmp_path_factory.mktemp("town")
    if getattr(request, "param", "sqlite") == "sqlite":
        copied = copied_sqlite(request.getfixturevalue("sqlite_template"), folder)
    else:
        copied = copied_postgres(request.getfixturevalue("postgres_template"))
    with copied as url:
        app = make_app(url, Clock(), attachments_folder=str(folder), **PLENTY)
        people = village.build(app.state.place.database)
        with TestClient(app) as client:
            yield Town(app, client, people)


@pytest.fixture(scope="module")
def interface(town: Town) -> BaseSchema:
    """The application's OpenAPI, with how cases are made from it: few, and the same each time."""
    generation = GenerationConfig(max_examples=MAX_EXAMPLES, deterministic=True, with_security_parameters=False)
    phases = PhasesConfig(coverage=CoveragePhaseConfig(enabled=False))
    project = ProjectConfig(generation=generation, phases=phases)
    config = SchemathesisConfig(seed=SEED, projects=ProjectsConfig(default=project))
    described = schemathesis.openapi.from_dict(town.app.openapi(), config=config)
    # The frames of the long poll have their own contract tests; made up by the dozen they take most of the time.
    return described.exclude(path_regex="/poll$")


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_whatever_is_sent_is_answered_as_described(
    interface: BaseSchema, town: Town, mode: GenerationMode, subtests: pytest.Subtests
) -> None:
    for found in interface.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not (operation.body or list(operation.iter_parameters())):
            # What takes nothing can be sent nothing wrong.
            continue
        with subtests.test(operation.label):
            check_operation(town, operation, mode)


def check_operation(town: Town, operation: Any, mode: GenerationMode) -> None:
    """Call an operation with some cases of a mode; each answer has to be one that is described."""

    @seed(SEED)
    @settings(
        max_examples=MAX_EXAMPLES, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=ALL
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: schemathesis.Case[Any]) -> None:
        path = operation.path
        case.path_parameters.update(
            (name, value) for name, value in town.parameters(path).items() if _is_id(case.path_parameters.get(name))
        )
        case.validate_response(town.send(case), checks=CHECKS)

    check()


# What breaks databases, encoders and parsers, beside what no form allows.
HOSTILE_VALUES: list[object] = [
    None,
    True,
    -1,
    0,
    2**31,
    2**63,
    2**70,
    10**400,
    1e308,
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff\ud800",
    "\u202e\ufeff",
    "字" * 60_000,
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-09-01T08:00:00",
    [],
    [[]],
    {},
    {"$ref": "#"},
    {"00000000-0000-0000-0000-000000000000": -1},
    {"00000000-0000-0000-0000-000000000000": 2**63},
    [{"type": "hello"}],
]
CONTENT_BODY = {**asdict(CONTENT), "alternates": [], "sources": []}
# Without `known` it answers at once.
POLL_BODY: dict[str, object] = {"follows": {}, "desks": {}, "frames": [], "wait_seconds": 0}
BODIES: dict[str, tuple[str, dict[str, object]]] = {
    "reader": ("/api/v1/readers", {"library": "AAA", "language": "zh"}),
    "question": ("/api/v1/conversations", {"question": "怎么续借？", "client_id": "a" * 8, "page_url": None}),
    "message": ("/api/v1/conversations/{id}/messages", {"client_id": "b" * 8, "body": "好"}),
    "seen": ("/api/v1/conversations/{id}/seen", {"seq": 1}),
    "rating": ("/api/v1/conversations/{id}/rating", {"stars": 5, "comment": None}),
    "closing": (
        "/api/v1/staff/conversations/{id}/close",
        {"resolution": "answered", "read_level": 1, "subject": "H", "codes": [], "farewell": None, "note": None},
    ),
    "reply": (
        "/api/v1/staff/replies",
        {"shortcut": "x", "title_en": "x", "text_en": "x", "category": "other", "tags": [], "macro": None},
    ),
    "reply-file": ("/api/v1/staff/replies/file", {"format": "jsonl", "content": "{}", "is_dry_run": True}),
    "article": ("/api/v1/staff/articles", {**CONTENT_BODY, "valid_until": None}),
    "revision": ("/api/v1/staff/articles/{id}", {"content": CONTENT_BODY, "expected_revision": 1, "change_note": "x"}),
    "poll": ("/api/v1/poll", POLL_BODY),
    "staff-poll": ("/api/v1/staff/poll", POLL_BODY),
    "return": ("/api/v1/staff/articles/{id}/return", {"reason": "x"}),
    "verdict": ("/api/v1/answers/{id}/verdict", {"query": "怎么续借", "is_helpful": True}),
    "sent": ("/api/v1/staff/conversations/{id}/sent-articles", {"article_id": "0" * 32, "words": "怎么续借"}),
}


# SQLite stores some texts that PostgreSQL does not.
@pytest.mark.parametrize("town", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("name", BODIES)
def test_hostile_values_in_any_field_are_taken_or_refused_but_never_a_fault(town: Town, name: str) -> None:
    path, body = BODIES[name]
    for field in body:
        for value in HOSTILE_VALUES:
            fresh = {"key": f"topic.{new_client_id()}"} if name == "article" else {}
            answer = town.post_json(path, {**body, **fresh, field: value})
            assert answer.status_code < 500, (field, value)
            assert answer.status_code < 400 or _is_refusal(answer), (field, value)


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("application/json", b""),
        ("application/json", b"{"),
        ("application/json", b"\xff\xfe{}"),
        ("application/json", b"[" * 20_000),
        ("application/json", b'{"a":' * 20_000),
        ("application/json", b"NaN"),
        ("application/x-www-form-urlencoded", b"question=x"),
        ("multipart/form-data; boundary=x", b"--x--"),
        ("multipart/form-data", b"--x--"),
        ("text/plain", b"{}"),
        ("application/xml", b"<a/>"),
        ("application/json; charset=utf-16", '{"a": 1}'.encode("utf-16")),
        ("nonsense", b"\x00"),
    ],
    ids=repr,
)
def test_a_body_of_another_kind_is_refused(town: Town, name: str, media_type: str, content: bytes) -> None:
    path, _ = BODIES[name]
    answer = town.post(path, {"Content-Type": media_type}, content)
    assert answer.status_code in {400, 413, 415, 422}
    assert _is_refusal(answer)


def test_hostile_addresses_and_headers_are_refused(town: Town) -> None:
    for address in [
        "/api/v1/libraries/%00",
        "/api/v1/libraries/AAA%00",
        "/api/v1/libraries/%ED%A0%80",
        "/api/v1/libraries/..%2f..%2fetc",
        "/api/v1/libraries/" + "A" * 5_000,
        "/api/v1/libraries/AAA/answers?q=x&limit=" + "9" * 400,
        "/api/v1/libraries/AAA/answers?q=x&language=%00",
        "/api/v1/libraries/AAA/articles/%00",
        "/api/v1/conversations/1%27%20OR%201=1",
        "/api/v1/conversations?before=%00",
        "/api/v1/conversations/00000000-0000-0000-0000-000000000000?after_seq=99999999999999999999",
        "/api/v1/conversations/00000000-0000-0000-0000-000000000000",
    ]:
        answer = town.client.get(address, headers=town.reader_headers)
        assert 400 <= answer.status_code < 500, address
        assert _is_refusal(answer), address
    for headers in [{"Authorization": "Bearer"}, {"Authorization": "Bearer " + "x" * 9_000}, {"Authorization": "\x7f"}]:
        answer = town.client.get("/api/v1/conversations", headers=headers)
        assert (answer.status_code, _is_refusal(answer)) == (401, True)


def test_an_address_without_a_route_and_a_wrong_method_have_the_one_shape(town: Town) -> None:
    for method, path, status in [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v2", 404),
        ("DELETE", "/api/v1/conversations", 405),
        ("BREW", "/api/v1/conversations", 405),
    ]:
        answer = town.client.request(method, path)
        assert (answer.status_code, _is_refusal(answer)) == (status, True), path


def test_each_operation_tells_its_refusals_and_that_a_body_is_json(town: Town) -> None:
    operations = [operation for methods in town.app.openapi()["paths"].values() for operation in methods.values()]
    assert len(operations) > 25
    for operation in operations:
        assert operation["description"]
        assert operation["tags"]
        for status in ("4XX", "5XX"):
            schema = operation["responses"][status]["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/ErrorAnswer"}, operation["operationId"]


def test_each_private_operation_tells_how_one_signs_in(town: Town) -> None:
    for path, methods in town.app.openapi()["paths"].items():
        for operation in methods.values():
            wanted = _sign_in_of(path)
            assert [next(iter(way), "nobody") for way in operation.get("security", [])] == wanted, operation[
                "operationId"
            ]


def _sign_in_of(path: str) -> list[str]:
    if path.startswith("/api/v1/staff"):
        return ["APIKeyCookie"]
    if path == "/api/v1/wall":
        return ["Screen"]
    if path.startswith("/api/v1/article-images"):
        return ["APIKeyCookie", "nobody"]
    readers = (
        "/api/v1/conversations",
        "/api/v1/poll",
        "/api/v1/answers",
        "/api/v1/readers/",
        "/api/v1/services",
        "/api/v1/commissions",
        "/api/v1/paper-lists",
    )
    return ["HTTPBearer"] if path.startswith(readers) else []


def _is_about_an_article(path: str) -> bool:
    return path.startswith(("/api/v1/staff/articles", "/api/v1/answers"))


def _is_id(value: object) -> bool:
    return re.fullmatch(r"[0-9a-fA-F-]{32,36}|[A-Za-z0-9]{2,8}", str(value)) is not None


def _is_refusal(answer: Response) -> bool:
    error = answer.json()["error"]
    return set(error) == {"code", "message", "details"} and bool(re.fullmatch("[a-z_]+", error["code"]))
