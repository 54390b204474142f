"""Compares what the listeners of this process were told with what the database says. Pure: reads nothing itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from uuid import UUID

from qa_server.live.announcements import Announcement, ConversationChanged, DeskChanged, NotePosted, SeenMoved


@dataclass(frozen=True)
class Mark:
    """How far a conversation has come. `waits_at` is the desk in whose queue it stands."""

    last_seq: int
    reader_seen_seq: int
    staff_seen_seq: int
    state: str
    rating: int | None
    waits_at: UUID | None
    noted_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """What the database says: marks of conversations, versions of the lists of their desks and of those asked for."""

    conversations: Mapping[UUID, Mark]
    list_versions: Mapping[UUID, int]


class Lookout:
    """Remembers what the listeners here were told, and compares it with what the database says. Thread-safe."""

    def __init__(self) -> None:
        self._marks: dict[UUID, Mark] = {}
        self._versions: dict[UUID, int] = {}
        self._lock = Lock()

    def hear(self, announcement: Announcement) -> None:
        """Note what the bus brought, for conversations and desks known from an earlier look."""
        with self._lock:
            match announcement:
                case ConversationChanged():
                    self._hear_change(announcement)
                case SeenMoved():
                    self._hear_seen(announcement)
                case NotePosted():
                    self._hear_note(announcement)
                case DeskChanged() if announcement.desk_id in self._versions:
                    known = self._versions[announcement.desk_id]
                    self._versions[announcement.desk_id] = max(known, announcement.version)
                case _:
                    pass

    def find_missed(self, followed: Mapping[UUID, int], standing: Standing, *, may_have_missed: bool) -> set[UUID]:
        """Return the conversations whose followers were not told everything, and remember how all of them stand.

        A conversation that is new here counts as missed when announcements may have been lost since it was followed.
        """
        with self._lock:
            missed = {
                conversation_id
                for conversation_id, mark in standing.conversations.items()
                if conversation_id in followed
                and (
                    mark.last_seq > followed[conversation_id]
                    or self._has_changed(conversation_id, mark, unless_known=may_have_missed)
                    or self._has_moved(mark.waits_at, standing, unless_known=may_have_missed)
                )
            }
            self._remember(standing)
            return missed

    def _has_changed(self, conversation_id: UUID, mark: Mark, *, unless_known: bool) -> bool:
        known = self._marks.get(conversation_id)
        if known is None:
            return unless_known
        joined = _joined(known, mark)
        # The hub knows what was sent of the messages; everything else is compared here.
        return joined != replace(known, last_seq=joined.last_seq)

    def _has_moved(self, desk_id: UUID | None, standing: Standing, *, unless_known: bool) -> bool:
        if desk_id is None or desk_id not in standing.list_versions:
            return False
        known = self._versions.get(desk_id)
        return unless_known if known is None else standing.list_versions[desk_id] > known

    def _remember(self, standing: Standing) -> None:
        self._marks = {
            conversation_id: _joined(self._marks.get(conversation_id, mark), mark)
            for conversation_id, mark in standing.conversations.items()
        }
        self._versions = {
            desk_id: max(version, self._versions.get(desk_id, 0)) for desk_id, version in standing.list_versions.items()
        }

    def _hear_change(self, changed: ConversationChanged) -> None:
        known = self._marks.get(changed.staff.id)
        if known is not None:
            staff = changed.staff
            mark = Mark(
                last_seq=staff.last_seq,
                reader_seen_seq=staff.reader_seen_seq,
                staff_seen_seq=staff.staff_seen_seq,
                state=staff.state,
                rating=staff.rating,
                waits_at=staff.desk_id if staff.position is not None else None,
                noted_at=known.noted_at,
            )
            self._marks[staff.id] = _joined(known, mark)

    def _hear_seen(self, moved: SeenMoved) -> None:
        known = self._marks.get(moved.conversation_id)
        if known is not None:
            heard = replace(known, reader_seen_seq=moved.seq)
            if moved.side == "librarian":
                heard = replace(known, staff_seen_seq=moved.seq)
            self._marks[moved.conversation_id] = _joined(known, heard)

    def _hear_note(self, posted: NotePosted) -> None:
        known = self._marks.get(posted.conversation_id)
        if known is not None:
            self._marks[posted.conversation_id] = _joined(known, replace(known, noted_at=posted.note.created_at))


def _joined(known: Mark, mark: Mark) -> Mark:
    """Return the newer of two marks; each part only moves on."""
    newer = mark if mark.last_seq >= known.last_seq else known
    return replace(
        newer,
        reader_seen_seq=max(known.reader_seen_seq, mark.reader_seen_seq),
        staff_seen_seq=max(known.staff_seen_seq, mark.staff_seen_seq),
        noted_at=max(filter(None, (known.noted_at, mark.noted_at)), default=None),
    )
