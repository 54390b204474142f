"""The load generator, a process of its own: `python -m bench.load` reads a job as JSON and prints what it measured."""

import asyncio
import gc
import json
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import uvloop

from bench import processes
from bench.figures import spread
from bench.open_chats import MISSED_MESSAGES, listed
from bench.sockets import Seat, Socket, connect, librarian_seats, reader_seats

_TEXT = "请问图书馆周末几点开门? Could you tell me the opening hours of the library this weekend please?"
_CLIENT_ID = b'"client_id":"'
# Begins to count after this long, when queues have filled.
WARM_SECONDS = 1.0
# Late answers are waited for this long after the end, looking this often.
_LOOK_SECONDS = 0.05
_TAIL_LOOKS = 60
# An open loop looks this often for messages that are due.
_TICK_SECONDS = 0.001
# How many readers come back at once to a long thread.
_RETURNING = 20
# A socket must have been idle for so long before its memory counts.
_SETTLE_SECONDS = 3.0


@dataclass(frozen=True)
class Job:
    """What to do. `kind` is talk, idle or catch_up; `rate` is messages per second in all, 0 for a closed loop.

    `prefix` keeps client ids of runs on one database apart; `is_delivered` says whether another side hears messages.
    """

    kind: str
    urls: list[str]
    manifest: str
    chats: int
    processes: list[int] = field(default_factory=list)
    seconds: float = 5.0
    in_flight: int = 1
    rate: float = 0.0
    ping_seconds: float = 0.0
    prefix: str = "load"
    is_delivered: bool = True


class Talk:
    """Half of the chats are spoken in by the reader and half by the librarian; the other side listens."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._speakers: list[tuple[Socket, str]] = []
        self._sent: dict[bytes, _Said] = {}
        self._number = 0
        self._is_counting = False
        self._is_over = False
        self._acknowledged = 0
        self._delays: dict[str, list[float]] = {"acknowledged": [], "delivered": []}
        self._refused: dict[str, int] = {}

    async def run(self) -> dict[str, Any]:
        """Connect everybody, speak for the given time, return rates and delays."""
        await self._sit_down()
        speaking = asyncio.create_task(self._speak_at_rate() if self._job.rate else self._speak_in_turn())
        await asyncio.sleep(WARM_SECONDS)
        measured = await self._count()
        self._is_over = True
        await speaking
        return {**measured, **await self._finish()}

    async def _count(self) -> dict[str, Any]:
        before, used = self._acknowledged, _used(self._job.processes)
        busy, began = processes.busy_seconds(), time.perf_counter()
        self._is_counting = True
        await asyncio.sleep(self._job.seconds)
        self._is_counting = False
        seconds = time.perf_counter() - began
        spent = [now - then for now, then in zip(_used(self._job.processes), used, strict=True)]
        others = max(0.0, processes.busy_seconds() - busy - sum(spent))
        answered = self._acknowledged - before
        return {
            "per_second": round(answered / seconds, 1),
            # Tells more than the rate where others use the machine too.
            "server_cpu_ms_each": round(sum(spent[:-1]) * 1_000 / max(1, answered), 3),
            **_cores(spent, others / seconds, seconds),
        }

    async def _finish(self) -> dict[str, Any]:
        for _ in range(_TAIL_LOOKS):
            if not self._sent:
                break
            await asyncio.sleep(_LOOK_SECONDS)
        return {
            **{name: asdict(spread(delays)) for name, delays in self._delays.items()},
            "unanswered": len(self._sent),
            "refused": self._refused,
        }

    async def _sit_down(self) -> None:
        chats = listed(Path(self._job.manifest), self._job.chats)
        readers = await connect(reader_seats(self._job.urls, chats), self._hear)
        librarians = await connect(librarian_seats(self._job.urls, chats), self._hear)
        held = {chat: socket for socket in librarians for chat in socket.seat.conversation_ids}
        for number, (chat, reader) in enumerate(zip(chats, readers, strict=True)):
            speaker = held[chat.conversation_id] if number % 2 else reader
            self._speakers.append((speaker, chat.conversation_id))

    async def _speak_in_turn(self) -> None:
        for _ in range(self._job.in_flight):
            for number in range(len(self._speakers)):
                self._say(number, time.perf_counter())

    async def _speak_at_rate(self) -> None:
        due, pause = time.perf_counter(), 1 / self._job.rate
        while not self._is_over:
            now = time.perf_counter()
            while due <= now:
                self._say(self._number % len(self._speakers), due)
                due += pause
            await asyncio.sleep(_TICK_SECONDS)

    def _say(self, speaker: int, when: float) -> None:
        socket, conversation_id = self._speakers[speaker]
        self._number += 1
        client_id = f"{self._job.prefix}-{self._number:08x}"
        self._sent[client_id.encode()] = _Said(when, speaker, 2 if self._job.is_delivered else 1)
        socket.send(
            f'{{"type":"say","conversation_id":"{conversation_id}","client_id":"{client_id}","body":"{_TEXT}"}}'
        )

    def _hear(self, socket: Socket, payload: bytes) -> None:
        now = time.perf_counter()
        if payload.startswith((b'{"type":"ack"', b'{"type":"say"')):
            self._acknowledge(payload, now)
        elif payload.startswith(b'{"type":"messages"'):
            self._receive(socket, payload, now)
        elif payload.startswith(b'{"type":"error"'):
            code = json.loads(payload)["code"]
            self._refused[code] = self._refused.get(code, 0) + 1

    def _acknowledge(self, payload: bytes, now: float) -> None:
        said = self._answered(payload.partition(_CLIENT_ID)[2], "acknowledged", now)
        if said is None:
            return
        self._acknowledged += 1
        if not self._job.rate and not self._is_over:
            self._say(said.speaker, now)

    def _receive(self, socket: Socket, payload: bytes, now: float) -> None:
        for part in payload.split(_CLIENT_ID)[1:]:
            said = self._sent.get(part.partition(b'"')[0])
            # The speaker's own socket hears the message too.
            if said is not None and self._speakers[said.speaker][0] is not socket:
                self._answered(part, "delivered", now)

    def _answered(self, part: bytes, kind: str, now: float) -> "_Said | None":
        client_id = part.partition(b'"')[0]
        said = self._sent.get(client_id)
        if said is None:
            return None
        if self._is_counting:
            self._delays[kind].append(now - said.at)
        said.awaited -= 1
        if not said.awaited:
            del self._sent[client_id]
        return said


@dataclass
class _Said:
    at: float
    speaker: int
    awaited: int


async def idle(job: Job) -> dict[str, Any]:
    """Seat the readers of all chats; return how fast they came and came back, and what an idle one costs."""
    await asyncio.sleep(_SETTLE_SECONDS)
    seats = reader_seats(job.urls, listed(Path(job.manifest), job.chats))
    before, used = _memory(job.processes), sum(_used(job.processes)[:-1])
    sockets, took = await _seated(seats)
    spent = sum(_used(job.processes)[:-1]) - used
    await asyncio.sleep(_SETTLE_SECONDS)
    after = _memory(job.processes)
    measured = {
        "connects_per_second": round(len(sockets) / took, 1),
        "seconds_for_all": round(took, 2),
        "connect_cpu_ms_each": round(spent * 1_000 / len(sockets), 2),
        "kilobytes_per_socket": round((after - before) / 1_024 / len(sockets), 2),
    }
    if job.ping_seconds:
        measured["cores_while_idle"] = await _pinged(job, sockets)
    for socket in sockets:
        socket.close()
    # All come back at once, as after a restart without anybody to spread them.
    sockets, took = await _seated(seats)
    for socket in sockets:
        socket.close()
    return {**measured, "reconnect_seconds": round(took, 2)}


async def _seated(seats: Sequence[Seat]) -> tuple[list[Socket], float]:
    began = time.perf_counter()
    sockets = await connect(seats, lambda _socket, _frame: None)
    return sockets, time.perf_counter() - began


async def _pinged(job: Job, sockets: Sequence[Socket]) -> float:
    """Let every socket ping as a real client does; return the cores the servers use for it."""
    used, began = sum(_used(job.processes)), time.perf_counter()
    for _ in range(2):
        for start in range(0, len(sockets), max(1, len(sockets) // 100)):
            for socket in sockets[start : start + max(1, len(sockets) // 100)]:
                socket.send('{"type":"ping"}')
            await asyncio.sleep(job.ping_seconds / 100)
    return round((sum(_used(job.processes)) - used) / (time.perf_counter() - began), 3)


async def catch_up(job: Job) -> dict[str, Any]:
    """Let the reader of the first chat come back, alone and then on many sockets at once."""
    seat = reader_seats(job.urls, listed(Path(job.manifest), 1))[0]
    alone = [await _return(seat) for _ in range(_RETURNING)]
    began = time.perf_counter()
    await asyncio.gather(*(_return(seat) for _ in range(_RETURNING)))
    took = time.perf_counter() - began
    return {"alone": asdict(spread(alone)), "messages_per_second": round(_RETURNING * MISSED_MESSAGES / took, 1)}


async def _return(seat: Seat) -> float:
    began, heard = time.perf_counter(), 0

    def hear(_socket: Socket, payload: bytes) -> None:
        nonlocal heard
        if payload.startswith(b'{"type":"messages"'):
            heard += payload.count(_CLIENT_ID)

    [socket] = await connect([seat], hear)
    took = time.perf_counter() - began
    socket.close()
    if heard < MISSED_MESSAGES:
        raise AssertionError(f"only {heard} messages were replayed")
    return took


def _used(process_ids: Sequence[int]) -> list[float]:
    return [*(processes.cpu_seconds(each) for each in process_ids), time.process_time()]


def _memory(process_ids: Sequence[int]) -> int:
    return sum(processes.memory_bytes(each) for each in process_ids)


def _cores(spent: Sequence[float], others: float, seconds: float) -> dict[str, float]:
    *servers, own = (each / seconds for each in spent)
    return {"cores_server": round(sum(servers), 2), "cores_generator": round(own, 2), "cores_others": round(others, 2)}


async def measure(job: Job) -> dict[str, Any]:
    """Do a job."""
    if job.kind == "talk":
        return await Talk(job).run()
    return await (idle(job) if job.kind == "idle" else catch_up(job))


def run() -> None:
    """Read a job from standard input, print its figures."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    # What exists now stays; the collector need not look at it again while times are taken.
    gc.freeze()
    print(json.dumps(uvloop.run(measure(Job(**json.load(sys.stdin))))))


if __name__ == "__main__":
    run()
