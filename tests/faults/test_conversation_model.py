"""Random lives of questions, on both databases, compared with a simple model step by step."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from qa_server.attachments.service import Content
from qa_server.commands.invariants import conversation_findings
from qa_server.conversations.errors import ConversationEnded, TooLateToChange
from qa_server.conversations.models import Resolution
from qa_server.desk import answering, asking, attaching, correcting, sweeping, talking
from qa_server.desk.asking import KnownReader
from qa_server.desk.correcting import Target
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import Announcement, ConversationChanged, DeskChanged, NotePosted
from qa_server.people.rights import StaffMember
from qa_server.routing.errors import AlreadyClaimed, NotHolder
from storage.errors import AppError, NotFound
from tests import village
from tests.fakes import Clock
from tests.faults.conftest import ROUNDS
from tests.faults.conversation_model import Page, Question, Said
from tests.village import Village, come_in

LIVES = 5 * ROUNDS
STEPS = 30
# Few, so that much happens to each.
MOST_QUESTIONS = 2
# A failure is told as it was found: making it smaller takes minutes.
PHASES = (Phase.explicit, Phase.generate)

_PLACES = st.integers(0, MOST_QUESTIONS - 1)
_LIBRARIANS = st.sampled_from(["lin", "lin", "chen"])
# Few ids, so that the same one comes again.
_CLIENT_IDS = st.sampled_from([f"message-{number}" for number in range(6)])
_CHANGE_IDS = st.sampled_from([f"change-{number}" for number in range(6)])
_FILE_IDS = st.sampled_from([f"file-{number}" for number in range(3)])
_NOTE_IDS = st.sampled_from([f"note-{number}" for number in range(3)])
_SIDES = st.sampled_from(["reader", "lin", "chen"])
# Mostly the one who said it, and mostly a text that is there.
_CHANGERS = st.sampled_from(["author", "author", "author", "reader", "lin", "chen"])
_TEXTS = st.integers(0, 9)
# What no reader may ever be sent.
_NOTE = "只给同事看"
_BODIES = st.text("好的吗?\n a", min_size=1, max_size=8).filter(lambda text: text.strip() == text and text)


class Lives(RuleBasedStateMachine):
    """Does something to one of its questions at each step."""

    def __init__(self, place: Workplace, people: Village, clock: Clock) -> None:
        super().__init__()
        self._place = place
        self._people = people
        self._clock = clock
        self._questions: list[Question] = []
        self._pages: list[Page] = []
        self._stop = place.bus.listen(self._hear)

    @initialize()
    def begin(self) -> None:
        """Every life begins with a question that LIN holds: more can happen to it."""
        self.ask()
        self.claim(0, "lin")

    @precondition(lambda self: len(self._questions) < MOST_QUESTIONS)
    @rule()
    def ask(self) -> None:
        """A reader asks, twice the same because the first answer was lost."""
        reader, _ = come_in(self._place)
        question = village.question("怎么续借？")
        first, is_new = asking.ask(self._place, reader, question)
        again, is_again_new = asking.ask(self._place, reader, question)
        assert (first, is_new, is_again_new) == (again, True, False)
        asked = Question(first.conversation.id, reader, [("reader", "怎么续借？")])
        asked.numbers["reader", question.client_id] = 1
        asked.texts[1] = Said("reader", "reader", self._clock.now)
        self._questions.append(asked)
        self._pages.append(Page(first.conversation, list(first.messages)))

    @rule(at=_PLACES, client_id=_CLIENT_IDS, body=_BODIES)
    def reader_says(self, at: int, client_id: str, body: str) -> None:
        """The reader writes, or sends again."""
        asked = self._pick(at)
        is_refused = not asked.is_open and ("reader", client_id) not in asked.numbers
        say = partial(talking.say_as_reader, self._place, asked.reader, asked.id, client_id=client_id, body=body)
        message = self._attempt(say, ConversationEnded if is_refused else None)
        if message is not None:
            assert message.seq == asked.say("reader", "reader", client_id, body, self._clock.now)
        self._compare(asked)

    @rule(at=_PLACES, who=_LIBRARIANS, client_id=_CLIENT_IDS, body=_BODIES)
    def librarian_says(self, at: int, who: str, client_id: str, body: str) -> None:
        """A librarian writes, holder or not, or sends again."""
        asked = self._pick(at)
        refusal = self._refusal(asked, who) if (who, client_id) not in asked.numbers else None
        say = partial(
            talking.say_as_librarian, self._place, self._person(who), asked.id, client_id=client_id, body=body
        )
        message = self._attempt(say, refusal)
        if message is not None:
            assert message.seq == asked.say("librarian", who, client_id, body, self._clock.now)
        self._compare(asked)

    @rule(at=_PLACES, changer=_CHANGERS, pick=_TEXTS, client_id=_CHANGE_IDS, body=_BODIES | st.none())
    def change(self, at: int, changer: str, pick: int, client_id: str, body: str | None) -> None:
        """Somebody gives a message another wording or takes it back: an own one or not, in time or not, or again."""
        asked = self._pick(at)
        seq = sorted(asked.texts)[pick % len(asked.texts)] if pick < 8 else len(asked.said) + pick - 8
        who = asked.texts[seq].who if changer == "author" and seq in asked.texts else changer.replace("author", "lin")
        refusal = self._change_refusal(asked, who, seq) if (who, client_id) not in asked.numbers else None
        target = Target(asked.id, seq, client_id)
        person = self._side(asked, who)
        work = partial(correcting.delete, self._place, person, target)
        if body is not None:
            work = partial(correcting.edit, self._place, person, target, body)
        event = self._attempt(work, refusal)
        if event is not None:
            assert event.seq == asked.change(who, client_id, seq, body)
        self._compare(asked)

    @rule(at=_PLACES, who=_SIDES, client_id=_FILE_IDS)
    def attach(self, at: int, who: str, client_id: str) -> None:
        """Somebody sends a file, whose bytes have come, or sends it again."""
        asked = self._pick(at)
        person = self._side(asked, who)
        refusal: type[AppError] | None = None
        if (who, client_id) not in asked.numbers:
            is_refused = not asked.is_open
            refusal = (ConversationEnded if is_refused else None) if who == "reader" else self._refusal(asked, who)
        content = Content("ab" * 32, f"{client_id}.pdf", "application/pdf", 9)
        send = partial(attaching.attach, self._place, person, asked.id, content, client_id=client_id)
        message = self._attempt(send, refusal)
        if message is not None:
            side = "reader" if who == "reader" else "librarian"
            assert message.seq == asked.say(side, who, client_id, content.name, self._clock.now)
        self._compare(asked)

    @rule(at=_PLACES, who=_LIBRARIANS, client_id=_NOTE_IDS, body=_BODIES)
    def note(self, at: int, who: str, client_id: str, body: str) -> None:
        """A librarian writes for the colleagues, or sends it again."""
        # A client id is one note of a librarian, in whatever conversation.
        asked = self._pick(at)
        client_id = f"{client_id}-{asked.id}"
        write = partial(correcting.write_note, client_id=client_id, body=f"{_NOTE}：{body}")
        note = write(self._place, self._person(who), asked.id)
        assert note.body == asked.notes.setdefault((who, client_id), f"{_NOTE}：{body}")
        self._compare(asked)

    @rule(at=_PLACES, who=_LIBRARIANS)
    def claim(self, at: int, who: str) -> None:
        """A librarian takes a question."""
        asked = self._pick(at)
        refusal: type[AppError] | None = None
        if not asked.is_open:
            refusal = ConversationEnded
        elif asked.holder not in {None, who}:
            refusal = AlreadyClaimed
        self._attempt(partial(answering.claim, self._place, self._person(who), asked.id), refusal)
        if refusal is None and asked.holder is None:
            limits, now = self._place.settings, self._clock.now
            asked.claim(
                who,
                lease_until=now + timedelta(seconds=limits.absence_seconds),
                answer_due_at=now + timedelta(seconds=limits.first_answer_seconds),
            )
        self._compare(asked)

    @rule(at=_PLACES, who=_LIBRARIANS)
    def give_back(self, at: int, who: str) -> None:
        """A librarian returns a question, holder or not."""
        asked = self._pick(at)
        refusal = self._refusal(asked, who)
        self._attempt(partial(answering.give_back, self._place, self._person(who), asked.id), refusal)
        if refusal is None:
            asked.give_back()
        self._compare(asked)

    @rule(at=_PLACES, who=_LIBRARIANS)
    def close(self, at: int, who: str) -> None:
        """A librarian closes a question, holder or not."""
        asked = self._pick(at)
        refusal = self._refusal(asked, who)
        close = partial(answering.close, self._place, self._person(who), asked.id)
        self._attempt(partial(close, resolution=Resolution.ANSWERED, read_level=2), refusal)
        if refusal is None:
            asked.end("closed")
        self._compare(asked)

    @rule(at=_PLACES)
    def withdraw(self, at: int) -> None:
        """The reader ends the question."""
        asked = self._pick(at)
        refusal = None if asked.is_open else ConversationEnded
        self._attempt(partial(asking.withdraw, self._place, asked.reader, asked.id), refusal)
        if refusal is None:
            asked.end("closed" if asked.holder else "withdrawn")
        self._compare(asked)

    @rule(at=_PLACES, seq=st.integers(0, 40), who=_SIDES)
    def see(self, at: int, seq: int, who: str) -> None:
        """Somebody reads."""
        asked = self._pick(at)
        if who == "reader":
            talking.see_as_reader(self._place, asked.reader, asked.id, seq)
        else:
            talking.see_as_librarian(self._place, self._person(who), asked.id, seq)
        self._compare(asked)

    @rule(seconds=st.sampled_from([1, 30, 61, 200, -20]))
    def time_passes(self, seconds: int) -> None:
        """Nobody is connected; what ran out goes back."""
        self._clock.forward(seconds=seconds)
        due = [asked for asked in self._questions if asked.has_run_out(self._clock.now)]
        assert sweeping.give_back_run_out(self._place) == len(due)
        for asked in due:
            asked.give_back()
            self._compare(asked)

    def teardown(self) -> None:
        """Look at everything once more, then leave the queue empty for the next life."""
        try:
            for asked, page in zip(self._questions, self._pages, strict=True):
                fresh = asking.thread(self._place, asked.reader, asked.id, 0)
                assert page.messages == list(fresh.messages)
                assert page.conversation == fresh.conversation
            with self._place.database.read() as session:
                assert list(conversation_findings(session)) == []
        finally:
            self._stop()
            for asked in self._questions:
                if asking.thread(self._place, asked.reader, asked.id, 0).conversation.state in {"waiting", "active"}:
                    asking.withdraw(self._place, asked.reader, asked.id)

    def _hear(self, announcement: Announcement) -> None:
        if isinstance(announcement, ConversationChanged):
            assert _NOTE not in announcement.reader.model_dump_json()
        elif not isinstance(announcement, NotePosted | DeskChanged):
            assert _NOTE not in announcement.model_dump_json()
        for page in self._pages:
            page.hear(announcement)

    def _compare(self, asked: Question) -> None:
        thread = asking.thread(self._place, asked.reader, asked.id, 0)
        assert [message.seq for message in thread.messages] == list(range(1, len(asked.said) + 1))
        assert [(message.author, message.event or message.body) for message in thread.messages] == asked.said
        assert _NOTE not in thread.model_dump_json()
        at_desk = answering.desk_thread(self._place, self._people.lin, asked.id, 0)
        assert [note.body for note in at_desk.notes] == list(asked.notes.values())
        staff = at_desk.conversation
        holder = self._person(asked.holder).id if asked.holder else None
        assert (staff.state, staff.holder_id, staff.last_seq) == (asked.state, holder, len(asked.said))
        assert max(staff.reader_seen_seq, staff.staff_seen_seq) <= staff.last_seq

    def _attempt(self, work: Any, refusal: type[AppError] | None) -> Any:
        if refusal is None:
            return work()
        with pytest.raises(refusal):
            work()
        return None

    def _refusal(self, asked: Question, who: str) -> type[AppError] | None:
        if not asked.is_open:
            return ConversationEnded
        return None if asked.holder == who else NotHolder

    def _change_refusal(self, asked: Question, who: str, seq: int) -> type[AppError] | None:
        if not asked.owns(who, seq):
            return NotFound
        if not asked.is_open:
            return ConversationEnded
        is_late = self._clock.now - asked.texts[seq].at > timedelta(minutes=self._place.settings.edit_minutes)
        return TooLateToChange if is_late else None

    def _side(self, asked: Question, who: str) -> KnownReader | StaffMember:
        return asked.reader if who == "reader" else self._person(who)

    def _pick(self, at: int) -> Question:
        return self._questions[at % len(self._questions)]

    def _person(self, who: str) -> StaffMember:
        return self._people.lin if who == "lin" else self._people.chen


@pytest.mark.timeout(60 + 20 * ROUNDS)
def test_whatever_happens_the_service_agrees_with_the_model(place: Workplace, people: Village, clock: Clock) -> None:
    # Hypothesis asks for a class and is content with anything that makes a machine.
    run_state_machine_as_test(
        lambda: Lives(place, people, clock),  # type: ignore[arg-type]
        settings=settings(
            # A commit on PostgreSQL takes longer.
            max_examples=LIVES if place.database.is_sqlite else LIVES // 3,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=PHASES,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
