"""What a socket is sent: in order, without a task where it can be, and never waited for when the peer is slow."""

import asyncio
from functools import partial
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from starlette.types import Message, Scope
from websockets.frames import Frame, Opcode

from qa_server.chat.connection import SEND_QUEUE_FRAMES, Connection
from qa_server.chat.corked import EXTENSION, CorkedTransport, _text_frame
from qa_server.chat.inbox import Inbox
from qa_server.chat.outlet import CLOSE_SILENT, CLOSE_TOO_SLOW, Outlet
from qa_server.chat.protocol import CaughtUp
from qa_server.desk.asking import KnownReader

PATIENCE_SECONDS = 30


class Peer:
    """The other side of a socket, as its server sees it."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.close_code: int | None = None
        self.is_cut = asyncio.Event()
        self.is_reading = asyncio.Event()
        self.is_reading.set()

    async def send(self, message: Message) -> None:
        await self.is_reading.wait()
        if message["type"] == "websocket.close":
            self.close_code = message["code"]
            self.is_cut.set()
        else:
            self.heard.append(message["text"])

    def write_text(self, text: str) -> bool:
        if self.is_reading.is_set():
            self.heard.append(text)
        return self.is_reading.is_set()


def connected(peer: Peer, scope: Scope, silence_seconds: float = PATIENCE_SECONDS) -> tuple[Connection, Outlet]:
    connection = Connection(KnownReader(uuid4(), uuid4(), "zh"), "zh")
    return connection, Outlet(connection, scope, peer.send, silence_seconds=silence_seconds, cut=peer.is_cut.set)


def frames(count: int) -> list[CaughtUp]:
    return [CaughtUp(conversation_id=uuid4(), last_seq=number) for number in range(count)]


def direct(peer: Peer) -> Scope:
    return {"extensions": {EXTENSION: {"write_text": peer.write_text}}}


@pytest.mark.parametrize("is_direct", [False, True])
def test_frames_go_out_in_order_also_when_the_peer_pauses(is_direct: bool) -> None:
    async def scene() -> tuple[list[str], list[str]]:
        peer = Peer()
        connection, outlet = connected(peer, direct(peer) if is_direct else {})
        offered = frames(6)
        for number, frame in enumerate(offered):
            if number == 2:
                peer.is_reading.clear()
            connection.offer(frame)
        peer.is_reading.set()
        await outlet.finish()
        outlet.stop()
        return peer.heard, [frame.model_dump_json() for frame in offered]

    heard, offered = asyncio.run(scene())
    assert heard == offered


def test_a_peer_that_takes_nothing_is_closed_and_cut_off() -> None:
    async def scene() -> int | None:
        peer = Peer()
        peer.is_reading.clear()
        connection, outlet = connected(peer, direct(peer))
        connection.offer(frames(1)[0])
        await asyncio.sleep(0)
        for frame in frames(SEND_QUEUE_FRAMES + 1):
            connection.offer(frame)
        await asyncio.wait_for(peer.is_cut.wait(), PATIENCE_SECONDS)
        outlet.stop()
        return connection.close_code

    assert asyncio.run(scene()) == CLOSE_TOO_SLOW


def test_a_silent_peer_is_closed_but_not_while_its_frame_is_handled() -> None:
    async def scene() -> tuple[int | None, int | None]:
        busy, silent = Peer(), Peer()
        _, handling = connected(busy, {}, silence_seconds=0.05)
        handling.pause()
        _, listening = connected(silent, {}, silence_seconds=0.1)
        await asyncio.wait_for(silent.is_cut.wait(), PATIENCE_SECONDS)
        handling.stop()
        listening.stop()
        return busy.close_code, silent.close_code

    assert asyncio.run(scene()) == (None, CLOSE_SILENT)


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536])
def test_a_text_frame_is_written_as_the_standard_says(length: int) -> None:
    payload = b"x" * length
    assert _text_frame(payload) == Frame(Opcode.TEXT, payload).serialize(mask=False)


def test_what_is_written_in_one_turn_goes_out_at_once() -> None:
    class Wire:
        def __init__(self) -> None:
            self.written: list[bytes] = []

        def write(self, data: bytes) -> None:
            self.written.append(data)

    async def scene() -> list[bytes]:
        wire: Any = Wire()
        corked = CorkedTransport(wire, asyncio.get_running_loop())
        corked.write(b"one ")
        corked.write(b"two")
        assert not wire.written
        await asyncio.sleep(0)
        return list(wire.written)

    assert asyncio.run(scene()) == [b"one two"]


def test_calls_from_threads_are_made_in_the_loop_in_order_and_a_failing_one_stops_no_other() -> None:
    made: list[int] = []
    count, failing = 2_000, 7

    def make(number: int) -> None:
        if number == failing:
            raise ValueError(number)
        made.append(number)

    async def scene() -> None:
        inbox, done = Inbox(), asyncio.Event()
        inbox.open()

        def put_all() -> None:
            for number in range(count):
                inbox.put(partial(make, number))
            inbox.put(done.set)

        thread = Thread(target=put_all)
        thread.start()
        await asyncio.wait_for(done.wait(), PATIENCE_SECONDS)
        thread.join()

    asyncio.run(scene())
    assert made == [number for number in range(count) if number != failing]
