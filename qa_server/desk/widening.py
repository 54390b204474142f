"""Moves waiting questions on when their time has come: to the next desk, or to a promise when nobody is there.

A timer is a row (`routes.due_at`). Whichever process locks the conversation moves it on in the same transaction, and
skips those that another one has locked; a process that dies in between leaves the row as it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from qa_server.conversations import service as conversations
from qa_server.conversations.models import Conversation, Message, Reach, State
from qa_server.conversations.service import Event
from qa_server.desk.announcing import announce_lists, announce_messages, announce_sides
from qa_server.desk.views import staff_views
from qa_server.desk.workplace import Workplace
from qa_server.network.hours import Schedule, working_deadline
from qa_server.network.node_settings import effective
from qa_server.network.schedules import schedules_of
from qa_server.network.setting_definitions import PROMISED_ANSWER_HOURS
from qa_server.routing import kinds, passage
from qa_server.routing.cascade import Plan, Scene, advance, begin
from qa_server.routing.duties import owe
from qa_server.routing.models import Route
from qa_server.routing.rule_setting import rules_of
from qa_server.routing.rules import CascadeRule, is_peak, read_plan
from qa_server.routing.surroundings import DeskStaff, home_scene, lay_out, staff_of

# Timers taken in one transaction: enough to keep up with 10,000 waiting, few enough to hold no lock for long.
BATCH = 25


def set_out(place: Workplace, session: Session, conversation: Conversation, *, subject: str | None) -> None:
    """Begin the way of a new question and start its timer."""
    now = conversation.queued_at
    laid = lay_out(session, conversation.library_id, kinds.estimate(conversation.question), now=now)
    home = (conversation.library_id, conversation.desk_id)
    scene = home_scene(session, *home, rule=laid.rule, now=now, is_here=place.presence.is_present)
    hours = effective(session, conversation.library_id, PROMISED_ANSWER_HOURS.key).value
    passage.enter(
        session,
        conversation,
        laid.plan,
        due_at=begin(laid.plan, scene),
        subject=subject,
        promise_hours=hours,
    )


def widen_due(place: Workplace) -> int:
    """Move on every waiting question whose timer has come; return how many. Safe on several processes at once."""
    moved = 0
    while True:
        with place.database.read() as session:
            due = session.scalar(select(func.count()).select_from(Route).where(Route.due_at <= place.clock()))
        if not due:
            return moved
        batch = _widen_batch(place)
        moved += batch
        if batch == 0:
            # What is left is locked by others, who move it on.
            return moved


def _widen_batch(place: Workplace) -> int:
    with place.database.write() as session:
        now = place.clock()
        rows = session.execute(
            select(Route, Conversation)
            .join(Conversation, Conversation.id == Route.conversation_id)
            .where(Route.due_at <= now)
            .order_by(Route.due_at)
            .limit(BATCH)
            .with_for_update(of=Conversation, skip_locked=True)
        ).all()
        if not rows:
            return 0
        look = _look_around(place, session, rows, now)
        told = _Told()
        for route, conversation in rows:
            _widen(session, conversation, route, look, told)
        _announce(place, session, told)
        return len(rows)


def _look_around(
    place: Workplace, session: Session, rows: Sequence[Row[Route, Conversation]], now: datetime
) -> "_Look":
    """Read what all questions of a batch need, in a fixed number of statements."""
    reached = _reached(session, [conversation.id for _, conversation in rows])
    plans = {route.conversation_id: read_plan(route.plan) for route, _ in rows}
    desk_ids = {step.desk_id for plan in plans.values() for step in plan.steps}
    desk_ids |= {desk_id for ids in reached.values() for desk_id in ids}
    desk_ids |= {conversation.desk_id for _, conversation in rows}
    libraries = {conversation.library_id for _, conversation in rows}
    return _Look(
        now=now,
        plans=plans,
        reached={each.id: {each.desk_id, *reached.get(each.id, ())} for _, each in rows},
        staff=staff_of(session, desk_ids, now=now, is_here=place.presence.is_present),
        schedules=schedules_of(session, libraries, around=now),
        rules=rules_of(session, libraries),
    )


def _widen(session: Session, conversation: Conversation, route: Route, look: "_Look", told: "_Told") -> None:
    if conversation.state != State.WAITING:
        route.due_at = None
        return
    is_tracked = conversation.promised_at is not None
    move = advance(
        look.plans[conversation.id],
        look.scene_of(conversation),
        next_step=route.next_step,
        reached=look.reached[conversation.id],
        is_tracked=is_tracked,
    )
    route.next_step, route.due_at = move.next_step, move.due_at
    if move.reached is not None:
        passage.reach(session, conversation, move, now=look.now)
        told.reached.append(conversation)
    elif move.is_nobody_there and not is_tracked:
        message = _promise(session, conversation, route, look.schedules[conversation.library_id], look.now)
        told.promised.append((conversation, message))


def _promise(session: Session, conversation: Conversation, route: Route, schedule: Schedule, now: datetime) -> Message:
    """Nobody is there: say so, say by when an answer comes, and make that a duty of the home library."""
    promised_at = working_deadline(schedule, now, route.promise_hours)
    conversation.promised_at = promised_at
    owe(session, conversation, "promised", hours=route.promise_hours, due_at=promised_at, now=now)
    reasons = {"promised_at": promised_at.isoformat(), "hours": route.promise_hours}
    passage.write_down(session, conversation, "nobody_there", at=now, desk_id=conversation.desk_id, reasons=reasons)
    opens_at = schedule.opens_next(now)
    details = {"promised_at": promised_at.isoformat(), "opens_at": opens_at.isoformat() if opens_at else None}
    return conversations.record(session, conversation, Event("tracked", details=details), now=now)


def _announce(place: Workplace, session: Session, told: "_Told") -> None:
    """Tell of all questions of a batch together: each list is locked once, and in the order of all other announcers."""
    session.flush()
    shown = staff_views(session, told.reached) if told.reached else []
    for conversation, message in told.promised:
        announce_messages(place, session, conversation, [message])
        shown.append(announce_sides(place, session, conversation))
    announce_lists(place, session, shown, is_queue_same=True)


@dataclass(frozen=True)
class _Look:
    """One moment, as all questions of a batch see it."""

    now: datetime
    plans: Mapping[UUID, Plan]
    reached: Mapping[UUID, set[UUID]]
    staff: Mapping[UUID, DeskStaff]
    schedules: Mapping[UUID, Schedule]
    rules: Mapping[UUID, CascadeRule]

    def scene_of(self, conversation: Conversation) -> Scene:
        """Return what a question's timer meets: its library's hours, and the desks of its way."""
        schedule = self.schedules[conversation.library_id]
        near = {*self.reached[conversation.id], *(step.desk_id for step in self.plans[conversation.id].steps)}
        return Scene(
            now=self.now,
            is_peak=is_peak(self.rules[conversation.library_id], self.now, schedule.time_zone),
            is_home_open=schedule.is_open(self.now),
            desks={desk_id: self.staff[desk_id].now() for desk_id in near & self.staff.keys()},
        )


@dataclass
class _Told:
    """What a batch has to tell once it is written: questions that reached a desk, and promises with their message."""

    reached: list[Conversation] = field(default_factory=list)
    promised: list[tuple[Conversation, Message]] = field(default_factory=list)


def _reached(session: Session, conversation_ids: list[UUID]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    for reach in session.scalars(select(Reach).where(Reach.conversation_id.in_(conversation_ids))):
        found.setdefault(reach.conversation_id, set()).add(reach.desk_id)
    return found
