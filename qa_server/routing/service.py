"""Claims: who holds a question. Callers hold the conversation's row lock, which decides between two at once."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from qa_server.conversations.errors import ConversationEnded
from qa_server.conversations.models import ENDED, Conversation, State
from qa_server.people.models import Librarian
from qa_server.routing.errors import AlreadyClaimed, NotHolder
from qa_server.routing.models import Claim

# Claims looked at in one sweep; the rest waits for the next, seconds later.
SWEEP_LIMIT = 200


def open_claim(session: Session, conversation_id: UUID) -> Claim | None:
    """Return the open claim of a conversation, or None."""
    return session.scalar(select(Claim).where(Claim.conversation_id == conversation_id, Claim.released_at.is_(None)))


def claim(
    session: Session,
    conversation: Conversation,
    librarian_id: UUID,
    *,
    now: datetime,
    lease: timedelta,
    first_answer: timedelta,
) -> tuple[Claim, bool]:
    """Give a waiting question to a librarian; return the claim and whether it is new.

    Claiming what one holds already is harmless. Raises AlreadyClaimed with the holder's name, ConversationEnded.
    """
    if conversation.state in ENDED:
        raise ConversationEnded()
    held = open_claim(session, conversation.id)
    if held is not None:
        if held.librarian_id == librarian_id:
            return held, False
        raise AlreadyClaimed(by=_name(session, held.librarian_id, conversation.language))
    taken = Claim(
        conversation_id=conversation.id,
        librarian_id=librarian_id,
        claimed_at=now,
        lease_until=now + lease,
        answer_due_at=now + first_answer,
    )
    session.add(taken)
    conversation.state = State.ACTIVE
    session.flush()
    return taken, True


def held_by(session: Session, conversation: Conversation, librarian_id: UUID) -> Claim:
    """Return the librarian's open claim of the conversation. Raises ConversationEnded, NotHolder."""
    if conversation.state in ENDED:
        raise ConversationEnded()
    held = open_claim(session, conversation.id)
    if held is None or held.librarian_id != librarian_id:
        raise NotHolder()
    return held


def give_back(conversation: Conversation, held: Claim, *, reason: str, now: datetime) -> None:
    """Return a question to its queue, at the place its age gives it: `queued_at` stays."""
    release(held, reason=reason, now=now)
    conversation.state = State.WAITING


def release(held: Claim, *, reason: str, now: datetime) -> None:
    """End a claim."""
    held.released_at = now
    held.release_reason = reason


def extend_leases(session: Session, librarian_ids: Collection[UUID], *, until: datetime) -> None:
    """Move on the leases of these librarians, who are connected now."""
    session.execute(
        update(Claim)
        .where(Claim.librarian_id.in_(librarian_ids), Claim.released_at.is_(None))
        .values(lease_until=until)
        .execution_options(synchronize_session=False)
    )


def run_out(session: Session, now: datetime) -> Sequence[Claim]:
    """Return open claims whose lease or first-answer time is over, oldest first, at most SWEEP_LIMIT."""
    statement = (
        select(Claim)
        .where(Claim.released_at.is_(None), or_(Claim.lease_until < now, Claim.answer_due_at < now))
        .order_by(Claim.claimed_at)
        .limit(SWEEP_LIMIT)
    )
    return session.scalars(statement).all()


def has_run_out(held: Claim, now: datetime) -> bool:
    """Say whether a claim's lease or first-answer time is over."""
    return held.lease_until < now or (held.answer_due_at is not None and held.answer_due_at < now)


def _name(session: Session, librarian_id: UUID, language: str) -> str:
    person = session.get_one(Librarian, librarian_id)
    return person.name_zh if language == "zh" else person.name_en
