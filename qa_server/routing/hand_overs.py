"""Hand-overs as records: offering, answering, running out. Callers hold the conversation's row lock.

The sender holds the question until somebody has accepted it: a hand-over can fail, a question cannot fall between two.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qa_server.conversations.models import Conversation
from qa_server.routing.errors import HandOverClosed, HandOverOpen
from qa_server.routing.models import Claim, HandOver

# Somebody who is there answers within this; then the sender goes on with the question or tries another.
OFFERED_SECONDS = 120
# Overdue hand-overs looked at in one round.
LIMIT = 100


class Kind(StrEnum):
    """Where a question is handed to."""

    PERSON = "person"
    DESK = "desk"
    LIBRARY = "library"
    EXPERT = "expert"
    UP = "up"
    HOME = "home"
    ASKED_BACK = "asked_back"


class HandOverReason(StrEnum):
    """Why a question goes on."""

    SUBJECT = "subject"
    LANGUAGE = "language"
    LOCAL_KNOWLEDGE = "local_knowledge"
    ACCESS = "access"
    END_OF_SHIFT = "end_of_shift"
    OVERLOAD = "overload"
    READER_WISH = "reader_wish"
    OTHER = "other"


@dataclass(frozen=True)
class Target:
    """Whom a question is offered to: a desk, or one person of it."""

    kind: Kind
    desk_id: UUID
    librarian_id: UUID | None = None


def open_hand_over(session: Session, conversation_id: UUID) -> HandOver | None:
    """Return the open hand-over of a conversation, or None."""
    return session.scalar(
        select(HandOver).where(HandOver.conversation_id == conversation_id, HandOver.state == "offered")
    )


def offer(
    session: Session,
    conversation: Conversation,
    held: Claim,
    target: Target,
    *,
    reason: HandOverReason,
    note: str,
    is_warm: bool,
    now: datetime,
) -> HandOver:
    """Offer a held question. Raises HandOverOpen while another offer of it stands."""
    if open_hand_over(session, conversation.id) is not None:
        raise HandOverOpen()
    made = HandOver(
        conversation_id=conversation.id,
        kind=target.kind,
        from_librarian_id=held.librarian_id,
        from_desk_id=held.desk_id or conversation.desk_id,
        to_desk_id=target.desk_id,
        to_librarian_id=target.librarian_id,
        reason=reason,
        note=note,
        is_warm=is_warm,
        state="offered",
        offered_at=now,
        expires_at=now + timedelta(seconds=OFFERED_SECONDS),
        answer_note="",
    )
    session.add(made)
    session.flush()
    return made


def answer(session: Session, offered: HandOver, state: str, *, by: UUID | None, note: str, now: datetime) -> None:
    """Write an answer down. Raises HandOverClosed when it was answered before."""
    if offered.state != "offered":
        raise HandOverClosed()
    offered.state, offered.answered_at, offered.answered_by, offered.answer_note = state, now, by, note
    session.flush()


def mark_returned(session: Session, offered: HandOver, taker: UUID) -> None:
    """Mark the hand-over that brought a question to its holder as returned, when it now goes back to who sent it."""
    brought = session.scalar(
        select(HandOver)
        .where(
            HandOver.conversation_id == offered.conversation_id,
            HandOver.state == "accepted",
            HandOver.id != offered.id,
        )
        .order_by(HandOver.answered_at.desc(), HandOver.id.desc())
        .limit(1)
    )
    if brought is None or brought.from_librarian_id != taker:
        return
    # Of one asked back the asker took it; of any other who answered.
    took = brought.to_librarian_id if brought.kind == Kind.ASKED_BACK else brought.answered_by
    if took == offered.from_librarian_id:
        brought.state = "returned"
        session.flush()


def last_sent_by(session: Session, conversation_id: UUID, librarian_id: UUID) -> HandOver | None:
    """Return the accepted hand-over by which a person gave a question away, the newest one, or None."""
    statement = select(HandOver).where(
        HandOver.conversation_id == conversation_id,
        HandOver.from_librarian_id == librarian_id,
        HandOver.kind != Kind.ASKED_BACK,
        HandOver.state == "accepted",
    )
    return session.scalar(statement.order_by(HandOver.answered_at.desc(), HandOver.id.desc()).limit(1))


def may_answer(offered: HandOver, librarian_id: UUID, desk_ids: Collection[UUID]) -> bool:
    """Say whether a person may accept or decline: the one it is offered to; the holder, when it was asked back."""
    if offered.kind == Kind.ASKED_BACK:
        return offered.from_librarian_id == librarian_id
    if offered.to_librarian_id is not None:
        return offered.to_librarian_id == librarian_id
    return offered.to_desk_id in desk_ids and offered.from_librarian_id != librarian_id


def standing_for(session: Session, librarian_id: UUID, desk_ids: Collection[UUID]) -> Sequence[HandOver]:
    """Return the open hand-overs that concern a person: sent, or offered to the person or the person's desks."""
    statement = select(HandOver).where(
        HandOver.state == "offered",
        or_(
            HandOver.from_librarian_id == librarian_id,
            HandOver.to_librarian_id == librarian_id,
            HandOver.to_librarian_id.is_(None) & HandOver.to_desk_id.in_(desk_ids),
        ),
    )
    return session.scalars(statement.order_by(HandOver.offered_at, HandOver.id)).all()


def of_conversation(session: Session, conversation_id: UUID) -> Sequence[HandOver]:
    """Return all hand-overs of a conversation, oldest first."""
    statement = select(HandOver).where(HandOver.conversation_id == conversation_id)
    return session.scalars(statement.order_by(HandOver.offered_at, HandOver.id)).all()


def run_out(session: Session, now: datetime) -> Sequence[tuple[UUID, UUID]]:
    """Return ids of hand-overs nobody answered in time, each with its conversation, oldest first."""
    statement = (
        select(HandOver.id, HandOver.conversation_id)
        .where(HandOver.state == "offered", HandOver.expires_at <= now)
        .order_by(HandOver.expires_at)
        .limit(LIMIT)
    )
    return [(row.id, row.conversation_id) for row in session.execute(statement)]
