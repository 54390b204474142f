"""Sockets of the load generator: they say hello, follow their conversations, and hand on what comes."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import picows

from bench.open_chats import Chat

# Handshakes under way at once.
AT_ONCE = 64
READY_SECONDS = 60


@dataclass(frozen=True)
class Seat:
    """One side of one or several conversations, and where it connects to."""

    url: str
    hello: str
    headers: dict[str, str]
    conversation_ids: tuple[str, ...]


class Socket(picows.WSListener):
    """A connection that is `ready` once everything it follows was replayed; text frames go to `hear` as bytes."""

    def __init__(self, seat: Seat, hear: "Callable[[Socket, bytes], None]") -> None:
        self.seat = seat
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._hear = hear
        self._awaited = len(seat.conversation_ids)
        self._transport: picows.WSTransport | None = None

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        """Say hello at once."""
        self._transport = transport
        self.send(self.seat.hello)

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        """Hand a text frame on; follow after the welcome."""
        if frame.msg_type != picows.WSMsgType.TEXT:
            return
        payload = frame.get_payload_as_bytes()
        if not self.ready.done():
            self._begin(payload)
        self._hear(self, payload)

    def on_ws_disconnected(self, transport: picows.WSTransport) -> None:
        """Tell whoever waits for a socket that was refused."""
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(f"{self.seat.url} closed the socket before it was ready"))

    def send(self, frame: str) -> None:
        """Send a text frame."""
        if self._transport is not None:
            self._transport.send(picows.WSMsgType.TEXT, frame.encode())

    def close(self) -> None:
        """Leave."""
        if self._transport is not None:
            self._transport.disconnect()

    def _begin(self, payload: bytes) -> None:
        if payload.startswith(b'{"type":"error"'):
            self.ready.set_exception(ConnectionError(payload.decode()))
        elif payload.startswith(b'{"type":"welcome"'):
            for conversation_id in self.seat.conversation_ids:
                self.send(_frame({"type": "follow", "conversation_id": conversation_id, "after_seq": 0}))
        elif payload.startswith(b'{"type":"caught_up"'):
            self._awaited -= 1
            if not self._awaited:
                self.ready.set_result(None)


async def connect(seats: Sequence[Seat], hear: Callable[[Socket, bytes], None]) -> list[Socket]:
    """Open a socket for each seat, AT_ONCE at a time; return them, ready, in the order of the seats."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def open_one(seat: Seat) -> Socket:
        async with gate:
            _, socket = await picows.ws_connect(
                lambda: Socket(seat, hear), seat.url, extra_headers=seat.headers, websocket_handshake_timeout=30
            )
            assert isinstance(socket, Socket)
            await asyncio.wait_for(socket.ready, READY_SECONDS)
            return socket

    return list(await asyncio.gather(*map(open_one, seats)))


def reader_seats(urls: Sequence[str], chats: Sequence[Chat]) -> list[Seat]:
    """Return the seat of each chat's reader, over the servers in turn."""
    return [
        Seat(urls[number % len(urls)], _hello("reader", chat.reader_token), {}, (chat.conversation_id,))
        for number, chat in enumerate(chats)
    ]


def librarian_seats(urls: Sequence[str], chats: Sequence[Chat]) -> list[Seat]:
    """Return one seat for each librarian with all that librarian's chats, not on the server of the first reader."""
    held: dict[str, list[str]] = {}
    for chat in chats:
        held.setdefault(chat.staff_token, []).append(chat.conversation_id)
    return [
        Seat(url, _hello("librarian", None), _staff_headers(url, token), tuple(conversation_ids))
        for number, (token, conversation_ids) in enumerate(held.items())
        for url in [urls[(number + 1) % len(urls)]]
    ]


def _hello(role: str, token: str | None) -> str:
    frame: dict[str, object] = {"type": "hello", "version": 1, "role": role, **({"token": token} if token else {})}
    return _frame(frame)


def _frame(frame: dict[str, object]) -> str:
    # Without blanks, as browsers write it.
    return json.dumps(frame, separators=(",", ":"))


def _staff_headers(url: str, token: str) -> dict[str, str]:
    return {"Cookie": f"wenjin_staff={token}", "Origin": f"http://{urlsplit(url).netloc}"}
