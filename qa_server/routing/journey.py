"""Who gets a question, step by step, if nobody claims it: the simulator's walk through the live router's own rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.network.models import Desk
from qa_server.people.availability import takes_anything
from qa_server.people.queries import librarians_by_id
from qa_server.routing.cascade import Plan, QuestionKind, Scene, advance, begin
from qa_server.routing.policy import Choice, Wanted, choose
from qa_server.routing.surroundings import DeskStaff, IsHere, lay_out, scene_at, staff_of, wanted_of

# Looks at the cascade after which a journey ends: far more than steps exist.
MAX_MOVES = 60


@dataclass(frozen=True)
class Leg:
    """One moment of a journey: a desk reached or, with none, the promise; who gets the question offered, and why."""

    at: datetime
    desk_id: UUID | None
    code: str
    relation: str
    is_staffed: bool
    skipped: tuple[tuple[UUID, str], ...]
    choice: Choice | None = None


@dataclass(frozen=True)
class Journey:
    """Every leg in order, and the names to tell it by. `ends` is waits_for_staff or tracked."""

    legs: tuple[Leg, ...]
    ends: str
    desk_names: Mapping[UUID, tuple[str, str]]
    people_names: Mapping[UUID, tuple[str, str]]


StaffAt = Callable[[datetime], Mapping[UUID, DeskStaff]]
SceneAt = Callable[[datetime], Scene]


def travel(
    plan: Plan, asked_at: datetime, *, wanted: Wanted, scene_of: SceneAt, staff_at: StaffAt
) -> tuple[tuple[Leg, ...], str]:
    """Walk a question through its cascade while nobody claims it. Pure but for what the two callables read."""
    home = plan.steps[0]
    legs = [_leg(asked_at, plan, home.desk_id, (), wanted, staff_at, asked_at)]
    due, next_step, reached = begin(plan, scene_of(asked_at)), 1, {home.desk_id}
    for _ in range(MAX_MOVES):
        move = advance(plan, scene_of(due), next_step=next_step, reached=reached, is_tracked=False)
        skipped = tuple((each.desk_id, each.reason.value) for each in move.skipped)
        if move.reached is None:
            legs.append(Leg(due, None, "", "", False, skipped))
            return tuple(legs), "tracked" if move.is_nobody_there else "waits_for_staff"
        reached.add(move.reached.desk_id)
        legs.append(_leg(due, plan, move.reached.desk_id, skipped, wanted, staff_at, asked_at))
        due, next_step = move.due_at, move.next_step
    return tuple(legs), "waits_for_staff"


def travel_from(
    session: Session,
    library_id: UUID,
    *,
    at: datetime,
    kind: QuestionKind,
    subject: str | None = None,
    language: str = "zh",
    is_here: IsHere = lambda _librarian: True,
) -> Journey:
    """Walk a question of a library through the stored network. `is_here` says who is connected; else rosters decide.

    Raises NotFound where no desk takes the library's questions.
    """
    laid = lay_out(session, library_id, kind, now=at)
    desk_ids = {step.desk_id for step in laid.plan.steps}

    def staff_at(moment: datetime) -> Mapping[UUID, DeskStaff]:
        # Of another moment nobody's choice of now says anything.
        return staff_of(session, desk_ids, now=moment, is_here=is_here, takes=takes_anything)

    def scene_of(moment: datetime) -> Scene:
        return scene_at(session, library_id, staff_at(moment), rule=laid.rule, now=moment)

    wanted = wanted_of(session, library_id, subject=subject, language=language)
    legs, ends = travel(laid.plan, at, wanted=wanted, scene_of=scene_of, staff_at=staff_at)
    people = {each.candidate.librarian_id for leg in legs if leg.choice for each in leg.choice.judged}
    desks = session.scalars(select(Desk).where(Desk.id.in_(desk_ids)))
    return Journey(
        legs,
        ends,
        {each.id: (each.name_zh, each.name_en) for each in desks},
        {each.id: (each.name_zh, each.name_en) for each in librarians_by_id(session, people).values()},
    )


def _leg(
    at: datetime,
    plan: Plan,
    desk_id: UUID,
    skipped: tuple[tuple[UUID, str], ...],
    wanted: Wanted,
    staff_at: StaffAt,
    asked_at: datetime,
) -> Leg:
    step = next(each for each in plan.steps if each.desk_id == desk_id)
    staff = staff_at(at).get(desk_id)
    choice = None
    if staff is not None and staff.is_staffed:
        waited = (at - asked_at).total_seconds()
        choice = choose(wanted, staff.present, mode=staff.mode, waited_seconds=waited)
    return Leg(at, desk_id, step.code, step.relation, staff is not None and staff.is_staffed, skipped, choice)
