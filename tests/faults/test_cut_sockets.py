"""Connections that are cut, and connections that only look alive."""

import asyncio

import pytest

from tests.faults.conftest import ROUNDS
from tests.faults.person import Person, reader_seat
from tests.faults.proxy import between
from tests.faults.scene import SETTINGS, Scene
from tests.faults.talks import living, present, require_whole, talking

CUT_EVERY_SECONDS = 0.5
# The server says 4408 when it closes a silent socket.
CLOSE_SILENT = 4408
SILENCE_SECONDS = int(SETTINGS["WENJIN_SILENCE_SECONDS"])


@pytest.mark.asyncio
@pytest.mark.timeout(60 + 5 * ROUNDS)
async def test_sockets_cut_all_the_time_lose_nothing(shared_scene: Scene, address: str) -> None:
    held = shared_scene.held(3)
    async with between(address) as proxy, present(proxy.address, held) as people:
        async with talking(people):
            for _ in range(2 * ROUNDS):
                await asyncio.sleep(CUT_EVERY_SECONDS)
                proxy.cut()
        await require_whole(shared_scene, people)
        assert proxy.times_cut == 2 * ROUNDS
        assert all(person.times_connected > ROUNDS for person in people)


@pytest.mark.asyncio
async def test_a_client_whose_server_falls_silent_notices_and_misses_nothing(shared_scene: Scene, address: str) -> None:
    [held] = shared_scene.held(1)
    async with between(address) as proxy, present(proxy.address, [held]) as (reader, librarian):
        proxy.swallow("down")
        said = await reader.say("有人吗")
        await reader.until_silent()
        proxy.flow()
        await require_whole(shared_scene, [reader, librarian])
        assert said in reader.acknowledged


@pytest.mark.asyncio
async def test_a_server_whose_client_falls_silent_closes_the_socket_and_misses_nothing(
    shared_scene: Scene, address: str
) -> None:
    [held] = shared_scene.held(1)
    # More patient than the server, so that it is the server who notices.
    async with between(address) as proxy:
        person = Person(proxy.address, reader_seat(held), patience_seconds=120)
        async with living([person]):
            proxy.swallow("up")
            await person.say("有人吗")
            await person.until(lambda: CLOSE_SILENT in person.close_codes, SILENCE_SECONDS + 40)
            proxy.flow()
            await require_whole(shared_scene, [person])
