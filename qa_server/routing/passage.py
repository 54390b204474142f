"""A question's passage: what becomes of its timer, desks and offers as it is asked, claimed, returned and ended.

Callers hold the conversation's row lock. Functions that hide it from desks return those desks, to be told.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_server.conversations.models import Conversation, Reach
from qa_server.routing.cascade import ABSENCE_SECONDS, Move, Plan
from qa_server.routing.models import Assignment, Duty, HandOver, Offer, Route
from qa_server.routing.policy import Choice, Judged
from qa_server.routing.rules import write_plan

# Of those who were looked at, this many are written down with their points.
_JUDGED_KEPT = 10


def enter(
    session: Session,
    conversation: Conversation,
    plan: Plan,
    *,
    due_at: datetime,
    subject: str | None,
    promise_hours: int,
) -> Route:
    """Begin the way of a new question: it stands in the queue of its own desk, and a timer runs."""
    route = Route(
        conversation_id=conversation.id,
        plan=write_plan(plan),
        subject=subject,
        promise_hours=promise_hours,
        next_step=1,
        due_at=due_at,
    )
    session.add(route)
    steps = [{"desk": step.code, "relation": step.relation} for step in plan.steps]
    reasons = {"kind": plan.kind.value, "subject": subject, "steps": steps}
    write_down(session, conversation, "asked", at=conversation.queued_at, desk_id=conversation.desk_id, reasons=reasons)
    return route


def reach(session: Session, conversation: Conversation, move: Move, *, now: datetime) -> None:
    """Open a waiting question to the desk that a timer decided on, one that it had not reached. Does not flush."""
    step = move.reached
    if step is None:
        return
    details = {"relation": step.relation, "step": move.next_step - 1, "code": step.code}
    session.add(_reach(conversation, step.desk_id, "cascade", details, now))
    skipped = [{"desk_id": str(each.desk_id), "reason": each.reason.value} for each in move.skipped]
    reasons = {**details, "passed_over": skipped, "waited_seconds": waited_seconds(conversation, now)}
    write_down(session, conversation, "reached", at=now, desk_id=step.desk_id, reasons=reasons)


def open_to(
    session: Session, conversation: Conversation, desk_id: UUID, *, reason: str, details: dict[str, Any], now: datetime
) -> None:
    """Open a conversation to a desk besides its own; repeating it shows it again."""
    if desk_id == conversation.desk_id:
        return
    found = session.get(Reach, (conversation.id, desk_id))
    if found is None:
        session.add(_reach(conversation, desk_id, reason, details, now))
    else:
        found.is_shown = True
    session.flush()


def hold(
    session: Session, conversation: Conversation, librarian_id: UUID, desk_id: UUID, *, now: datetime
) -> set[UUID]:
    """Stop the timer of a question that somebody took through a desk; return the desks that no longer see it."""
    _stop_timer(session, conversation.id)
    for offer in _standing_offers(session, conversation.id):
        offer.outcome = "accepted" if offer.librarian_id == librarian_id else "withdrawn"
        offer.answered_at = now
    return _hide(session, conversation, keep=desk_id)


def let_go(session: Session, conversation: Conversation, *, now: datetime) -> None:
    """Show a question that went back to its queue to every desk it had reached, and let its timer run again."""
    session.execute(
        update(Reach)
        .where(Reach.conversation_id == conversation.id)
        .values(is_shown=True)
        .execution_options(synchronize_session="fetch")
    )
    route = session.get(Route, conversation.id)
    if route is not None:
        route.due_at = now + timedelta(seconds=ABSENCE_SECONDS)
    withdraw_hand_overs(session, conversation, now=now)


def leave(session: Session, conversation: Conversation, *, now: datetime) -> set[UUID]:
    """Close the way of a question that ended; return the desks that no longer see it."""
    _stop_timer(session, conversation.id)
    for offer in _standing_offers(session, conversation.id):
        offer.outcome, offer.answered_at = "withdrawn", now
    withdraw_hand_overs(session, conversation, now=now)
    for duty in session.scalars(select(Duty).where(Duty.conversation_id == conversation.id, Duty.state != "done")):
        duty.state, duty.done_at = "done", now
    return _hide(session, conversation, keep=None)


def withdraw_hand_overs(session: Session, conversation: Conversation, *, now: datetime) -> None:
    """Take back what is offered of this conversation, because its holder lost it."""
    statement = select(HandOver).where(HandOver.conversation_id == conversation.id, HandOver.state == "offered")
    for offered in session.scalars(statement):
        offered.state, offered.answered_at = "withdrawn", now
    session.flush()


def offer(
    session: Session, conversation: Conversation, desk_id: UUID, choice: Choice, *, now: datetime, seconds: int
) -> Offer:
    """Offer a waiting question to the one whom the policy chose, with the reasons."""
    chosen = choice.offered_to[0]
    made = Offer(
        conversation_id=conversation.id,
        desk_id=desk_id,
        librarian_id=chosen,
        offered_at=now,
        expires_at=now + timedelta(seconds=seconds),
    )
    session.add(made)
    reasons = {"mode": choice.mode.value, "judged": [_judged(each) for each in choice.judged[:_JUDGED_KEPT]]}
    write_down(session, conversation, "offered", at=now, desk_id=desk_id, librarian_id=chosen, reasons=reasons)
    session.flush()
    return made


def write_down(
    session: Session,
    conversation: Conversation,
    action: str,
    *,
    at: datetime,
    desk_id: UUID | None = None,
    librarian_id: UUID | None = None,
    reasons: dict[str, Any] | None = None,
) -> None:
    """Keep one decision about a question, with its reasons."""
    session.add(
        Assignment(
            conversation_id=conversation.id,
            action=action,
            desk_id=desk_id,
            librarian_id=librarian_id,
            reasons=reasons or {},
            decided_at=at,
        )
    )


def judged_reasons(choice: Choice | None, librarian_id: UUID) -> dict[str, Any]:
    """Return why one person may have a question, as kept with the claim; empty when the person was not looked at."""
    found = next(
        (each for each in (choice.judged if choice else ()) if each.candidate.librarian_id == librarian_id), None
    )
    return _judged(found) if found is not None else {}


def decisions(session: Session, conversation_id: UUID) -> Sequence[Assignment]:
    """Return what was decided about a conversation, oldest first."""
    statement = select(Assignment).where(Assignment.conversation_id == conversation_id)
    return session.scalars(statement.order_by(Assignment.decided_at, Assignment.id)).all()


def waited_seconds(conversation: Conversation, now: datetime) -> int:
    """Return how long a question has waited, counted from the question."""
    return max(0, int((now - conversation.queued_at).total_seconds()))


def _reach(conversation: Conversation, desk_id: UUID, reason: str, details: dict[str, Any], now: datetime) -> Reach:
    return Reach(
        conversation_id=conversation.id,
        desk_id=desk_id,
        reason=reason,
        details=details,
        is_shown=True,
        reached_at=now,
    )


def _judged(judged: Judged) -> dict[str, Any]:
    return {
        "librarian_id": str(judged.candidate.librarian_id),
        "points": judged.points,
        "is_eligible": judged.is_eligible,
        "reasons": [{"code": reason.code, "points": reason.points} for reason in judged.reasons],
    }


def _standing_offers(session: Session, conversation_id: UUID) -> Sequence[Offer]:
    statement = select(Offer).where(Offer.conversation_id == conversation_id, Offer.outcome.is_(None))
    return session.scalars(statement).all()


def _stop_timer(session: Session, conversation_id: UUID) -> None:
    route = session.get(Route, conversation_id)
    if route is not None:
        route.due_at = None


def _hide(session: Session, conversation: Conversation, *, keep: UUID | None) -> set[UUID]:
    statement = select(Reach).where(Reach.conversation_id == conversation.id, Reach.is_shown.is_(True))
    hidden = [reach for reach in session.scalars(statement) if reach.desk_id != keep]
    for each in hidden:
        each.is_shown = False
    session.flush()
    return {each.desk_id for each in hidden}
