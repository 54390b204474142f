"""Duties: what is owed to a reader after a conversation, or because nobody was there; overdue ones climb the tree."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.conversations.models import Conversation, Resolution
from qa_server.network.models import Desk, DeskKind, DeskState
from qa_server.network.queries import desk_of_library, path_up
from qa_server.routing.models import Duty

# Hours by the working-day clock that a duty may be given.
DUTY_HOURS = (8, 12, 24, 48)
DEFAULT_HOURS = 24
# An overdue duty is somebody else's problem after this long at each level, too.
CLIMB_AGAIN = timedelta(hours=8)
# Overdue duties moved in one look.
LIMIT = 50

# What a closing code leaves to do. Codes that are not here leave nothing.
KIND_OF_DUTY = {
    Resolution.REFERRED_HOME: "follow_up_home",
    Resolution.NEEDS_FOLLOW_UP: "follow_up_home",
    Resolution.FOLLOW_UP_HOME: "follow_up_home",
    Resolution.FOLLOW_UP_ME: "follow_up_me",
    Resolution.REFERRED_EXPERT: "refer_expert",
}


def owe(
    session: Session,
    conversation: Conversation,
    kind: str,
    *,
    hours: int,
    due_at: datetime,
    now: datetime,
    desk_id: UUID | None = None,
    librarian_id: UUID | None = None,
) -> Duty:
    """Write down a duty: of the home library's desk, or of another desk, perhaps of one person there."""
    home = desk_id or _home_desk(session, conversation)
    desk = session.get_one(Desk, home)
    duty = Duty(
        conversation_id=conversation.id,
        kind=kind,
        library_id=conversation.library_id if desk_id is None else desk.library_id,
        desk_id=home,
        librarian_id=librarian_id,
        hours=hours,
        state="open",
        created_at=now,
        due_at=due_at,
        promised_at=due_at,
        climbed=0,
    )
    session.add(duty)
    session.flush()
    return duty


def open_at(session: Session, desk_ids: Collection[UUID]) -> Sequence[Duty]:
    """Return what these desks still owe, the next due first."""
    statement = select(Duty).where(Duty.desk_id.in_(desk_ids), Duty.state != "done").order_by(Duty.due_at, Duty.id)
    return session.scalars(statement).all()


def open_of(session: Session, conversation_id: UUID) -> Sequence[Duty]:
    """Return what is still owed for a conversation, the next due first."""
    statement = select(Duty).where(Duty.conversation_id == conversation_id, Duty.state != "done")
    return session.scalars(statement.order_by(Duty.due_at)).all()


def overdue(session: Session, now: datetime) -> Sequence[Duty]:
    """Return duties that nobody works on and whose time is over, oldest first."""
    statement = select(Duty).where(Duty.state == "open", Duty.due_at <= now)
    return session.scalars(statement.order_by(Duty.due_at).limit(LIMIT)).all()


def climb(session: Session, duty: Duty, now: datetime) -> bool:
    """Give an overdue duty to the next desk up the tree, or leave it at the root, due again; say whether it moved."""
    above = _desk_above(session, duty)
    duty.due_at = now + CLIMB_AGAIN
    if above is None:
        return False
    duty.desk_id, duty.librarian_id = above.id, None
    duty.climbed += 1
    session.flush()
    return True


def _desk_above(session: Session, duty: Duty) -> Desk | None:
    here = session.get_one(Desk, duty.desk_id)
    for node in path_up(session, here.library_id)[1:]:
        statement = select(Desk).where(
            Desk.library_id == node,
            Desk.state != DeskState.CLOSED,
            Desk.kind.in_((DeskKind.GENERAL, DeskKind.CENTRE)),
        )
        found = session.scalar(statement.order_by(Desk.id).limit(1))
        if found is not None:
            return found
    return None


def _home_desk(session: Session, conversation: Conversation) -> UUID:
    return desk_of_library(session, conversation.library_id).id
