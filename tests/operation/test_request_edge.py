"""What every request meets at the edge: one error shape, a number, headers, a limit, and no echo of what was sent."""

import json
from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

import pytest
from fastapi import APIRouter, FastAPI, HTTPException, Query
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import HTMLResponse
from structlog.testing import capture_logs

from qa_server.api import errors, middleware
from qa_server.live.rates import TooManyRequests
from qa_server.settings import Settings
from storage.errors import AppError, NotFound

MAX_BYTES = 2048
router = APIRouter(prefix="/things")


class Thing(BaseModel):
    """A body with limits."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=3, max_length=20)
    size: int = Field(ge=1)


@router.post("/")
def make(thing: Thing) -> Thing:
    return thing


@router.get("/{thing_id}")
def show(thing_id: UUID, limit: Annotated[int, Query(le=10)] = 5) -> str:
    if limit == 9:
        raise TooManyRequests(retry_after_seconds=17)
    if limit == 8:
        raise HTTPException(418)
    raise NotFound()


@router.get("/{thing_id}/fault")
def fail(thing_id: UUID) -> str:
    raise RuntimeError("inside only")


@router.get("/page/plain", response_class=HTMLResponse)
def page() -> str:
    return "<p>"


@router.get("/page/strict")
def strict_page() -> HTMLResponse:
    return HTMLResponse("<p>", headers={"Content-Security-Policy": "default-src 'self'"})


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI()
    errors.install(app)
    middleware.install(app, Settings(max_body_bytes=MAX_BYTES, secure_cookies=True))
    app.include_router(router, prefix="/api")
    with TestClient(app) as client:
        yield client


THING = "/api/things/0190b5a8-0000-7000-8000-000000000000"


def _error(response: object) -> dict[str, object]:
    body = getattr(response, "json")()  # noqa: B009 - the client's response has no common type
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "details"}
    error: dict[str, object] = body["error"]
    return error


def test_an_expected_refusal_has_the_one_shape_in_the_language_asked_for(client: TestClient) -> None:
    english = client.get(THING, headers={"Accept-Language": "en-GB,en;q=0.8"})
    chinese = client.get(THING)
    assert (english.status_code, chinese.status_code) == (404, 404)
    assert _error(english)["message"] == NotFound.message
    assert "没有找到" in str(_error(chinese)["message"])
    assert (english.headers["content-language"], chinese.headers["content-language"]) == ("en", "zh")


def test_a_refusal_for_a_while_says_for_how_long(client: TestClient) -> None:
    response = client.get(THING, params={"limit": 9})
    assert response.status_code == 429
    assert response.headers["retry-after"] == "17"
    assert _error(response)["details"] == {"retry_after_seconds": 17}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/api/things", 404, "not_found"),
        ("DELETE", "/api/things/", 405, "method_not_allowed"),
        ("GET", f"{THING}?limit=8", 418, "refused"),
        ("GET", "/api/things/%ff%fe", 422, "validation_failed"),
        ("GET", f"{THING}?limit=%ff", 422, "validation_failed"),
    ],
)
def test_what_the_framework_refuses_has_the_same_shape(
    method: str, path: str, status: int, code: str, client: TestClient
) -> None:
    response = client.request(method, path, follow_redirects=False)
    if response.status_code == 307:
        response = client.request(method, response.headers["location"] + "none")
        code, status = "validation_failed", 422
    assert (response.status_code, _error(response)["code"]) == (status, code)


def test_a_refused_method_names_the_ones_that_are_taken(client: TestClient) -> None:
    assert client.delete("/api/things/").headers["allow"] == "POST"


def test_wrong_fields_are_named_with_their_limits_and_without_what_was_sent(client: TestClient) -> None:
    body = {"name": "my very own secret, far too long", "size": "secret", "secret key!": 1}
    response = client.post("/api/things/", json=body, headers={"Accept-Language": "en"})
    assert response.status_code == 422
    assert _error(response)["details"] == {
        "fields": [
            {
                "field": "body.name",
                "problem": "string_too_long",
                "message": "This is too long; at most 20 characters fit.",
            },
            {"field": "body.size", "problem": "int_parsing", "message": "This is not of the right kind."},
            {"field": "body.?", "problem": "extra_forbidden", "message": "This field is not known here."},
        ]
    }
    assert "secret" not in response.text


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe{}", b'{"name": "\xff"}', b"[" * 2000, b'{"size": 1e999999, "name"'], ids=repr
)
def test_a_body_that_cannot_be_read_is_malformed(body: bytes, client: TestClient) -> None:
    response = client.post("/api/things/", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, _error(response)["code"]) == (400, "body_malformed")


def test_an_announced_body_beyond_the_limit_is_refused(client: TestClient) -> None:
    response = client.post("/api/things/", content=b"x" * (MAX_BYTES + 1))
    assert (response.status_code, _error(response)["code"]) == (413, "body_too_large")
    assert _error(response)["details"] == {"limit": MAX_BYTES}


def test_a_body_that_grows_beyond_the_limit_unannounced_is_refused(client: TestClient) -> None:
    pieces = (b'{"name": "aaaa", "size": 1, "more": "' if place == 0 else b"x" * 500 for place in range(100))
    response = client.post("/api/things/", content=pieces, headers={"Content-Type": "application/json"})
    assert (response.status_code, _error(response)["code"]) == (413, "body_too_large")


def test_a_body_of_just_the_limit_is_taken(client: TestClient) -> None:
    body = json.dumps({"name": "four", "size": 1}).encode().ljust(MAX_BYTES)
    assert client.post("/api/things/", content=body, headers={"Content-Type": "application/json"}).status_code == 200


def test_a_fault_tells_its_number_and_nothing_else_and_is_logged_with_its_traceback(client: TestClient) -> None:
    with capture_logs() as logged:
        response = client.get(f"{THING}/fault", headers={"X-Request-ID": "a-sane-number"})
    assert response.status_code == 500
    error = _error(response)
    assert error["code"] == "internal_error"
    assert error["details"] == {"request_id": "a-sane-number"}
    assert "a-sane-number" in str(error["message"])
    assert "inside only" not in response.text
    fault = next(line for line in logged if line["event"] == "fault")
    assert (fault["route"], fault["exc_info"]) == ("/api/things/{thing_id}/fault", True)


@pytest.mark.parametrize("given", ["", "short", "with space inside", "x" * 65, "line\tbreak-line", "数字数字数字数字"])
def test_a_number_that_could_break_a_log_line_is_replaced(given: str, client: TestClient) -> None:
    number = client.get(THING, headers=[(b"X-Request-ID", given.encode())]).headers["x-request-id"]
    assert number != given
    assert len(number) == 32


def test_the_log_names_the_template_of_the_route_never_its_path(client: TestClient) -> None:
    with capture_logs() as logged:
        client.get(THING)
        client.get("/nowhere/secret")
    lines = [(line["route"], line["status"]) for line in logged if line["event"] == "request"]
    assert lines == [("/api/things/{thing_id}", 404), ("(none)", 404)]


def test_requests_are_counted_by_route_and_made_up_methods_together(client: TestClient) -> None:
    labels = {"method": "OTHER", "route": "(none)", "status": "404"}
    before = REGISTRY.get_sample_value("wenjin_http_requests_total", labels) or 0
    client.request("INVENT", "/nowhere")
    client.request("INVENTED", "/nowhere")
    assert REGISTRY.get_sample_value("wenjin_http_requests_total", labels) == before + 2


def test_answers_carry_narrowing_headers_and_keep_what_a_page_set_itself(client: TestClient) -> None:
    plain, strict = client.get("/api/things/page/plain"), client.get("/api/things/page/strict")
    assert plain.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in plain.headers["content-security-policy"]
    assert strict.headers["content-security-policy"] == "default-src 'self'"
    assert plain.headers["strict-transport-security"].startswith("max-age=")
    assert plain.headers["cache-control"] == "no-store"


def test_refusals_made_at_the_edge_carry_the_headers_too(client: TestClient) -> None:
    for response in (client.get(f"{THING}/fault"), client.post("/api/things/", content=b"x" * (MAX_BYTES + 1))):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert len(response.headers["x-request-id"]) == 32


def test_the_document_says_that_every_operation_may_be_refused_in_this_shape(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    answers = document["paths"]["/api/things/"]["post"]["responses"]
    reference = answers["4XX"]["content"]["application/json"]["schema"]["$ref"]
    assert reference == "#/components/schemas/ErrorAnswer"
    assert "422" not in answers


def test_details_of_any_kind_become_json() -> None:
    class Odd(AppError):
        message = "Odd: {what}"

    body = errors.error_body(Odd(what=UUID(int=1), more=object()), "en")
    assert json.loads(json.dumps(body))["details"]["what"] == str(UUID(int=1))
