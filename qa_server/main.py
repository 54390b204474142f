"""Serves the application: takes the port, composes the app, runs uvicorn until it is told to stop."""

import errno
import gc
import signal
import socket
from collections.abc import Callable
from ipaddress import ip_address

import uvicorn
from fastapi import FastAPI

from admin.pages import router as console
from qa_server import logs
from qa_server.app import create_app
from qa_server.chat.corked import CorkedProtocol
from qa_server.chat.protocol import MAX_FRAME_BYTES
from qa_server.seeds.loader import demo_accounts
from qa_server.settings import Settings
from storage.errors import AppError
from widget import assets, demo, report_check
from widget.answers import router as answers
from widget.services import router as services

# Seconds that answers under way have to finish after a stop signal, and that idle connections are kept for more.
_STOP_SECONDS = 10
_KEEP_ALIVE_SECONDS = 30
# Allocations before a young collection, and collections before an older generation is looked at; Python's own first
# value of a few hundred suits short programs.
_COLLECTOR_THRESHOLDS = (50_000, 50, 100)
# Connections the kernel holds while the process is busy.
_BACKLOG = 2048


class PortUnusable(AppError):
    """The port is taken, or this user may not have it."""

    code = "port_unusable"
    status = 503
    message = "Port {port} on {host} cannot be used: {reason} {remedy}"


class AddressUnusable(AppError):
    """The address to listen on is not one of this machine."""

    code = "address_unusable"
    status = 503
    message = "{host} is not an address of this machine. Use 127.0.0.1 (only here) or 0.0.0.0 (everywhere) as host."


def listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else is done; connections wait in it until the service answers.

    Raises PortUnusable and AddressUnusable.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except (socket.gaierror, UnicodeError) as error:
        raise AddressUnusable(host=host) from error
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        # A port left a moment ago may be taken again at once.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Listening already here finds out now, not at the end of the start, that somebody else listens.
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise _refusal(error, host, port) from error
    return listener


def compose(settings: Settings) -> FastAPI:
    """Return the whole application: the service, the widget, the console, and in a demo its pages."""
    app = create_app(settings)
    app.include_router(assets.router())
    app.include_router(answers.router())
    app.include_router(services.router())
    app.include_router(report_check.router())
    app.include_router(console.router())
    if settings.is_demo:
        app.include_router(demo.router(demo_accounts()))
    return app


def serve(settings: Settings, listener: socket.socket, *, announce: Callable[[str], None]) -> None:
    """Serve a migrated database until SIGTERM or Ctrl+C, then return.

    `announce` gets the address as soon as requests are answered.
    """
    logs.configure(settings)
    app = compose(settings)
    server = _Server(app, settings, on_ready=lambda: announce(_address(settings, listener)))
    # uvicorn hands a signal on when it has stopped; a stop that was asked for is no failure. Set this early, so that
    # a signal during the start is not lost either.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: setattr(server, "should_exit", True))
    server.run(sockets=[listener])


class _Server(uvicorn.Server):
    """uvicorn that says when it is ready, and lets the app say goodbye to its sockets before they are cut."""

    def __init__(self, app: FastAPI, settings: Settings, *, on_ready: Callable[[], None]) -> None:
        super().__init__(_uvicorn_configuration(app, settings))
        self._app = app
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _calm_the_collector()
        if self.started:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._app.state.drain()
        await super().shutdown(sockets)


def _calm_the_collector() -> None:
    """Let the garbage collector leave alone what was made at the start, and look less often at the rest.

    With thousands of open sockets a full collection stops the process for a second and more (measured at 1,000 chats).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTOR_THRESHOLDS)


def _uvicorn_configuration(app: FastAPI, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        ws=CorkedProtocol,
        # The protocol has pings of its own, in both directions, that notice a dead peer sooner.
        ws_ping_interval=None,
        # Frames are small: deflate would cost 40 KB of memory per socket for nothing.
        ws_per_message_deflate=False,
        ws_max_size=MAX_FRAME_BYTES,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )


def _refusal(error: OSError, host: str, port: int) -> AppError:
    if error.errno == errno.EADDRNOTAVAIL:
        return AddressUnusable(host=host)
    if error.errno == errno.EADDRINUSE:
        return PortUnusable(
            host=host,
            port=port,
            reason="another program listens there.",
            remedy="Stop that program, or choose another port with --port.",
        )
    return PortUnusable(
        host=host,
        port=port,
        reason="this user may not listen there.",
        remedy="Choose a port above 1023 with --port.",
    )


def _address(settings: Settings, listener: socket.socket) -> str:
    if settings.public_url:
        return settings.public_url
    host, port = listener.getsockname()[:2]
    if ip_address(host).is_unspecified:
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
