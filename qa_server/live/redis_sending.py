"""The thread that sends this process's announcements to Redis, many at a time."""

from threading import Event
from uuid import UUID

import structlog
from redis import Redis

from qa_server.live.envelopes import in_portions, seal
from qa_server.live.outbox import Handful, Outbox
from qa_server.live.redis_link import REDIS_FAULTS, Link, Pauses

# Announcements taken from the outbox at once.
_BATCH_ANNOUNCEMENTS = 500

_log = structlog.get_logger(__name__)


class Sender:
    """Sends what is in the outbox, and an empty envelope every `heartbeat_seconds` when there is nothing.

    While Redis is away it throws announcements away, and afterwards leaves out a number: receivers then know that they
    have missed something, and look into the database.
    """

    def __init__(self, client: Redis, channel: str, *, origin: UUID, outbox: Outbox, link: Link) -> None:
        self._client = client
        self._channel = channel
        self._origin = origin
        self._outbox = outbox
        self._link = link
        self._number = 0
        self._pauses = Pauses()

    def run(self, stopping: Event, heartbeat_seconds: float) -> None:
        """Send until the outbox is closed and empty, or Redis fails after `stopping` was set."""
        # The first heartbeat goes out at once: it shows that the way out works.
        wait_seconds = 0.0
        while True:
            works = self._attempt(self._outbox.take(_BATCH_ANNOUNCEMENTS, wait_seconds))
            wait_seconds = heartbeat_seconds if works else 0.0
            if self._outbox.is_done or (stopping.is_set() and not works):
                return
            if not works:
                stopping.wait(self._pauses.next_seconds())

    def _attempt(self, handful: Handful) -> bool:
        if handful.has_lost:
            self._number += 1
        try:
            self._send(handful)
        except REDIS_FAULTS:
            self._give_up()
            return False
        except Exception:
            # Something that cannot be written as JSON; the thread has to go on for all the others.
            _log.exception("announcements not sent")
            self._give_up()
            return False
        self._pauses.reset()
        self._link.mark("sending", works=True)
        return True

    def _send(self, handful: Handful) -> None:
        for portion in in_portions(handful.items):
            self._number += 1
            self._client.publish(self._channel, seal(self._origin, self._number, portion))

    def _give_up(self) -> None:
        # The last envelope may or may not have arrived; one number more is missing in both cases.
        self._number += 1
        self._outbox.clear()
        self._link.mark("sending", works=False)
