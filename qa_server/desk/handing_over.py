"""What librarians do to pass a question on: choose a target, offer, accept, decline, take back, ask for it back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.conversations import queries
from qa_server.conversations import service as conversations
from qa_server.conversations.models import Conversation, Reach
from qa_server.conversations.schemas import StaffConversation, Wire
from qa_server.conversations.service import Event
from qa_server.conversations.text import storable
from qa_server.desk.announcing import announce_messages, announce_state
from qa_server.desk.hand_over_views import HandOverView, hand_over_views
from qa_server.desk.taking import claim_now, take_up
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk, DeskState, Library
from qa_server.network.queries import desk_of_library
from qa_server.people.availability import takes_hand_overs
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import StaffMember
from qa_server.routing import hand_overs, passage
from qa_server.routing import service as routing
from qa_server.routing.cascade import QuestionKind
from qa_server.routing.errors import HandOverClosed, NotHolder, TargetNotStaffed
from qa_server.routing.hand_overs import HandOverReason, Kind, Target
from qa_server.routing.models import Claim, HandOver
from qa_server.routing.surroundings import DeskStaff, lay_out, staff_of
from storage.errors import NotFound


class TargetView(Wire):
    """A desk that a question can be handed to now, and the people who are there."""

    desk_id: UUID
    name_zh: str
    name_en: str
    library_code: str
    kind: str
    relation: str
    people: list["PersonView"]


class PersonView(Wire):
    """Somebody who is there, with the room left."""

    id: UUID
    name_zh: str
    name_en: str
    role: str
    load: int
    max_load: int
    subjects: list[str]
    languages: list[str]


@dataclass(frozen=True)
class Passing:
    """What the sender says: to whom, why, and whether both stay in the chat until it is accepted."""

    kind: Kind
    reason: HandOverReason
    desk_id: UUID | None = None
    librarian_id: UUID | None = None
    note: str = ""
    is_warm: bool = False


def targets(place: Workplace, person: StaffMember, conversation_id: UUID) -> list[TargetView]:
    """Return the desks a question can be handed to now: near its library and the person's own, only where somebody is.

    Raises NotFound.
    """
    with place.database.read() as session:
        conversation = queries.at_desks(session, person.desk_ids, conversation_id)
        relations = _near(session, conversation, person, place.clock())
        staff = _reachable(place, session, relations.keys(), place.clock())
        ids = {each.librarian_id for desk in staff.values() for each in desk.present}
        people = librarians_by_id(session, ids)
        rows = session.execute(
            select(Desk, Library.code).join(Library, Library.id == Desk.library_id).where(Desk.id.in_(staff))
        ).all()
        found = {
            desk.id: TargetView(
                desk_id=desk.id,
                name_zh=desk.name_zh,
                name_en=desk.name_en,
                library_code=code,
                kind=desk.kind,
                relation=relations[desk.id],
                people=[
                    PersonView(
                        id=each.librarian_id,
                        name_zh=people[each.librarian_id].name_zh,
                        name_en=people[each.librarian_id].name_en,
                        role=each.role,
                        load=each.load,
                        max_load=each.max_load,
                        subjects=sorted(each.subjects),
                        languages=sorted(each.languages),
                    )
                    for each in staff[desk.id].present
                    if each.librarian_id != person.id
                ],
            )
            for desk, code in rows
        }
        return [found[desk_id] for desk_id in relations if desk_id in found and found[desk_id].people]


def hand_over(place: Workplace, person: StaffMember, conversation_id: UUID, passing: Passing) -> HandOverView:
    """Offer one's question to somebody; one holds it until it is accepted.

    Only those who are there can be chosen. Raises NotFound, NotHolder, ConversationEnded, TargetNotStaffed,
    HandOverOpen.
    """
    with place.database.write() as session:
        conversation = queries.at_desks(session, person.desk_ids, conversation_id, lock=True)
        held = routing.held_by(session, conversation, person.id)
        now = place.clock()
        target = _target(place, session, conversation, held, passing, now)
        offered = hand_overs.offer(
            session,
            conversation,
            held,
            target,
            reason=passing.reason,
            note=storable(passing.note.strip()),
            is_warm=passing.is_warm,
            now=now,
        )
        details = {"hand_over": str(offered.id), "kind": offered.kind}
        passage.open_to(session, conversation, target.desk_id, reason="hand_over", details=details, now=now)
        if offered.is_warm:
            event = Event("joined", offered.to_librarian_id, {"kind": offered.kind})
            announce_messages(
                place, session, conversation, [conversations.record(session, conversation, event, now=now)]
            )
        announce_state(place, session, conversation)
        return hand_over_views(session, [offered])[0]


def ask_back(place: Workplace, person: StaffMember, conversation_id: UUID, *, note: str) -> HandOverView:
    """Ask the holder to give a question back: one of one's own desk, or one that was handed over by oneself.

    The holder answers, or it runs out. Raises NotFound, NotHolder when nobody else holds it, HandOverOpen.
    """
    with place.database.write() as session:
        conversation, desk_id = _given_away(session, person, conversation_id)
        held = routing.open_claim(session, conversation.id)
        if held is None or held.librarian_id == person.id:
            raise NotHolder()
        offered = hand_overs.offer(
            session,
            conversation,
            held,
            Target(Kind.ASKED_BACK, desk_id, person.id),
            reason=HandOverReason.LOCAL_KNOWLEDGE,
            note=storable(note.strip()),
            is_warm=False,
            now=place.clock(),
        )
        announce_state(place, session, conversation)
        return hand_over_views(session, [offered])[0]


def accept(place: Workplace, person: StaffMember, hand_over_id: UUID) -> StaffConversation:
    """Take a question that was offered, or give back one that was asked back. One of two at once wins.

    Raises NotFound, HandOverClosed.
    """
    with place.database.write() as session:
        offered, conversation = _mine(session, person, hand_over_id)
        now = place.clock()
        held = routing.open_claim(session, conversation.id)
        if held is None or held.librarian_id != offered.from_librarian_id:
            raise HandOverClosed()
        taker = offered.to_librarian_id if offered.kind == Kind.ASKED_BACK else person.id
        hand_overs.answer(session, offered, "accepted", by=person.id, note="", now=now)
        routing.release(held, reason="handed_over", now=now)
        session.flush()
        hand_overs.mark_returned(session, offered, taker or person.id)
        if offered.kind == Kind.ASKED_BACK:
            # Whoever gave it away may serve at a desk that has lost sight of it.
            details = {"hand_over": str(offered.id), "kind": offered.kind}
            passage.open_to(session, conversation, offered.to_desk_id, reason="hand_over", details=details, now=now)
        return _give(place, session, conversation, offered, taker or person.id, now)


def decline(place: Workplace, person: StaffMember, hand_over_id: UUID, *, note: str) -> HandOverView:
    """Say no to a hand-over, with a reason; the holder goes on. Raises NotFound, HandOverClosed."""
    return _close(place, person, hand_over_id, state="declined", note=note)


def take_back(place: Workplace, person: StaffMember, hand_over_id: UUID) -> HandOverView:
    """Take one's own offer back before it is answered. Raises NotFound, HandOverClosed."""
    return _close(place, person, hand_over_id, state="withdrawn", note="")


def standing(place: Workplace, person: StaffMember) -> list[HandOverView]:
    """Return the open hand-overs that concern the person, oldest first."""
    with place.database.read() as session:
        return hand_over_views(session, hand_overs.standing_for(session, person.id, person.desk_ids))


def of_conversation(session: Session, conversation_id: UUID) -> list[HandOverView]:
    """Return the hand-overs of a conversation, oldest first. The caller has checked the right."""
    return hand_over_views(session, hand_overs.of_conversation(session, conversation_id))


def expire_due(place: Workplace) -> int:
    """End hand-overs that nobody answered in time; their senders go on. Safe on several processes at once."""
    with place.database.read() as session:
        due = hand_overs.run_out(session, place.clock())
    return sum(_expire(place, hand_over_id, conversation_id) for hand_over_id, conversation_id in due)


def _given_away(session: Session, person: StaffMember, conversation_id: UUID) -> tuple[Conversation, UUID]:
    """Return a question that a person may ask back, locked, and the desk through which it would come back."""
    conversation = queries.locked(session, conversation_id)
    if conversation.desk_id in person.desk_ids:
        return conversation, conversation.desk_id
    sent = hand_overs.last_sent_by(session, conversation.id, person.id)
    if sent is None or sent.from_desk_id not in person.desk_ids:
        raise NotFound()
    return conversation, sent.from_desk_id


def _expire(place: Workplace, hand_over_id: UUID, conversation_id: UUID) -> bool:
    with place.database.write() as session:
        conversation = queries.locked(session, conversation_id)
        offered = session.get_one(HandOver, hand_over_id)
        now = place.clock()
        if offered.state != "offered" or offered.expires_at > now:
            return False
        hand_overs.answer(session, offered, "expired", by=None, note="", now=now)
        announce_state(place, session, conversation, left=_forget(session, conversation, offered))
        return True


def _close(place: Workplace, person: StaffMember, hand_over_id: UUID, *, state: str, note: str) -> HandOverView:
    with place.database.write() as session:
        offered, conversation = _mine(session, person, hand_over_id, is_sender=state == "withdrawn")
        hand_overs.answer(session, offered, state, by=person.id, note=storable(note.strip()), now=place.clock())
        announce_state(place, session, conversation, left=_forget(session, conversation, offered))
        return hand_over_views(session, [offered])[0]


def _mine(
    session: Session, person: StaffMember, hand_over_id: UUID, *, is_sender: bool = False
) -> tuple[HandOver, Conversation]:
    """Return an open hand-over that the person may answer, or sent, under the conversation's lock."""
    known = session.get(HandOver, hand_over_id)
    if known is None:
        raise NotFound()
    conversation = queries.locked(session, known.conversation_id)
    session.refresh(known)
    asker = known.to_librarian_id if known.kind == Kind.ASKED_BACK else known.from_librarian_id
    may = asker == person.id if is_sender else hand_overs.may_answer(known, person.id, person.desk_ids)
    if not may:
        raise NotFound()
    if known.state != "offered":
        raise HandOverClosed()
    return known, conversation


def _give(
    place: Workplace, session: Session, conversation: Conversation, offered: HandOver, taker: UUID, now: datetime
) -> StaffConversation:
    claimed, _ = claim_now(place, session, conversation, taker, desk_id=offered.to_desk_id, now=now)
    left = take_up(session, conversation, claimed, now=now)
    reasons = {"kind": offered.kind, "reason": offered.reason, "from": str(offered.from_librarian_id)}
    passage.write_down(
        session,
        conversation,
        "handed_over",
        at=now,
        desk_id=offered.to_desk_id,
        librarian_id=taker,
        reasons=reasons,
    )
    message = conversations.record(session, conversation, Event("handed_over", taker, {"kind": offered.kind}), now=now)
    announce_messages(place, session, conversation, [message])
    return announce_state(place, session, conversation, left=left)


def _forget(session: Session, conversation: Conversation, offered: HandOver) -> set[UUID]:
    """Hide a conversation from the desk it was offered to in vain; return that desk, if that was why it saw it."""
    reach = session.get(Reach, (conversation.id, offered.to_desk_id))
    held = routing.open_claim(session, conversation.id)
    if reach is None or not reach.is_shown or (held is not None and held.desk_id == offered.to_desk_id):
        return set()
    if reach.reason == "hand_over":
        session.delete(reach)
    else:
        reach.is_shown = held is None
    session.flush()
    return {offered.to_desk_id} if reach.reason == "hand_over" or not reach.is_shown else set()


def _target(
    place: Workplace, session: Session, conversation: Conversation, held: Claim, passing: Passing, now: datetime
) -> Target:
    """Return whom a hand-over goes to. Raises TargetNotStaffed, NotFound."""
    desk_ids = _wished(session, conversation, held, passing, now)
    staff = _reachable(place, session, desk_ids, now)
    for desk_id in desk_ids:
        present = {each.librarian_id for each in staff[desk_id].present} if desk_id in staff else set()
        others = present - {held.librarian_id}
        if passing.librarian_id in others or (passing.librarian_id is None and others):
            return Target(passing.kind, desk_id, passing.librarian_id)
    raise TargetNotStaffed()


def _reachable(place: Workplace, session: Session, desk_ids: Collection[UUID], now: datetime) -> dict[UUID, DeskStaff]:
    """Return these desks with those who take a colleague's question now."""
    return staff_of(session, desk_ids, now=now, is_here=place.presence.is_present, takes=takes_hand_overs)


def _wished(
    session: Session, conversation: Conversation, held: Claim, passing: Passing, now: datetime
) -> Sequence[UUID]:
    if passing.kind is Kind.HOME:
        return [conversation.desk_id]
    if passing.kind is Kind.UP:
        here = held.desk_id or conversation.desk_id
        ways = lay_out(session, conversation.library_id, QuestionKind.GENERAL, now=now).plan.steps
        ids = [step.desk_id for step in ways if not step.is_barred]
        return ids[ids.index(here) + 1 :] if here in ids else ids[1:]
    if passing.desk_id is not None:
        desk = session.get(Desk, passing.desk_id)
        if desk is None or desk.state == DeskState.CLOSED:
            raise NotFound()
        if passing.kind is Kind.LIBRARY:
            return [desk_of_library(session, desk.library_id).id]
        return [desk.id]
    return [held.desk_id or conversation.desk_id]


def _near(session: Session, conversation: Conversation, person: StaffMember, now: datetime) -> dict[UUID, str]:
    plan = lay_out(session, conversation.library_id, QuestionKind.GENERAL, now=now).plan
    relations = {step.desk_id: step.relation for step in plan.steps if not step.is_barred}
    relations.setdefault(conversation.desk_id, "home")
    for desk_id in sorted(person.desk_ids):
        relations.setdefault(desk_id, "own")
    experts = session.scalars(select(Desk.id).where(Desk.kind == "subject", Desk.state == DeskState.OPEN))
    for desk_id in experts:
        relations.setdefault(desk_id, "expert")
    return relations
