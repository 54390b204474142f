"""The server is killed again and again while everybody talks and questions change hands."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests.faults.churn import change_hands
from tests.faults.conftest import ROUNDS
from tests.faults.scene import SETTINGS, Scene
from tests.faults.talks import present, require_whole, talking
from tests.operation.running import Server, running

CONVERSATIONS = 3
# How long a server lives at least and at most before it is killed, in seconds of load.
LIFE_SECONDS = (0.3, 0.9)


class Phoenix:
    """A server that comes back at the same address on the same database."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        self._scene = scene
        self._folder = folder
        self._lives = 0
        self._stack = ExitStack()
        self._server: Server | None = None
        self.address = ""

    async def rise(self) -> None:
        """Start, at the port of the first start."""
        port = self.address.rpartition(":")[2] or "0"
        log = self._folder / f"life-{self._lives}"
        start = running("serve", "--port", port, "--database", self._scene.url, log=log, **SETTINGS)
        self._server = await asyncio.to_thread(self._stack.enter_context, start)
        self.address = self._server.address
        self._lives += 1

    def die(self) -> None:
        """Be killed like in a power cut of the process."""
        assert self._server is not None
        self._server.kill()
        self._stack.close()


@asynccontextmanager
async def risen(scene: Scene, folder: Path) -> AsyncIterator[Phoenix]:
    phoenix = Phoenix(scene, folder)
    await phoenix.rise()
    try:
        yield phoenix
    finally:
        phoenix.die()


@pytest.mark.asyncio
@pytest.mark.timeout(60 + 20 * ROUNDS)
async def test_a_server_killed_under_load_loses_nothing_and_doubles_nothing(scene: Scene, tmp_path: Path) -> None:
    chance = random.Random(ROUNDS)
    async with risen(scene, tmp_path) as phoenix, present(phoenix.address, scene.held(CONVERSATIONS)) as people:
        async with talking(people), change_hands(phoenix.address, scene) as changes:
            for life in range(1, ROUNDS + 1):
                for person in people:
                    await person.until_connected(life)
                await asyncio.sleep(chance.uniform(*LIFE_SECONDS))
                phoenix.die()
                await phoenix.rise()
        await require_whole(scene, people)
        assert all(person.times_connected > ROUNDS for person in people)
    assert changes.count > 0
    assert sum(len(person.acknowledged) for person in people) > CONVERSATIONS * ROUNDS
