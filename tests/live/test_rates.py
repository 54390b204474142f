"""Limits that suit many people behind one address, and stop one that floods."""

from itertools import count
from time import monotonic

import pytest

from qa_server.live import rates
from qa_server.live.rates import Rates, TooManyRequests
from qa_server.settings import Settings


@pytest.fixture
def limits() -> Rates:
    """Six messages a minute."""
    return Rates(Settings.model_validate({"reader_messages_per_minute": 6}))


def test_a_whole_allowance_may_be_spent_at_once_and_no_more(limits: Rates, monkeypatch: pytest.MonkeyPatch) -> None:
    # Patched: the monotonic clock is what is tested, and nothing else moves it.
    monkeypatch.setattr(rates, "monotonic", lambda: 100.0)
    for _ in range(6):
        limits.spend("message", "reader")
    with pytest.raises(TooManyRequests) as refusal:
        limits.spend("message", "reader")
    assert refusal.value.details == {"retry_after_seconds": 10}


def test_the_allowance_comes_back_evenly(limits: Rates, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = count(100, 10)
    for _ in range(6):
        limits.spend("message", "reader")
    monkeypatch.setattr(rates, "monotonic", lambda base=monotonic(): base + next(moments))
    for _ in range(20):
        limits.spend("message", "reader")


def test_one_that_floods_does_not_stop_another(limits: Rates) -> None:
    for _ in range(6):
        limits.spend("message", "one")
    limits.spend("message", "another")
    limits.spend("question", "one")


def test_keys_whose_time_is_over_are_forgotten(limits: Rates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MAX_KEYS", 10)
    monkeypatch.setattr(rates, "monotonic", lambda: 0.0)
    for reader in range(10):
        limits.spend("message", str(reader))
    monkeypatch.setattr(rates, "monotonic", lambda: 1_000.0)
    limits.spend("message", "late")
    assert len(limits._whole_at) == 1
