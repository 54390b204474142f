"""Three processes of one service, on one PostgreSQL database and one Redis, and people who go on at another process."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from urllib.request import urlopen
from uuid import UUID

from sqlalchemy import select
from websockets.asyncio.client import ClientConnection

from qa_server.conversations.models import Conversation
from qa_server.desk import answering, asking
from qa_server.routing.models import Claim
from tests.databases import administer
from tests.faults.person import Frame, Patient, librarian_seat, reader_seat
from tests.faults.scene import SETTINGS, Held, Scene
from tests.live.redis_server import PrivateRedis
from tests.operation.running import Server, running
from tests.village import come_in, new_client_id, question

PROCESSES = 3
# The shortest that the settings take.
ABSENCE_SECONDS = 10
# Long enough that a busy machine is not taken for a dead peer.
SILENCE_SECONDS = 10
_READY_SECONDS = 30.0

Step = Literal[1, -1]


class Hall(Scene):
    """A scene whose questions are held by one librarian or another, with leases as the processes give them."""

    def __init__(self, database_url: str) -> None:
        super().__init__(database_url)
        settings = self._place.settings.model_copy(update={"absence_seconds": ABSENCE_SECONDS})
        self._place = replace(self._place, settings=settings)

    def held_by(self, login: str) -> Held:
        """Put in a question that this librarian holds."""
        reader, token = come_in(self._place)
        conversation_id = asking.ask(self._place, reader, question())[0].conversation.id
        answering.claim(self._place, getattr(self._village, login), conversation_id)
        return Held(conversation_id, token, self._sign_in(login))

    def holding(self, conversation_id: UUID) -> tuple[str, int, int]:
        """Return the state of a conversation, and how many claims of it are open and how many were ever made."""
        with self._place.database.read() as session:
            state = session.get_one(Conversation, conversation_id).state
            claims = session.scalars(select(Claim).where(Claim.conversation_id == conversation_id)).all()
        return state, sum(claim.released_at is None for claim in claims), len(claims)


class Cluster:
    """The processes. Each keeps its place in `addresses` when it is started anew."""

    def __init__(self, scene: Hall, redis: PrivateRedis, folder: Path) -> None:
        self.scene = scene
        self.redis = redis
        self._folder = folder
        self._servers: list[Server | None] = [None] * PROCESSES
        self._stacks = [ExitStack() for _ in range(PROCESSES)]
        self._starts = 0
        self.addresses = [""] * PROCESSES

    def start_missing(self) -> None:
        """Start every process that does not run; all at once, because a start takes seconds."""
        missing = [place for place in range(PROCESSES) if self._servers[place] is None]
        with ThreadPoolExecutor(PROCESSES) as pool:
            list(pool.map(self._start, missing))

    def kill(self, place: int) -> None:
        """End a process as a power cut would."""
        self._taken(place).kill()
        self._stacks[place].close()

    def stop(self, place: int) -> int:
        """Ask a process to stop; return its exit code."""
        code = self._taken(place).stop()
        self._stacks[place].close()
        return code

    def bus_statuses(self) -> set[str]:
        """Return what the running processes say about the bus."""
        return {self._bus_status(place) for place in range(PROCESSES) if self._servers[place] is not None}

    def close(self) -> None:
        """End whatever still runs."""
        for stack in self._stacks:
            stack.close()

    def _start(self, place: int) -> None:
        self._starts += 1
        log = self._folder / f"process-{place}-{self._starts}"
        port = self.addresses[place].rpartition(":")[2] or "0"
        server = running("serve", "--port", port, "--database", self.scene.url, log=log, **self._settings())
        self._servers[place] = entered = self._stacks[place].enter_context(server)
        self.addresses[place] = entered.address

    def _settings(self) -> dict[str, str]:
        return {
            **SETTINGS,
            "WENJIN_REDIS_URL": self.redis.url,
            "WENJIN_SILENCE_SECONDS": str(SILENCE_SECONDS),
            "WENJIN_ABSENCE_SECONDS": str(ABSENCE_SECONDS),
            "WENJIN_SWEEP_SECONDS": "0.3",
            "WENJIN_ATTACHMENTS_FOLDER": str(self._folder / "attachments"),
        }

    def _taken(self, place: int) -> Server:
        server, self._servers[place] = self._servers[place], None
        assert server is not None
        return server

    def _bus_status(self, place: int) -> str:
        with urlopen(f"{self.addresses[place]}/readyz", timeout=_READY_SECONDS) as answer:  # noqa: S310 - our own
            return str(json.load(answer)["checks"]["bus"]["status"])


class Nomad(Patient):
    """Goes to the next process after every loss."""

    def __init__(self, cluster: Cluster, held: Held, *, is_reader: bool, start: int) -> None:
        super().__init__(
            cluster.addresses[start],
            reader_seat(held) if is_reader else librarian_seat(held),
            patience_seconds=SILENCE_SECONDS,
        )
        self.longest_wait = 0.0
        self.said: list[str] = []
        self.place = start
        self._cluster = cluster
        # The two sides go round in opposite ways: of three processes one may go, and they are still on two.
        self._step: Step = 1 if is_reader else -1
        self._said_at: dict[str, float] = {}

    async def say(self, body: str, client_id: str | None = None) -> str:
        """Say something, and note when."""
        client_id = client_id or new_client_id()
        self.said.append(client_id)
        self._said_at[client_id] = asyncio.get_running_loop().time()
        return await super().say(body, client_id)

    async def _connected(self) -> None:
        try:
            await super()._connected()
        finally:
            self.place = (self.place + self._step) % PROCESSES
            self._url = f"ws://{urlsplit(self._cluster.addresses[self.place]).netloc}/ws/v1"

    def _take(self, frame: Frame) -> None:
        ref = frame.get("client_id") if frame["type"] == "ack" else frame.get("ref")
        if ref in self._said_at:
            self._note_answer(str(ref))
        super()._take(frame)

    def _note_answer(self, client_id: str) -> None:
        now = asyncio.get_running_loop().time()
        self.longest_wait = max(self.longest_wait, now - self._said_at.pop(client_id))

    async def _send_say(self, socket: ClientConnection, client_id: str) -> None:
        self._said_at.setdefault(client_id, asyncio.get_running_loop().time())
        await super()._send_say(socket, client_id)


@contextmanager
def running_cluster(database_url: str, redis: PrivateRedis, folder: Path) -> Iterator[Cluster]:
    """Start all processes on a migrated database; end them afterwards."""
    scene = Hall(database_url)
    cluster = Cluster(scene, redis, folder)
    try:
        cluster.start_missing()
        yield cluster
    finally:
        cluster.close()
        scene.close()


def sides_apart(cluster: Cluster, held: Sequence[Held]) -> list[Nomad]:
    """Return both sides of each conversation, each side at a process of its own."""
    return [
        Nomad(cluster, each, is_reader=is_reader, start=(number + (0 if is_reader else 1)) % PROCESSES)
        for number, each in enumerate(held)
        for is_reader in (True, False)
    ]


def cut_connections(database_url: str) -> None:
    """Let PostgreSQL end every connection to the database, in the middle of whatever it does."""
    administer(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_name(database_url)}'")  # noqa: S608 - a name of our own


@contextmanager
def database_away(database_url: str) -> Iterator[None]:
    """Let PostgreSQL end every connection to the database and take no new one, as while it is started again."""
    administer(f'ALTER DATABASE "{_name(database_url)}" ALLOW_CONNECTIONS false')
    try:
        cut_connections(database_url)
        yield
    finally:
        administer(f'ALTER DATABASE "{_name(database_url)}" ALLOW_CONNECTIONS true')


def _name(database_url: str) -> str:
    return urlsplit(database_url).path.removeprefix("/")
