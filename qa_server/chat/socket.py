"""The socket `/ws/v1`: hello, then frames until one side leaves. Every refusal is an error frame with a stable code."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from functools import partial
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from anyio import create_task_group
from anyio.to_thread import run_sync
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import ValidationError

from qa_server.chat.connection import Connection
from qa_server.chat.errors import FrameMalformed, FrameTooLarge, HelloExpected, OriginRefused, VersionRefused
from qa_server.chat.frames import FrameHandler
from qa_server.chat.hub import Hub
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
from qa_server.chat.refusals import refusal_frame
from qa_server.desk import asking, signing_in
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, negotiate
from qa_server.people.errors import ReaderUnknown, Unauthenticated
from qa_server.people.rights import StaffMember
from qa_server.people.tokens import STAFF_COOKIE
from storage.database import DatabaseBusy
from storage.errors import AppError

# A socket that does not say hello within this many seconds is closed.
HELLO_SECONDS = 10
# Close codes of this protocol, in the range RFC 6455 leaves to applications.
CLOSE_BAD_HELLO = 4400
CLOSE_UNAUTHENTICATED = 4401
CLOSE_SILENT = 4408
CLOSE_TOO_SLOW = 4409
CLOSE_VERSION = 4426
# RFC 6455's registry: the server cannot serve now, the client tries again later.
CLOSE_TRY_LATER = 1013
# A peer that is too slow has this long to take the close frame.
CLOSE_SECONDS = 2

_CLOSE_CODES: dict[type[AppError], int] = {
    HelloExpected: CLOSE_BAD_HELLO,
    FrameMalformed: CLOSE_BAD_HELLO,
    FrameTooLarge: CLOSE_BAD_HELLO,
    VersionRefused: CLOSE_VERSION,
    DatabaseBusy: CLOSE_TRY_LATER,
}

router = APIRouter()
_log = structlog.get_logger(__name__)


@router.websocket("/ws/v1")
async def chat_socket(socket: WebSocket) -> None:
    """Serve one reader's or librarian's connection until it ends."""
    place: Workplace = socket.app.state.place
    hub: Hub = socket.app.state.hub
    await socket.accept()
    connection = await _welcome(place, socket)
    if connection is None:
        return
    come(place, hub, connection)
    try:
        await _serve(place, socket, hub, connection)
    finally:
        go(place, hub, connection)


async def _welcome(place: Workplace, socket: WebSocket) -> Connection | None:
    refusal: AppError
    language = negotiate(socket.headers.get("accept-language"))
    try:
        hello = await asyncio.wait_for(_receive_hello(socket), HELLO_SECONDS)
        language = hello.language
        connection = Connection(person=await _recognise(place, socket, hello), language=language)
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
    frame = _parse(await _receive(socket))
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


async def _serve(place: Workplace, socket: WebSocket, hub: Hub, connection: Connection) -> None:
    """Read, write and watch for overflow until the first of the three ends."""
    async with create_task_group() as group:

        async def run(job: Callable[[], Awaitable[None]]) -> None:
            try:
                await job()
            except (WebSocketDisconnect, RuntimeError):
                # RuntimeError: Starlette's word for a socket that another of the three found closed first.
                pass
            except Exception:
                _log.exception("socket failed")
            group.cancel_scope.cancel()

        group.start_soon(run, partial(_read, place, socket, hub, connection))
        group.start_soon(run, partial(_write, socket, connection))
        group.start_soon(run, partial(_close_when_overflown, socket, connection))


async def _read(place: Workplace, socket: WebSocket, hub: Hub, connection: Connection) -> None:
    handler = FrameHandler(place, hub, connection)
    while True:
        try:
            raw = await asyncio.wait_for(_receive(socket), place.settings.silence_seconds)
        except TimeoutError:
            await socket.close(CLOSE_SILENT)
            return
        except AppError as error:
            connection.offer(refusal_frame(error, connection.language))
            continue
        await _handle(handler, connection, raw)


async def _close_when_overflown(socket: WebSocket, connection: Connection) -> None:
    await connection.overflown.wait()
    # A peer that takes nothing does not take the close frame either; ending the handler then cuts the connection.
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(socket.close(CLOSE_TOO_SLOW), CLOSE_SECONDS)


async def _handle(handler: FrameHandler, connection: Connection, raw: str) -> None:
    frame: ClientFrame | None = None
    try:
        frame = _parse(raw)
        await handler.handle(frame)
    except Exception as error:
        if isinstance(error, DatabaseBusy) and isinstance(frame, Follow | Watch):
            # A conversation that could not be followed would look alive and be dead: let the client come again.
            connection.close_code = CLOSE_TRY_LATER
        connection.offer(refusal_frame(error, connection.language, ref=_ref(frame)))


async def _write(socket: WebSocket, connection: Connection) -> None:
    while True:
        frame = await connection.next_frame()
        await socket.send_text(frame.model_dump_json())
        if connection.close_code is not None and connection.is_drained:
            await socket.close(connection.close_code)
            return


async def _receive(socket: WebSocket) -> str:
    message = await socket.receive()
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


async def _refuse(socket: WebSocket, error: AppError, language: Language) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        await socket.send_text(refusal_frame(error, language, is_final=True).model_dump_json())
        await socket.close(_CLOSE_CODES.get(type(error), CLOSE_UNAUTHENTICATED))
