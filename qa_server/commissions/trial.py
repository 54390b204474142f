"""Tries a definition out before it is published: walks its states step by step, with its clock. Pure, keeps nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from qa_server.commissions import clock
from qa_server.commissions.clock import Marked
from qa_server.commissions.definition import (
    Actor,
    Need,
    Operation,
    PaymentOrder,
    ServiceDefinition,
    StateDef,
    Transition,
)
from qa_server.commissions.machine import Way, way_by_key, ways
from qa_server.commissions.service_errors import StepImpossible
from qa_server.network.hours import Schedule

# Steps of one trial: more than any commission has.
MAX_STEPS = 200
# What a search or a signature takes back: a report that was passed before is a new one after these.
_UNDO_REVIEW = frozenset({Operation.FAIL_REVIEW, Operation.REWORK, Operation.CORRECT_DRAFT, Operation.CHANGE_ORDER})
_OFFERS = frozenset({Operation.QUOTE, Operation.CHANGE_ORDER})
# Before the first step nothing was delivered, so that any moment serves.
_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
_TAKES_OFFER = frozenset({Operation.ACCEPT_QUOTE, Operation.DECLINE_QUOTE, Operation.QUOTE_EXPIRES})


@dataclass(frozen=True)
class Step:
    """A step somebody took in a trial: the transition, as whom, and when (UTC)."""

    key: str
    actor: Actor
    at: datetime


@dataclass(frozen=True)
class Trod:
    """A step with what it led to. `due` is the deadline then, None while the clock does not run."""

    step: Step
    transition: Transition
    state: StateDef
    due: datetime | None


@dataclass(frozen=True)
class Form:
    """What the form says of the walk: whether it is complete, and whether the price came to nothing."""

    is_complete: bool
    is_free: bool
    days: int


@dataclass(frozen=True)
class Walk:
    """A walk so far: where it stands and who may do what next. `used` is the working time that has passed."""

    trod: tuple[Trod, ...]
    state: StateDef
    ways: tuple[tuple[Actor, Way], ...]
    used: timedelta
    due: datetime | None


def walk(definition: ServiceDefinition, schedule: Schedule, form: Form, steps: Sequence[Step]) -> Walk:
    """Walk the steps from the first state. Raises StepImpossible for one that is not open then."""
    state, marks, trod = definition.first_state, list[Marked](), list[Trod]()
    for step in steps[:MAX_STEPS]:
        met = met_of(definition, form, trod, step.at)
        way = way_by_key(definition, state, step.key, actors={step.actor}, met=met)
        if way is None or not way.is_open or (trod and step.at < trod[-1].step.at):
            raise StepImpossible()
        mark = clock.turned(definition, step.key, marks, step.at)
        marks += [mark] if mark is not None else []
        state = way.transition.to
        due = clock.due_at(schedule, marks, days=form.days)
        trod.append(Trod(step, way.transition, definition.state(state), due))
    now = trod[-1].step.at if trod else _BEGIN
    met = met_of(definition, form, trod, now)
    found = tuple((actor, way) for actor in Actor for way in ways(definition, state, {actor}, met))
    spent = clock.used(schedule, marks, now) if marks else timedelta()
    return Walk(tuple(trod), definition.state(state), found, spent, trod[-1].due if trod else None)


def met_of(definition: ServiceDefinition, form: Form, trod: Sequence[Trod], now: datetime) -> Mapping[Need, bool]:
    """Return which needs are met on a walk, where everybody does what the steps taken so far say, and no more."""
    done = [each.transition.does for each in trod]
    order = definition.prices.order
    is_free = order is PaymentOrder.FREE or form.is_free
    is_settled = is_free or order is PaymentOrder.AGENT or Operation.PAY in done
    owes_before = order is PaymentOrder.BEFORE and not is_settled
    delivered = [each.step.at for each in trod if each.transition.does is Operation.DELIVER]
    return {
        **dict.fromkeys(Need, True),
        Need.COMPLETE_FORM: form.is_complete,
        Need.STANDING_QUOTE: _last(done, _OFFERS) > _last(done, _TAKES_OFFER),
        Need.PAYS_BEFORE: owes_before,
        Need.PAYS_NOT_BEFORE: not owes_before,
        Need.PAID_IF_BEFORE: not owes_before,
        Need.PAID_IF_AFTER: is_settled,
        Need.IS_FREE: is_free,
        Need.REPORT_PASSED: _is_passed(definition, done),
        Need.WITHIN_OBJECTION: bool(delivered) and now <= delivered[-1] + timedelta(days=definition.objection_days),
    }


def _is_passed(definition: ServiceDefinition, done: Sequence[Operation | None]) -> bool:
    needs_review = definition.report is not None and definition.report.needs_review
    return not needs_review or _last(done, {Operation.PASS_REVIEW}) > _last(done, _UNDO_REVIEW)


def _last(done: Sequence[Operation | None], wanted: frozenset[Operation] | set[Operation]) -> int:
    """Return the place of the last of these operations, -1 for none."""
    return max((at for at, each in enumerate(done) if each in wanted), default=-1)
