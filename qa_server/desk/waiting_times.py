"""How long readers waited for a desk lately: what may be said to the next one, and when nothing may be said."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_server.conversations.models import Conversation, State
from qa_server.routing.models import Claim

# Fewer waits than this are an anecdote.
MIN_WAITS = 8
# The newest waits tell of today; older ones of another season.
NEWEST_WAITS = 20
LOOK_BACK = timedelta(days=7)
# Four of five readers waited no longer.
SHARE = 0.8
# With more people in the queue than this, past waits say little about the next one.
MAX_QUEUE = 3
# What is said, in minutes; a longer wait is not promised as a number.
STEPS = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60)


def usual_wait_minutes(session: Session, desk_id: UUID, *, waiting: int, now: datetime) -> int | None:
    """Return within how many minutes four of five of the newest questions were taken, rounded up.

    None with too few waits, a long queue, or waits of more than an hour: then nothing honest can be said.
    """
    if waiting > MAX_QUEUE:
        return None
    newest = session.execute(
        select(Conversation.id, Conversation.created_at)
        .where(
            Conversation.desk_id == desk_id,
            Conversation.state != State.WAITING,
            Conversation.queued_at > now - LOOK_BACK,
        )
        .order_by(Conversation.queued_at.desc())
        .limit(NEWEST_WAITS)
    )
    asked_at = {row.id: row.created_at for row in newest}
    first = (
        select(Claim.conversation_id, func.min(Claim.claimed_at).label("claimed_at"))
        .where(Claim.conversation_id.in_(asked_at))
        .group_by(Claim.conversation_id)
    )
    taken = session.execute(first).all()
    return said_of([(row.claimed_at - asked_at[row.conversation_id]).total_seconds() for row in taken])


def said_of(waits_seconds: Sequence[float]) -> int | None:
    """Return what these waits allow to say, in minutes. Pure."""
    if len(waits_seconds) < MIN_WAITS:
        return None
    ordered = sorted(waits_seconds)
    minutes = ordered[ceil(SHARE * len(ordered)) - 1] / 60
    return next((step for step in STEPS if minutes <= step), None)
