"""What every bus promises, and what the bus of several processes promises on top."""

import threading
from contextlib import ExitStack

from qa_server.live.announcements import Announcement
from qa_server.live.bus import Bus
from tests.fakes import Ear
from tests.live.conftest import MakeBus, connected_bus
from tests.live.redis_server import answering_redis
from tests.live.saying import posted, seen
from tests.live.waiting import eventually

MANY = 2_000


def test_listeners_of_the_same_process_hear_at_once_and_in_order(bus: Bus) -> None:
    first, second = Ear(), Ear()
    bus.listen(first)
    bus.listen(second)
    told: list[Announcement] = [seen(1), posted(2, 3), seen(4)]
    for announcement in told:
        bus.publish(announcement)
    assert first.heard == second.heard == told


def test_who_has_stopped_listening_hears_nothing_more(bus: Bus) -> None:
    ear, other = Ear(), Ear()
    stop = bus.listen(ear)
    bus.listen(other)
    bus.publish(seen(1))
    stop()
    stop()
    bus.publish(seen(2))
    assert len(ear.heard) == 1
    assert len(other.heard) == 2


def test_a_listener_that_fails_keeps_nobody_from_hearing(bus: Bus) -> None:
    def fail(announcement: Announcement) -> None:
        raise RuntimeError

    ear = Ear()
    bus.listen(fail)
    bus.listen(ear)
    bus.publish(seen(1))
    assert len(ear.heard) == 1


def test_many_threads_may_publish(bus: Bus) -> None:
    ear = Ear()
    bus.listen(ear)

    def publish_many() -> None:
        for n in range(100):
            bus.publish(seen(n))

    threads = [threading.Thread(target=publish_many) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ear.heard) == 800


def test_a_bus_still_serves_its_own_process_when_it_is_stopped(bus: Bus) -> None:
    ear = Ear()
    bus.listen(ear)
    bus.stop()
    bus.publish(seen(1))
    assert len(ear.heard) == 1


def test_other_processes_hear_everything_once_and_in_order(make_bus: MakeBus) -> None:
    here, there, third = make_bus(), make_bus(), make_bus()
    ears = {bus: Ear() for bus in (here, there, third)}
    for bus, ear in ears.items():
        bus.listen(ear)
    told: list[Announcement] = [posted(n, n + 1) if n % 2 else seen(n) for n in range(1, MANY + 1)]
    for announcement in told:
        here.publish(announcement)
    eventually(lambda: len(ears[there].heard) >= MANY and len(ears[third].heard) >= MANY)
    # An answer after them all shows that none of the own ones came back in between.
    there.publish(last := seen(9))
    eventually(lambda: last in ears[here].heard)
    assert ears[here].heard == [*told, last]
    assert ears[there].heard == [*told, last]
    assert ears[third].heard[:MANY] == told


def test_long_announcements_travel_in_several_portions(make_bus: MakeBus) -> None:
    here, there = make_bus(), make_bus()
    ear = Ear()
    there.listen(ear)
    told = [posted(1, body="长" * 100_000) for _ in range(12)]
    for announcement in told:
        here.publish(announcement)
    eventually(lambda: len(ear.heard) == len(told))
    assert ear.heard == told


def test_services_with_different_prefixes_do_not_hear_one_another(make_bus: MakeBus) -> None:
    here, there = make_bus(), make_bus()
    with ExitStack() as stack:
        stranger = connected_bus(stack, answering_redis(), "test-stranger")
        strange, own = Ear(), Ear()
        stranger.listen(strange)
        there.listen(own)
        here.publish(seen(1))
        eventually(lambda: own.heard)
        stranger.publish(last := seen(2))
        assert strange.heard == [last]


def test_stopping_sends_what_is_still_waiting(make_bus: MakeBus) -> None:
    here, there = make_bus(), make_bus()
    ear = Ear()
    there.listen(ear)
    for n in range(1, MANY + 1):
        here.publish(seen(n))
    here.stop()
    eventually(lambda: len(ear.heard) == MANY)
