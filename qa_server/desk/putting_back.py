"""What happens to open questions when a person or a desk goes: back to the queue, or up the tree. Nothing hangs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from qa_server.conversations import queries
from qa_server.conversations import service as conversations
from qa_server.conversations.models import ENDED, Conversation, Reach
from qa_server.conversations.service import Event
from qa_server.desk.announcing import announce_messages, announce_state
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk
from qa_server.routing import passage
from qa_server.routing import service as routing
from qa_server.routing.models import Claim, Duty, HandOver, Offer


def put_back_all_of(
    place: Workplace, session: Session, librarian_id: UUID, *, desk_id: UUID | None = None, now: datetime
) -> int:
    """Return what a librarian holds, at one desk or at all, to its queues at the old place; return how many.

    Offers and hand-overs to the person end; what the person owes readers is owed by the desk.
    """
    held = select(Claim.conversation_id).where(Claim.librarian_id == librarian_id, Claim.released_at.is_(None))
    if desk_id is not None:
        held = held.where(Claim.desk_id == desk_id)
    ids = sorted(session.scalars(held))
    for conversation_id in ids:
        conversation = queries.locked(session, conversation_id)
        _put_back(place, session, conversation, now=now)
        announce_state(place, session, conversation)
    _end_offers(session, librarian_id, desk_id=desk_id, now=now)
    return len(ids)


def move_up(place: Workplace, session: Session, desk: Desk, target: Desk, *, now: datetime) -> int:
    """Put every open question of a desk, held or waiting, into the queue of another at its old place; return how many.

    What waits there keeps its age. Duties of the desk go along; other desks no longer reach the old one.
    """
    _put_back_helped(place, session, desk, now=now)
    statement = select(Conversation.id).where(Conversation.desk_id == desk.id, Conversation.state.not_in(ENDED))
    ids = sorted(session.scalars(statement))
    for conversation_id in ids:
        conversation = queries.locked(session, conversation_id)
        _put_back(place, session, conversation, now=now)
        conversation.desk_id = target.id
        passage.write_down(
            session, conversation, "moved", at=now, desk_id=target.id, reasons={"closed_desk": str(desk.id)}
        )
        session.flush()
        reached = delete(Reach).where(Reach.conversation_id == conversation.id, Reach.desk_id == target.id)
        session.execute(reached.execution_options(synchronize_session="fetch"))
        announce_state(place, session, conversation, left={desk.id})
    session.execute(delete(Reach).where(Reach.desk_id == desk.id).execution_options(synchronize_session="fetch"))
    session.execute(update(Duty).where(Duty.desk_id == desk.id, Duty.state != "done").values(desk_id=target.id))
    return len(ids)


def _put_back_helped(place: Workplace, session: Session, desk: Desk, *, now: datetime) -> None:
    """Return what the desk's people hold for other desks."""
    helped = (
        select(Claim.conversation_id)
        .join(Conversation, Conversation.id == Claim.conversation_id)
        .where(Claim.desk_id == desk.id, Claim.released_at.is_(None), Conversation.desk_id != desk.id)
    )
    for conversation_id in sorted(session.scalars(helped)):
        conversation = queries.locked(session, conversation_id)
        _put_back(place, session, conversation, now=now)
        announce_state(place, session, conversation)


def _put_back(place: Workplace, session: Session, conversation: Conversation, *, now: datetime) -> None:
    held = routing.open_claim(session, conversation.id)
    if held is None:
        return
    routing.give_back(conversation, held, reason="removed", now=now)
    passage.let_go(session, conversation, now=now)
    # To the reader it is the same as a librarian who is called away.
    event = Event("released", held.librarian_id, {"reason": "absent"})
    announce_messages(place, session, conversation, [conversations.record(session, conversation, event, now=now)])


def _end_offers(session: Session, librarian_id: UUID, *, desk_id: UUID | None, now: datetime) -> None:
    offers = [Offer.librarian_id == librarian_id, Offer.outcome.is_(None)]
    hand_overs = [HandOver.to_librarian_id == librarian_id, HandOver.state == "offered"]
    duties = [Duty.librarian_id == librarian_id, Duty.state != "done"]
    if desk_id is not None:
        offers.append(Offer.desk_id == desk_id)
        hand_overs.append(HandOver.to_desk_id == desk_id)
        duties.append(Duty.desk_id == desk_id)
    session.execute(update(Offer).where(*offers).values(outcome="withdrawn", answered_at=now))
    session.execute(update(HandOver).where(*hand_overs).values(state="withdrawn", answered_at=now))
    session.execute(update(Duty).where(*duties).values(librarian_id=None, state="open"))
