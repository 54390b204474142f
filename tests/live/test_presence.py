"""Who is here: within one process, and across processes that come, go, die and lose Redis."""

import subprocess
import sys
import time
from collections.abc import Sequence
from uuid import UUID, uuid4

from qa_server.live.elsewhere import GONE_SECONDS as GONE_IN_SERVICE
from qa_server.live.presence import Presence, PresenceKey, Sighting
from qa_server.live.redis_presence import BEAT_SECONDS as BEAT_IN_SERVICE
from tests.live.conftest import GONE_SECONDS, MakePresence
from tests.live.redis_server import PrivateRedis
from tests.live.waiting import eventually

# A librarian's id, and a process to which that librarian is connected until it is killed.
LIN = UUID(int=7)
PROCESS = """
import sys
from uuid import UUID
from qa_server.live.redis_presence import RedisPresence

presence = RedisPresence(sys.argv[1], beat_seconds=0.2)
presence.start()
presence.arrive(UUID(int=7))
sys.stdin.read()
"""


class Watcher:
    """Keeps what a presence told."""

    def __init__(self) -> None:
        self.seen: list[Sighting] = []

    def __call__(self, sightings: Sequence[Sighting]) -> None:
        self.seen += sightings


def reader() -> PresenceKey:
    """A reader in some conversation."""
    return ("reader", uuid4())


def test_somebody_with_two_tabs_is_here_until_both_are_gone(presence: Presence) -> None:
    lin = uuid4()
    assert presence.arrive(lin)
    assert not presence.arrive(lin)
    assert not presence.leave(lin)
    assert presence.is_present(lin)
    assert presence.leave(lin)
    assert not presence.is_present(lin)


def test_librarians_are_told_apart_from_readers(presence: Presence) -> None:
    lin, asker = uuid4(), reader()
    presence.arrive(lin)
    presence.arrive(asker)
    assert presence.librarians() == [lin]
    assert presence.is_present(asker)
    assert presence.is_any_present([uuid4(), lin])
    assert not presence.is_any_present([uuid4(), reader()])


def test_people_connected_elsewhere_are_here_but_their_leases_are_kept_there(make_presence: MakePresence) -> None:
    here, there = make_presence(), make_presence()
    lin, asker = uuid4(), reader()
    there.arrive(lin)
    there.arrive(asker)
    eventually(lambda: here.is_present(lin) and here.is_present(asker))
    assert here.is_any_present([uuid4(), lin])
    assert here.librarians() == []
    assert there.librarians() == [lin]


def test_first_and_last_count_over_all_processes(make_presence: MakePresence) -> None:
    here, there = make_presence(), make_presence()
    asker = reader()
    assert there.arrive(asker)
    eventually(lambda: here.is_present(asker))
    assert not here.arrive(asker)
    eventually(lambda: there.is_present(asker))
    assert not here.leave(asker)
    assert there.leave(asker)
    eventually(lambda: not here.is_present(asker))


def test_watchers_are_told_who_came_and_went_elsewhere(make_presence: MakePresence) -> None:
    here, there = make_presence(), make_presence()
    watcher, asker, own = Watcher(), reader(), reader()
    here.watch(watcher)
    here.arrive(own)
    there.arrive(own)
    there.arrive(asker)
    eventually(lambda: Sighting(asker, is_here=True) in watcher.seen)
    there.leave(own)
    there.leave(asker)
    eventually(lambda: Sighting(asker, is_here=False) in watcher.seen)
    # Who is connected here as well neither came nor went.
    assert {sighting.key for sighting in watcher.seen} == {asker}


def test_many_people_come_and_go(make_presence: MakePresence) -> None:
    here, there = make_presence(), make_presence()
    crowd = [reader() for _ in range(3_000)]
    for one in crowd:
        there.arrive(one)
    eventually(lambda: all(map(here.is_present, crowd)))
    for one in crowd[::2]:
        there.leave(one)
    eventually(lambda: not any(map(here.is_present, crowd[::2])))
    assert all(map(here.is_present, crowd[1::2]))


def test_the_people_of_a_stopped_process_are_gone(make_presence: MakePresence) -> None:
    here, there = make_presence(), make_presence()
    lin = uuid4()
    there.arrive(lin)
    eventually(lambda: here.is_present(lin))
    there.stop()
    eventually(lambda: not here.is_present(lin))


def test_the_people_of_a_killed_process_are_gone_in_time_and_told(
    private: PrivateRedis, make_private_presence: MakePresence
) -> None:
    here, watcher = make_private_presence(), Watcher()
    here.watch(watcher)
    with subprocess.Popen([sys.executable, "-c", PROCESS, private.url], stdin=subprocess.PIPE) as process:
        try:
            eventually(lambda: here.is_present(LIN))
        finally:
            process.kill()
    killed_at = time.monotonic()
    eventually(lambda: not here.is_present(LIN))
    assert time.monotonic() - killed_at < GONE_SECONDS + 40
    assert watcher.seen == [Sighting(LIN, is_here=True), Sighting(LIN, is_here=False)]
    assert GONE_IN_SERVICE + 2 * BEAT_IN_SERVICE < 20


def test_a_pause_of_redis_makes_nobody_vanish(private: PrivateRedis, make_private_presence: MakePresence) -> None:
    here, there = make_private_presence(), make_private_presence()
    lin, watcher = uuid4(), Watcher()
    there.arrive(lin)
    eventually(lambda: here.is_present(lin))
    here.watch(watcher)
    private.stop()
    private.start()
    asker = reader()
    there.arrive(asker)
    eventually(lambda: here.is_present(asker))
    assert here.is_present(lin)
    assert Sighting(lin, is_here=False) not in watcher.seen


def test_without_redis_each_process_knows_its_own(private: PrivateRedis, make_private_presence: MakePresence) -> None:
    here, there = make_private_presence(), make_private_presence()
    lin, chen, watcher = uuid4(), uuid4(), Watcher()
    here.arrive(lin)
    there.arrive(chen)
    eventually(lambda: here.is_present(chen) and there.is_present(lin))
    here.watch(watcher)
    private.stop()
    stopped_at = time.monotonic()
    eventually(lambda: not here.is_present(chen))
    assert time.monotonic() - stopped_at > GONE_SECONDS / 2
    assert here.is_present(lin)
    # Nobody knows that Chen has gone, so nobody is told.
    assert watcher.seen == []
    private.start()
    eventually(lambda: here.is_present(chen) and there.is_present(lin))


def test_who_left_while_redis_was_away_is_told_afterwards(
    private: PrivateRedis, make_private_presence: MakePresence
) -> None:
    here, there = make_private_presence(), make_private_presence()
    chen, watcher = uuid4(), Watcher()
    there.arrive(chen)
    eventually(lambda: here.is_present(chen))
    here.watch(watcher)
    private.stop()
    there.leave(chen)
    private.start()
    eventually(lambda: watcher.seen == [Sighting(chen, is_here=False)])
