"""What must be true of conversations and claims whatever happened, as queries; each finding can mend itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from qa_server.conversations.models import ENDED, Conversation, Message, State
from qa_server.routing.models import Claim
from storage.database import Database

_OPEN_CLAIM = exists().where(Claim.conversation_id == Conversation.id, Claim.released_at.is_(None))
_REPAIRED = "repaired"
_HELD_BY_NOBODY = (*ENDED, State.WAITING)
_HELD_BY_SOMEBODY = (State.ACTIVE, State.IN_REVIEW)


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it must be. `problem` is a sentence; `mend` is None where a person has to look."""

    subject: str
    problem: str
    mend: Callable[[Database], None] | None = None


def conversation_findings(session: Session) -> Iterator[Finding]:
    """Yield what is wrong with numbers and holders, oldest conversation first. Reads everything; may take minutes."""
    for conversation_id, last_seq, newest, count in session.execute(_numbering()):
        yield _numbering_finding(conversation_id, last_seq=last_seq, newest=newest, count=count)
    for conversation_id, state in session.execute(_holding()):
        if state in _HELD_BY_SOMEBODY:
            yield Finding(str(conversation_id), "It is active and nobody holds it.", _back_to_queue(conversation_id))
        else:
            yield Finding(str(conversation_id), "It is held although nobody may hold it.", _release(conversation_id))


def _numbering() -> Select[UUID, int, Any, Any]:
    numbers = (
        select(Message.conversation_id, func.max(Message.seq).label("newest"), func.count().label("count"))
        .group_by(Message.conversation_id)
        .subquery()
    )
    newest = func.coalesce(numbers.c.newest, 0)
    count = func.coalesce(numbers.c.count, 0)
    return (
        select(Conversation.id, Conversation.last_seq, newest, count)
        .join(numbers, numbers.c.conversation_id == Conversation.id, isouter=True)
        .where(or_(Conversation.last_seq != newest, count != newest, newest == 0))
        .order_by(Conversation.id)
    )


def _numbering_finding(conversation_id: UUID, *, last_seq: int, newest: int, count: int) -> Finding:
    if count != newest or newest == 0:
        return Finding(str(conversation_id), "Messages are missing: the numbers have a gap.")

    newest_now = select(func.max(Message.seq)).where(Message.conversation_id == conversation_id).scalar_subquery()

    def mend(database: Database) -> None:
        with database.write() as session:
            session.execute(update(Conversation).where(Conversation.id == conversation_id).values(last_seq=newest_now))

    return Finding(str(conversation_id), "The number of the last message is wrong.", mend)


def _holding() -> Select[UUID, str]:
    return (
        select(Conversation.id, Conversation.state)
        .where(
            or_(
                and_(Conversation.state.in_(_HELD_BY_SOMEBODY), ~_OPEN_CLAIM),
                and_(Conversation.state.in_(_HELD_BY_NOBODY), _OPEN_CLAIM),
            )
        )
        .order_by(Conversation.id)
    )


def _back_to_queue(conversation_id: UUID) -> Callable[[Database], None]:
    def mend(database: Database) -> None:
        with database.write() as session:
            session.execute(
                update(Conversation)
                .where(Conversation.id == conversation_id, Conversation.state.in_(_HELD_BY_SOMEBODY), ~_OPEN_CLAIM)
                .values(state=State.WAITING)
            )

    return mend


def _release(conversation_id: UUID) -> Callable[[Database], None]:
    unholdable = select(Conversation.id).where(
        Conversation.id == conversation_id, Conversation.state.in_(_HELD_BY_NOBODY)
    )

    def mend(database: Database) -> None:
        with database.write() as session:
            session.execute(
                update(Claim)
                .where(Claim.conversation_id.in_(unholdable), Claim.released_at.is_(None))
                .values(released_at=datetime.now(UTC), release_reason=_REPAIRED)
            )

    return mend
