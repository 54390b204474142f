"""The socket `/ws/v1`: hello, then frames until one side leaves. Every refusal is an error frame with a stable code."""

import asyncio
import contextlib
from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from anyio.to_thread import run_sync
from fastapi import WebSocket, WebSocketDisconnect
from pydantic import ValidationError
from starlette.types import ASGIApp, Receive, Scope, Send

from qa_server.chat.connection import CLOSE_UNAUTHENTICATED, Connection, Tongue
from qa_server.chat.errors import FrameMalformed, FrameTooLarge, HelloExpected, OriginRefused, VersionRefused
from qa_server.chat.floods import HELLO_FRAMES, count_frames, last_word
from qa_server.chat.frames import FrameHandler
from qa_server.chat.hub import Hub
from qa_server.chat.outlet import Outlet
from qa_server.chat.presence_notices import come, go
from qa_server.chat.protocol import (
    CLIENT_FRAMES,
    MAX_FRAME_BYTES,
    PROTOCOL_VERSION,
    ClientFrame,
    Follow,
    Hello,
    Watch,
    Welcome,
)
from qa_server.chat.refusals import refusal_frame, tongue_of
from qa_server.desk import asking, signing_in
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from qa_server.live.rates import TooManyRequests
from qa_server.people.errors import ReaderUnknown, Unauthenticated
from qa_server.people.rights import StaffMember
from qa_server.people.tokens import STAFF_COOKIE
from storage.database import DatabaseBusy
from storage.errors import AppError

SOCKET_PATH = "/ws/v1"
# A socket that does not say hello within this many seconds is closed.
HELLO_SECONDS = 10
# Close codes of this protocol, in the range RFC 6455 leaves to applications; `outlet` has two more.
CLOSE_BAD_HELLO = 4400
CLOSE_VERSION = 4426
CLOSE_TOO_MANY = 4429
# RFC 6455's registry: the server cannot serve now, the client tries again later.
CLOSE_TRY_LATER = 1013

_CLOSE_CODES: dict[type[AppError], int] = {
    HelloExpected: CLOSE_BAD_HELLO,
    FrameMalformed: CLOSE_BAD_HELLO,
    FrameTooLarge: CLOSE_BAD_HELLO,
    VersionRefused: CLOSE_VERSION,
    TooManyRequests: CLOSE_TOO_MANY,
    DatabaseBusy: CLOSE_TRY_LATER,
}

_log = structlog.get_logger(__name__)


class ChatSocket:
    """Answers SOCKET_PATH ahead of the application's other layers, and hands everything else on to them.

    ASGI. Each layer that a socket passes keeps a piece of memory for as long as it is open, and none has a use there.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and scope["path"] == SOCKET_PATH:
            await _chat(scope, receive, send)
        else:
            await self._app(scope, receive, send)


async def _chat(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one reader's or librarian's connection until it ends."""
    place: Workplace = scope["app"].state.place
    hub: Hub = scope["app"].state.hub
    connection = await _welcome(place, WebSocket(scope, receive, send))
    if connection is None:
        return
    come(place, hub, connection)
    try:
        await _serve(place, hub, connection, (scope, receive, send))
    finally:
        go(place, hub, connection)


async def _welcome(place: Workplace, socket: WebSocket) -> Connection | None:
    refusal: AppError
    language = tongue_of(socket.headers.get("accept-language"))
    try:
        await socket.accept()
        hello = await asyncio.wait_for(_receive_hello(socket), HELLO_SECONDS)
        language = hello.language
        connection = Connection(person=await _recognise(place, socket, hello), language=language)
        count_frames(place, connection.person, HELLO_FRAMES)
    except WebSocketDisconnect:
        return None
    except TimeoutError:
        refusal = HelloExpected()
    except AppError as error:
        refusal = error
    else:
        connection.offer(_welcome_frame(place))
        return connection
    await _refuse(socket, refusal, language)
    return None


def _welcome_frame(place: Workplace) -> Welcome:
    settings = place.settings
    return Welcome(
        ping_seconds=settings.ping_seconds, silence_seconds=settings.silence_seconds, server_time=place.clock()
    )


async def _receive_hello(socket: WebSocket) -> Hello:
    frame = _parse(await _receive(socket.receive))
    if not isinstance(frame, Hello):
        raise HelloExpected()
    if frame.version != PROTOCOL_VERSION:
        raise VersionRefused(version=PROTOCOL_VERSION)
    return frame


async def _recognise(place: Workplace, socket: WebSocket, hello: Hello) -> KnownReader | StaffMember:
    if hello.role == "reader":
        if hello.token is None:
            raise ReaderUnknown()
        return await run_sync(asking.recognise, place, hello.token)
    if not _is_own_origin(place, socket):
        raise OriginRefused()
    token = socket.cookies.get(STAFF_COOKIE)
    if token is None:
        raise Unauthenticated()
    return await run_sync(signing_in.recognise_staff, place, token)


def _is_own_origin(place: Workplace, socket: WebSocket) -> bool:
    # A browser sends the cookie along for any page; only pages of our own may speak for a librarian.
    origin = socket.headers.get("origin", "")
    own = {urlsplit(place.settings.public_url).netloc, socket.headers.get("host", "")}
    return urlsplit(origin).netloc in own - {""}


async def _serve(place: Workplace, hub: Hub, connection: Connection, wire: tuple[Scope, Receive, Send]) -> None:
    """Read until the peer leaves, or is cut off because it takes nothing; what is offered is sent beside it."""
    scope, receive, send = wire
    reading = cast("asyncio.Task[None]", asyncio.current_task())
    is_cut = False

    def cut() -> None:
        nonlocal is_cut
        is_cut = True
        reading.cancel()

    outlet = Outlet(connection, scope, send, silence_seconds=place.settings.silence_seconds, cut=cut)
    try:
        await _read(place, FrameHandler(place, hub, connection), connection, receive, outlet)
    except WebSocketDisconnect:
        pass
    except asyncio.CancelledError:
        if not is_cut:
            raise
    except Exception:
        _log.exception("socket failed")
    finally:
        outlet.stop()


async def _read(
    place: Workplace, handler: FrameHandler, connection: Connection, receive: Receive, outlet: Outlet
) -> None:
    while connection.close_code != CLOSE_TOO_MANY:
        outlet.listen()
        try:
            raw = await _receive(receive)
        except AppError as error:
            _refuse_frame(place, connection, error)
        else:
            outlet.pause()
            await _handle(place, handler, connection, raw)
    await outlet.finish()


async def _handle(place: Workplace, handler: FrameHandler, connection: Connection, raw: str) -> None:
    frame: ClientFrame | None = None
    try:
        frame = _parse(raw)
        count_frames(place, connection.person)
        await handler.handle(frame)
    except Exception as error:
        if isinstance(error, DatabaseBusy) and isinstance(frame, Follow | Watch):
            # A conversation that could not be followed would look alive and be dead: let the client come again.
            connection.close_code = CLOSE_TRY_LATER
        if isinstance(error, TooManyRequests) and isinstance(frame, Follow | Watch):
            connection.close_code = CLOSE_TOO_MANY
        _refuse_frame(place, connection, error, ref=_ref(frame))


def _refuse_frame(place: Workplace, connection: Connection, error: Exception, ref: str | None = None) -> None:
    """Tell of a refusal; end a connection that floods, or sends what no page sends, and goes on with it."""
    is_noise = isinstance(error, TooManyRequests | FrameMalformed | FrameTooLarge)
    if is_noise and (last := last_word(place, connection.person)):
        error, connection.close_code = last, CLOSE_TOO_MANY
    is_final = connection.close_code == CLOSE_TOO_MANY
    connection.offer(refusal_frame(error, connection.language, ref=ref, is_final=is_final))


async def _receive(receive: Receive) -> str:
    message = await receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text: str | None = message.get("text")
    if text is None:
        raise FrameMalformed()
    if len(text) > MAX_FRAME_BYTES:
        raise FrameTooLarge(limit=MAX_FRAME_BYTES)
    return text


def _parse(raw: str) -> ClientFrame:
    try:
        return CLIENT_FRAMES.validate_json(raw)
    except (ValidationError, UnicodeError) as error:
        raise FrameMalformed() from error


def _ref(frame: ClientFrame | None) -> str | None:
    named: str | UUID | None = getattr(frame, "client_id", None) or getattr(frame, "conversation_id", None)
    return str(named) if named else None


async def _refuse(socket: WebSocket, error: AppError, language: Tongue) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        await socket.send_text(refusal_frame(error, language, is_final=True).model_dump_json())
        await socket.close(_CLOSE_CODES.get(type(error), CLOSE_UNAUTHENTICATED))
