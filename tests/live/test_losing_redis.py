"""Redis goes away, stands still and comes back: the bus notices, says so, and carries on."""

import time
from threading import Event

import pytest
from prometheus_client import REGISTRY

from qa_server.live.errors import RedisUnusable
from qa_server.live.opening import open_live
from qa_server.live.redis_bus import LOOK_SECONDS_CONNECTED, LOOK_SECONDS_LOST, OUTBOX_ANNOUNCEMENTS, RedisBus
from qa_server.settings import Settings
from tests.fakes import Ear
from tests.live.conftest import HEARTBEAT_SECONDS, MakeBus
from tests.live.redis_server import PrivateRedis
from tests.live.saying import seen
from tests.live.waiting import eventually


def test_a_lost_bus_says_so_asks_for_looks_and_comes_back_by_itself(
    private: PrivateRedis, make_private_bus: MakeBus
) -> None:
    here, there = make_private_bus(), make_private_bus()
    ear = Ear()
    there.listen(ear)
    assert here.look_seconds == LOOK_SECONDS_CONNECTED
    private.stop()
    eventually(lambda: not here.is_connected and not there.is_connected)
    assert here.look_seconds == LOOK_SECONDS_LOST
    assert REGISTRY.get_sample_value("wenjin_bus_connected") == 0
    private.start()
    eventually(lambda: here.is_connected and there.is_connected)
    assert REGISTRY.get_sample_value("wenjin_bus_connected") == 1
    here.publish(last := seen(1))
    eventually(lambda: last in ear.heard)


def test_a_bus_may_start_before_redis_does(private: PrivateRedis) -> None:
    private.stop()
    early = RedisBus(private.url, heartbeat_seconds=HEARTBEAT_SECONDS)
    early.start()
    try:
        assert not early.is_connected
        private.start()
        eventually(lambda: early.is_connected)
    finally:
        early.stop()


def test_who_missed_something_is_told_after_the_return(private: PrivateRedis, make_private_bus: MakeBus) -> None:
    here, there = make_private_bus(), make_private_bus()
    ear, gap = Ear(), Event()
    there.listen(ear)
    private.stop()
    eventually(lambda: not here.is_connected and not there.is_connected)
    here.publish(missed := seen(1))
    there.listen_for_gaps(gap.set)
    private.start()
    assert gap.wait(60)
    eventually(lambda: there.is_connected)
    here.publish(last := seen(2))
    eventually(lambda: last in ear.heard)
    # It was thrown away: the look that the gap asked for has found it, and it is not told twice.
    assert missed not in ear.heard


def test_a_subscription_cut_for_a_moment_is_a_gap(private: PrivateRedis, make_private_bus: MakeBus) -> None:
    here, there = make_private_bus(), make_private_bus()
    gaps = {bus: Event() for bus in (here, there)}
    for bus, gap in gaps.items():
        bus.listen_for_gaps(gap.set)
    assert private.cut_subscriptions() == 2
    assert gaps[here].wait(60)
    assert gaps[there].wait(60)
    eventually(lambda: here.is_connected and there.is_connected)


def test_a_redis_that_stands_still_with_open_connections_is_noticed(
    private: PrivateRedis, make_private_bus: MakeBus
) -> None:
    here = make_private_bus()
    private.freeze()
    try:
        eventually(lambda: not here.is_connected)
    finally:
        private.thaw()
    eventually(lambda: here.is_connected)


def test_publishing_goes_on_at_its_own_speed_while_redis_stands_still(
    private: PrivateRedis, make_private_bus: MakeBus
) -> None:
    here = make_private_bus()
    private.freeze()
    try:
        before = time.perf_counter()
        for n in range(OUTBOX_ANNOUNCEMENTS + 1_000):
            here.publish(seen(n))
        assert time.perf_counter() - before < 30
    finally:
        private.thaw()


def test_announcements_that_did_not_fit_are_a_gap_for_the_others(
    private: PrivateRedis, make_private_bus: MakeBus
) -> None:
    there, ear, gap = make_private_bus(), Ear(), Event()
    there.listen(ear)
    there.listen_for_gaps(gap.set)
    first = make_private_bus()
    first.publish(seen(1))
    eventually(lambda: ear.heard)
    assert not gap.is_set(), "another process that begins is no gap"
    full = RedisBus(private.url, heartbeat_seconds=HEARTBEAT_SECONDS)
    for n in range(OUTBOX_ANNOUNCEMENTS + 1):
        full.publish(seen(n))
    full.start()
    assert gap.wait(60)
    full.stop()


def test_what_another_version_says_is_a_gap(private: PrivateRedis, make_private_bus: MakeBus) -> None:
    here, gap = make_private_bus(), Event()
    here.listen_for_gaps(gap.set)
    private.say("wenjin:announcements", b'{"of": "the future"}')
    assert gap.wait(60)
    assert here.is_connected


def test_a_bus_stops_while_redis_is_away(private: PrivateRedis, make_private_bus: MakeBus) -> None:
    here = make_private_bus()
    private.stop()
    here.publish(seen(1))
    before = time.perf_counter()
    here.stop()
    assert time.perf_counter() - before < 30


def test_an_address_that_is_none_is_refused_with_a_remedy() -> None:
    with pytest.raises(RedisUnusable, match="redis://"):
        open_live(Settings.model_validate({"redis_url": "localhost:6379"}))


def test_a_missing_client_is_refused_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    # The one way to have a module not installed in a process that has loaded it.
    monkeypatch.setattr("qa_server.live.opening.find_spec", lambda name: None)
    with pytest.raises(RedisUnusable, match=r"wenjin\[redis\]"):
        open_live(Settings.model_validate({"redis_url": "redis://127.0.0.1:1/0"}))


def test_the_settings_choose_between_one_process_and_several() -> None:
    memory, _ = open_live(Settings())
    several, presence = open_live(Settings.model_validate({"redis_url": "redis://127.0.0.1:1/0"}))
    assert memory.look_seconds is None
    assert several.look_seconds == LOOK_SECONDS_LOST
    assert presence.librarians() == []
