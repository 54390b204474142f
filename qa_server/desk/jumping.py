"""Jump to a conversation from anywhere: by its number, by the reader's words, or or take the next that waits."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from qa_server.conversations import queries
from qa_server.conversations.models import ENDED, Conversation, State
from qa_server.conversations.schemas import StaffConversation, Wire
from qa_server.conversations.text import storable
from qa_server.desk import answering
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember
from qa_server.routing.errors import AlreadyClaimed

SHOWN = 8
# With several people claiming the next at once somebody loses; it is the next for the loser that counts then.
ATTEMPTS = 5


class Jump(Wire):
    """A conversation that one may mean. `is_open` is false for one that has ended."""

    id: UUID
    number: str
    question: str
    language: str
    state: str
    is_open: bool
    queued_at: datetime


def find(place: Workplace, person: StaffMember, text: str) -> list[Jump]:
    """Return conversations of the person's desks: open ones with these words, any whose number begins so.

    Open ones first, then the newest. Ended ones are found by number only: their words are what the search is for.
    """
    wanted = " ".join(storable(text).split())
    if not wanted or not person.desk_ids:
        return []
    number = Conversation.number.istartswith(wanted, autoescape=True)
    words = [Conversation.question.icontains(word, autoescape=True) for word in wanted.split(" ")[:8]]
    is_open = Conversation.state.not_in(ENDED)
    with place.database.read() as session:
        found = session.scalars(_seen_by(person).where(or_(number, and_(is_open, *words))).limit(SHOWN))
        return [
            Jump(
                id=each.id,
                number=each.number,
                question=each.question,
                language=each.language,
                state=each.state,
                is_open=each.state not in ENDED,
                queued_at=each.queued_at,
            )
            for each in found
        ]


def claim_next(place: Workplace, person: StaffMember) -> StaffConversation | None:
    """Claim the question that is next at the person's desks: priority first, then the oldest; None when nobody waits.

    Raises AlreadyClaimed when others were quicker a few times in a row.
    """
    for attempt in range(ATTEMPTS):
        conversation_id = _next_waiting(place, person)
        if conversation_id is None:
            return None
        try:
            return answering.claim(place, person, conversation_id)
        except AlreadyClaimed:
            if attempt == ATTEMPTS - 1:
                raise
    return None


def _next_waiting(place: Workplace, person: StaffMember) -> UUID | None:
    statement = (
        select(Conversation.id)
        .where(Conversation.state == State.WAITING, queries.is_open_to(person.desk_ids))
        .order_by(Conversation.priority.desc(), Conversation.queued_at, Conversation.id)
        .limit(1)
    )
    with place.database.read() as session:
        return session.scalar(statement)


def _seen_by(person: StaffMember) -> Select[Conversation]:
    return (
        select(Conversation)
        .where(queries.is_open_to(person.desk_ids))
        .order_by(Conversation.state.in_(ENDED), Conversation.queued_at.desc(), Conversation.id)
    )
