"""Alive, ready, figures: who may ask and what is told."""

from collections.abc import Callable, Mapping

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from qa_server.api import errors, health
from qa_server.settings import Settings
from storage.errors import DatabaseUnusable

LOOPBACK, STRANGER = "127.0.0.1", "192.0.2.7"


def _client(checks: Mapping[str, health.Check], *, token: str = "", peer: str = LOOPBACK) -> TestClient:
    app = FastAPI()
    app.state.settings = Settings(metrics_token=SecretStr(token))
    app.state.readiness = checks
    errors.install(app)
    app.include_router(health.router)
    return TestClient(app, client=(peer, 50000))


def _says(**status: object) -> Callable[[], Mapping[str, object]]:
    return lambda: status


def test_alive_asks_nothing_of_the_database() -> None:
    assert _client({"database": _says(status="failed")}).get("/healthz").json() == {"status": "ok"}


def test_ready_when_every_check_is_ok() -> None:
    response = _client({"database": _says(status="ok"), "search": _says(status="ok", mode="hybrid")}).get("/readyz")
    assert response.status_code == 200
    assert response.json()["checks"]["search"] == {"status": "ok", "mode": "hybrid"}


def test_a_degraded_search_keeps_the_service_ready_and_says_so() -> None:
    response = _client({"database": _says(status="ok"), "search": _says(status="degraded", mode="keyword")}).get(
        "/readyz"
    )
    assert (response.status_code, response.json()["status"]) == (200, "degraded")


def test_a_failed_check_takes_the_service_out() -> None:
    response = _client({"migrations": _says(status="failed"), "search": _says(status="degraded")}).get("/readyz")
    assert (response.status_code, response.json()["status"]) == (503, "failed")


def test_a_check_that_raises_tells_a_code_and_no_reason() -> None:
    def broken() -> Mapping[str, object]:
        raise DatabaseUnusable(reason="the file /very/secret is gone.", remedy="Find it.")

    response = _client({"database": broken}).get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["database"] == {"status": "failed", "code": "database_unusable"}
    assert "secret" not in response.text


@pytest.mark.parametrize(
    ("peer", "token", "headers", "status"),
    [
        (LOOPBACK, "", {}, 200),
        ("::1", "", {}, 200),
        (STRANGER, "", {}, 403),
        ("not an address", "", {}, 403),
        (LOOPBACK, "", {"X-Forwarded-For": STRANGER}, 403),
        (LOOPBACK, "t0ken", {}, 403),
        (STRANGER, "t0ken", {"Authorization": "Bearer t0ken"}, 200),
        (STRANGER, "t0ken", {"Authorization": "Bearer other"}, 403),
        (STRANGER, "t0ken", {"Authorization": "Bearer t\u00f6ken".encode("latin-1")}, 403),
    ],
)
def test_figures_are_for_this_machine_or_for_the_token(
    peer: str, token: str, headers: dict[str, str], status: int
) -> None:
    response = _client({}, token=token, peer=peer).get("/metrics", headers=headers)
    assert response.status_code == status
    assert ("wenjin_http_requests" in response.text) is (status == 200)
