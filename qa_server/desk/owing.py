"""Duties after a conversation: what a closing code leaves to do, who sees it, taking it up, letting it climb."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.conversations import queries
from qa_server.conversations import service as conversations
from qa_server.conversations.models import ENDED, Conversation, Resolution
from qa_server.conversations.schemas import Wire
from qa_server.conversations.service import Event
from qa_server.desk.announcing import announce_messages, announce_state
from qa_server.desk.workplace import Workplace
from qa_server.network.hours import working_deadline
from qa_server.network.models import Desk, Library
from qa_server.network.schedules import schedules_of
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import StaffMember
from qa_server.routing import duties, passage
from qa_server.routing.duties import DUTY_HOURS, KIND_OF_DUTY
from qa_server.routing.errors import DutyRefused
from qa_server.routing.models import Claim, Duty
from storage.errors import NotFound


class DutyView(Wire):
    """Something owed to a reader. `due_at` moves when it climbs; `promised_at` is what the reader was told."""

    id: UUID
    conversation_id: UUID
    number: str
    question: str
    kind: str
    library: str
    desk_id: UUID
    librarian_id: UUID | None
    librarian_zh: str | None
    librarian_en: str | None
    state: str
    climbed: int
    due_at: datetime
    promised_at: datetime
    is_overdue: bool


def owe_after_closing(
    session: Session,
    conversation: Conversation,
    held: Claim,
    resolution: Resolution,
    *,
    hours: int,
    expert_desk_id: UUID | None,
    now: datetime,
) -> dict[str, Any]:
    """Make what a closing code leaves to do a duty; return what the reader is told of it. Raises DutyRefused."""
    kind = KIND_OF_DUTY.get(resolution)
    if kind is None:
        return {}
    if hours not in DUTY_HOURS:
        raise DutyRefused(reason="Choose 8, 12, 24 or 48 hours.")
    desk_id: UUID | None = None
    if kind == "follow_up_me":
        desk_id = held.desk_id or conversation.desk_id
    elif kind == "refer_expert" and expert_desk_id is not None:
        desk = session.get(Desk, expert_desk_id)
        if desk is None or desk.state == "closed":
            raise DutyRefused(reason="There is no such desk, or it has been closed.")
        desk_id = desk.id
    schedule = schedules_of(session, [conversation.library_id], around=now)[conversation.library_id]
    due_at = working_deadline(schedule, now, hours)
    duties.owe(
        session,
        conversation,
        kind,
        hours=hours,
        due_at=due_at,
        now=now,
        desk_id=desk_id,
        librarian_id=held.librarian_id if kind == "follow_up_me" else None,
    )
    return {"due_at": due_at.isoformat()}


def my_duties(place: Workplace, person: StaffMember) -> list[DutyView]:
    """Return what the person's desks owe to readers, the next due first."""
    with place.database.read() as session:
        return _views(session, duties.open_at(session, person.desk_ids), place.clock())


def take_up_duty(place: Workplace, person: StaffMember, duty_id: UUID) -> UUID:
    """Open the conversation of a duty again, in the queue of the duty's desk; return its id. The person then claims it.

    Repeating it is harmless. Raises NotFound for a duty of other desks or a done one.
    """
    with place.database.write() as session:
        duty = session.get(Duty, duty_id)
        if duty is None or duty.desk_id not in person.desk_ids or duty.state == "done":
            raise NotFound()
        conversation = queries.locked(session, duty.conversation_id)
        now = place.clock()
        if conversation.state in ENDED:
            conversations.reopen(conversation, now=now)
            passage.open_to(
                session, conversation, duty.desk_id, reason="follow_up", details={"duty": duty.kind}, now=now
            )
            # It waits like any other: seen at all its desks, and with a timer should nobody claim it.
            passage.let_go(session, conversation, now=now)
            message = conversations.record(session, conversation, Event("reopened", person.id), now=now)
            announce_messages(place, session, conversation, [message])
            announce_state(place, session, conversation)
        return conversation.id


def climb_overdue(place: Workplace) -> int:
    """Give every overdue duty that nobody works on to the next desk up; return how many. Safe on several processes."""
    with place.database.read() as session:
        due = [(duty.id, duty.conversation_id) for duty in duties.overdue(session, place.clock())]
    return sum(_climb(place, duty_id, conversation_id) for duty_id, conversation_id in due)


def _climb(place: Workplace, duty_id: UUID, conversation_id: UUID) -> bool:
    with place.database.write() as session:
        conversation = queries.locked(session, conversation_id)
        duty = session.get_one(Duty, duty_id, with_for_update=True)
        now = place.clock()
        if duty.state != "open" or duty.due_at > now:
            return False
        if duties.climb(session, duty, now):
            reasons = {"duty": duty.kind, "climbed": duty.climbed}
            passage.write_down(session, conversation, "climbed", at=now, desk_id=duty.desk_id, reasons=reasons)
            if conversation.state not in ENDED:
                details = {"duty": duty.kind}
                passage.open_to(session, conversation, duty.desk_id, reason="follow_up", details=details, now=now)
        announce_state(place, session, conversation)
        return True


def _views(session: Session, owed: Sequence[Duty], now: datetime) -> list[DutyView]:
    rows = session.execute(
        select(Conversation.id, Conversation.number, Conversation.question, Library.code)
        .join(Library, Library.id == Conversation.library_id)
        .where(Conversation.id.in_({duty.conversation_id for duty in owed}))
    )
    about = {row.id: row for row in rows}
    ids = {duty.librarian_id for duty in owed if duty.librarian_id is not None}
    people = librarians_by_id(session, ids)
    names = {duty.id: people.get(duty.librarian_id) if duty.librarian_id else None for duty in owed}
    return [
        DutyView(
            id=duty.id,
            conversation_id=duty.conversation_id,
            number=about[duty.conversation_id].number,
            question=about[duty.conversation_id].question,
            kind=duty.kind,
            library=about[duty.conversation_id].code,
            desk_id=duty.desk_id,
            librarian_id=duty.librarian_id,
            librarian_zh=who.name_zh if (who := names[duty.id]) else None,
            librarian_en=who.name_en if who else None,
            state=duty.state,
            climbed=duty.climbed,
            due_at=duty.due_at,
            promised_at=duty.promised_at,
            is_overdue=duty.promised_at <= now,
        )
        for duty in owed
    ]
