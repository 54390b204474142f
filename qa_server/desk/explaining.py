"""Why a question is where it is: its way, every decision with its reasons, hand-overs, what supervisors did."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.conversations import queries
from qa_server.conversations.models import Conversation
from qa_server.conversations.schemas import Wire
from qa_server.desk import handing_over, supervising
from qa_server.desk.announcing import announce_lists
from qa_server.desk.hand_over_views import HandOverView
from qa_server.desk.supervising import SupervisionView
from qa_server.desk.views import staff_view
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import StaffMember
from qa_server.routing import passage
from qa_server.routing.cascade import QuestionKind
from qa_server.routing.models import Route
from qa_server.routing.rules import read_plan, with_kind, write_plan
from storage.errors import NotFound


class StepView(Wire):
    """One step of a question's way; waits in seconds."""

    desk_id: UUID
    code: str
    name_zh: str
    name_en: str
    relation: str
    wait_seconds: int
    is_reached: bool


class DecisionView(Wire):
    """One decision and its reasons, with the names of those it concerns."""

    action: str
    desk_id: UUID | None
    desk_zh: str | None
    desk_en: str | None
    librarian_id: UUID | None
    librarian_zh: str | None
    librarian_en: str | None
    reasons: dict[str, Any]
    decided_at: datetime


class WayView(Wire):
    """The whole way of a question. `due_at` is when it moves on, None while somebody holds it."""

    kind: str
    subject: str | None
    priority: int
    waited_seconds: int
    next_step: int
    due_at: datetime | None
    steps: list[StepView]
    decisions: list[DecisionView]
    hand_overs: list[HandOverView]
    supervision: list[SupervisionView]


def way_of(place: Workplace, person: StaffMember, conversation_id: UUID) -> WayView:
    """Return why a conversation of the person's desks, or below the person's node, is where it is. Raises NotFound."""
    with place.database.read() as session:
        conversation = _visible(session, person, conversation_id)
        route = session.get(Route, conversation.id)
        plan = read_plan(route.plan) if route else None
        decided = passage.decisions(session, conversation.id)
        desk_ids = {each.desk_id for each in decided} | {step.desk_id for step in (plan.steps if plan else ())}
        desks = {each.id: each for each in session.scalars(select(Desk).where(Desk.id.in_(desk_ids - {None})))}
        ids = {each.librarian_id for each in decided if each.librarian_id is not None}
        people = librarians_by_id(session, ids)
        reached = {each.desk_id for each in decided if each.action in {"asked", "reached"}}
        return WayView(
            kind=plan.kind.value if plan else QuestionKind.GENERAL.value,
            subject=route.subject if route else None,
            priority=conversation.priority,
            waited_seconds=passage.waited_seconds(conversation, place.clock()),
            next_step=route.next_step if route else 0,
            due_at=route.due_at if route else None,
            steps=[
                StepView(
                    desk_id=step.desk_id,
                    code=step.code,
                    name_zh=desks[step.desk_id].name_zh if step.desk_id in desks else step.code,
                    name_en=desks[step.desk_id].name_en if step.desk_id in desks else step.code,
                    relation=step.relation,
                    wait_seconds=step.wait_seconds,
                    is_reached=step.desk_id in reached,
                )
                for step in (plan.steps if plan else ())
            ],
            decisions=[
                DecisionView(
                    action=each.action,
                    desk_id=each.desk_id,
                    desk_zh=desks[each.desk_id].name_zh if each.desk_id in desks else None,
                    desk_en=desks[each.desk_id].name_en if each.desk_id in desks else None,
                    librarian_id=each.librarian_id,
                    librarian_zh=people[each.librarian_id].name_zh if each.librarian_id in people else None,
                    librarian_en=people[each.librarian_id].name_en if each.librarian_id in people else None,
                    reasons=each.reasons,
                    decided_at=each.decided_at,
                )
                for each in decided
            ],
            hand_overs=handing_over.of_conversation(session, conversation.id),
            supervision=supervising.supervision_of(session, conversation.id),
        )


def correct_kind(
    place: Workplace, person: StaffMember, conversation_id: UUID, kind: QuestionKind, subject: str | None
) -> WayView:
    """Say what a question really is: local or general, and its CLC class; its way follows from now on.

    Raises NotFound.
    """
    with place.database.write() as session:
        conversation = queries.at_desks(session, person.desk_ids, conversation_id, lock=True)
        route = session.get(Route, conversation.id)
        if route is None:
            raise NotFound()
        route.plan, route.subject = write_plan(with_kind(read_plan(route.plan), kind)), subject
        reasons = {"kind": kind.value, "subject": subject}
        passage.write_down(
            session, conversation, "corrected", at=place.clock(), librarian_id=person.id, reasons=reasons
        )
        announce_lists(place, session, [staff_view(session, conversation)], is_queue_same=True)
    return way_of(place, person, conversation_id)


def _visible(session: Session, person: StaffMember, conversation_id: UUID) -> Conversation:
    try:
        return queries.at_desks(session, person.desk_ids, conversation_id)
    except NotFound:
        conversation = session.get(Conversation, conversation_id)
        if conversation is None or not supervising.may_supervise(session, person, conversation):
            raise NotFound() from None
        return conversation
