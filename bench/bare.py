"""The limits the service is measured beside, each a server process of its own: `python -m bench.bare KIND [URL]`.

`generator` answers from C, so that only the load generator is measured; `echo` is a FastAPI socket on the service's own
uvicorn settings; `group` also stores in group commits of the service's batch size. None of them knows a rule: no person
is recognised, no state is looked up, numbers live in memory.
"""

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import picows
import uvicorn
import uvloop
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, Text, UniqueConstraint, insert

# The very settings of the service, so that only what stands behind the socket differs.
from qa_server import main
from qa_server.desk.message_writer import MAX_BATCH
from qa_server.settings import Settings
from storage.database import Database

_WELCOME = '{"type":"welcome"}'
_CAUGHT_UP = '{"type":"caught_up"}'
_MESSAGES = Table(
    "bare_messages",
    MetaData(),
    Column("conversation_id", String(36), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("sender", Integer, nullable=False),
    Column("client_id", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("conversation_id", "sender", "client_id"),
)

_Row = dict[str, Any]
_Answer = Callable[[_Row], None]


class GroupCommit:
    """A thread that stores whatever waits in one transaction and then answers, one turn of the loop for the batch."""

    def __init__(self, database_url: str) -> None:
        self._database = Database(database_url)
        _MESSAGES.metadata.create_all(self._database.engine)
        self._waiting: SimpleQueue[tuple[_Row, _Answer]] = SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None

    def post(self, row: _Row, answer: _Answer) -> None:
        """Hand a row over; `answer` is called in the event loop after its commit."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            Thread(target=self._run, args=(self._loop,), daemon=True).start()
        self._waiting.put((row, answer))

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            batch = [self._waiting.get()]
            while len(batch) < MAX_BATCH:
                try:
                    batch.append(self._waiting.get_nowait())
                except Empty:
                    break
            with self._database.write() as session:
                session.connection().execute(insert(_MESSAGES), [row for row, _ in batch])
            loop.call_soon_threadsafe(_answer, batch)


def _answer(batch: list[tuple[_Row, _Answer]]) -> None:
    for row, answer in batch:
        answer(row)


class Peer:
    """One socket with a queue of its own, so that nobody waits for anybody's network."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self.follows: set[str] = set()

    def offer(self, frame: str) -> None:
        """Put a frame into the queue."""
        self._queue.put_nowait(frame)

    async def pump(self) -> None:
        """Send what is offered until cancelled."""
        while True:
            await self._socket.send_text(await self._queue.get())


class Rooms:
    """Who follows what, and the last number of each conversation."""

    def __init__(self, writer: GroupCommit | None) -> None:
        self._writer = writer
        self._peers: dict[str, list[Peer]] = defaultdict(list)
        self._seqs: dict[str, int] = defaultdict(int)

    def hear(self, peer: Peer, raw: str) -> None:
        """Do what a frame asks."""
        frame = json.loads(raw)
        if frame["type"] == "say":
            self._say(peer, frame, raw)
        elif frame["type"] == "follow":
            peer.follows.add(frame["conversation_id"])
            self._peers[frame["conversation_id"]].append(peer)
            peer.offer(_CAUGHT_UP)
        elif frame["type"] == "hello":
            peer.offer(_WELCOME)

    def forget(self, peer: Peer) -> None:
        """Take a closed socket out."""
        for conversation_id in peer.follows:
            self._peers[conversation_id].remove(peer)

    def _say(self, peer: Peer, frame: _Row, raw: str) -> None:
        if self._writer is None:
            peer.offer(raw)
            return
        room = frame["conversation_id"]
        self._seqs[room] += 1
        row = {
            "conversation_id": room,
            "seq": self._seqs[room],
            "sender": id(peer),
            "client_id": frame["client_id"],
            "body": frame["body"],
            "created_at": datetime.now(UTC),
        }
        self._writer.post(row, lambda stored: self._stored(peer, stored))

    def _stored(self, peer: Peer, row: _Row) -> None:
        room, client_id, seq = row["conversation_id"], row["client_id"], row["seq"]
        peer.offer(f'{{"type":"ack","conversation_id":"{room}","client_id":"{client_id}","seq":{seq}}}')
        item = {"seq": seq, "client_id": client_id, "body": row["body"], "created_at": row["created_at"].isoformat()}
        whole = {"type": "messages", "conversation_id": room, "items": [item]}
        frame = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
        for other in self._peers[room]:
            if other is not peer:
                other.offer(frame)


def application(writer: GroupCommit | None) -> FastAPI:
    """Return an application with one socket that answers, and stores where a writer is given."""
    app = FastAPI()
    rooms = Rooms(writer)

    @app.websocket("/ws/v1")
    async def socket(socket: WebSocket) -> None:
        await socket.accept()
        peer = Peer(socket)
        pump = asyncio.create_task(peer.pump())
        try:
            while True:
                rooms.hear(peer, await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            pump.cancel()
            rooms.forget(peer)

    return app


class _Mirror(picows.WSListener):
    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        if frame.msg_type != picows.WSMsgType.TEXT:
            return
        payload = frame.get_payload_as_bytes()
        if b'"type":"hello"' in payload:
            payload = _WELCOME.encode()
        elif b'"type":"follow"' in payload:
            payload = _CAUGHT_UP.encode()
        transport.send(picows.WSMsgType.TEXT, payload)


async def _mirror() -> None:
    server = await picows.ws_create_server(lambda _request: _Mirror(), "127.0.0.1", 0, backlog=4096)
    _announce(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def _announce(port: int) -> None:
    print(f"answers at http://127.0.0.1:{port}", flush=True)


def run(kind: str, database_url: str) -> None:
    """Serve one of the limits until the process is ended."""
    if kind == "generator":
        uvloop.run(_mirror())
        return
    app = application(GroupCommit(database_url) if kind == "group" else None)
    listener = main.listen("127.0.0.1", 0)
    configuration = main._uvicorn_configuration(app, Settings())
    _announce(listener.getsockname()[1])
    uvicorn.Server(configuration).run(sockets=[listener])


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")
