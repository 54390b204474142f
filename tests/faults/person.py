"""A client as the protocol wants it: comes back after every loss, resumes after its last number, sends again what was
not acknowledged, and writes down everything that was not as promised."""

import asyncio
import contextlib
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from tests.faults.scene import Held
from tests.village import new_client_id

Frame = dict[str, Any]
# Until the next try to connect. Real clients wait longer and at random.
RETRY_SECONDS = 0.05
OPEN_SECONDS = 30.0
PING_SECONDS = 0.7
# Until what was refused is said again.
AGAIN_SECONDS = 0.1
# Messages a talking person has under way.
UNDER_WAY = 4


@dataclass(frozen=True)
class Seat:
    """One side of a conversation."""

    conversation_id: UUID
    hello: Frame
    headers: dict[str, str]


def reader_seat(held: Held) -> Seat:
    """Return the reader's side."""
    return Seat(held.id, {"type": "hello", "version": 1, "role": "reader", "token": held.reader_token}, {})


def librarian_seat(held: Held) -> Seat:
    """Return the librarian's side."""
    hello = {"type": "hello", "version": 1, "role": "librarian"}
    return Seat(held.id, hello, {"Cookie": f"wenjin_staff={held.staff_token}"})


class Person:
    """Speaks at `address` (http://host:port) for one side; a connection silent for `patience_seconds` is dead."""

    def __init__(self, address: str, seat: Seat, *, patience_seconds: float = 3.0) -> None:
        self.seat = seat
        self.heard: list[Frame] = []
        self.acknowledged: dict[str, int] = {}
        self.refused: dict[str, str] = {}
        self.faults: list[str] = []
        self.close_codes: Counter[int] = Counter()
        self.times_connected = 0
        self.times_silent = 0
        self._url = f"ws://{urlsplit(address).netloc}/ws/v1"
        self._patience_seconds = patience_seconds
        self._waiting: dict[str, str] = {}
        self._socket: ClientConnection | None = None
        self._changed = asyncio.Event()

    async def live(self) -> None:
        """Connect again and again until cancelled."""
        while True:
            try:
                await self._connected()
            except TimeoutError:
                self.times_silent += 1
            except ConnectionClosed as closed:
                self.close_codes[closed.rcvd.code if closed.rcvd else 1006] += 1
            except (OSError, WebSocketException):
                self.close_codes[1006] += 1
            self._socket = None
            self._changed.set()
            await asyncio.sleep(RETRY_SECONDS)

    async def say(self, body: str, client_id: str | None = None) -> str:
        """Say something, now or as soon as there is a connection; return its client id."""
        client_id = client_id or new_client_id()
        self._waiting[client_id] = body
        if self._socket is not None:
            await self._send_say(self._socket, client_id)
        return client_id

    async def talk(self, over: asyncio.Event) -> None:
        """Say one thing after the other until it is over."""
        count = 0
        while not over.is_set():
            await self.until(lambda: len(self._waiting) < UNDER_WAY or over.is_set())
            await self.say(f"第 {count} 句")
            count += 1

    async def until(self, is_so: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait for something that a frame brings about."""
        async with asyncio.timeout(seconds):
            while not is_so():
                self._changed.clear()
                await self._changed.wait()

    async def until_connected(self, times: int = 1) -> None:
        """Wait until it has been connected this many times in all."""
        await self.until(lambda: self.times_connected >= times)

    async def until_silent(self) -> None:
        """Wait until the connection was given up because nothing came."""
        before = self.times_silent
        await self.until(lambda: self.times_silent > before, self._patience_seconds + OPEN_SECONDS)

    async def settled(self, last_seq: int = 0) -> None:
        """Wait until everything said was answered and everything up to `last_seq` was heard."""
        await self.until(lambda: not self._waiting and self.last_seq >= last_seq)

    @property
    def last_seq(self) -> int:
        """Return the number of the last message heard."""
        return int(self.heard[-1]["seq"]) if self.heard else 0

    async def _connected(self) -> None:
        origin = {"Origin": self._url.replace("ws://", "http://").removesuffix("/ws/v1")}
        async with asyncio.timeout(OPEN_SECONDS):
            socket = await connect(
                self._url,
                additional_headers={**origin, **self.seat.headers},
                ping_interval=None,
                compression=None,
                close_timeout=0.2,
                proxy=None,
            )
        async with socket:
            await self._introduce(socket)
            pinging = asyncio.create_task(self._ping(socket))
            try:
                await self._listen(socket)
            finally:
                pinging.cancel()

    async def _introduce(self, socket: ClientConnection) -> None:
        await _send(socket, self.seat.hello)
        welcome = await self._receive(socket)
        if welcome.get("code") == "database_busy":
            # Told to come again later, which is what happens after any loss.
            raise WebSocketException(welcome["code"])
        if welcome["type"] != "welcome":
            self.faults.append(f"not welcome: {welcome}")
        follow = {"type": "follow", "conversation_id": str(self.seat.conversation_id), "after_seq": self.last_seq}
        await _send(socket, follow)
        for client_id in list(self._waiting):
            await self._send_say(socket, client_id)
        # From here on `say` sends by itself; what it took in meanwhile was sent by the loop above.
        self._socket = socket
        self.times_connected += 1
        self._changed.set()

    async def _listen(self, socket: ClientConnection) -> None:
        while True:
            self._take(await self._receive(socket))
            self._changed.set()

    async def _receive(self, socket: ClientConnection) -> Frame:
        async with asyncio.timeout(self._patience_seconds):
            frame: Frame = json.loads(await socket.recv())
        return frame

    async def _ping(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                await _send(socket, {"type": "ping"})
                await asyncio.sleep(PING_SECONDS)

    def _take(self, frame: Frame) -> None:
        if frame["type"] == "messages":
            for item in frame["items"]:
                self._hear(item)
        elif frame["type"] == "ack":
            self._acknowledge(frame["client_id"], frame["seq"])
        elif frame["type"] == "error":
            self._waiting.pop(frame["ref"], None)
            self.refused[frame["ref"]] = frame["code"]

    def _hear(self, item: Frame) -> None:
        if item["seq"] != self.last_seq + 1:
            self.faults.append(f"number {item['seq']} came after {self.last_seq}")
        self.heard.append(item)

    def _acknowledge(self, client_id: str, seq: int) -> None:
        self._waiting.pop(client_id, None)
        if self.acknowledged.setdefault(client_id, seq) != seq:
            self.faults.append(f"{client_id} was acknowledged as {self.acknowledged[client_id]} and as {seq}")

    async def _send_say(self, socket: ClientConnection, client_id: str) -> None:
        frame = {"type": "say", "conversation_id": str(self.seat.conversation_id), "client_id": client_id}
        # `live` notices a loss too, and the next connection sends it again.
        with contextlib.suppress(ConnectionClosed):
            await _send(socket, {**frame, "body": self._waiting[client_id]})


class Patient(Person):
    """Says again what the service was too busy to store, and after a drain stays away as long as the server asks."""

    def __init__(self, address: str, seat: Seat, *, patience_seconds: float = 3.0) -> None:
        super().__init__(address, seat, patience_seconds=patience_seconds)
        self.times_put_off = 0
        self.times_drained = 0
        self._spread_seconds = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    async def _connected(self) -> None:
        await asyncio.sleep(random.uniform(0, self._spread_seconds))
        self._spread_seconds = 0.0
        await super()._connected()

    def _take(self, frame: Frame) -> None:
        if frame["type"] == "drain":
            self.times_drained += 1
            self._spread_seconds = frame["reconnect_within_seconds"]
        if frame["type"] == "error" and frame["code"] == "database_busy" and frame["ref"] in self._waiting:
            self._put_off(frame["ref"])
        else:
            super()._take(frame)

    def _put_off(self, client_id: str) -> None:
        self.times_put_off += 1
        task = asyncio.create_task(self._say_again(client_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _say_again(self, client_id: str) -> None:
        await asyncio.sleep(AGAIN_SECONDS)
        # It may have been acknowledged on another connection meanwhile.
        if self._socket is not None and client_id in self._waiting:
            await self._send_say(self._socket, client_id)


async def _send(socket: ClientConnection, frame: Frame) -> None:
    await socket.send(json.dumps(frame))
