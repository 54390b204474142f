"""Three processes on PostgreSQL and Redis lose one process, Redis or their database connections while people talk."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from time import monotonic

import pytest

from tests.databases import copied_postgres
from tests.faults.cluster import (
    ABSENCE_SECONDS,
    PROCESSES,
    SILENCE_SECONDS,
    Cluster,
    Nomad,
    cut_connections,
    database_away,
    running_cluster,
    sides_apart,
)
from tests.faults.conftest import ROUNDS
from tests.faults.person import Patient, Person, librarian_seat, reader_seat
from tests.faults.proxy import balanced
from tests.faults.talks import living, require_whole, talking
from tests.live.redis_server import private_redis
from tests.live.waiting import eventually

# The process that is lost.
LOST = 0
# RFC 6455's registry: the server restarts.
CLOSE_RESTART = 1012
# Messages of each person that have to be acknowledged before and after something breaks.
STEP = 10
# How soon after a fault everybody is served again, on a busy machine.
BACK_SECONDS = 45.0
# A poll of the database comes every second while Redis is away.
POLLED_SECONDS = 30.0
# An answer to a message, refusal or not, while database connections are being cut.
ANSWERED_SECONDS = 30.0
CUTS = 4 * ROUNDS


@pytest.fixture(scope="module")
def shared_cluster(postgres_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Processes that the tests share, because starting them takes longer than most of what is done to them."""
    folder = tmp_path_factory.mktemp("cluster")
    with (
        private_redis(folder) as redis,
        copied_postgres(postgres_template) as url,
        running_cluster(url, redis, folder) as cluster,
    ):
        yield cluster


@pytest.fixture
def cluster(shared_cluster: Cluster) -> Cluster:
    """All processes, running."""
    shared_cluster.start_missing()
    return shared_cluster


@pytest.mark.asyncio
async def test_a_process_killed_under_load_loses_no_message_and_only_the_claims_of_who_stays_away(
    cluster: Cluster,
) -> None:
    scene = cluster.scene
    returns, leaves = scene.held_by("zhou"), scene.held_by("chen")
    absent = Nomad(cluster, leaves, is_reader=False, start=LOST)
    left = Nomad(cluster, leaves, is_reader=True, start=1)
    loyal = [Nomad(cluster, returns, is_reader=is_reader, start=LOST) for is_reader in (True, False)]
    people = [*sides_apart(cluster, scene.held(3)), *loyal]
    async with living([*people, left]):
        async with talking(people):
            async with living([absent]):
                await absent.settled(scene.stored(leaves.id)[-1].seq)
                await _get_on(people)
                concerned = [person for person in people if person.place == LOST]
                await asyncio.to_thread(cluster.kill, LOST)
            killed_at = monotonic()
            assert concerned
            await _wait_until(lambda: all(each.times_connected > 1 for each in concerned), concerned, BACK_SECONDS)
            await _get_on(people)
        await left.until(lambda: _was_released(left), ABSENCE_SECONDS + BACK_SECONDS)
        assert monotonic() - killed_at < ABSENCE_SECONDS + BACK_SECONDS
        assert scene.holding(leaves.id) == ("waiting", 0, 1)
        await require_whole(scene, [*people, left])
        _require_order_of_speech(people)
    for person in people:
        assert scene.holding(person.seat.conversation_id) == ("active", 1, 1)


@pytest.mark.asyncio
async def test_without_redis_messages_still_arrive_at_other_processes_and_nothing_is_lost(cluster: Cluster) -> None:
    people = sides_apart(cluster, cluster.scene.held(4))
    quiet_reader, quiet_librarian = people.pop(), people.pop()
    everybody = [*people, quiet_reader, quiet_librarian]
    async with living(everybody):
        async with talking(people):
            await _get_on(people)
            cluster.redis.stop()
            await _until_bus(cluster, "degraded")
            await _get_on(people)
            await _is_heard(quiet_reader, quiet_librarian)
            await _is_heard(quiet_librarian, quiet_reader)
            cluster.redis.start()
            await _until_bus(cluster, "ok")
            await _get_on(people)
            await _is_heard(quiet_reader, quiet_librarian)
        await require_whole(cluster.scene, everybody)
        _require_order_of_speech(everybody)
        assert all(person.times_connected == 1 for person in everybody)


@pytest.mark.asyncio
async def test_cut_database_connections_are_told_to_senders_and_lose_nothing(cluster: Cluster) -> None:
    people = sides_apart(cluster, cluster.scene.held(3))
    async with living(people):
        async with talking(people):
            for _ in range(CUTS):
                await _get_on(people, steps=1)
                await asyncio.to_thread(cut_connections, cluster.scene.url)
            await _get_on(people)
        await require_whole(cluster.scene, people)
        assert all(person.times_connected == 1 for person in people)
        assert max(person.longest_wait for person in people) < ANSWERED_SECONDS


@pytest.mark.asyncio
async def test_while_the_database_is_away_senders_are_told_and_afterwards_all_is_stored(cluster: Cluster) -> None:
    held = cluster.scene.held(PROCESSES)
    people = sides_apart(cluster, held)
    latecomer = Nomad(cluster, held[0], is_reader=True, start=LOST)
    async with living(people), asyncio.TaskGroup() as late:
        for person in people:
            await person.settled(cluster.scene.stored(person.seat.conversation_id)[-1].seq)
        with database_away(cluster.scene.url):
            for person in people:
                await person.say("存上了吗？")
            for person in people:
                await person.until(partial(_was_put_off, person), ANSWERED_SECONDS)
            coming = late.create_task(latecomer.live())
            await _wait_until(lambda: bool(latecomer.close_codes), [latecomer], BACK_SECONDS)
        await require_whole(cluster.scene, people)
        await latecomer.settled(people[0].last_seq)
        assert all(person.times_connected == 1 for person in people)
        coming.cancel()


@pytest.mark.asyncio
async def test_a_process_that_is_asked_to_stop_under_load_sends_everybody_elsewhere(cluster: Cluster) -> None:
    people = sides_apart(cluster, cluster.scene.held(PROCESSES))
    async with living(people):
        async with talking(people):
            await _get_on(people)
            concerned = [person for person in people if person.place == LOST]
            assert await asyncio.to_thread(cluster.stop, LOST) == 0
            await _wait_until(lambda: all(each.times_connected > 1 for each in concerned), concerned, BACK_SECONDS)
            await _get_on(people)
        await require_whole(cluster.scene, people)
        _require_order_of_speech(people)
        assert {person.times_drained for person in concerned} == {1}
        assert {person.times_drained for person in people if person not in concerned} == {0}


@pytest.mark.asyncio
@pytest.mark.timeout(240)
async def test_a_rolling_restart_behind_one_address_loses_nothing_and_brings_everybody_back(cluster: Cluster) -> None:
    held = cluster.scene.held(PROCESSES)
    async with balanced(cluster.addresses) as address:
        people = [
            Patient(address.address, seat(each), patience_seconds=SILENCE_SECONDS)
            for each in held
            for seat in (reader_seat, librarian_seat)
        ]
        async with living(people):
            async with talking(people):
                await _get_on(people)
                for place in range(PROCESSES):
                    assert await asyncio.to_thread(cluster.stop, place) == 0
                    await _get_on(people)
                    await asyncio.to_thread(cluster.start_missing)
                await _get_on(people)
            await require_whole(cluster.scene, people)
    drains = sum(person.times_drained for person in people)
    # Nobody was cut without a word, and nobody was left at a process that was gone.
    assert drains >= len(people)
    assert sum(person.close_codes[CLOSE_RESTART] for person in people) == drains
    for person in people:
        assert cluster.scene.holding(person.seat.conversation_id) == ("active", 1, 1)


async def _get_on(people: Sequence[Person], steps: int = STEP) -> None:
    """Wait until this many more messages of each person were acknowledged."""
    goals = {person: len(person.acknowledged) + steps for person in people}
    for person, goal in goals.items():
        await person.until(partial(_has_reached, person, goal), BACK_SECONDS)


def _has_reached(person: Person, goal: int) -> bool:
    return len(person.acknowledged) >= goal


def _was_put_off(person: Nomad) -> bool:
    return person.times_put_off > 0


async def _wait_until(holds: Callable[[], bool], people: Sequence[Nomad], seconds: float) -> None:
    for person in people:
        await person.until(holds, seconds)


async def _is_heard(speaker: Nomad, listener: Nomad) -> None:
    """Let one side say something; wait until it arrives at the other's process."""
    said = await speaker.say("听得到吗？")
    await listener.until(lambda: any(item["client_id"] == said for item in listener.heard), POLLED_SECONDS)


async def _until_bus(cluster: Cluster, status: str) -> None:
    await asyncio.to_thread(eventually, lambda: cluster.bus_statuses() == {status})


def _was_released(person: Nomad) -> bool:
    return any(item["event"] == "released" and item["details"] == {"reason": "absent"} for item in person.heard)


def _require_order_of_speech(people: Sequence[Nomad]) -> None:
    """Fail when somebody's messages were not stored in the order in which they were said."""
    for person in people:
        spoken = [item["client_id"] for item in person.heard if item["client_id"] in person.acknowledged]
        assert spoken == [client_id for client_id in person.said if client_id in person.acknowledged]
