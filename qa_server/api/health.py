"""Is the process alive (`/healthz`), is it ready (`/readyz`), and its figures (`/metrics`).

What is ready is told by checks that the composition puts into `app.state.readiness`.
"""

import hmac
import ipaddress
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog
from anyio import fail_after, to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from qa_server.settings import Settings
from storage.database import Database
from storage.errors import AppError, Forbidden
from storage.migrate import current_revision, newest_revision

# Returns {"status": "ok" | "degraded" | "failed", ...}; what else it returns is shown as it is, to everybody.
Check = Callable[[], Mapping[str, object]]

# A check that takes longer has failed: a balancer asks every few seconds.
_CHECK_SECONDS = 5.0

_log = structlog.get_logger(__name__)

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def is_alive() -> dict[str, str]:
    """Answer as long as the process takes requests."""
    return {"status": "ok"}


@router.get("/readyz")
async def is_ready(request: Request) -> JSONResponse:
    """Run every check. 503 when one has failed; a degraded one (search by keyword only) keeps the service ready."""
    checks: Mapping[str, Check] = request.app.state.readiness
    results = {name: await _run(name, check) for name, check in checks.items()}
    statuses = {str(result["status"]) for result in results.values()}
    worst = next((status for status in ("failed", "degraded") if status in statuses), "ok")
    return JSONResponse({"status": worst, "checks": results}, status_code=503 if worst == "failed" else 200)


@router.get("/metrics")
async def show_metrics(request: Request) -> Response:
    """Show the figures to this machine, or to whoever has the token when one is set."""
    if not _may_read_metrics(request, request.app.state.settings):
        raise Forbidden()
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def check_database(database: Database) -> Check:
    """Return a check that reads one row."""

    def check() -> Mapping[str, object]:
        with database.read() as session:
            session.execute(text("SELECT 1"))
        return {"status": "ok"}

    return check


def check_migrations(database: Database, scripts: Path) -> Check:
    """Return a check that the schema stands at the newest revision of `scripts`."""

    def check() -> Mapping[str, object]:
        is_newest = current_revision(database) == newest_revision(scripts)
        return {"status": "ok" if is_newest else "failed"}

    return check


async def _run(name: str, check: Check) -> Mapping[str, object]:
    try:
        with fail_after(_CHECK_SECONDS):
            return await to_thread.run_sync(check, abandon_on_cancel=True)
    except TimeoutError:
        _log.warning("check took too long", check=name, seconds=_CHECK_SECONDS)
        return {"status": "failed", "code": "timeout"}
    except Exception as error:
        # Whatever went wrong, the service is not ready; the log has the reason, the answer to anybody has not.
        _log.exception("check failed", check=name)
        return {"status": "failed", "code": error.code if isinstance(error, AppError) else "fault"}


def _may_read_metrics(request: Request, settings: Settings) -> bool:
    token = settings.metrics_token.get_secret_value()
    if token:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    # A proxy on this machine speaks for others.
    is_forwarded = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    return not is_forwarded and request.client is not None and _is_loopback(request.client.host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
