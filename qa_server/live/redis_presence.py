"""Who is connected to any process, exchanged through Redis every few seconds.

Each process writes who is connected to it, as a set that expires, and a beat that shows it is alive; it reads the sets
of the others when their beats say that something changed. Without Redis each process knows its own people only.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from threading import Event, Thread
from time import monotonic
from typing import cast
from uuid import UUID, uuid4

import structlog
from redis import Redis

from qa_server.live.audience import Audience, Stop
from qa_server.live.elsewhere import GONE_SECONDS, Beat, Elsewhere
from qa_server.live.presence import MemoryPresence, PresenceKey, Sighting
from qa_server.live.redis_link import REDIS_FAULTS, TIMEOUT_SECONDS, connect

# Beats, and looks at the others, come this often. A change of the own people is written sooner.
BEAT_SECONDS = 2.0
# Changes within this time are written together; after a restart hundreds of people come back in a second.
_GATHER_SECONDS = 0.1
# A set that is not renewed for so long goes away.
_EXPIRE_SECONDS = 20
# The beats of a service that was stopped as a whole go away after this.
_EXPIRE_BEATS_SECONDS = 3_600

_log = structlog.get_logger(__name__)


class RedisPresence:
    """Knows who is connected to this process at once, and to others within seconds."""

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "wenjin",
        beat_seconds: float = BEAT_SECONDS,
        gone_seconds: float = GONE_SECONDS,
    ) -> None:
        self._own = MemoryPresence()
        self._elsewhere = Elsewhere(gone_seconds=gone_seconds)
        self._client = connect(url)
        self._ledger = _Ledger(self._client, prefix)
        self._beat_seconds = beat_seconds
        self._audience: Audience[Sequence[Sighting]] = Audience()
        # Who was elsewhere at the last look, even if that look is too old to go by.
        self._told: frozenset[PresenceKey] = frozenset()
        self._has_changed = Event()
        self._stopping = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Start the thread that writes and reads."""
        self._thread = Thread(target=self._exchange_until_stopped, name="presence", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take back what was written and end the thread."""
        self._stopping.set()
        self._has_changed.set()
        if self._thread is not None:
            self._thread.join(3 * TIMEOUT_SECONDS)
        self._client.close()

    def arrive(self, key: PresenceKey) -> bool:
        """Count one more connection to this process; return whether it is the first one anywhere."""
        is_first = self._own.arrive(key)
        if is_first:
            self._has_changed.set()
        return is_first and key not in self._elsewhere.people

    def leave(self, key: PresenceKey) -> bool:
        """Count one connection to this process less; return whether it was the last one anywhere."""
        is_last = self._own.leave(key)
        if is_last:
            self._has_changed.set()
        return is_last and key not in self._elsewhere.people

    def is_present(self, key: PresenceKey) -> bool:
        """Say whether at least one connection is open, anywhere."""
        return self._own.is_present(key) or key in self._elsewhere.people

    def is_any_present(self, keys: Collection[PresenceKey]) -> bool:
        """Say whether one of these is connected, anywhere."""
        return self._own.is_any_present(keys) or not self._elsewhere.people.isdisjoint(keys)

    def librarians(self) -> list[UUID]:
        """Return the ids of librarians connected to this process."""
        return self._own.librarians()

    def watch(self, listener: Callable[[Sequence[Sighting]], None]) -> Stop:
        """Call `listener` with who came to or left other processes, until the returned function is called."""
        return self._audience.join(listener)

    def _exchange_until_stopped(self) -> None:
        look_at = monotonic()
        while not self._stopping.is_set():
            is_look = monotonic() >= look_at
            works = self._exchange(is_look=is_look)
            if is_look or not works:
                look_at = monotonic() + self._beat_seconds
            self._has_changed.wait(max(0.0, look_at - monotonic()))
            self._stopping.wait(_GATHER_SECONDS)
            self._has_changed.clear()
        with suppress(*REDIS_FAULTS):
            self._ledger.write(frozenset())

    def _exchange(self, *, is_look: bool) -> bool:
        try:
            self._ledger.write(self._own.keys())
            if is_look:
                self._look()
        except REDIS_FAULTS as error:
            _log.debug("presence not exchanged", reason=type(error).__name__)
        except Exception:
            # Something else than we wrote stands in Redis; the thread has to go on.
            _log.exception("presence not exchanged")
        else:
            return True
        self._elsewhere.interrupt()
        return False

    def _look(self) -> None:
        beats = self._ledger.beats()
        changed = self._elsewhere.changed(beats)
        self._elsewhere.note(beats, self._ledger.people(changed))
        if forgotten := self._elsewhere.forget():
            self._ledger.sweep(forgotten)
        self._tell_changes(self._elsewhere.people)

    def _tell_changes(self, after: frozenset[PresenceKey]) -> None:
        before, self._told = self._told, after
        own = self._own.keys()
        came = [Sighting(key, is_here=True) for key in after - before - own]
        gone = [Sighting(key, is_here=False) for key in before - after - own]
        if came or gone:
            self._audience.tell([*came, *gone])


class _Ledger:
    """What stands in Redis: a hash of beats, one field for each process, and one set of people for each."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client = client
        self._process = uuid4()
        self._beats_key = f"{prefix}:beats"
        self._people_key = f"{prefix}:people:"
        self._beat = Beat(0, 0)
        self._written: frozenset[str] | None = None

    def write(self, people: frozenset[PresenceKey]) -> None:
        """Beat once, and write who came and who went since the last time; everything when that is in doubt."""
        texts = frozenset(map(_to_text, people))
        own_key = f"{self._people_key}{self._process}"
        # Another number than ours: Redis was restarted, or the set expired. Others must never see half of it.
        known = self._written
        if known is None or self._client.scard(own_key) != len(known):
            known = None
        # Until it is done, nobody knows what a failure left there.
        self._written = None
        is_whole, before = known is None, known or frozenset()
        came, gone = texts - before, before - texts
        beat = Beat(self._beat.count + 1, self._beat.version + (1 if is_whole or came or gone else 0))
        with self._client.pipeline(transaction=True) as pipeline:
            if is_whole:
                pipeline.delete(own_key)
            if came:
                pipeline.sadd(own_key, *came)
            if gone:
                pipeline.srem(own_key, *gone)
            pipeline.expire(own_key, _EXPIRE_SECONDS)
            pipeline.hset(self._beats_key, str(self._process), f"{beat.count} {beat.version}")
            pipeline.expire(self._beats_key, _EXPIRE_BEATS_SECONDS)
            self._beat = beat
            pipeline.execute()
        self._written = texts

    def beats(self) -> dict[UUID, Beat]:
        """Return the last beat of every other process."""
        found = cast("dict[bytes, bytes]", self._client.hgetall(self._beats_key))
        beats = {UUID(process.decode()): _to_beat(text) for process, text in found.items()}
        beats.pop(self._process, None)
        return beats

    def people(self, processes: Collection[UUID]) -> dict[UUID, frozenset[PresenceKey]]:
        """Return who is connected to each of these processes."""
        with self._client.pipeline(transaction=False) as pipeline:
            for process in processes:
                pipeline.smembers(f"{self._people_key}{process}")
            found = cast("list[set[bytes]]", pipeline.execute())
        return {process: frozenset(map(_to_key, texts)) for process, texts in zip(processes, found, strict=True)}

    def sweep(self, processes: Collection[UUID]) -> None:
        """Remove the beats of dead processes; one that lives after all beats again."""
        self._client.hdel(self._beats_key, *map(str, processes))


def _to_text(key: PresenceKey) -> str:
    return str(key) if isinstance(key, UUID) else f"{key[0]} {key[1]}"


def _to_key(text: bytes) -> PresenceKey:
    role, _, identity = text.decode().rpartition(" ")
    return (role, UUID(identity)) if role else UUID(identity)


def _to_beat(text: bytes) -> Beat:
    count, version = map(int, text.split())
    return Beat(count, version)
