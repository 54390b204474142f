"""The bus of several processes: announcements travel through Redis, every process hears every other one.

Losing Redis loses nothing: the bus says so, and those who listen look into the database until it is back.
"""

from collections.abc import Callable
from threading import Event, Thread
from uuid import uuid4

from qa_server.live.announcements import Announcement
from qa_server.live.audience import Audience, Stop
from qa_server.live.bus import Listener
from qa_server.live.outbox import Outbox
from qa_server.live.redis_hearing import Receiver
from qa_server.live.redis_link import TIMEOUT_SECONDS, Link, connect
from qa_server.live.redis_sending import Sender
from qa_server.metrics import BUS_GAPS

# A heartbeat this often; it is also how soon a receiver learns that it has missed the last announcements.
HEARTBEAT_SECONDS = 2.0
# Announcements that may wait to be sent: four seconds of the fastest stream measured.
OUTBOX_ANNOUNCEMENTS = 20_000
# A look into the database this often: while the bus is lost, and otherwise as a safety net, for the one case that
# nobody here can notice, a process that serves people but does not reach Redis.
LOOK_SECONDS_LOST = 1.0
LOOK_SECONDS_CONNECTED = 10.0


class RedisBus:
    """Carries announcements between processes that use the same Redis server and `prefix`."""

    def __init__(self, url: str, *, prefix: str = "wenjin", heartbeat_seconds: float = HEARTBEAT_SECONDS) -> None:
        self._heartbeat_seconds = heartbeat_seconds
        self._audience: Audience[Announcement] = Audience()
        self._gap_audience: Audience[None] = Audience()
        self._link = Link(on_change=self._tell_gap)
        self._outbox = Outbox(OUTBOX_ANNOUNCEMENTS)
        self._client = connect(url)
        channel, origin = f"{prefix}:announcements", uuid4()
        self._sender = Sender(self._client, channel, origin=origin, outbox=self._outbox, link=self._link)
        self._receiver = Receiver(
            self._client,
            channel,
            origin=origin,
            link=self._link,
            tell=self._audience.tell,
            tell_gap=self._tell_gap,
        )
        self._stopping = Event()
        self._threads: list[Thread] = []

    @property
    def is_connected(self) -> bool:
        """Say whether announcements travel both ways right now."""
        return self._link.is_up

    @property
    def look_seconds(self) -> float | None:
        """Return after how many seconds listeners compare what they know with the database."""
        return LOOK_SECONDS_CONNECTED if self._link.is_up else LOOK_SECONDS_LOST

    def start(self) -> None:
        """Start one thread that sends and one that hears; both try until Redis answers."""
        arguments = (self._stopping, self._heartbeat_seconds)
        self._threads = [
            Thread(target=self._receiver.run, args=arguments, name="bus-hearing", daemon=True),
            Thread(target=self._sender.run, args=arguments, name="bus-sending", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Send what is waiting, if Redis answers, and end both threads."""
        self._stopping.set()
        self._outbox.close()
        for thread in self._threads:
            thread.join(3 * TIMEOUT_SECONDS)
        self._client.close()
        self._link.end()

    def publish(self, announcement: Announcement) -> None:
        """Hand the announcement to the listeners here, in the calling thread, and put it out for other processes."""
        self._audience.tell(announcement)
        self._outbox.put(announcement)

    def listen(self, listener: Listener) -> Stop:
        """Call `listener` for each announcement: in the publishing thread for own ones, in the bus's for others."""
        return self._audience.join(listener)

    def listen_for_gaps(self, listener: Callable[[], None]) -> Stop:
        """Call `listener` when the connection is lost, when it is back, and when a number was left out."""
        return self._gap_audience.join(lambda _: listener())

    def _tell_gap(self) -> None:
        BUS_GAPS.inc()
        self._gap_audience.tell(None)
