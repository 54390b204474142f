"""Claims: who holds a question. Callers hold the conversation's row lock, which decides between two at once."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from qa_server.conversations.errors import ConversationEnded
from qa_server.conversations.models import ENDED, Conversation, State
from qa_server.network.models import DeskMember
from qa_server.network.roster_models import RosterSlot
from qa_server.network.rosters import on_shift, on_shift_at
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
    desk_id: UUID | None = None,
) -> tuple[Claim, bool]:
    """Give a waiting question to a librarian, through one of the person's desks; return the claim and whether new.

    Claiming what one holds already is harmless. Raises AlreadyClaimed with the holder's name, ConversationEnded.
    """
    if conversation.state in ENDED:
        raise ConversationEnded()
    held = open_claim(session, conversation.id)
    if held is not None:
        if held.librarian_id == librarian_id:
            return held, False
        by = session.get_one(Librarian, held.librarian_id)
        named = by.name_zh if conversation.language == "zh" else by.name_en
        raise AlreadyClaimed(by=named, by_zh=by.name_zh, by_en=by.name_en)
    taken = Claim(
        conversation_id=conversation.id,
        librarian_id=librarian_id,
        desk_id=desk_id or conversation.desk_id,
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


def lost(session: Session, now: datetime) -> Sequence[tuple[Claim, str]]:
    """Return open claims whose holder cannot go on, each with the reason, at most SWEEP_LIMIT.

    The holder's account was closed or the person left the desk; or the shift ended before a first answer.
    """
    is_member = exists().where(DeskMember.desk_id == Claim.desk_id, DeskMember.librarian_id == Claim.librarian_id)
    is_inactive = exists().where(Librarian.id == Claim.librarian_id, Librarian.is_active.is_(False))
    gone = (
        select(Claim)
        .where(Claim.released_at.is_(None), or_(is_inactive, Claim.desk_id.is_not(None) & ~is_member))
        .order_by(Claim.claimed_at)
        .limit(SWEEP_LIMIT)
    )
    found = [(each, "removed") for each in session.scalars(gone)]
    rostered = exists().where(RosterSlot.desk_id == Claim.desk_id)
    unanswered = select(Claim).where(Claim.released_at.is_(None), Claim.answer_due_at.is_not(None), rostered)
    waiting = session.scalars(unanswered.order_by(Claim.claimed_at).limit(SWEEP_LIMIT)).all()
    desks = {each.desk_id for each in waiting if each.desk_id is not None}
    on_duty = on_shift_at(session, desks, now) if desks else {}
    for each in waiting:
        if each.desk_id is None or each.librarian_id in on_duty.get(each.desk_id, set()):
            continue
        # Whoever claimed outside a shift did so knowingly and keeps it.
        if each.librarian_id in on_shift(session, each.desk_id, each.claimed_at):
            found.append((each, "shift_ended"))
    return found


def has_run_out(held: Claim, now: datetime) -> bool:
    """Say whether a claim's lease or first-answer time is over."""
    return held.lease_until < now or (held.answer_due_at is not None and held.answer_due_at < now)
