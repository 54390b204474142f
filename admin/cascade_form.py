"""A cascade as it is typed into a form and as the rule that is kept: one into the other, rows added, moved, removed.

Pure. Says nothing about whether a rule can work: what cannot be read is handed on as it was typed, to be refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.datastructures import FormData

from qa_server.routing.cascade import QuestionKind, When
from qa_server.routing.rules import ALLIANCE, HOME, MAX_STEPS, UP

DESK, CONTINUE = "desk", "continue"
PLACES = (HOME, ALLIANCE, UP, DESK, CONTINUE)
SECONDS = (
    "head_start_seconds",
    "local_head_start_seconds",
    "wait_seconds",
    "peak_wait_seconds",
    "absence_seconds",
)
_ALL_WHENS = frozenset(str(when) for when in When)
_ALL_KINDS = frozenset(str(kind) for kind in QuestionKind)


@dataclass(frozen=True)
class StepRow:
    """One row of the steps, as typed; an empty wait is the usual one."""

    place: str = HOME
    code: str = ""
    wait: str = ""
    when: frozenset[str] = _ALL_WHENS
    kinds: frozenset[str] = _ALL_KINDS
    free: str = "1"


@dataclass(frozen=True)
class PeakRow:
    """One row of the busy hours, as typed; a row without day and time counts for nothing."""

    weekdays: frozenset[int] = frozenset()
    begins: str = ""
    ends: str = ""

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was typed here."""
        return not (self.weekdays or self.begins or self.ends)


@dataclass(frozen=True)
class CascadeForm:
    """The whole form. The last row of the busy hours is an empty one to type into."""

    seconds: Mapping[str, str]
    steps: tuple[StepRow, ...]
    peak: tuple[PeakRow, ...] = field(default=(PeakRow(),))
    is_locked: bool = False


def from_rule(rule: Mapping[str, Any], *, is_locked: bool) -> CascadeForm:
    """Return the form for a rule as `planning.cascade_of` tells it."""
    return CascadeForm(
        seconds={name: str(rule[name]) for name in SECONDS},
        steps=tuple(_step_row(step) for step in rule["steps"]),
        peak=(*(_peak_row(hours) for hours in rule["peak"]), PeakRow()),
        is_locked=is_locked,
    )


def from_sent(sent: FormData) -> CascadeForm:
    """Return the form as it was sent."""
    count = min(_number(sent, "steps"), MAX_STEPS)
    peaks = [_sent_peak(sent, place) for place in range(min(_number(sent, "peaks"), MAX_STEPS))]
    return CascadeForm(
        seconds={name: str(sent.get(name, "")).strip() for name in SECONDS},
        steps=tuple(_sent_step(sent, place) for place in range(count)),
        peak=(*(each for each in peaks if not each.is_empty), PeakRow()),
        is_locked="lock" in sent,
    )


def as_rule(form: CascadeForm) -> dict[str, Any]:
    """Return the rule as it is kept. What is no number stays as it was typed, to be refused with its place."""
    return {
        **{name: _whole(text) for name, text in form.seconds.items()},
        "peak": [
            {"weekdays": sorted(hours.weekdays), "from": hours.begins, "to": hours.ends}
            for hours in form.peak
            if not hours.is_empty
        ],
        "steps": [_as_step(row) for row in form.steps],
    }


def changed(form: CascadeForm, act: str) -> CascadeForm:
    """Return the form with a row added, removed or moved; `act` is add, remove-N, up-N or down-N, N from 0."""
    name, _, place = act.partition("-")
    steps = list(form.steps)
    at = int(place) if place.isdecimal() else -1
    if name == "add" and len(steps) < MAX_STEPS:
        steps.append(StepRow(place=UP))
    elif name == "remove" and 0 <= at < len(steps):
        del steps[at]
    elif name == "up" and 0 < at < len(steps):
        steps[at - 1], steps[at] = steps[at], steps[at - 1]
    elif name == "down" and 0 <= at < len(steps) - 1:
        steps[at + 1], steps[at] = steps[at], steps[at + 1]
    return replace(form, steps=tuple(steps))


def _step_row(step: Mapping[str, Any]) -> StepRow:
    desk = step["desk"]
    place = CONTINUE if desk is None else desk if desk in PLACES else DESK
    code = step["continue"] if desk is None else desk if place == DESK else ""
    return StepRow(
        place=place,
        code=code,
        wait="" if step["wait_seconds"] is None else str(step["wait_seconds"]),
        when=frozenset(step["when"]),
        kinds=frozenset(step["kinds"]),
        free=str(step["minimum_free"]),
    )


def _peak_row(hours: Mapping[str, Any]) -> PeakRow:
    return PeakRow(frozenset(hours["weekdays"]), str(hours["from"])[:5], str(hours["to"])[:5])


def _sent_step(sent: FormData, place: int) -> StepRow:
    return StepRow(
        place=str(sent.get(f"place-{place}", HOME)),
        code=str(sent.get(f"code-{place}", "")).strip().upper(),
        wait=str(sent.get(f"wait-{place}", "")).strip(),
        when=frozenset(map(str, sent.getlist(f"when-{place}"))),
        kinds=frozenset(map(str, sent.getlist(f"kinds-{place}"))),
        free=str(sent.get(f"free-{place}", "")).strip(),
    )


def _sent_peak(sent: FormData, place: int) -> PeakRow:
    days = frozenset(int(str(day)) for day in sent.getlist(f"peak-days-{place}") if str(day).isdecimal())
    return PeakRow(days, str(sent.get(f"peak-from-{place}", "")).strip(), str(sent.get(f"peak-to-{place}", "")).strip())


def _as_step(row: StepRow) -> dict[str, Any]:
    where = {"continue": row.code} if row.place == CONTINUE else {"desk": row.code if row.place == DESK else row.place}
    step: dict[str, Any] = {**where, "minimum_free": _whole(row.free)}
    if row.wait:
        step["wait_seconds"] = _whole(row.wait)
    if row.when != _ALL_WHENS:
        step["when"] = sorted(row.when)
    if row.kinds != _ALL_KINDS:
        step["kinds"] = sorted(row.kinds)
    return step


def _whole(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _number(sent: FormData, name: str) -> int:
    text = str(sent.get(name, ""))
    return int(text) if text.isdecimal() and len(text) <= 3 else 0
