"""Who is here: whether a desk is staffed now, and which conversations a librarian's coming or leaving concerns."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_server.conversations.models import Conversation, State
from qa_server.conversations.schemas import Wire
from qa_server.desk.opening_hours import Opening, hours_now
from qa_server.desk.waiting_times import usual_wait_minutes
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import SidePresence
from qa_server.live.presence import Sighting
from qa_server.network.models import DeskMember
from qa_server.network.queries import desk_of_library, library_by_code
from qa_server.network.schedules import schedule_of
from qa_server.people.availability import takes_questions
from qa_server.people.models import Librarian
from qa_server.people.working import as_working
from qa_server.people.working_models import WorkingState
from qa_server.routing.models import Claim


class DeskNow(Wire):
    """What a reader may know of the desk before asking. `usual_wait_minutes` is null where it would be a guess."""

    is_staffed: bool
    waiting: int
    usual_wait_minutes: int | None = None


class LibraryNow(Wire):
    """A library as the widget introduces it, with its opening times: moments in UTC, today's in local minutes.

    `opens_next` is null while open, `closes_next` while closed; both also when that is more than 400 days away.
    """

    code: str
    name_zh: str
    name_en: str
    language: str
    time_zone: str
    desk: DeskNow
    is_open: bool
    opens_next: datetime | None
    closes_next: datetime | None
    hours_today: list[Opening]


def library_now(place: Workplace, code: str) -> LibraryNow:
    """Return a library and the state of its desk at this moment. Raises NotFound."""
    with place.database.read() as session:
        library = library_by_code(session, code)
        desk = desk_of_library(session, library.id)
        waiting = session.scalar(
            select(func.count())
            .select_from(Conversation)
            .where(Conversation.desk_id == desk.id, Conversation.state == State.WAITING)
        )
        hours = hours_now(schedule_of(session, library.id, around=place.clock()), place.clock())
        is_staffed = staff_here(place, session, [desk.id])[desk.id] > 0
        return LibraryNow(
            code=library.code,
            name_zh=library.name_zh,
            name_en=library.name_en,
            language=library.language,
            time_zone=library.time_zone,
            desk=DeskNow(
                is_staffed=is_staffed,
                waiting=waiting or 0,
                usual_wait_minutes=_usual_wait(place, session, desk.id, waiting or 0) if is_staffed else None,
            ),
            is_open=hours.is_open,
            opens_next=hours.opens_next,
            closes_next=hours.closes_next,
            hours_today=hours.today,
        )


def _usual_wait(place: Workplace, session: Session, desk_id: UUID, waiting: int) -> int | None:
    return usual_wait_minutes(session, desk_id, waiting=waiting, now=place.clock())


def held_conversations(place: Workplace, librarian_id: UUID) -> list[UUID]:
    """Return the ids of the conversations a librarian holds now."""
    with place.database.read() as session:
        return held_by(session, librarian_id)


def held_by(session: Session, librarian_id: UUID) -> list[UUID]:
    """Return the ids of the conversations a librarian holds now."""
    statement = select(Claim.conversation_id).where(Claim.librarian_id == librarian_id, Claim.released_at.is_(None))
    return list(session.scalars(statement))


def staff_here(place: Workplace, session: Session, desk_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many people of each desk are connected and take readers' questions; a desk with none has 0."""
    rows = session.execute(
        select(DeskMember.desk_id, DeskMember.librarian_id, WorkingState)
        .join(Librarian, Librarian.id == DeskMember.librarian_id)
        .outerjoin(WorkingState, WorkingState.librarian_id == DeskMember.librarian_id)
        .where(DeskMember.desk_id.in_(desk_ids), Librarian.is_active)
    )
    now = place.clock()
    found = dict.fromkeys(desk_ids, 0)
    for desk_id, librarian_id, state in rows:
        if place.presence.is_present(librarian_id) and takes_questions(as_working(state).at(now)):
            found[desk_id] += 1
    return found


def told_of(place: Workplace, sightings: Sequence[Sighting]) -> list[SidePresence]:
    """Return what the conversations concerned are told when these people came to or left other processes."""
    librarians = {sighting.key: sighting.is_here for sighting in sightings if isinstance(sighting.key, UUID)}
    told = [
        SidePresence(conversation_id=sighting.key[1], side="reader", is_here=sighting.is_here)
        for sighting in sightings
        if not isinstance(sighting.key, UUID)
    ]
    if not librarians:
        return told
    with place.database.read() as session:
        held = select(Claim.conversation_id, Claim.librarian_id).where(
            Claim.librarian_id.in_(librarians), Claim.released_at.is_(None)
        )
        return told + [
            SidePresence(conversation_id=conversation_id, side="librarian", is_here=librarians[librarian_id])
            for conversation_id, librarian_id in session.execute(held)
        ]
