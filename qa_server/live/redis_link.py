"""The connection to Redis: how it is made, when it is tried again, whether it works both ways."""

from collections.abc import Callable
from threading import Lock
from typing import Literal

import structlog
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from qa_server.live.errors import RedisUnusable
from qa_server.metrics import BUS_CONNECTED

# What a Redis server that is away, going away, loading or refusing raises.
REDIS_FAULTS = (RedisError, OSError)
# An answer that takes longer counts as none.
TIMEOUT_SECONDS = 2.0
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 2.0

Way = Literal["sending", "hearing"]

_log = structlog.get_logger(__name__)


def connect(url: str) -> Redis:
    """Return a client; it connects when it is used. Raises RedisUnusable for a URL that is none."""
    try:
        return Redis.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            # A silent second try inside the client would hide that announcements were missed between the two.
            retry=Retry(NoBackoff(), 0),
            protocol=2,
        )
    except ValueError as error:
        raise RedisUnusable(
            reason="the address is not understood.", remedy="Write redis://host:6379/0 or rediss://host:6379/0."
        ) from error


class Pauses:
    """How long to wait before the next try: longer with each failure, a few seconds at most."""

    def __init__(self) -> None:
        self._seconds = _FIRST_PAUSE_SECONDS

    def next_seconds(self) -> float:
        """Return the pause after one more failure."""
        seconds = self._seconds
        self._seconds = min(seconds * 2, _LONGEST_PAUSE_SECONDS)
        return seconds

    def reset(self) -> None:
        """Begin again with the shortest pause."""
        self._seconds = _FIRST_PAUSE_SECONDS


class Link:
    """Whether announcements go out and come in. Thread-safe; calls `on_change` when the two together change."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._works: dict[Way, bool] = {"sending": False, "hearing": False}
        self._lock = Lock()
        BUS_CONNECTED.set(0)

    def works(self, way: Way) -> bool:
        """Say whether one way works."""
        return self._works[way]

    @property
    def is_up(self) -> bool:
        """Say whether both ways work."""
        return all(self._works.values())

    def mark(self, way: Way, *, works: bool) -> None:
        """Note that one way works, or does not."""
        with self._lock:
            was_up = self.is_up
            self._works[way] = works
            is_up = self.is_up
            if is_up == was_up:
                return
            BUS_CONNECTED.set(1 if is_up else 0)
        if is_up:
            _log.info("bus connected")
        else:
            _log.warning("bus lost", way=way)
        self._on_change()

    def end(self) -> None:
        """Note that nothing is carried any more because it was asked for: no warning, and nobody is told."""
        with self._lock:
            self._works = {"sending": False, "hearing": False}
            BUS_CONNECTED.set(0)
