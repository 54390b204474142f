"""How long other processes' word about their people is believed."""

from uuid import UUID

from qa_server.live.elsewhere import FORGET_SECONDS, GONE_SECONDS, Beat, Elsewhere
from qa_server.live.presence import PresenceKey

PROCESS = UUID(int=1)
LIN = UUID(int=7)
PEOPLE: frozenset[PresenceKey] = frozenset({LIN})


class Ticks:
    """A clock of seconds that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_people_of_a_process_are_read_again_only_when_they_changed() -> None:
    elsewhere = Elsewhere(clock=Ticks())
    assert elsewhere.changed({PROCESS: Beat(1, 1)}) == [PROCESS]
    elsewhere.note({PROCESS: Beat(1, 1)}, {PROCESS: PEOPLE})
    assert elsewhere.changed({PROCESS: Beat(2, 1)}) == []
    assert elsewhere.changed({PROCESS: Beat(2, 2)}) == [PROCESS]
    elsewhere.note({PROCESS: Beat(2, 1)}, {})
    assert elsewhere.people == PEOPLE


def test_a_process_without_a_beat_is_gone_in_time_and_forgotten_later() -> None:
    ticks = Ticks()
    elsewhere = Elsewhere(clock=ticks)
    beats = {PROCESS: Beat(1, 1)}
    elsewhere.note(beats, {PROCESS: PEOPLE})
    ticks.now = GONE_SECONDS
    elsewhere.note(beats, {})
    assert elsewhere.people == PEOPLE
    ticks.now = GONE_SECONDS + 2
    elsewhere.note(beats, {})
    assert elsewhere.people == frozenset()
    assert elsewhere.forget() == []
    ticks.now = GONE_SECONDS + FORGET_SECONDS + 1
    assert elsewhere.forget() == [PROCESS]


def test_a_process_that_beats_again_is_back() -> None:
    ticks = Ticks()
    elsewhere = Elsewhere(clock=ticks)
    elsewhere.note({PROCESS: Beat(1, 1)}, {PROCESS: PEOPLE})
    ticks.now = 2 * GONE_SECONDS
    elsewhere.note({PROCESS: Beat(1, 1)}, {})
    assert elsewhere.people == frozenset()
    elsewhere.note({PROCESS: Beat(2, 1)}, {})
    assert elsewhere.people == PEOPLE


def test_after_an_interruption_everybody_has_the_full_time_again() -> None:
    ticks = Ticks()
    elsewhere = Elsewhere(clock=ticks)
    elsewhere.note({PROCESS: Beat(1, 1)}, {PROCESS: PEOPLE})
    elsewhere.interrupt()
    ticks.now = 10 * GONE_SECONDS
    assert elsewhere.people == frozenset()
    # Redis came back empty, and the other process has not written yet.
    elsewhere.note({}, {})
    assert elsewhere.people == PEOPLE
    ticks.now += GONE_SECONDS + 1
    elsewhere.note({}, {})
    assert elsewhere.people == frozenset()
