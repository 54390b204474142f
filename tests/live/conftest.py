"""Buses and presences, as each process of a service has them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from qa_server.live.bus import Bus, MemoryBus
from qa_server.live.presence import MemoryPresence, Presence
from qa_server.live.redis_bus import HEARTBEAT_SECONDS as HEARTBEAT_IN_SERVICE
from qa_server.live.redis_bus import RedisBus
from qa_server.live.redis_presence import RedisPresence
from tests.live.redis_server import PrivateRedis, answering_redis, private_redis
from tests.live.waiting import eventually

# Quicker than in service, so that tests of losses wait less; the proportions are the same.
HEARTBEAT_SECONDS = 0.2
BEAT_SECONDS = 0.2
GONE_SECONDS = 3.0

MakeBus = Callable[[], RedisBus]
MakePresence = Callable[[], RedisPresence]


@pytest.fixture
def private(tmp_path: Path) -> Iterator[PrivateRedis]:
    """A Redis server of this test alone."""
    with private_redis(tmp_path) as server:
        yield server


@pytest.fixture
def make_bus() -> Iterator[MakeBus]:
    """Make started and connected buses, each like that of another process, on this machine's Redis."""
    with ExitStack() as stack:
        url, prefix = answering_redis(), f"test-{uuid4().hex}"
        yield lambda: connected_bus(stack, url, prefix)


@pytest.fixture
def make_private_bus(private: PrivateRedis) -> Iterator[MakeBus]:
    """The same on a private Redis."""
    with ExitStack() as stack:
        yield lambda: connected_bus(stack, private.url, "wenjin", HEARTBEAT_SECONDS)


@pytest.fixture(params=["memory", "redis"])
def bus(request: pytest.FixtureRequest) -> Bus:
    """A started bus of each kind."""
    if request.param == "memory":
        return MemoryBus()
    make: MakeBus = request.getfixturevalue("make_bus")
    return make()


@pytest.fixture
def make_presence() -> Iterator[MakePresence]:
    """Make started presences, each like that of another process, on this machine's Redis."""
    with ExitStack() as stack:
        url, prefix = answering_redis(), f"test-{uuid4().hex}"
        yield lambda: started_presence(stack, url, prefix)


@pytest.fixture
def make_private_presence(private: PrivateRedis) -> Iterator[MakePresence]:
    """The same on a private Redis."""
    with ExitStack() as stack:
        yield lambda: started_presence(stack, private.url, "wenjin")


@pytest.fixture(params=["memory", "redis"])
def presence(request: pytest.FixtureRequest) -> Presence:
    """A started presence of each kind."""
    if request.param == "memory":
        return MemoryPresence()
    make: MakePresence = request.getfixturevalue("make_presence")
    return make()


def connected_bus(stack: ExitStack, url: str, prefix: str, heartbeat: float = HEARTBEAT_IN_SERVICE) -> RedisBus:
    """Start a bus and wait until it is connected."""
    made = RedisBus(url, prefix=prefix, heartbeat_seconds=heartbeat)
    stack.callback(made.stop)
    made.start()
    eventually(lambda: made.is_connected)
    return made


def started_presence(stack: ExitStack, url: str, prefix: str) -> RedisPresence:
    """Start a presence."""
    made = RedisPresence(url, prefix=prefix, beat_seconds=BEAT_SECONDS, gone_seconds=GONE_SECONDS)
    stack.callback(made.stop)
    made.start()
    return made
