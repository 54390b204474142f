"""How far conversations and desks' lists have come, as the database says: numbers only, nobody's words or name."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, load_only

from qa_server.conversations.models import Conversation, Note, State
from qa_server.desk.workplace import Workplace
from qa_server.live.lookout import Mark, Standing
from qa_server.network.models import Desk

# Ids asked for in one statement; both databases bound how many a statement may carry.
_CHUNK = 500
# The columns that are needed; questions and comments are not carried around.
_COUNTED = load_only(
    Conversation.last_seq,
    Conversation.reader_seen_seq,
    Conversation.staff_seen_seq,
    Conversation.state,
    Conversation.rating,
    Conversation.desk_id,
    raiseload=True,
)


def standing(place: Workplace, conversation_ids: Collection[UUID], desk_ids: Collection[UUID]) -> Standing:
    """Return how these conversations stand, with the list versions of these desks and of those where they wait."""
    with place.database.read() as session:
        marks: dict[UUID, Mark] = {}
        for chunk in _chunks(conversation_ids):
            marks.update(_marks(session, chunk))
        waited_at = {mark.waits_at for mark in marks.values() if mark.waits_at is not None}
        versions: dict[UUID, int] = {}
        for chunk in _chunks({*desk_ids, *waited_at}):
            versions.update(_list_versions(session, chunk))
        return Standing(marks, versions)


def _marks(session: Session, conversation_ids: Sequence[UUID]) -> dict[UUID, Mark]:
    noted = select(Note.conversation_id, func.max(Note.created_at)).where(Note.conversation_id.in_(conversation_ids))
    noted_at = {row[0]: row[1] for row in session.execute(noted.group_by(Note.conversation_id))}
    conversations = session.scalars(select(Conversation).where(Conversation.id.in_(conversation_ids)).options(_COUNTED))
    return {found.id: _mark(found, noted_at.get(found.id)) for found in conversations}


def _mark(conversation: Conversation, noted_at: datetime | None) -> Mark:
    return Mark(
        last_seq=conversation.last_seq,
        reader_seen_seq=conversation.reader_seen_seq,
        staff_seen_seq=conversation.staff_seen_seq,
        state=conversation.state,
        rating=conversation.rating,
        waits_at=conversation.desk_id if conversation.state == State.WAITING else None,
        noted_at=noted_at,
    )


def _list_versions(session: Session, desk_ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = session.execute(select(Desk.id, Desk.list_version).where(Desk.id.in_(desk_ids)))
    return {row[0]: row[1] for row in rows}


def _chunks(ids: Collection[UUID]) -> Iterator[Sequence[UUID]]:
    ordered = list(ids)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]
