"""Random histories of questions in the network: after every step each is held once or waits once, and can be closed."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from qa_server.commands.invariants import conversation_findings
from qa_server.commands.routing_invariants import routing_findings
from qa_server.conversations.models import ENDED, Conversation, Resolution
from qa_server.desk import answering, asking, handing_over, owing, supervising, sweeping, talking, timing
from qa_server.desk.asking import KnownReader
from qa_server.desk.handing_over import Passing
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember
from qa_server.routing.hand_overs import HandOverReason, Kind
from qa_server.routing.models import Claim, Duty, HandOver
from storage.errors import AppError
from tests.fakes import Clock
from tests.faults.conftest import ROUNDS
from tests.routing.conftest import Region
from tests.village import come_in, new_client_id, question

LIVES = 4 * ROUNDS
STEPS = 40
MOST_QUESTIONS = 3
PHASES = (Phase.explicit, Phase.generate)

_NAMES = ("lin", "chen", "grace", "wang", "he")
_WHO = st.sampled_from(_NAMES)
_WHICH = st.integers(0, MOST_QUESTIONS - 1)
_KINDS = st.sampled_from([Kind.UP, Kind.HOME, Kind.PERSON, Kind.DESK])
_RESOLUTIONS = st.sampled_from(list(Resolution))


class Histories(RuleBasedStateMachine):
    """Does something to one of its questions at each step; refusals are allowed, broken promises are not."""

    def __init__(self, place: Workplace, region: Region, clock: Clock) -> None:
        super().__init__()
        self._place = place
        self._clock = clock
        village = region.village
        self._region = region
        self._people = {"lin": village.lin, "chen": village.chen, "grace": village.grace}
        self._people |= {"wang": region.wang, "he": region.he}
        self._asked: list[tuple[KnownReader, Conversation]] = []
        self._here: set[str] = set()

    @initialize()
    def begin(self) -> None:
        """Every history begins with a question."""
        self.ask()

    @precondition(lambda self: len(self._asked) < MOST_QUESTIONS)
    @rule()
    def ask(self) -> None:
        """A reader asks."""
        reader, _ = come_in(self._place)
        found = asking.ask(self._place, reader, question())[0].conversation.id
        with self._place.database.read() as session:
            self._asked.append((reader, session.get_one(Conversation, found)))
        self._check()

    @rule(who=_WHO)
    def come_or_go(self, who: str) -> None:
        """Somebody opens or closes the console."""
        if who in self._here:
            self._here.remove(who)
            self._place.presence.leave(self._people[who].id)
        else:
            self._here.add(who)
            self._place.presence.arrive(self._people[who].id)

    @rule(which=_WHICH, who=_WHO)
    def claim(self, which: int, who: str) -> None:
        """Somebody claims."""
        self._attempt(partial(answering.claim, self._place, self._people[who], self._pick(which)))

    @rule(which=_WHICH, who=_WHO)
    def give_back(self, which: int, who: str) -> None:
        """Somebody gives back."""
        self._attempt(partial(answering.give_back, self._place, self._people[who], self._pick(which)))

    @rule(which=_WHICH, who=_WHO)
    def say(self, which: int, who: str) -> None:
        """Somebody writes."""
        say = partial(talking.say_as_librarian, self._place, self._people[who], self._pick(which))
        self._attempt(partial(say, client_id=new_client_id(), body="您好"))

    @rule(which=_WHICH, who=_WHO, resolution=_RESOLUTIONS)
    def close(self, which: int, who: str, resolution: Resolution) -> None:
        """Somebody closes."""
        close = partial(answering.close, self._place, self._people[who], self._pick(which))
        self._attempt(partial(close, resolution=resolution, read_level=None, hours=8))

    @rule(which=_WHICH)
    def withdraw(self, which: int) -> None:
        """The reader leaves."""
        reader, conversation = self._asked[which % len(self._asked)]
        self._attempt(partial(asking.withdraw, self._place, reader, conversation.id))

    @rule(which=_WHICH, who=_WHO, kind=_KINDS, to=_WHO, is_warm=st.booleans())
    def hand_over(self, which: int, who: str, kind: Kind, to: str, is_warm: bool) -> None:
        """Somebody passes a question on."""
        target = self._people[to]
        desk = sorted(target.desk_ids)[0] if kind in {Kind.PERSON, Kind.DESK} else None
        person = target.id if kind is Kind.PERSON else None
        passing = Passing(kind, HandOverReason.OTHER, desk, person, is_warm=is_warm)
        self._attempt(partial(handing_over.hand_over, self._place, self._people[who], self._pick(which), passing))

    @rule(which=_WHICH, who=_WHO)
    def ask_back(self, which: int, who: str) -> None:
        """Somebody asks for a question back."""
        self._attempt(partial(handing_over.ask_back, self._place, self._people[who], self._pick(which), note=""))

    @rule(who=_WHO, answer=st.sampled_from(["accept", "decline", "take_back"]))
    def answer(self, who: str, answer: str) -> None:
        """Somebody answers whatever is offered, theirs or not."""
        with self._place.database.read() as session:
            offered = session.scalars(select(HandOver.id).where(HandOver.state == "offered")).first()
        if offered is not None:
            person = self._people[who]
            if answer == "accept":
                self._attempt(partial(handing_over.accept, self._place, person, offered))
            elif answer == "decline":
                self._attempt(partial(handing_over.decline, self._place, person, offered, note=""))
            else:
                self._attempt(partial(handing_over.take_back, self._place, person, offered))

    @rule(which=_WHICH)
    def take_over(self, which: int) -> None:
        """The dispatcher takes over."""
        self._attempt(partial(supervising.take_over, self._place, self._people["he"], self._pick(which)))

    @rule(who=_WHO)
    def take_up_duty(self, who: str) -> None:
        """Somebody takes up whatever is owed."""
        with self._place.database.read() as session:
            owed = session.scalars(select(Duty.id).where(Duty.state != "done")).first()
        if owed is not None:
            self._attempt(partial(owing.take_up_duty, self._place, self._people[who], owed))

    @rule(seconds=st.sampled_from([1, 10, 40, 61, 130, 200, 40_000]))
    def time_passes(self, seconds: int) -> None:
        """The clock moves, then everything that is due happens, twice as with two processes."""
        self._clock.forward(seconds=seconds)
        for _ in range(2):
            sweeping.keep_leases(self._place)
            sweeping.give_back_run_out(self._place)
            timing.fire_all(self._place)
        assert timing.fire_all(self._place) == 0
        self._check()

    def teardown(self) -> None:
        """At the end every question can be taken and closed by its own library."""
        lin: StaffMember = self._people["lin"]
        for _, conversation in self._asked:
            if self._is_open(conversation):
                supervising.take_over(self._place, self._people["he"], conversation.id)
                answering.give_back(self._place, self._people["he"], conversation.id)
                answering.claim(self._place, lin, conversation.id)
                answering.close(self._place, lin, conversation.id, resolution=Resolution.ANSWERED, read_level=None)
        self._check()
        for who in self._here:
            self._place.presence.leave(self._people[who].id)

    def _is_open(self, conversation: Conversation) -> bool:
        with self._place.database.read() as session:
            return session.get_one(Conversation, conversation.id).state not in ENDED

    def _pick(self, which: int) -> UUID:
        return self._asked[which % len(self._asked)][1].id

    def _attempt(self, do: Callable[[], object]) -> None:
        with suppress(AppError):
            do()
        self._check()

    def _check(self) -> None:
        with self._place.database.read() as session:
            assert list(conversation_findings(session)) == []
            assert list(routing_findings(session)) == []
            for _, asked in self._asked:
                state = session.get_one(Conversation, asked.id).state
                held = session.scalars(
                    select(Claim.id).where(Claim.conversation_id == asked.id, Claim.released_at.is_(None))
                ).all()
                assert len(held) == (1 if state == "active" else 0)


def test_nothing_is_ever_hung_hidden_or_held_twice(place: Workplace, region: Region, clock: Clock) -> None:
    run_state_machine_as_test(
        lambda: Histories(place, region, clock),  # type: ignore[arg-type]
        settings=settings(
            # A commit on PostgreSQL takes longer.
            max_examples=LIVES if place.database.is_sqlite else LIVES // 2,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("text", ["怎么续借？"])
def test_a_fresh_question_breaks_no_promise(place: Workplace, region: Region, text: str) -> None:
    reader, _ = come_in(place)
    asking.ask(place, reader, question(text))
    with place.database.read() as session:
        assert list(routing_findings(session)) == []
