"""Tell a person something that stays until it was seen, on every screen of the person."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.colleagues import notices
from qa_server.colleagues.schemas import NoticeView
from qa_server.colleagues.talk_models import StaffNotice
from qa_server.conversations.models import Conversation
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import NoticesChanged
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import StaffMember
from storage.after_commit import after_commit


@dataclass(frozen=True)
class Told:
    """What a notice tells, about one of the three. The same `source`, such as `note:ID`, tells a person once."""

    kind: str
    from_id: UUID
    source: str
    conversation_id: UUID | None = None
    room_id: UUID | None = None
    practice_id: UUID | None = None


def notify(place: Workplace, session: Session, recipients: Collection[UUID], told: Told) -> None:
    """Keep a notice for each recipient but the sender, and say so after the commit."""
    notice = StaffNotice(**asdict(told), created_at=place.clock())
    for librarian_id in notices.add(session, recipients, notice):
        announce_notices(place, session, librarian_id)


def announce_notices(place: Workplace, session: Session, librarian_id: UUID) -> None:
    """Tell the screens of a person what is unseen now."""
    changed = NoticesChanged(librarian_id=librarian_id, items=_views(session, librarian_id))
    after_commit(session, lambda: place.bus.publish(changed))


def my_notices(place: Workplace, person: StaffMember) -> list[NoticeView]:
    """Return what the person has not seen, oldest first."""
    with place.database.read() as session:
        return _views(session, person.id)


def unseen_count(place: Workplace, person: StaffMember) -> int:
    """Return how much the person has not seen."""
    with place.database.read() as session:
        return notices.count_unseen(session, person.id)


def see_notices(place: Workplace, person: StaffMember, notice_ids: Collection[UUID]) -> list[NoticeView]:
    """Mark own notices as seen, on all screens; return what is left. Ids of others' notices change nothing."""
    with place.database.write() as session:
        if notices.mark_seen(session, person.id, notice_ids, now=place.clock()):
            announce_notices(place, session, person.id)
        return _views(session, person.id)


def forget_seen_notices(session: Session, now: datetime) -> int:
    """Delete notices that were seen long ago; return how many."""
    return notices.forget_old(session, now=now)


def _views(session: Session, librarian_id: UUID) -> list[NoticeView]:
    rows = notices.unseen(session, librarian_id)
    people = librarians_by_id(session, {row.from_id for row in rows})
    about = {row.conversation_id for row in rows if row.conversation_id is not None}
    numbers = dict(
        session.execute(select(Conversation.id, Conversation.number).where(Conversation.id.in_(about))).all()
    )
    return [
        NoticeView.model_validate(
            {
                "id": row.id,
                "kind": row.kind,
                "from_zh": people[row.from_id].name_zh,
                "from_en": people[row.from_id].name_en,
                "conversation_id": row.conversation_id,
                "number": numbers.get(row.conversation_id) if row.conversation_id else None,
                "room_id": row.room_id,
                "practice_id": row.practice_id,
                "created_at": row.created_at,
            }
        )
        for row in rows
    ]
