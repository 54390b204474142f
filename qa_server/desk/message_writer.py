"""Group commit: one thread collects the messages that wait and stores them in one transaction, then answers each.

A commit costs a wait for the disk; shared by all who wait, thousands of messages a second fit where single commits give
a few hundred. Nobody is answered before the commit. Order is the order of arrival.
"""

import time
from collections.abc import Callable
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Lock, Thread

import structlog
from sqlalchemy.exc import IntegrityError

from qa_server.conversations.schemas import MessageView, ReviewView
from qa_server.desk.message_batch import Posted, Posting, announced, store
from qa_server.live.announcements import Announcement, MessagesPosted, ReviewChanged
from qa_server.live.bus import Bus
from storage.database import Database

# A larger batch holds the write lock for longer without storing more per second (measured flat above 200).
MAX_BATCH = 256
# A transaction costs as much as some ten messages do. When a processor is short, batches of two or three leave too
# little of it for the sockets: after one smaller than a good one the next begins so many seconds after it began. One
# alone never waits.
GOOD_BATCH = 32
ROUND_SECONDS = 0.004

_log = structlog.get_logger(__name__)
# Called in the writer's thread with the message as stored, with a trainee's answer for review, or with why it was not.
Answer = Callable[[MessageView | ReviewView | Exception], None]

_Waiting = tuple[Posting, Answer]


class MessageWriter:
    """Stores messages for the whole process. Thread-safe; its thread starts with the first message."""

    def __init__(self, database: Database, bus: Bus, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._lock = Lock()

    def post(self, posting: Posting, answer: Answer) -> None:
        """Hand a message over; `answer` gets it as stored, after the commit, or the refusal. It must not block.

        A resend gives the first message. Refusals: NotFound, ConversationEnded, NotHolder, DatabaseBusy.
        """
        self._queue.put((posting, answer))
        if self._thread is None:
            self._start()

    def stop(self) -> None:
        """Store what is waiting, then end the thread. Safe to repeat."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="message-writer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        is_running = True
        while is_running:
            batch, is_running = self._collect()
            if batch:
                self._store_in_turn(batch)

    def _collect(self) -> tuple[list[_Waiting], bool]:
        first = self._queue.get()
        if first is None:
            return [], False
        batch = [first]
        while len(batch) < MAX_BATCH:
            try:
                item = self._queue.get_nowait()
            except Empty:
                return batch, True
            if item is None:
                return batch, False
            batch.append(item)
        return batch, True

    def _store_in_turn(self, batch: list[_Waiting]) -> None:
        begun = time.monotonic()
        self._store(batch)
        if 1 < len(batch) < GOOD_BATCH:
            time.sleep(max(0.0, begun + ROUND_SECONDS - time.monotonic()))

    def _store(self, batch: list[_Waiting]) -> None:
        try:
            outcomes = self._commit(batch)
        except Exception as error:
            self._isolate(batch, error)
            return
        # Announced first: the other side need not wait until every sender here has been answered.
        for conversation_id, items in announced(outcomes).items():
            self._announce(MessagesPosted(conversation_id=conversation_id, items=items))
        for outcome in outcomes:
            if outcome.review is not None:
                self._announce(ReviewChanged(conversation_id=outcome.review.conversation_id, review=outcome.review))
        for (_, answer), outcome in zip(batch, outcomes, strict=True):
            _give(answer, outcome)

    def _commit(self, batch: list[_Waiting]) -> list[Posted]:
        postings = [posting for posting, _ in batch]
        try:
            with self._database.write() as session:
                return store(session, postings, self._clock, may_repeat=False)
        except IntegrityError:
            # Somebody sent a message again, as clients do after a lost connection.
            with self._database.write() as session:
                return store(session, postings, self._clock, may_repeat=True)

    def _isolate(self, batch: list[_Waiting], error: Exception) -> None:
        """Store the members of a failed batch one by one, so that a bad one fails alone."""
        if len(batch) == 1:
            _log.warning("message not stored", error=type(error).__name__)
            batch[0][1](error)
            return
        for member in batch:
            self._store([member])

    def _announce(self, announcement: Announcement) -> None:
        try:
            self._bus.publish(announcement)
        except Exception:
            # The message is stored; who listens finds it at the latest when resuming.
            _log.exception("announcement failed")


def _give(answer: Answer, outcome: Posted) -> None:
    told = outcome.message or outcome.review or outcome.refusal
    if told is not None:
        answer(told)
