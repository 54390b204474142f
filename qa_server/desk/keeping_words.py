"""Keeps the words of conversations up to date: what was just said soon, what was missed at a start and now and then.

Announcements only say where to look. A chat that goes on is taken up every few seconds at most, so that finding it
costs the chat nothing.
"""

from collections.abc import Collection
from datetime import timedelta
from threading import Lock
from time import monotonic
from uuid import UUID

from qa_server.conversations import word_index
from qa_server.conversations.models import ENDED
from qa_server.conversations.words import id_at
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import Announcement, ConversationChanged, DeskChanged, MessagesPosted, NotePosted

# An open chat is read again this long after the last time; a new or an ended one at once.
PAUSE_SECONDS = 20.0
# Conversations taken up in one transaction: the writer of messages waits for no more than these.
BATCH = 50
# What a process that died may have missed is not older than this.
LOOK_BACK = timedelta(days=30)


class WordsWanted:
    """Which conversations have new words, as the bus says. Thread-safe."""

    def __init__(self) -> None:
        self._due: dict[UUID, float] = {}
        self._taken: dict[UUID, float] = {}
        self._lock = Lock()

    def hear(self, announcement: Announcement) -> None:
        """Remember what an announcement says was changed."""
        now = monotonic()
        match announcement:
            case MessagesPosted(conversation_id=conversation_id) | NotePosted(conversation_id=conversation_id):
                self._want(conversation_id, now)
            case ConversationChanged(staff=changed) | DeskChanged(item=changed):
                self._want(changed.id, now, is_over=changed.state in ENDED)

    def take(self, *, most: int = BATCH) -> list[UUID]:
        """Return those whose time has come, the longest due first; they are no longer wanted."""
        now = monotonic()
        with self._lock:
            self._taken = {each: at for each, at in self._taken.items() if at > now - PAUSE_SECONDS}
            due = sorted((at, each) for each, at in self._due.items() if at <= now)[:most]
            for _, each in due:
                del self._due[each]
                self._taken[each] = now
            return [each for _, each in due]

    def put_back(self, ids: Collection[UUID]) -> None:
        """Want these again: they could not be taken up."""
        with self._lock:
            for each in ids:
                self._due.setdefault(each, monotonic())

    def _want(self, conversation_id: UUID, now: float, *, is_over: bool = False) -> None:
        with self._lock:
            last = self._taken.get(conversation_id)
            due = now if last is None or is_over else last + PAUSE_SECONDS
            self._due[conversation_id] = min(due, self._due.get(conversation_id, due))


def take_up_wanted(place: Workplace, wanted: WordsWanted) -> int:
    """Take up what is due, a batch at a time; return how many were behind."""
    taken = 0
    while ids := wanted.take():
        try:
            taken += _take_up(place, ids)
        except BaseException:
            wanted.put_back(ids)
            raise
    return taken


def take_up_missed(place: Workplace, *, is_whole: bool = False) -> int:
    """Compare conversations with their words and take up what is behind, in short transactions; return how many.

    Those of the last 30 days, or all of them.
    """
    since = id_at(int((place.clock() - LOOK_BACK).timestamp() * 1_000))
    after: UUID | None = UUID(int=0) if is_whole else since
    taken = 0
    while after is not None:
        with place.database.read() as session:
            found = word_index.compare(session, after=after)
        for start in range(0, len(found.behind), BATCH):
            taken += _take_up(place, found.behind[start : start + BATCH])
        after = found.last
    return taken


def _take_up(place: Workplace, ids: Collection[UUID]) -> int:
    """Read and cut words first, then write them: whoever posts a message waits for the second only."""
    with place.database.read() as session:
        found = word_index.read(session, ids)
    if not found:
        return 0
    with place.database.write() as session:
        return word_index.write(session, found, now=place.clock())
