"""The thread that hears other processes' announcements from Redis, and notices when it may have missed some."""

from collections.abc import Callable
from contextlib import closing
from threading import Event
from time import monotonic
from uuid import UUID

import structlog
from pydantic import ValidationError
from redis import Redis
from redis.client import PubSub

from qa_server.live.announcements import Announcement
from qa_server.live.envelopes import Envelope, Numbers, unseal
from qa_server.live.redis_link import REDIS_FAULTS, Link, Pauses

# Longest wait for the next envelope before looking whether to stop.
_WAIT_SECONDS = 1.0
# Nothing heard for so many heartbeats, not even an own one: the connection looks alive and is dead.
_HEARTBEATS_MISSED = 3

_log = structlog.get_logger(__name__)


class Receiver:
    """Tells what it hears from other processes to `tell`, and calls `tell_gap` when something is missing.

    Own envelopes come back as well; they are not told again, but show that the connection is alive.
    """

    def __init__(
        self,
        client: Redis,
        channel: str,
        *,
        origin: UUID,
        link: Link,
        tell: Callable[[Announcement], None],
        tell_gap: Callable[[], None],
    ) -> None:
        self._client = client
        self._channel = channel
        self._origin = origin
        self._link = link
        self._tell = tell
        self._tell_gap = tell_gap
        self._numbers = Numbers()

    def run(self, stopping: Event, heartbeat_seconds: float) -> None:
        """Hear until `stopping` is set; subscribe again whenever the connection is lost or silent."""
        pauses = Pauses()
        while not stopping.is_set():
            try:
                with closing(PubSub(self._client.connection_pool)) as subscription:
                    subscription.subscribe(self._channel)
                    self._hear(subscription, stopping, heartbeat_seconds * _HEARTBEATS_MISSED, pauses)
            except REDIS_FAULTS as error:
                _log.debug("subscription lost", reason=type(error).__name__)
            except Exception:
                # Whatever it was, the thread has to go on; what was missed is found by looking.
                _log.exception("hearing failed")
            if not stopping.is_set():
                self._link.mark("hearing", works=False)
            stopping.wait(pauses.next_seconds())

    def _hear(self, subscription: PubSub, stopping: Event, silence_seconds: float, pauses: Pauses) -> None:
        heard_at = monotonic()
        while not stopping.is_set():
            message = subscription.get_message(timeout=_WAIT_SECONDS)
            # While nothing of our own goes out, nothing of it can come back.
            if message is not None or not self._link.works("sending"):
                heard_at = monotonic()
            elif monotonic() - heard_at > silence_seconds:
                return
            if message is not None and message["type"] == "subscribe":
                pauses.reset()
                self._link.mark("hearing", works=True)
            elif message is not None:
                self._take(message["data"])

    def _take(self, raw: bytes) -> None:
        envelope = _read(raw)
        if envelope is None:
            self._tell_gap()
            return
        if envelope.origin == self._origin:
            return
        if not self._numbers.is_next(envelope):
            self._tell_gap()
        for announcement in envelope.items:
            self._tell(announcement)


def _read(raw: bytes) -> Envelope | None:
    try:
        return unseal(raw)
    except ValidationError:
        # A process of another version says something new; what it means stands in the database.
        _log.warning("announcement not understood")
        return None
