"""A library's cascade as it is written down: reading it, refusing what cannot work, laying out a question's plan. Pure.

A rule is a JSON object, a setting that is inherited down the tree:

    {"head_start_seconds": 40, "local_head_start_seconds": 180, "wait_seconds": 60, "peak_wait_seconds": 15,
     "absence_seconds": 10,
     "peak": [{"weekdays": [0, 1, 2, 3, 4], "from": "19:00", "to": "22:00"}],
     "steps": [{"desk": "home"}, {"desk": "alliance"}, {"desk": "up"},
               {"desk": "JZU/2", "wait_seconds": 30, "when": ["open"], "kinds": ["general"], "minimum_free": 2},
               {"continue": "PRV"}]}
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from qa_server.routing import cascade
from qa_server.routing.cascade import Plan, PlannedStep, QuestionKind, When
from qa_server.routing.errors import CascadeRefused

HOME, ALLIANCE, UP = "home", "alliance", "up"
_RELATIONS = frozenset({HOME, ALLIANCE, UP})
# An hour: a question that waits longer at one step has been forgotten there.
MAX_WAIT_SECONDS = 3_600
MAX_STEPS = 30
# Deepest chain of rules that continue one another.
MAX_CONTINUED = 10


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PeakHours(_Rule):
    """A weekly stretch of busy hours in the library's own time; weekdays 0 (Monday) to 6, `to` after `from`."""

    weekdays: tuple[int, ...] = Field(min_length=1, max_length=7)
    from_: time = Field(alias="from")
    to: time

    @model_validator(mode="after")
    def _check(self) -> "PeakHours":
        if self.to <= self.from_ or any(not 0 <= day <= 6 for day in self.weekdays):
            raise ValueError("from is before to, weekdays are 0 to 6")
        return self


class StepRule(_Rule):
    """One step: a desk (home, alliance, up, or a desk's code), or the rule of another node to go on with.

    A desk's code is its library's code, followed by /2, /3 ... for further desks of the library in order of their age.
    """

    desk: str | None = Field(None, max_length=32)
    continue_: str | None = Field(None, alias="continue", max_length=8)
    wait_seconds: int | None = Field(None, ge=0, le=MAX_WAIT_SECONDS)
    when: frozenset[When] = frozenset(When)
    kinds: frozenset[QuestionKind] = frozenset(QuestionKind)
    minimum_free: int = Field(1, ge=0, le=100)

    @model_validator(mode="after")
    def _check(self) -> "StepRule":
        if (self.desk is None) == (self.continue_ is None) or not self.when or not self.kinds:
            raise ValueError("a step names one desk or one node to continue with, some time and some kind")
        return self


class CascadeRule(_Rule):
    """A library's cascade; the default is the home desk, then the desks up the tree."""

    head_start_seconds: int = Field(cascade.HEAD_START_SECONDS, ge=0, le=MAX_WAIT_SECONDS)
    local_head_start_seconds: int = Field(cascade.LOCAL_HEAD_START_SECONDS, ge=0, le=MAX_WAIT_SECONDS)
    wait_seconds: int = Field(cascade.STEP_SECONDS, ge=0, le=MAX_WAIT_SECONDS)
    peak_wait_seconds: int = Field(cascade.PEAK_SECONDS, ge=0, le=MAX_WAIT_SECONDS)
    absence_seconds: int = Field(cascade.ABSENCE_SECONDS, ge=0, le=MAX_WAIT_SECONDS)
    peak: tuple[PeakHours, ...] = Field((), max_length=20)
    steps: tuple[StepRule, ...] = Field(
        (StepRule(desk=HOME), StepRule(desk=UP)),
        max_length=MAX_STEPS,
    )


@dataclass(frozen=True)
class DeskRef:
    """A desk as a rule names it. `staff` is how many people serve there."""

    id: UUID
    code: str
    staff: int = 1


@dataclass(frozen=True)
class Neighbourhood:
    """What the words of a rule mean for one library: its own desk, those of its alliances, those up the tree."""

    home: DeskRef
    alliance: tuple[DeskRef, ...]
    up: tuple[DeskRef, ...]
    by_code: Mapping[str, DeskRef]


RuleOf = Callable[[str], CascadeRule | None]


def read_rule(written: Mapping[str, Any] | None) -> CascadeRule:
    """Return the rule that was written down, the default for None. Raises CascadeRefused."""
    try:
        return CascadeRule.model_validate(dict(written or {}))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "steps"
        raise CascadeRefused(where=where, reason="This part is missing, unknown or out of its range.") from error


def check_rule(rule: CascadeRule, near: Neighbourhood, rule_of: RuleOf = lambda _code: None) -> None:
    """Refuse a rule that cannot work: one that ends nowhere, loops, or names a desk that is unknown or has no staff.

    `rule_of` gives the rule of the node with a code, None when there is no such node. Raises CascadeRefused.
    """
    named: list[str] = []
    for step in _flat(rule, rule_of, ()):
        desk = step.desk or ""
        if desk in named:
            raise CascadeRefused(where=desk, reason="This desk comes twice: the cascade runs in a circle.")
        if desk not in _RELATIONS and desk not in near.by_code:
            raise CascadeRefused(where=desk, reason="There is no desk with this code.")
        if desk not in _RELATIONS and not near.by_code[desk].staff:
            raise CascadeRefused(where=desk, reason="Nobody serves at this desk.")
        named.append(desk)
    for kind in QuestionKind:
        for when in (When.OPEN, When.OFF_HOURS):
            _check_end(rule, near, rule_of, kind, when)


def plan_for(rule: CascadeRule, near: Neighbourhood, kind: QuestionKind, rule_of: RuleOf = lambda _code: None) -> Plan:
    """Lay out a question's way. Its own desk always comes first; a desk comes once; unknown ones are left out."""
    steps = [PlannedStep(near.home.id, near.home.code, HOME, rule.head_start_seconds, rule.peak_wait_seconds)]
    seen = {near.home.id}
    for step in _flat(rule, rule_of, ()):
        for desk, relation in _meant(step, near):
            if desk.id not in seen:
                seen.add(desk.id)
                steps.append(_planned(desk, relation, step, rule))
    return Plan(tuple(steps), kind, rule.head_start_seconds, rule.local_head_start_seconds, rule.absence_seconds)


def bar(plan: Plan, desk_ids: Collection[UUID]) -> Plan:
    """Return the plan with these desks barred: they stay in it, and are passed over with the reason."""
    steps = (replace(step, is_barred=True) if step.desk_id in desk_ids else step for step in plan.steps)
    return replace(plan, steps=tuple(steps)) if desk_ids else plan


def is_peak(rule: CascadeRule, at: datetime, time_zone: str) -> bool:
    """Say whether this moment lies in the library's busy hours."""
    local = at.astimezone(ZoneInfo(time_zone))
    return any(local.weekday() in hours.weekdays and hours.from_ <= local.time() < hours.to for hours in rule.peak)


def write_plan(plan: Plan) -> dict[str, Any]:
    """Return a plan as JSON, as it is kept beside its question."""
    return {
        "kind": plan.kind.value,
        "head_start_seconds": plan.head_start_seconds,
        "local_head_start_seconds": plan.local_head_start_seconds,
        "absence_seconds": plan.absence_seconds,
        "steps": [
            {
                "desk_id": str(step.desk_id),
                "code": step.code,
                "relation": step.relation,
                "wait_seconds": step.wait_seconds,
                "peak_wait_seconds": step.peak_wait_seconds,
                "when": sorted(step.when),
                "kinds": sorted(step.kinds),
                "minimum_free": step.minimum_free,
                "is_barred": step.is_barred,
            }
            for step in plan.steps
        ],
    }


def read_plan(kept: Mapping[str, Any]) -> Plan:
    """Return a plan from what `write_plan` kept."""
    steps = tuple(
        PlannedStep(
            **{
                **step,
                "desk_id": UUID(step["desk_id"]),
                "when": frozenset(map(When, step["when"])),
                "kinds": frozenset(map(QuestionKind, step["kinds"])),
            }
        )
        for step in kept["steps"]
    )
    rest = {name: value for name, value in kept.items() if name not in {"steps", "kind"}}
    return Plan(steps=steps, kind=QuestionKind(kept["kind"]), **rest)


def with_kind(plan: Plan, kind: QuestionKind) -> Plan:
    """Return the plan for a question that turned out to be of another kind."""
    return replace(plan, kind=kind)


def _flat(rule: CascadeRule, rule_of: RuleOf, above: Sequence[str]) -> Iterator[StepRule]:
    for step in rule.steps:
        if step.continue_ is None:
            yield step
            continue
        if step.continue_ in above or len(above) >= MAX_CONTINUED:
            raise CascadeRefused(where=step.continue_, reason="This node comes twice: the cascade runs in a circle.")
        other = rule_of(step.continue_)
        if other is None:
            raise CascadeRefused(where=step.continue_, reason="There is no node with this code.")
        yield from _flat(other, rule_of, (*above, step.continue_))


def _check_end(rule: CascadeRule, near: Neighbourhood, rule_of: RuleOf, kind: QuestionKind, when: When) -> None:
    """A question of each kind must meet staff at some time of day, whatever was restricted."""
    for step in _flat(rule, rule_of, ()):
        applies = kind in step.kinds and when in step.when
        if applies and any(desk.staff for desk, _ in _meant(step, near)):
            return
    raise CascadeRefused(
        where=f"{kind.value}, {when.value}", reason="These questions end nowhere: no step with staff takes them."
    )


def _meant(step: StepRule, near: Neighbourhood) -> Collection[tuple[DeskRef, str]]:
    if step.desk == HOME:
        return [(near.home, HOME)]
    if step.desk == ALLIANCE:
        return [(desk, ALLIANCE) for desk in near.alliance]
    if step.desk == UP:
        return [(desk, UP) for desk in near.up]
    named = near.by_code.get(step.desk or "")
    return [(named, "named")] if named else []


def _planned(desk: DeskRef, relation: str, step: StepRule, rule: CascadeRule) -> PlannedStep:
    return PlannedStep(
        desk_id=desk.id,
        code=desk.code,
        relation=relation,
        wait_seconds=rule.wait_seconds if step.wait_seconds is None else step.wait_seconds,
        peak_wait_seconds=rule.peak_wait_seconds,
        when=step.when,
        kinds=step.kinds,
        minimum_free=step.minimum_free,
    )
