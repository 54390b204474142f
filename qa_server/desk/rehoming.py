"""Moves open questions away from desks that were closed for good, so that nothing waits where nobody looks."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from qa_server.conversations import queries
from qa_server.conversations import service as conversations
from qa_server.conversations.models import ENDED, Conversation
from qa_server.conversations.service import Event
from qa_server.desk.announcing import announce_messages, announce_state
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk, DeskState, Library, LibraryState
from qa_server.network.queries import desk_of_library
from qa_server.routing import passage
from qa_server.routing.models import Duty
from storage.errors import NotFound

# Conversations looked at in one round.
LIMIT = 100


def rehome_lost(place: Workplace) -> int:
    """Give open questions and duties of closed desks to the desk that now takes their library's questions.

    Return how many. Where no desk is left up to the root they stay, and `wenjin doctor` tells. Safe on several
    processes at once.
    """
    with place.database.read() as session:
        lost = list(session.scalars(_lost()))
        owed = list(session.scalars(_owed()))
    moved = sum(_rehome(place, conversation_id) for conversation_id in lost)
    return moved + sum(_rehome_duty(place, duty_id) for duty_id in owed)


def _rehome(place: Workplace, conversation_id: UUID) -> bool:
    with place.database.write() as session:
        conversation = queries.locked(session, conversation_id)
        desk = session.get_one(Desk, conversation.desk_id)
        home = _home(session, conversation)
        if conversation.state in ENDED or home is None or home.id == desk.id:
            return False
        now = place.clock()
        conversation.desk_id = home.id
        passage.write_down(
            session, conversation, "moved", at=now, desk_id=home.id, reasons={"closed_desk": str(desk.id)}
        )
        message = conversations.record(session, conversation, Event("moved"), now=now)
        announce_messages(place, session, conversation, [message])
        announce_state(place, session, conversation, left={desk.id})
        return True


def _rehome_duty(place: Workplace, duty_id: UUID) -> bool:
    with place.database.write() as session:
        duty = session.get_one(Duty, duty_id, with_for_update=True)
        home = _home(session, session.get_one(Conversation, duty.conversation_id))
        if duty.state == "done" or home is None or home.id == duty.desk_id:
            return False
        duty.desk_id, duty.librarian_id = home.id, None
        return True


def _home(session: Session, conversation: Conversation) -> Desk | None:
    try:
        return desk_of_library(session, conversation.library_id)
    except NotFound:
        return None


def _lost() -> Select[UUID]:
    is_closed = (Desk.state == DeskState.CLOSED) | (Library.state == LibraryState.CLOSED)
    return (
        select(Conversation.id)
        .join(Desk, Desk.id == Conversation.desk_id)
        .join(Library, Library.id == Desk.library_id)
        .where(Conversation.state.not_in(ENDED), is_closed)
        .order_by(Conversation.id)
        .limit(LIMIT)
    )


def _owed() -> Select[UUID]:
    return (
        select(Duty.id)
        .join(Desk, Desk.id == Duty.desk_id)
        .where(Duty.state != "done", Desk.state == DeskState.CLOSED)
        .limit(LIMIT)
    )
