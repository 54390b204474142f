"""Messages sent twice, on two sockets, and in another order."""

import random

import pytest

from tests.faults.person import Person, reader_seat
from tests.faults.scene import Scene
from tests.faults.talks import living, present, require_whole
from tests.village import new_client_id

MESSAGES = 40


@pytest.mark.asyncio
async def test_doubled_and_reordered_sends_are_stored_once_and_numbered_alike(
    shared_scene: Scene, address: str
) -> None:
    [held] = shared_scene.held(1)
    client_ids = [new_client_id() for _ in range(MESSAGES)]
    chance = random.Random(MESSAGES)
    twin = Person(address, reader_seat(held))
    async with present(address, [held]) as (reader, librarian), living([twin]):
        for sender in (reader, twin, reader):
            for client_id in chance.sample(client_ids, MESSAGES):
                await sender.say(client_id, client_id)
        await require_whole(shared_scene, [reader, librarian, twin])
    assert reader.acknowledged.keys() == set(client_ids)
    assert reader.acknowledged == twin.acknowledged
    assert sorted(item["body"] for item in librarian.heard if item["body"] in client_ids) == sorted(client_ids)
