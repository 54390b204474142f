"""Both sides of several conversations at once, and what must be true of them afterwards."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tests.faults.person import Person, librarian_seat, reader_seat
from tests.faults.scene import Held, Scene


@asynccontextmanager
async def present(address: str, held: Sequence[Held]) -> AsyncIterator[list[Person]]:
    """Let both sides of each conversation live at `address`: reader, librarian, reader, librarian ..."""
    people = [Person(address, seat(each)) for each in held for seat in (reader_seat, librarian_seat)]
    async with living(people):
        yield people


@asynccontextmanager
async def living(people: Sequence[Person]) -> AsyncIterator[None]:
    """Let people live during the block. Raises what ended one of them."""
    lives = [asyncio.create_task(person.live()) for person in people]
    try:
        for person in people:
            await person.until_connected()
        yield
    finally:
        for task in lives:
            task.cancel()
        for outcome in await asyncio.gather(*lives, return_exceptions=True):
            if not isinstance(outcome, asyncio.CancelledError | None):
                raise outcome


@asynccontextmanager
async def talking(people: Sequence[Person]) -> AsyncIterator[None]:
    """Let everybody talk all the time, until the block ends."""
    over = asyncio.Event()
    talks = [asyncio.create_task(person.talk(over)) for person in people]
    try:
        yield
    finally:
        over.set()
        await asyncio.gather(*talks)


async def require_whole(scene: Scene, people: Sequence[Person]) -> None:
    """Wait until all is answered and heard, then compare both sides with the database. Fails on any difference."""
    for person in people:
        await person.settled()
    for person in people:
        stored = scene.stored(person.seat.conversation_id)
        await person.settled(stored[-1].seq)
        assert person.faults == []
        assert person.refused == {}
        assert [(item["seq"], item["client_id"], item["body"]) for item in person.heard] == [
            (message.seq, message.client_id, message.body) for message in stored
        ]
        numbers = {message.client_id: message.seq for message in stored}
        assert len(numbers) == len(stored)
        assert person.acknowledged.items() <= numbers.items()
    scene.require_order()
