"""One transition of a commission: checked against its definition, written down, the clock turned, people told.

Every use case that changes a state goes through `move`; nothing else sets it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from qa_server.commissions import machine, service
from qa_server.commissions.clock import Mark
from qa_server.commissions.definition import Actor, Operation, ServiceDefinition
from qa_server.commissions.errors import CommissionChanged, ReasonMissing, TransitionIncomplete, TransitionRefused
from qa_server.commissions.machine import Way
from qa_server.commissions.models import Commission, CommissionEntry, EntryKind
from qa_server.commissions.service import MAX_BODY_CHARACTERS, Deed, Doer
from qa_server.conversations.text import clean_text
from qa_server.desk.commissions import standing
from qa_server.desk.commissions.letters import looking, telling
from qa_server.desk.commissions.money import payment_hook
from qa_server.desk.commissions.wording import NEEDS
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, translate
from qa_server.network.schedules import schedule_of


@dataclass(frozen=True)
class Step:
    """What somebody asks for: a transition by its operation or its key, a reason, and the sight it was decided on.

    `revision` is that of the commission as it was seen; None trusts the present one.
    """

    doer: Doer
    actors: Collection[Actor]
    operation: Operation | None = None
    key: str | None = None
    reason: str = ""
    revision: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def check_sight(commission: Commission, revision: int | None) -> None:
    """Refuse what was decided on an older sight. Raises CommissionChanged."""
    if revision is not None and revision != commission.revision:
        raise CommissionChanged(revision=commission.revision)


def way(session: Session, commission: Commission, definition: ServiceDefinition, step: Step, now: datetime) -> Way:
    """Return the way that a step takes. Raises TransitionRefused, TransitionIncomplete."""
    needs = standing.met(session, commission, definition, now)
    operation = step.operation or _operation_of(definition, step.key)
    found = (
        machine.way_of(definition, commission.state, operation, actors=step.actors, met=needs)
        if operation is not None
        else machine.way_by_key(definition, commission.state, step.key or "", actors=step.actors, met=needs)
    )
    if found is None:
        raise TransitionRefused(state=definition.state(commission.state).label.in_(commission.language))
    if found.missing:
        language: Language = "zh" if commission.language == "zh" else "en"
        missing = ", ".join(translate(NEEDS[need], language) for need in found.missing)
        raise TransitionIncomplete(missing=missing, needs=[need.value for need in found.missing])
    return found


def require(session: Session, commission: Commission, definition: ServiceDefinition, step: Step, now: datetime) -> None:
    """Refuse a step whose transition is not there, before anything is prepared for it. Raises TransitionRefused."""
    ways = machine.ways(definition, commission.state, step.actors, {})
    operation = _operation_of(definition, step.key)
    if not any(each.transition.key == step.key or each.transition.does is operation for each in ways):
        raise TransitionRefused(state=definition.state(commission.state).label.in_(commission.language))


def move(
    place: Workplace, session: Session, commission: Commission, definition: ServiceDefinition, step: Step
) -> CommissionEntry:
    """Make a step. The same try again changes nothing and returns what it wrote the first time.

    Raises CommissionChanged, TransitionRefused, TransitionIncomplete, ReasonMissing, MessageTooLong.
    """
    now = place.clock()
    earlier = service.done_before(session, commission, step.doer)
    if earlier is not None:
        return earlier
    check_sight(commission, step.revision)
    transition = way(session, commission, definition, step, now).transition
    reason = clean_text(step.reason, limit=MAX_BODY_CHARACTERS) if step.reason.strip() else ""
    if transition.reason == "required" and not reason:
        raise ReasonMissing()
    deed = Deed(EntryKind.TRANSITION, transition.key, reason, step.details)
    entry = service.move(session, commission, transition, deed, step.doer, now=now)
    follow(place, session, commission, definition, transition.key)
    if definition.state(commission.state).is_end and commission.ended_at is None:
        commission.ended_at = now
    telling.tell(place, session, commission, definition, entry)
    return entry


def follow(
    place: Workplace, session: Session, commission: Commission, definition: ServiceDefinition, event: str
) -> Mark | None:
    """Let the clock and the timers follow a transition or an event such as a proof of payment."""
    now = place.clock()
    schedule = schedule_of(session, commission.service_library_id, around=now)
    before = len(commission.marks)
    service.turn_clock(commission, definition, schedule, event, now=now)
    payment_hook.follow(place, session, commission, definition, now=now)
    looking.plan(session, commission, definition, schedule, now=now)
    return Mark(commission.marks[-1][0]) if len(commission.marks) > before else None


def _operation_of(definition: ServiceDefinition, key: str | None) -> Operation | None:
    """Return the operation behind a transition's key: its siblings may be the ones whose needs are met."""
    return next((each.does for each in definition.transitions if each.key == key), None)
