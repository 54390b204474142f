"""A librarian's working day: what one is to readers and colleagues, how many chats at once, who else is there."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_server.conversations import queries
from qa_server.conversations.schemas import Wire
from qa_server.desk.announcing import announce_lists
from qa_server.desk.being_here import held_by
from qa_server.desk.views import staff_view
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import SidePresence, WorkingChanged
from qa_server.network.models import Desk, DeskMember, DeskState
from qa_server.network.node_settings import effective
from qa_server.people import working
from qa_server.people.availability import Availability, Working, takes_questions
from qa_server.people.errors import CapacityRefused
from qa_server.people.models import Librarian
from qa_server.people.rights import StaffMember
from qa_server.people.working import AWAY_AFTER_MINUTES, working_of
from qa_server.routing.models import Claim, Offer
from storage.after_commit import after_commit


class WorkingDay(Wire):
    """What the person is now. `limit` is the most conversations at once that a desk gives; `held` are in hand now.

    `choice` is what was chosen; `availability` what it comes to. `returns_after_seconds`: how long after going offline
    what is held goes back to its queue.
    """

    choice: Availability
    availability: Availability
    max_chats: int | None
    limit: int
    held: int
    away_after_minutes: int
    returns_after_seconds: int


class ColleagueNow(Wire):
    """Somebody who serves at one of the person's desks, with what is in hand over all desks."""

    id: UUID
    name_zh: str
    name_en: str
    availability: Availability
    load: int
    max_chats: int
    desk_ids: list[UUID]


def working_day(place: Workplace, person: StaffMember) -> WorkingDay:
    """Return what the person is now."""
    with place.database.read() as session:
        return _view(place, session, person)


def choose(place: Workplace, person: StaffMember, choice: Availability) -> WorkingDay:
    """Be online, away, internal or offline from now on, on every screen and until something else is chosen.

    Who takes no questions any more is no longer offered any: they go to the next. What is held stays, except that
    offline its leases are no longer kept, so that it goes back to the queue like that of somebody who left. Safe to
    repeat.
    """
    with place.database.write() as session:
        now = place.clock()
        is_other = working.choose(session, person.id, choice, now=now)
        if not takes_questions(choice):
            _take_offers_from(place, session, person.id, now)
        if is_other:
            _announce(place, session, [person.id])
            _tell_readers(place, session, person.id, choice)
        return _view(place, session, person)


def set_capacity(place: Workplace, person: StaffMember, max_chats: int | None) -> WorkingDay:
    """Choose how many conversations at once one is offered; None for what each desk gives. Raises CapacityRefused."""
    with place.database.write() as session:
        limit = _limit(session, person.id)
        if max_chats is not None and not 1 <= max_chats <= limit:
            raise CapacityRefused(limit=limit)
        working.set_capacity(session, person.id, max_chats)
        _announce(place, session, [person.id])
        return _view(place, session, person)


def note_activity(place: Workplace, person: StaffMember) -> WorkingDay:
    """Say that the person does something at a screen; ends being away by the clock. Browsers send it once a minute."""
    with place.database.write() as session:
        if working.note_activity(session, person.id, now=place.clock()):
            _announce(place, session, [person.id])
        return _view(place, session, person)


def mark_idle(place: Workplace) -> int:
    """Announce those who have just come to count as away; return how many. Safe on several processes at once.

    What they are offered runs out by itself within seconds; routing knows of it without this.
    """
    with place.database.read() as session:
        if not working.are_idle_untold(session, place.clock()):
            return 0
    with place.database.write() as session:
        fallen = working.fallen_idle(session, place.clock())
        _announce(place, session, fallen)
        return len(fallen)


def tell_working(place: Workplace, librarian_id: UUID) -> None:
    """Announce what somebody is who has come or gone."""
    with place.database.read() as session:
        for announcement in _changes(place, session, [librarian_id]):
            place.bus.publish(announcement)


def colleagues_now(place: Workplace, person: StaffMember) -> list[ColleagueNow]:
    """Return everybody who serves at the person's desks, who takes questions first, then by name."""
    with place.database.read() as session:
        rows = session.execute(
            select(DeskMember, Librarian)
            .join(Librarian, Librarian.id == DeskMember.librarian_id)
            .join(Desk, Desk.id == DeskMember.desk_id)
            .where(
                DeskMember.desk_id.in_(person.desk_ids),
                Librarian.is_active,
                Librarian.id != person.id,
                Desk.state != DeskState.CLOSED,
            )
            .order_by(Librarian.login, DeskMember.id)
        ).all()
        members: dict[UUID, list[DeskMember]] = {}
        for member, librarian in rows:
            members.setdefault(librarian.id, []).append(member)
        people = {librarian.id: librarian for _, librarian in rows}
        chosen = working_of(session, people)
        loads = _loads(session, people)
        found = [_colleague(place, people[each], members[each], chosen[each], loads.get(each, 0)) for each in people]
    order = list(Availability)
    order.insert(1, order.pop(order.index(Availability.INTERNAL)))
    return sorted(found, key=lambda each: (order.index(each.availability), each.name_en))


def _colleague(
    place: Workplace, librarian: Librarian, members: Collection[DeskMember], chosen: Working, load: int
) -> ColleagueNow:
    is_connected = place.presence.is_present(librarian.id)
    return ColleagueNow(
        id=librarian.id,
        name_zh=librarian.name_zh,
        name_en=librarian.name_en,
        availability=chosen.at(place.clock(), is_connected=is_connected),
        load=load,
        max_chats=chosen.places(max(each.max_chats for each in members)),
        desk_ids=[each.desk_id for each in members],
    )


def _view(place: Workplace, session: Session, person: StaffMember) -> WorkingDay:
    chosen = working_of(session, [person.id])[person.id]
    return WorkingDay(
        choice=chosen.choice,
        # The person looks at a screen of ours, whether or not its connection has come up yet.
        availability=chosen.at(place.clock()),
        max_chats=chosen.max_chats,
        limit=_limit(session, person.id),
        held=_loads(session, [person.id]).get(person.id, 0),
        away_after_minutes=effective(session, person.library_id, AWAY_AFTER_MINUTES.key).value,
        returns_after_seconds=place.settings.absence_seconds,
    )


def _limit(session: Session, librarian_id: UUID) -> int:
    most = select(func.max(DeskMember.max_chats)).where(DeskMember.librarian_id == librarian_id)
    return session.scalar(most) or 1


def _loads(session: Session, ids: Collection[UUID]) -> dict[UUID, int]:
    rows = session.execute(
        select(Claim.librarian_id, func.count())
        .where(Claim.librarian_id.in_(ids), Claim.released_at.is_(None))
        .group_by(Claim.librarian_id)
    )
    return {row[0]: row[1] for row in rows}


def _take_offers_from(place: Workplace, session: Session, librarian_id: UUID, now: datetime) -> None:
    standing = select(Offer.id, Offer.conversation_id).where(
        Offer.librarian_id == librarian_id, Offer.outcome.is_(None)
    )
    for row in session.execute(standing.order_by(Offer.conversation_id)).all():
        conversation = queries.locked(session, row.conversation_id)
        offer = session.get_one(Offer, row.id, populate_existing=True)
        if offer.outcome is None:
            offer.outcome, offer.answered_at = "withdrawn", now
            session.flush()
            announce_lists(place, session, [staff_view(session, conversation)], is_queue_same=True)


def _tell_readers(place: Workplace, session: Session, librarian_id: UUID, choice: Availability) -> None:
    """Tell the readers of what is held that their librarian left, or is back."""
    is_here = choice is not Availability.OFFLINE and place.presence.is_present(librarian_id)
    for conversation_id in held_by(session, librarian_id):
        presence = SidePresence(conversation_id=conversation_id, side="librarian", is_here=is_here)
        after_commit(session, partial(place.bus.publish, presence))


def _announce(place: Workplace, session: Session, librarian_ids: Collection[UUID]) -> None:
    for announcement in _changes(place, session, librarian_ids):
        after_commit(session, partial(place.bus.publish, announcement))


def _changes(place: Workplace, session: Session, librarian_ids: Collection[UUID]) -> list[WorkingChanged]:
    desks: dict[UUID, list[UUID]] = {}
    serving = select(DeskMember.librarian_id, DeskMember.desk_id).where(DeskMember.librarian_id.in_(librarian_ids))
    for row in session.execute(serving.order_by(DeskMember.desk_id)):
        desks.setdefault(row.librarian_id, []).append(row.desk_id)
    now = place.clock()
    return [
        WorkingChanged(
            librarian_id=librarian_id,
            desk_ids=desks.get(librarian_id, []),
            choice=chosen.choice.value,
            availability=chosen.at(now, is_connected=place.presence.is_present(librarian_id)).value,
            max_chats=chosen.max_chats,
        )
        for librarian_id, chosen in working_of(session, librarian_ids).items()
    ]
