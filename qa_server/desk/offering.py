"""Offers of desks that choose a person: the oldest waiting question first, to whom the policy picks.

Nothing is hidden from the others: anybody of the desk may still claim it, so that an offer can be missed without harm.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from qa_server.conversations import queries
from qa_server.conversations.models import Conversation, Reach, State
from qa_server.conversations.schemas import StaffConversation
from qa_server.desk.announcing import announce_lists
from qa_server.desk.views import staff_view, staff_views
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk
from qa_server.people.rights import StaffMember
from qa_server.routing import passage
from qa_server.routing.models import Offer
from qa_server.routing.policy import Candidate, Mode, choose
from qa_server.routing.surroundings import DeskStaff, staff_of, wanted_by
from storage.errors import NotFound

# A person who is at the desk sees an offer at once; the next one is asked after this.
OFFER_SECONDS = 20
# Questions offered per desk and round; more people are free at once nowhere.
PER_ROUND = 20


def offer_waiting(place: Workplace) -> int:
    """Offer waiting questions at desks that choose a person; return how many. Safe on several processes at once."""
    with place.database.read() as session:
        desks = list(session.scalars(_choosing_desks()))
    return sum(_offer_at(place, desk_id) for desk_id in desks)


def expire_offers(place: Workplace) -> int:
    """End offers that nobody answered; the next round asks somebody else. Safe on several processes at once."""
    with place.database.read() as session:
        due = session.execute(
            select(Offer.id, Offer.conversation_id)
            .where(Offer.outcome.is_(None), Offer.expires_at <= place.clock())
            .order_by(Offer.expires_at)
            .limit(PER_ROUND * 5)
        ).all()
    return sum(_end(place, row.id, row.conversation_id) for row in due)


def decline_offer(place: Workplace, person: StaffMember, conversation_id: UUID) -> StaffConversation:
    """Say no to the question one is offered; it stays where it is and somebody else is asked. Raises NotFound."""
    with place.database.write() as session:
        conversation = queries.at_desks(session, person.desk_ids, conversation_id, lock=True)
        standing = session.scalar(
            select(Offer).where(
                Offer.conversation_id == conversation.id,
                Offer.librarian_id == person.id,
                Offer.outcome.is_(None),
            )
        )
        if standing is None:
            raise NotFound()
        now = place.clock()
        standing.outcome, standing.answered_at = "declined", now
        passage.write_down(session, conversation, "declined", at=now, desk_id=standing.desk_id, librarian_id=person.id)
        session.flush()
        view = staff_view(session, conversation)
        announce_lists(place, session, [view])
        return view


def _choosing_desks() -> Select[UUID]:
    waits = exists().where(Conversation.desk_id == Desk.id, Conversation.state == State.WAITING)
    reached = exists().where(
        Reach.desk_id == Desk.id,
        Reach.is_shown.is_(True),
        Reach.conversation_id == Conversation.id,
        Conversation.state == State.WAITING,
    )
    return select(Desk.id).where(Desk.mode != Mode.OFFER_ALL, or_(waits, reached)).order_by(Desk.id)


def _offer_at(place: Workplace, desk_id: UUID) -> int:
    with place.database.write() as session:
        now = place.clock()
        staff = staff_of(session, [desk_id], now=now, is_here=place.presence.is_present).get(desk_id)
        if staff is None or not staff.is_staffed:
            return 0
        made = 0
        offered: list[Conversation] = []
        for conversation in _unoffered(session, desk_id):
            chosen = _offer(session, conversation, staff, now)
            if chosen is not None:
                made += 1
                staff = _with_one_more(staff, chosen)
                offered.append(conversation)
        announce_lists(place, session, staff_views(session, offered), is_queue_same=True)
        return made


def _unoffered(session: Session, desk_id: UUID) -> list[Conversation]:
    standing = exists().where(
        Offer.conversation_id == Conversation.id, Offer.desk_id == desk_id, Offer.outcome.is_(None)
    )
    reached = select(Reach.conversation_id).where(Reach.desk_id == desk_id, Reach.is_shown.is_(True))
    statement = (
        select(Conversation)
        .where(
            Conversation.state == State.WAITING,
            or_(Conversation.desk_id == desk_id, Conversation.id.in_(reached)),
            ~standing,
        )
        .order_by(Conversation.priority.desc(), Conversation.queued_at, Conversation.id)
        .limit(PER_ROUND)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(statement))


def _offer(session: Session, conversation: Conversation, staff: DeskStaff, now: datetime) -> UUID | None:
    wanted = wanted_by(session, conversation)
    asked = select(Offer.librarian_id).where(Offer.conversation_id == conversation.id, Offer.outcome.is_not(None))
    declined = set(session.scalars(asked))
    people = [replace(each, has_declined_this=each.librarian_id in declined) for each in staff.present]
    waited = passage.waited_seconds(conversation, now)
    choice = choose(wanted, people, mode=staff.mode, waited_seconds=waited)
    if choice is None:
        return None
    return passage.offer(session, conversation, staff.desk_id, choice, now=now, seconds=OFFER_SECONDS).librarian_id


def _with_one_more(staff: DeskStaff, librarian_id: UUID) -> DeskStaff:
    def moved(each: Candidate) -> Candidate:
        return replace(each, load=each.load + 1) if each.librarian_id == librarian_id else each

    return replace(staff, present=tuple(map(moved, staff.present)))


def _end(place: Workplace, offer_id: UUID, conversation_id: UUID) -> bool:
    with place.database.write() as session:
        conversation = queries.locked(session, conversation_id)
        standing = session.get_one(Offer, offer_id)
        now = place.clock()
        if standing.outcome is not None or standing.expires_at > now:
            return False
        standing.outcome, standing.answered_at = "expired", now
        session.flush()
        announce_lists(place, session, [staff_view(session, conversation)], is_queue_same=True)
        return True
