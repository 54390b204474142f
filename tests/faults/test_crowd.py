"""A whole campus comes through one address: everybody is served, because nothing counts by address."""

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from httpx2 import AsyncClient, Limits, Response
from websockets.asyncio.client import ClientConnection, connect

from tests.databases import copied_sqlite
from tests.faults.scene import Scene
from tests.operation.running import running
from tests.village import new_client_id

READERS = 500
# Each says so many messages, all at the same time.
MESSAGES = 2
# Requests under way at once while the readers come in; a browser on a bad network is no faster.
COMING_IN = 20
PATIENCE_SECONDS = 120.0


class CampusReader:
    """Somebody on the campus, with the service's own limits."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._headers: dict[str, str] = {}
        self._conversation_id = ""

    async def ask(self) -> None:
        """Begin and ask a question; every refusal fails."""
        begun = await self._post("/api/v1/readers", {"library": "AAA"})
        assert begun.status_code == 201, begun.text
        self._headers = {"Authorization": f"Bearer {begun.json()['token']}"}
        question = {"question": "怎么续借？", "client_id": new_client_id()}
        asked = await self._post("/api/v1/conversations", question)
        assert asked.status_code == 201, asked.text
        self._conversation_id = asked.json()["conversation"]["id"]

    async def _post(self, path: str, body: dict[str, str]) -> Response:
        """Send a request, again while the database is busy, as the widget does; any other refusal is returned."""
        while True:
            answer = await self._client.post(path, headers=self._headers, json=body)
            if answer.status_code != 503:
                return answer

    async def connect(self) -> ClientConnection:
        """Open a socket and follow the conversation."""
        address = f"ws://{urlsplit(str(self._client.base_url)).netloc}/ws/v1"
        socket = await connect(address, ping_interval=None, proxy=None, open_timeout=PATIENCE_SECONDS)
        token = self._headers["Authorization"].removeprefix("Bearer ")
        await _send(socket, {"type": "hello", "version": 1, "role": "reader", "token": token})
        await _send(socket, {"type": "follow", "conversation_id": self._conversation_id, "after_seq": 0})
        await _await_frame(socket, "caught_up")
        return socket

    async def chat(self, socket: ClientConnection) -> list[int]:
        """Say some messages; return the numbers that they were acknowledged with."""
        numbers: list[int] = []
        for _ in range(MESSAGES):
            said = {"conversation_id": self._conversation_id, "client_id": new_client_id(), "body": "还在吗？"}
            await _send(socket, {"type": "say", **said})
            ack = await _await_frame(socket, "ack")
            numbers.append(ack["seq"])
        return numbers


@pytest.mark.asyncio
@pytest.mark.timeout(300)
async def test_five_hundred_readers_behind_one_address_chat_at_once(sqlite_template: Path, tmp_path: Path) -> None:
    with copied_sqlite(sqlite_template, tmp_path) as url:
        scene = Scene(url)
        log = tmp_path / "log"
        with running("serve", "--port", "0", "--database", url, log=log) as server:
            limits = Limits(max_connections=COMING_IN)
            async with AsyncClient(base_url=server.address, timeout=PATIENCE_SECONDS, limits=limits) as client:
                readers = [CampusReader(client) for _ in range(READERS)]
                await asyncio.gather(*(reader.ask() for reader in readers))
                sockets = await _all_connected(readers)
            assert len(sockets) == READERS
            numbers = await asyncio.gather(
                *(reader.chat(socket) for reader, socket in zip(readers, sockets, strict=True))
            )
            # The question has number 1; what the service itself notes in the thread has numbers between them.
            assert all(1 < first < second for first, second in numbers)
            await asyncio.gather(*(socket.close() for socket in sockets))
            assert server.stop() == 0
        scene.require_order()
        scene.close()


async def _all_connected(readers: list[CampusReader]) -> list[ClientConnection]:
    some_at_once = asyncio.Semaphore(COMING_IN)

    async def one(reader: CampusReader) -> ClientConnection:
        async with some_at_once:
            return await reader.connect()

    return list(await asyncio.gather(*(one(reader) for reader in readers)))


async def _send(socket: ClientConnection, frame: dict[str, object]) -> None:
    await socket.send(json.dumps(frame))


async def _await_frame(socket: ClientConnection, kind: str) -> dict[str, Any]:
    """Return the next frame of a kind; an error fails, and so does a close."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            frame: dict[str, Any] = json.loads(await socket.recv())
            assert frame["type"] != "error", frame
            if frame["type"] == kind:
                return frame
