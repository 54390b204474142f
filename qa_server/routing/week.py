"""A simulated week of a network: generated arrivals, the live router's own rules, people who take time. Pure.

Times are moments of one local week. What is not known of a real network is a named constant below, to be read as such.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from statistics import median
from uuid import UUID

from qa_server.routing.cascade import DeskNow, Plan, QuestionKind, Scene, advance, begin
from qa_server.routing.policy import Candidate, Mode, Wanted, choose, free_places
from qa_server.routing.rules import CascadeRule, is_peak, plan_for
from qa_server.routing.week_network import CHAT_SECONDS, HOURLY, SimulatedDesk, SimulatedNetwork

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
HOURS_PER_WEEK = 168
# Monday to Sunday.
DAILY = (1.15, 1.1, 1.05, 1.05, 0.95, 0.45, 0.45)
# Seconds. Somebody who is free takes a question after a moment; a reader waits for a while.
REACTION_SECONDS = 15.0
PATIENCE_SECONDS = 420.0
# Of all questions this share needs the knowledge of its own library.
LOCAL_SHARE = 0.45

_ASKED, _TIMER, _CLAIM, _ENDED, _LEFT = range(5)


@dataclass
class _Waiting:
    """A question on its way."""

    id: int
    library: int
    plan: Plan
    wanted: Wanted
    asked_at: datetime
    reached: list[UUID]
    next_step: int = 1
    is_over: bool = False
    is_tracked: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of one question: claimed (with the relation of the desk), abandoned or tracked. Wait in seconds."""

    hour: int
    kind: QuestionKind
    result: str
    relation: str
    desk_id: UUID
    wait_seconds: float


@dataclass
class Week:
    """A finished week."""

    questions: int
    outcomes: list[Outcome] = field(default_factory=list)
    busy_seconds: dict[UUID, float] = field(default_factory=lambda: defaultdict(float))
    taken: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))


@dataclass(frozen=True)
class Figures:
    """A week in numbers: shares of all questions 0..1, waits of those that were taken in seconds."""

    questions: int
    median_wait: float
    p90_wait: float
    taken: float
    abandoned: float
    tracked: float
    by_relation: Mapping[str, float]
    load_by_level: Mapping[str, float]
    busiest: tuple[tuple[str, float, int], ...]


def simulate(network: SimulatedNetwork, rule: CascadeRule, *, seed: int, questions_per_library: float) -> Week:
    """Run a week. The same seed gives the same arrivals, patience and chats, whatever the rule: two rules compare."""
    return _Run(network, rule, seed, questions_per_library).run()


def figures(week: Week, network: SimulatedNetwork) -> Figures:
    """Return a week in numbers."""
    waits = sorted(each.wait_seconds for each in week.outcomes if each.result == "claimed")
    total = max(1, len(week.outcomes))
    relations: dict[str, int] = defaultdict(int)
    for each in week.outcomes:
        if each.result == "claimed":
            relations[each.relation] += 1
    loads = {desk.id: _load(desk, week) for desk in network.desks.values()}
    levels: dict[str, list[float]] = defaultdict(list)
    for desk in network.desks.values():
        levels[desk.level].append(loads[desk.id])
    busiest = sorted(network.desks.values(), key=lambda desk: (-loads[desk.id], desk.code))[:10]
    return Figures(
        questions=week.questions,
        median_wait=round(median(waits), 1) if waits else 0.0,
        p90_wait=round(waits[int(len(waits) * 0.9)], 1) if waits else 0.0,
        taken=round(len(waits) / total, 4),
        abandoned=round(sum(each.result == "abandoned" for each in week.outcomes) / total, 4),
        tracked=round(sum(each.result == "tracked" for each in week.outcomes) / total, 4),
        by_relation={name: round(number / total, 4) for name, number in sorted(relations.items())},
        load_by_level={level: round(sum(found) / len(found), 4) for level, found in sorted(levels.items())},
        busiest=tuple((desk.code, round(loads[desk.id], 3), week.taken[desk.id]) for desk in busiest),
    )


def waits_by_hour(week: Week) -> list[float]:
    """Return the 90th percentile of the wait in seconds for each of the 168 hours; 0 where nothing was taken."""
    by_hour: list[list[float]] = [[] for _ in range(HOURS_PER_WEEK)]
    for each in week.outcomes:
        if each.result == "claimed":
            insort(by_hour[each.hour], each.wait_seconds)
    return [found[int(len(found) * 0.9)] if found else 0.0 for found in by_hour]


def _load(desk: SimulatedDesk, week: Week) -> float:
    """Share of the paid places that were busy, 0..1."""
    capacity = sum(shift.people * shift.seconds for shift in desk.shifts) * desk.max_chats
    return week.busy_seconds[desk.id] / capacity if capacity else 0.0


class _Run:
    """One run: a queue of moments, handled in order."""

    def __init__(self, network: SimulatedNetwork, rule: CascadeRule, seed: int, per_library: float) -> None:
        self._network = network
        self._rule = rule
        # Chance here decides arrivals, no secrets.
        self._random = Random(seed)  # noqa: S311
        # Of its own, so that what happens later in the week does not change who asks.
        self._arrivals = Random(seed + 1)  # noqa: S311
        self._per_library = per_library
        self._moments: list[tuple[datetime, int, int, _Waiting | None, Candidate | None, UUID | None]] = []
        self._order = count()
        self._waiting_at: dict[UUID, list[_Waiting]] = defaultdict(list)
        self._loads: dict[UUID, int] = defaultdict(int)
        self._last: dict[UUID, datetime] = {}
        self._plans: dict[tuple[int, QuestionKind], Plan] = {}
        self._week = Week(0)

    def run(self) -> Week:
        """Handle every moment of the week and what is open at its end."""
        self._ask_all()
        while self._moments:
            at, _, what, question, person, desk_id = heappop(self._moments)
            if what == _ENDED and person is not None and desk_id is not None:
                self._loads[person.librarian_id] -= 1
                self._look(desk_id, at)
            elif question is not None and not question.is_over:
                self._handle(at, what, question, desk_id)
        return self._week

    def _handle(self, at: datetime, what: int, question: _Waiting, desk_id: UUID | None) -> None:
        if what == _ASKED:
            self._arrive(question, at)
        elif what == _TIMER:
            self._widen(question, at)
        elif what == _CLAIM and desk_id is not None:
            self._claim(question, desk_id, at)
        elif what == _LEFT and not question.is_tracked:
            self._finish(question, "abandoned", question.plan.steps[0].desk_id, at)

    def _ask_all(self) -> None:
        weights = [DAILY[hour // 24] * HOURLY[hour % 24] for hour in range(HOURS_PER_WEEK)]
        total = round(self._per_library * len(self._network.libraries))
        hours = self._arrivals.choices(range(HOURS_PER_WEEK), weights, k=total)
        for number, hour in enumerate(hours):
            at = MONDAY + timedelta(hours=hour, seconds=self._arrivals.random() * 3_600)
            library = self._arrivals.randrange(len(self._network.libraries))
            kind = QuestionKind.LOCAL if self._arrivals.random() < LOCAL_SHARE else QuestionKind.GENERAL
            question = _Waiting(
                number,
                library,
                self._plan(library, kind),
                Wanted(self._network.libraries[library].id),
                at,
                [],
            )
            self._push(at, _ASKED, question)
            self._push(at + timedelta(seconds=self._arrivals.expovariate(1 / PATIENCE_SECONDS)), _LEFT, question)
        self._week.questions = total

    def _plan(self, library: int, kind: QuestionKind) -> Plan:
        key = (library, kind)
        if key not in self._plans:
            self._plans[key] = plan_for(self._rule, self._network.neighbourhood(library), kind)
        return self._plans[key]

    def _arrive(self, question: _Waiting, at: datetime) -> None:
        self._reach(question, question.plan.steps[0].desk_id, at)
        self._push(begin(question.plan, self._scene(question.plan, at)), _TIMER, question)

    def _widen(self, question: _Waiting, at: datetime) -> None:
        move = advance(
            question.plan,
            self._scene(question.plan, at),
            next_step=question.next_step,
            reached=question.reached,
            is_tracked=question.is_tracked,
        )
        question.next_step = move.next_step
        if move.reached is not None:
            self._reach(question, move.reached.desk_id, at)
        elif move.is_nobody_there:
            question.is_tracked = True
            self._finish(question, "tracked", question.plan.steps[0].desk_id, at)
            return
        else:
            # Somebody may have come to a desk meanwhile.
            for desk_id in question.reached:
                self._notice(question, desk_id, at)
        self._push(move.due_at, _TIMER, question)

    def _reach(self, question: _Waiting, desk_id: UUID, at: datetime) -> None:
        question.reached.append(desk_id)
        self._waiting_at[desk_id].append(question)
        self._notice(question, desk_id, at)

    def _notice(self, question: _Waiting, desk_id: UUID, at: datetime) -> None:
        if free_places(self._present(desk_id, at)):
            seconds = self._random.expovariate(1 / REACTION_SECONDS)
            self._push(at + timedelta(seconds=seconds), _CLAIM, question, desk_id=desk_id)

    def _look(self, desk_id: UUID, at: datetime) -> None:
        """Somebody is free again: the oldest question of the desk is next."""
        waiting = self._waiting_at[desk_id] = [each for each in self._waiting_at[desk_id] if not each.is_over]
        if waiting:
            self._notice(waiting[0], desk_id, at)

    def _claim(self, question: _Waiting, desk_id: UUID, at: datetime) -> None:
        waited = (at - question.asked_at).total_seconds()
        choice = choose(question.wanted, self._present(desk_id, at), mode=Mode.LEAST_LOADED, waited_seconds=waited)
        if choice is None:
            return
        person = choice.judged[0].candidate
        self._loads[person.librarian_id] += 1
        self._last[person.librarian_id] = at
        seconds = self._random.expovariate(1 / CHAT_SECONDS)
        self._week.busy_seconds[desk_id] += seconds
        self._week.taken[desk_id] += 1
        self._push(at + timedelta(seconds=seconds), _ENDED, None, person, desk_id)
        self._finish(question, "claimed", desk_id, at)

    def _finish(self, question: _Waiting, result: str, desk_id: UUID, at: datetime) -> None:
        question.is_over = True
        relation = next((step.relation for step in question.plan.steps if step.desk_id == desk_id), "")
        hour = int((question.asked_at - MONDAY).total_seconds() // 3_600)
        wait = (at - question.asked_at).total_seconds()
        self._week.outcomes.append(Outcome(hour, question.plan.kind, result, relation, desk_id, wait))

    def _scene(self, plan: Plan, at: datetime) -> Scene:
        desks = {}
        for step in plan.steps:
            present = self._present(step.desk_id, at)
            desks[step.desk_id] = DeskNow(bool(present), free_places(present))
        home = plan.steps[0].desk_id
        return Scene(at, is_peak(self._rule, at, "UTC"), self._network.desks[home].is_open(at - MONDAY), desks)

    def _present(self, desk_id: UUID, at: datetime) -> list[Candidate]:
        desk = self._network.desks[desk_id]
        return [
            Candidate(
                person,
                desk.library_id,
                load=self._loads[person],
                max_load=desk.max_chats,
                last_given_at=self._last.get(person),
            )
            for person in desk.on_duty(at - MONDAY)
        ]

    def _push(
        self,
        at: datetime,
        what: int,
        question: _Waiting | None,
        person: Candidate | None = None,
        desk_id: UUID | None = None,
    ) -> None:
        heappush(self._moments, (at, next(self._order), what, question, person, desk_id))
