"""Where a waiting question goes next, and when: a library's ordered steps of desks. Pure: no clock, no database.

The live router and the simulator both go by `begin` and `advance`; neither decides anything by itself.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

# Head start of the home library and wait of a step, in seconds: what two co-operatives of libraries found to work.
HEAD_START_SECONDS = 40
STEP_SECONDS = 60
PEAK_SECONDS = 15
# A local question stays home longer: only its own library knows the answer well.
LOCAL_HEAD_START_SECONDS = 180
# With nobody at the home desk there is nobody to have a head start; long enough for a page to be loaded again.
ABSENCE_SECONDS = 10
# When every step was tried: look again this often; less often once the reader has a promised time.
AGAIN_SECONDS = 60
TRACKED_AGAIN_SECONDS = 300


class QuestionKind(StrEnum):
    """Whether a question needs the knowledge of its own library."""

    LOCAL = "local"
    GENERAL = "general"


class When(StrEnum):
    """When a step applies, by the home library's clock and hours."""

    PEAK = "peak"
    OPEN = "open"
    OFF_HOURS = "off_hours"


class SkipReason(StrEnum):
    """Why a step was passed over this time."""

    KIND = "kind_not_taken"
    TIME = "not_at_this_time"
    NOT_STAFFED = "not_staffed"
    FULL = "no_capacity"
    GONE = "desk_gone"
    NO_CARD = "no_card"


@dataclass(frozen=True)
class PlannedStep:
    """One desk of a question's way, `relation` to its library: home, up, alliance or named. Waits in seconds.

    `is_barred` when the library or that of the desk may not join shared desks, for want of an approved, fresh card.
    """

    desk_id: UUID
    code: str
    relation: str
    wait_seconds: int = STEP_SECONDS
    peak_wait_seconds: int = PEAK_SECONDS
    when: frozenset[When] = frozenset(When)
    kinds: frozenset[QuestionKind] = frozenset(QuestionKind)
    minimum_free: int = 1
    is_barred: bool = False


@dataclass(frozen=True)
class Plan:
    """The way of one question. The first step is its own desk, in whose queue it stands throughout."""

    steps: tuple[PlannedStep, ...]
    kind: QuestionKind = QuestionKind.GENERAL
    head_start_seconds: int = HEAD_START_SECONDS
    local_head_start_seconds: int = LOCAL_HEAD_START_SECONDS
    absence_seconds: int = ABSENCE_SECONDS


@dataclass(frozen=True)
class DeskNow:
    """A desk at one moment: whether it is open with somebody there, and how many more chats its people take."""

    is_staffed: bool
    free: int


@dataclass(frozen=True)
class Scene:
    """The moment a timer fires: the home library's hours and the desks of the plan; a desk that is gone is missing."""

    now: datetime
    is_peak: bool
    is_home_open: bool
    desks: Mapping[UUID, DeskNow]


@dataclass(frozen=True)
class Skip:
    """A step that was passed over, and why."""

    desk_id: UUID
    reason: SkipReason


@dataclass(frozen=True)
class Move:
    """What a timer decided: a step reached or none, what was passed over, when to look again.

    `is_nobody_there` when every step was tried and no desk the question is open to has anybody: the reader is told.
    """

    reached: PlannedStep | None
    skipped: tuple[Skip, ...]
    next_step: int
    due_at: datetime
    is_nobody_there: bool = False


def begin(plan: Plan, scene: Scene) -> datetime:
    """Return when the first timer of a new question fires: the end of the home desk's head start."""
    home = scene.desks.get(plan.steps[0].desk_id)
    if home is None or not home.is_staffed:
        return scene.now + timedelta(seconds=plan.absence_seconds)
    if plan.kind is QuestionKind.LOCAL:
        return scene.now + timedelta(seconds=plan.local_head_start_seconds)
    return scene.now + timedelta(seconds=plan.steps[0].peak_wait_seconds if scene.is_peak else plan.head_start_seconds)


def advance(plan: Plan, scene: Scene, *, next_step: int, reached: Collection[UUID], is_tracked: bool) -> Move:
    """Decide what becomes of a question whose timer fired: the next desk that can take it, or nobody there.

    `reached` are desks it is open to already, its own included. After the last step the steps that were passed over
    are tried again, so that a desk that opens later still gets it.
    """
    skipped: list[Skip] = []
    for place in range(next_step, len(plan.steps)):
        step = plan.steps[place]
        if step.desk_id in reached:
            continue
        reason = _why_not(plan, step, scene)
        if reason is None:
            wait = step.peak_wait_seconds if scene.is_peak else step.wait_seconds
            return Move(step, tuple(skipped), place + 1, scene.now + timedelta(seconds=wait))
        skipped.append(Skip(step.desk_id, reason))
    is_anybody_there = any(desk.is_staffed for desk_id, desk in scene.desks.items() if desk_id in reached)
    again = AGAIN_SECONDS if is_anybody_there and not is_tracked else TRACKED_AGAIN_SECONDS
    return Move(
        reached=None,
        skipped=tuple(skipped),
        next_step=0,
        due_at=scene.now + timedelta(seconds=again),
        is_nobody_there=not is_anybody_there,
    )


def _why_not(plan: Plan, step: PlannedStep, scene: Scene) -> SkipReason | None:
    desk = scene.desks.get(step.desk_id)
    if desk is None:
        return SkipReason.GONE
    if step.is_barred:
        return SkipReason.NO_CARD
    if plan.kind not in step.kinds:
        return SkipReason.KIND
    if not step.when & _times(scene):
        return SkipReason.TIME
    if not desk.is_staffed:
        return SkipReason.NOT_STAFFED
    if desk.free < step.minimum_free:
        return SkipReason.FULL
    return None


def _times(scene: Scene) -> set[When]:
    present = {When.OPEN if scene.is_home_open else When.OFF_HOURS}
    return present | {When.PEAK} if scene.is_peak else present
