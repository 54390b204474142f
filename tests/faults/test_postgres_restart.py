"""PostgreSQL itself is stopped and started again, once in order and once as a crash, while people talk."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.conftest import ROUNDS
from tests.faults.own_postgres import Stop, own_postgres
from tests.faults.person import Patient, Person, librarian_seat, reader_seat
from tests.faults.scene import SETTINGS, Scene
from tests.faults.talks import living, require_whole, talking
from tests.operation.running import running

CONVERSATIONS = 3
WAYS: list[Stop] = ["fast", "immediate"]
# Messages of each person that have to be acknowledged before and after each restart.
STEP = 5
BACK_SECONDS = 60.0


@pytest.mark.asyncio
@pytest.mark.timeout(180 + 30 * ROUNDS)
async def test_a_restart_of_postgresql_is_told_to_senders_and_loses_nothing(tmp_path: Path) -> None:
    with own_postgres() as postgres:
        scene = Scene(postgres.url)
        seats = [seat(held) for held in scene.held(CONVERSATIONS) for seat in (reader_seat, librarian_seat)]
        with running("serve", "--port", "0", "--database", postgres.url, log=tmp_path / "log", **SETTINGS) as server:
            people = [Patient(server.address, seat, patience_seconds=30) for seat in seats]
            async with living(people):
                async with talking(people):
                    for how in WAYS * max(1, ROUNDS // 3):
                        await _get_on(people)
                        await asyncio.to_thread(postgres.stop, how)
                        await people[0].until(_is_put_off(people[0], people[0].times_put_off), BACK_SECONDS)
                        await asyncio.to_thread(postgres.start)
                    await _get_on(people)
                await require_whole(scene, people)
            # The sockets lived on; only the database was away.
            assert all(person.times_connected == 1 for person in people)
            assert server.stop() == 0
        scene.close()


async def _get_on(people: list[Patient]) -> None:
    goals = {person: len(person.acknowledged) + STEP for person in people}
    for person in people:
        await person.until(_reaches(person, goals[person]), BACK_SECONDS)


def _reaches(person: Person, goal: int) -> Callable[[], bool]:
    return lambda: len(person.acknowledged) >= goal


def _is_put_off(person: Patient, times: int) -> Callable[[], bool]:
    return lambda: person.times_put_off > times
