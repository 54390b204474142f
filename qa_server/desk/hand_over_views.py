"""Hand-overs as staff sees them, with the names of people and desks in both languages. Reads only."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.network.models import Desk
from qa_server.people.models import Librarian
from qa_server.people.queries import librarians_by_id
from qa_server.routing.models import HandOver


class HandOverView(Wire):
    """A hand-over with its names, as staff sees it."""

    id: UUID
    conversation_id: UUID
    kind: str
    from_librarian_id: UUID
    from_name_zh: str
    from_name_en: str
    from_desk_id: UUID
    to_desk_id: UUID
    to_desk_zh: str
    to_desk_en: str
    to_librarian_id: UUID | None
    to_name_zh: str | None
    to_name_en: str | None
    reason: str
    note: str
    is_warm: bool
    state: str
    offered_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    answer_note: str


def hand_over_views(session: Session, rows: Sequence[HandOver]) -> list[HandOverView]:
    """Return hand-overs with their names, in the order given. The caller has checked the right."""
    ids = {each for row in rows for each in (row.from_librarian_id, row.to_librarian_id) if each is not None}
    people = librarians_by_id(session, ids)
    desk_ids = {row.to_desk_id for row in rows}
    desks = {each.id: each for each in session.scalars(select(Desk).where(Desk.id.in_(desk_ids)))}
    return [_view(row, people, desks[row.to_desk_id]) for row in rows]


def _view(row: HandOver, people: Mapping[UUID, Librarian], desk: Desk) -> HandOverView:
    sender = people[row.from_librarian_id]
    chosen = people.get(row.to_librarian_id) if row.to_librarian_id else None
    return HandOverView(
        id=row.id,
        conversation_id=row.conversation_id,
        kind=row.kind,
        from_librarian_id=row.from_librarian_id,
        from_name_zh=sender.name_zh,
        from_name_en=sender.name_en,
        from_desk_id=row.from_desk_id,
        to_desk_id=row.to_desk_id,
        to_desk_zh=desk.name_zh,
        to_desk_en=desk.name_en,
        to_librarian_id=row.to_librarian_id,
        to_name_zh=chosen.name_zh if chosen else None,
        to_name_en=chosen.name_en if chosen else None,
        reason=row.reason,
        note=row.note,
        is_warm=row.is_warm,
        state=row.state,
        offered_at=row.offered_at,
        expires_at=row.expires_at,
        answered_at=row.answered_at,
        answer_note=row.answer_note,
    )
