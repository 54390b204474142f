"""Announcements that got lost are found in the database, with Redis failing for real."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from threading import Event
from uuid import UUID

import pytest
from anyio.to_thread import run_sync

from qa_server.desk import answering, asking, correcting, talking
from qa_server.desk.asking import KnownReader
from qa_server.desk.standing import standing
from qa_server.desk.workplace import Workplace
from qa_server.live import redis_bus
from qa_server.live.bus import Bus
from qa_server.live.keeping_up import Read, keep_up
from qa_server.live.lookout import Standing
from storage.database import DatabaseBusy
from tests.conftest import make_app
from tests.fakes import Clock, Ear
from tests.live.redis_server import PrivateRedis
from tests.live.waiting import comes_true, eventually
from tests.village import Village, build, come_in, new_client_id, question


class Listening:
    """A hub's part: what is followed and watched here, how far it was sent, and what was reported missing."""

    def __init__(self) -> None:
        self.followed: dict[UUID, int] = {}
        self.watched: dict[UUID, int] = {}
        self.missed: list[UUID] = []
        self.behind: list[UUID] = []

    def followed_conversations(self) -> dict[UUID, int]:
        return dict(self.followed)

    def watched_desks(self) -> dict[UUID, int]:
        return dict(self.watched)

    def on_gap(self, conversation_ids: Collection[UUID], desk_ids: Collection[UUID]) -> None:
        self.missed += conversation_ids
        self.behind += desk_ids

    def has_missed(self, conversation_id: UUID) -> bool:
        return conversation_id in self.missed


@asynccontextmanager
async def keeping_up(bus: Bus, hub: Listening, read: Read) -> AsyncIterator[None]:
    """Keep a hub's part up to date until the end."""
    task = asyncio.create_task(keep_up(bus, hub, read))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
def open_place(sqlite_url: str, private: PrivateRedis, clock: Clock) -> Iterator[Callable[[], Workplace]]:
    """Make the parts of one more process of the same service, its bus started and connected."""
    places: list[Workplace] = []

    def make() -> Workplace:
        place: Workplace = make_app(sqlite_url, clock, redis_url=private.url).state.place
        places.append(place)
        place.bus.start()
        eventually(lambda: place.bus.is_connected)
        return place

    yield make
    for place in places:
        place.messages.stop()
        place.bus.stop()
        place.database.dispose()


@pytest.fixture
def here(open_place: Callable[[], Workplace]) -> Workplace:
    """The process where somebody listens."""
    return open_place()


@pytest.fixture
def there(open_place: Callable[[], Workplace]) -> Workplace:
    """The process where things happen."""
    return open_place()


@pytest.fixture
def village(there: Workplace) -> Village:
    """The village in their database."""
    return build(there.database)


@pytest.mark.asyncio
async def test_messages_announced_while_redis_is_down_are_found_while_it_is_down(
    private: PrivateRedis, here: Workplace, there: Workplace, village: Village
) -> None:
    reader, _ = await run_sync(come_in, there)
    asked = (await run_sync(asking.ask, there, reader, question()))[0].conversation.id
    await run_sync(answering.claim, there, village.lin, asked)
    hub = Listening()
    hub.followed[asked] = 2
    async with keeping_up(here.bus, hub, partial(standing, here)):
        private.stop()
        await comes_true(lambda: not here.bus.is_connected)
        # The first look after the loss says how everything stood; it may report, and that is harmless.
        await comes_true(lambda: hub.missed)
        hub.missed.clear()
        said = await run_sync(say, there, reader, asked)
        await comes_true(lambda: hub.missed == [asked])
        hub.followed[asked] = said
        await run_sync(talking.see_as_librarian, there, village.lin, asked, said)
        await comes_true(lambda: hub.missed == [asked, asked])


@pytest.mark.asyncio
async def test_messages_announced_while_redis_is_down_are_found_after_its_return(
    private: PrivateRedis, here: Workplace, there: Workplace, village: Village
) -> None:
    reader, _ = await run_sync(come_in, there)
    asked = (await run_sync(asking.ask, there, reader, question()))[0].conversation.id
    hub, is_readable = Listening(), Event()
    hub.followed[asked] = 1

    def read(conversation_ids: Collection[UUID], desk_ids: Collection[UUID]) -> Standing:
        if not is_readable.is_set():
            raise DatabaseBusy()
        return standing(here, conversation_ids, desk_ids)

    async with keeping_up(here.bus, hub, read):
        private.stop()
        await comes_true(lambda: not here.bus.is_connected and not there.bus.is_connected)
        await run_sync(say, there, reader, asked)
        private.start()
        await comes_true(lambda: here.bus.is_connected and there.bus.is_connected)
        assert hub.missed == []
        is_readable.set()
        await comes_true(lambda: hub.missed == [asked])


@pytest.mark.asyncio
async def test_what_happens_during_a_cut_of_a_moment_is_found_at_once(
    private: PrivateRedis, here: Workplace, there: Workplace, village: Village
) -> None:
    reader, _ = await run_sync(come_in, there)
    hub = Listening()
    hub.watched[village.desk_a] = 0
    async with keeping_up(here.bus, hub, partial(standing, here)):
        for _ in range(3):
            asked = (await run_sync(asking.ask, there, reader, question()))[0].conversation.id
            hub.followed[asked] = 0
            private.cut_subscriptions()
            await comes_true(partial(hub.has_missed, asked))
            assert village.desk_a in hub.behind


@pytest.mark.asyncio
async def test_those_who_wait_learn_that_the_queue_moved(
    private: PrivateRedis, here: Workplace, there: Workplace, village: Village
) -> None:
    (first, _), (second, _) = await run_sync(come_in, there), await run_sync(come_in, there)
    ahead = (await run_sync(asking.ask, there, first, question()))[0].conversation.id
    behind = (await run_sync(asking.ask, there, second, question()))[0].conversation.id
    hub = Listening()
    hub.followed[behind] = 1
    async with keeping_up(here.bus, hub, partial(standing, here)):
        private.stop()
        await comes_true(lambda: hub.missed)
        hub.missed.clear()
        await run_sync(answering.claim, there, village.lin, ahead)
        await comes_true(lambda: hub.missed == [behind])


@pytest.mark.asyncio
async def test_a_note_written_meanwhile_is_found(
    private: PrivateRedis, here: Workplace, there: Workplace, village: Village
) -> None:
    reader, _ = await run_sync(come_in, there)
    asked = (await run_sync(asking.ask, there, reader, question()))[0].conversation.id
    hub = Listening()
    hub.followed[asked] = 1
    async with keeping_up(here.bus, hub, partial(standing, here)):
        private.stop()
        await comes_true(lambda: hub.missed)
        hub.missed.clear()
        write = partial(correcting.write_note, client_id=new_client_id(), body="问过馆际互借")
        await run_sync(write, there, village.lin, asked)
        await comes_true(lambda: hub.missed == [asked])


@pytest.mark.asyncio
async def test_nothing_is_reported_while_everything_arrives(
    here: Workplace, there: Workplace, village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The safety net is cast every ten seconds; the test does not wait that long.
    monkeypatch.setattr(redis_bus, "LOOK_SECONDS_CONNECTED", 0.01)
    reader, _ = await run_sync(come_in, there)
    asked = (await run_sync(asking.ask, there, reader, question()))[0].conversation.id
    await run_sync(answering.claim, there, village.lin, asked)
    hub, looks, ear = Listening(), Looks(here), Ear()
    hub.followed[asked] = 2
    here.bus.listen(ear)
    async with keeping_up(here.bus, hub, looks):
        await comes_true(lambda: looks.count == 1)
        await run_sync(talking.see_as_librarian, there, village.lin, asked, 1)
        await comes_true(lambda: "seen_moved" in ear.kinds())
        before = looks.count
        await comes_true(lambda: looks.count >= before + 2)
    assert hub.missed == []


@pytest.mark.asyncio
async def test_a_look_that_fails_is_made_again(
    private: PrivateRedis, here: Workplace, there: Workplace, village: Village
) -> None:
    reader, _ = await run_sync(come_in, there)
    asked = (await run_sync(asking.ask, there, reader, question()))[0].conversation.id
    hub, looks = Listening(), Looks(here, failing=2)
    hub.followed[asked] = 0
    async with keeping_up(here.bus, hub, looks):
        await asyncio.sleep(0)
        private.cut_subscriptions()
        await comes_true(lambda: asked in hub.missed)
    assert looks.count > 2


class Looks:
    """Reads how things stand, counts how often, and fails at first as often as it is told to."""

    def __init__(self, place: Workplace, failing: int = 0) -> None:
        self._place = place
        self._failing = failing
        self.count = 0

    def __call__(self, conversation_ids: Collection[UUID], desk_ids: Collection[UUID]) -> Standing:
        self.count += 1
        if self.count <= self._failing:
            raise DatabaseBusy()
        return standing(self._place, conversation_ids, desk_ids)


def say(place: Workplace, reader: KnownReader, conversation_id: UUID) -> int:
    """Post a message; return its number."""
    return talking.say_as_reader(place, reader, conversation_id, client_id=new_client_id(), body="还在吗").seq
