"""What every HTTP request passes on its way in and out: number, log line, figures, headers, limit, last resort.

Pure ASGI, so that streaming, sockets and context variables pass through untouched.
"""

import re
import time
from uuid import uuid4

import structlog
from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_server import metrics
from qa_server.api.errors import BodyTooLarge, InternalError, Relayed, error_response
from qa_server.chat.socket import ChatSocket
from qa_server.settings import Settings

_log = structlog.get_logger(__name__)

REQUEST_ID_HEADER = "X-Request-ID"
# A number given by a proxy is kept when it cannot break a log line.
_SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# Asked every few seconds by machines; their lines are written at DEBUG only.
_PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
# What an address without a route is called in logs and figures.
_NO_ROUTE = "(none)"
# Methods with a label of their own; a made-up method must not make a new time series.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# A page that says nothing else may not be framed, and loads no plug-in. Pages set a stricter policy of their own.
_DEFAULT_POLICY = "frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
# Uploads are written to the disk as they come, and have a limit of their own that their route counts.
_UPLOADS = re.compile(
    r"/api/v1/(staff/)?conversations/[^/]+/attachments|/api/v1/(staff/)?commissions/[^/]+/files|/api/v1/paper-lists"
    r"|/api/v1/staff/article-imports|/console/articles/imports"
)
# Forms that may hold a list of some hundred papers: 1.5 million characters, of up to three bytes each.
_FORMS = re.compile(r"/api/v1/(commissions/[^/]+/(form|submission)|paper-lists/remarks)")
_MAX_FORM_BYTES = 5_000_000
# One year in seconds.
_HSTS_SECONDS = 31_536_000


def install(app: FastAPI, settings: Settings) -> None:
    """Wrap `app`. Add CORS after it, so that refusals made here carry its headers too."""
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes, counts_itself=_UPLOADS)
    app.add_middleware(LastResort)
    app.add_middleware(SecurityHeaders, is_https=settings.secure_cookies)
    app.add_middleware(ChatSocket)
    app.add_middleware(RequestMeter)
    app.add_middleware(RequestId)


class RequestId:
    """Gives each request and socket a number: in the logs, in the answer, in `scope["state"]["request_id"]`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID_HEADER, "")
        request_id = given if _SANE_REQUEST_ID.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        if scope["type"] == "websocket":
            # Its handshake carries no header of ours, and its frames, millions of them, should pass nothing here.
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                await self._app(scope, receive, send)
            return

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._app(scope, receive, send_with_id)


class RequestMeter:
    """Writes one log line per request and counts it, under the template of its route; counts open sockets."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            with metrics.SOCKETS_OPEN.track_inprogress():
                await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._measure(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _measure(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        # A request that is broken off by its client ends without an answer.
        status = 499

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            with metrics.REQUESTS_IN_PROGRESS.track_inprogress():
                await self._app(scope, receive, send_and_note)
        finally:
            _note(scope, status, time.perf_counter() - started)


class SecurityHeaders:
    """Adds headers that narrow what a browser does with an answer; what a page set itself stays."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self._app = app
        self._defaults = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Content-Security-Policy": _DEFAULT_POLICY,
        }
        if is_https:
            self._defaults["Strict-Transport-Security"] = f"max-age={_HSTS_SECONDS}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_private = scope["path"].startswith("/api/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._defaults.items():
                    headers.setdefault(name, value)
                if is_private:
                    # Answers of the API belong to one person and one moment.
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


class LastResort:
    """Turns an error nobody expected into the one error shape, and writes it to the log with its traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_started = False

        async def send_and_note(message: Message) -> None:
            nonlocal is_started
            is_started = is_started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception:
            metrics.FAULTS.inc()
            _log.exception("fault", method=scope["method"], route=route_template(scope))
            if is_started:
                # Half an answer is out; only breaking off tells the client that it is not whole.
                raise
            refusal = InternalError(request_id=scope["state"]["request_id"])
            response = error_response(refusal, Headers(scope=scope).get("accept-language"))
            await response(scope, receive, send)


class BodyLimit:
    """Refuses a body of more than `max_bytes`, by its announced length or as soon as it has come that far.

    Forms of commissions may be longer. Paths that match `counts_itself` are let through: their routes take no body
    into memory and count for themselves.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int, counts_itself: re.Pattern[str]) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._counts_itself = counts_itself

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._counts_itself.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        announced = headers.get("content-length", "0")
        limit = max(self._max_bytes, _MAX_FORM_BYTES) if _FORMS.fullmatch(scope["path"]) else self._max_bytes
        if announced.isdecimal() and int(announced) > limit:
            response = error_response(BodyTooLarge(limit=limit), headers.get("accept-language"))
            await response(scope, receive, send)
            return
        await self._app(scope, _counted(receive, limit), send)


def route_template(scope: Scope) -> str:
    """Return the path of the matched route with its {placeholders}, never the path that was asked for."""
    included = scope.get("fastapi", {}).get("effective_route_context")
    if included is not None:
        return str(included.path_format)
    return str(getattr(scope.get("route"), "path", _NO_ROUTE)) or _NO_ROUTE


def _counted(receive: Receive, max_bytes: int) -> Receive:
    received = 0

    async def receive_counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > max_bytes:
            raise Relayed(BodyTooLarge(limit=max_bytes))
        return message

    return receive_counted


def _note(scope: Scope, status: int, seconds: float) -> None:
    method = scope["method"] if scope["method"] in _METHODS else "OTHER"
    route = route_template(scope)
    metrics.REQUESTS.labels(method, route, str(status)).inc()
    metrics.REQUEST_SECONDS.labels(method, route).observe(seconds)
    write = _log.debug if route in _PROBES else _log.info
    write("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))
