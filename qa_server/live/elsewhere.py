"""What other processes have said about who is connected to them, and how long it is believed. Pure: no Redis."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from time import monotonic
from uuid import UUID

from qa_server.live.presence import PresenceKey

# A process that has not moved for so long is dead, and so are its connections. With the time between two looks and
# a pause of Redis this keeps the promise that the people of a dead process are gone within 20 seconds.
GONE_SECONDS = 12.0
# Its entry is kept for others this much longer before it is swept away.
FORGET_SECONDS = 60.0

_NOBODY: frozenset[PresenceKey] = frozenset()


@dataclass(frozen=True)
class Beat:
    """A sign of life. `count` grows with each; `version` grows when the people connected to the process change."""

    count: int
    version: int


@dataclass(frozen=True)
class _Told:
    beat: Beat
    people: frozenset[PresenceKey]
    moved_at: float


class Elsewhere:
    """Everybody connected to other processes. Changed by one thread; `people` may be read from any."""

    def __init__(self, *, gone_seconds: float = GONE_SECONDS, clock: Callable[[], float] = monotonic) -> None:
        self._gone_seconds = gone_seconds
        self._clock = clock
        self._told: dict[UUID, _Told] = {}
        self._people = _NOBODY
        self._looked_at = float("-inf")
        self._is_interrupted = False

    @property
    def people(self) -> frozenset[PresenceKey]:
        """Return who is connected to other processes; nobody when there was no look for too long to tell."""
        if self._clock() - self._looked_at > self._gone_seconds:
            return _NOBODY
        return self._people

    def changed(self, beats: Mapping[UUID, Beat]) -> list[UUID]:
        """Return the processes whose people have to be read again."""
        return [
            process
            for process, beat in beats.items()
            if process not in self._told or self._told[process].beat.version != beat.version
        ]

    def note(self, beats: Mapping[UUID, Beat], read: Mapping[UUID, frozenset[PresenceKey]]) -> None:
        """Take in a look: the beats found, and the people of the processes in `changed`."""
        now = self._clock()
        if self._is_interrupted:
            # Nobody could say anything meanwhile; everybody gets the full time again.
            self._told = {process: replace(told, moved_at=now) for process, told in self._told.items()}
            self._is_interrupted = False
        for process, beat in beats.items():
            self._note_one(process, beat, read.get(process), now)
        alive = [told.people for told in self._told.values() if now - told.moved_at <= self._gone_seconds]
        self._people = _NOBODY.union(*alive)
        self._looked_at = now

    def interrupt(self) -> None:
        """Note that a look failed."""
        self._is_interrupted = True

    def forget(self) -> list[UUID]:
        """Drop and return the processes that have been dead for long."""
        too_long = self._clock() - self._gone_seconds - FORGET_SECONDS
        dead = [process for process, told in self._told.items() if told.moved_at < too_long]
        for process in dead:
            del self._told[process]
        return dead

    def _note_one(self, process: UUID, beat: Beat, people: frozenset[PresenceKey] | None, now: float) -> None:
        before = self._told.get(process)
        if before is not None and before.beat == beat:
            return
        known = before.people if before else _NOBODY
        self._told[process] = _Told(beat, known if people is None else people, now)
