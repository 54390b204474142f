"""Claims, giving back, closing: at any moment one holder or one queue."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from qa_server.conversations.errors import ConversationEnded
from qa_server.conversations.models import Resolution
from qa_server.desk import answering, asking, sweeping, talking
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember
from qa_server.routing.errors import AlreadyClaimed, NotHolder
from storage.errors import NotFound
from tests.fakes import Clock, Ear
from tests.village import Village, come_in, new_client_id, question


@pytest.fixture
def waiting(place: Workplace, people: Village) -> UUID:
    """A waiting question of library A."""
    reader, _ = come_in(place)
    return asking.ask(place, reader, question())[0].conversation.id


def test_a_claim_makes_the_question_active_and_names_the_holder(
    place: Workplace, people: Village, waiting: UUID
) -> None:
    taken = answering.claim(place, people.lin, waiting)
    assert (taken.state, taken.holder_name, taken.holder_id) == ("active", "lin老师", people.lin.id)
    assert taken.position is None


def test_second_claim_is_refused_with_the_name_and_first_keeps_the_question(
    place: Workplace, people: Village, waiting: UUID
) -> None:
    answering.claim(place, people.lin, waiting)
    with pytest.raises(AlreadyClaimed) as refusal:
        answering.claim(place, people.chen, waiting)
    assert refusal.value.details == {"by": "lin老师", "by_zh": "lin老师", "by_en": "Lin"}
    assert answering.desk_thread(place, people.chen, waiting, 0).conversation.holder_id == people.lin.id


def test_claiming_what_one_holds_changes_nothing(place: Workplace, people: Village, waiting: UUID) -> None:
    first = answering.claim(place, people.lin, waiting)
    assert answering.claim(place, people.lin, waiting).last_seq == first.last_seq


def test_of_many_claims_at_once_exactly_one_wins(place: Workplace, people: Village, waiting: UUID) -> None:
    def attempt(person: StaffMember) -> bool:
        try:
            return answering.claim(place, person, waiting).holder_id == person.id
        except AlreadyClaimed:
            return False

    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(attempt, [people.lin, people.chen, people.zhou] * 4))
    winners = {
        person.id for person, is_won in zip([people.lin, people.chen, people.zhou] * 4, won, strict=True) if is_won
    }
    assert len(winners) == 1


def test_a_librarian_of_another_desk_does_not_find_the_question(
    place: Workplace, people: Village, waiting: UUID
) -> None:
    assert answering.desk_thread(place, people.lin, waiting, 0).messages
    with pytest.raises(NotFound):
        answering.desk_thread(place, people.grace, waiting, 0)
    with pytest.raises(NotFound):
        answering.claim(place, people.grace, waiting)
    with pytest.raises(answering.DeskNotYours):
        answering.desk_listing(place, people.grace, people.desk_a)


def test_a_question_given_back_waits_again_at_the_place_its_age_gives_it(
    place: Workplace, people: Village, waiting: UUID, clock: Clock
) -> None:
    answering.claim(place, people.lin, waiting)
    clock.forward(minutes=5)
    other, _ = come_in(place)
    younger = asking.ask(place, other, question())[0].conversation.id
    returned = answering.give_back(place, people.lin, waiting)
    assert (returned.state, returned.holder_id, returned.position) == ("waiting", None, 1)
    items = answering.desk_listing(place, people.lin, people.desk_a).items
    assert [item.id for item in items] == [waiting, younger]


def test_only_the_holder_may_give_back_close_or_answer(place: Workplace, people: Village, waiting: UUID) -> None:
    answering.claim(place, people.lin, waiting)
    with pytest.raises(NotHolder):
        answering.give_back(place, people.chen, waiting)
    with pytest.raises(NotHolder):
        answering.close(place, people.chen, waiting, resolution=Resolution.ANSWERED, read_level=None)
    with pytest.raises(NotHolder):
        talking.say_as_librarian(place, people.chen, waiting, client_id=new_client_id(), body="您好")


def test_closing_stores_the_codes_and_ends_the_conversation(place: Workplace, people: Village, waiting: UUID) -> None:
    answering.claim(place, people.lin, waiting)
    closed = answering.close(place, people.lin, waiting, resolution=Resolution.ANSWERED, read_level=3)
    assert (closed.state, closed.resolution, closed.read_level, closed.holder_id) == ("closed", "answered", 3, None)
    assert [item.id for item in answering.past_conversations(place, people.chen, before=None).items] == [waiting]
    with pytest.raises(ConversationEnded):
        answering.claim(place, people.chen, waiting)


def test_a_claim_without_a_first_answer_goes_back_after_its_time(
    place: Workplace, people: Village, waiting: UUID, clock: Clock, ear: Ear
) -> None:
    answering.claim(place, people.lin, waiting)
    place.presence.arrive(people.lin.id)
    clock.forward(seconds=place.settings.first_answer_seconds + 1)
    sweeping.keep_leases(place)
    assert sweeping.give_back_run_out(place) == 1
    thread = answering.desk_thread(place, people.chen, waiting, 0)
    assert thread.conversation.state == "waiting"
    assert thread.messages[-1].details == {"reason": "no_first_answer"}
    assert "conversation_changed" in ear.kinds()


def test_the_first_answer_stops_its_clock_and_presence_keeps_the_lease(
    place: Workplace, people: Village, waiting: UUID, clock: Clock
) -> None:
    answering.claim(place, people.lin, waiting)
    talking.say_as_librarian(place, people.lin, waiting, client_id=new_client_id(), body="您好")
    place.presence.arrive(people.lin.id)
    clock.forward(minutes=30)
    sweeping.keep_leases(place)
    assert sweeping.give_back_run_out(place) == 0


def test_an_absent_librarians_chats_go_back_within_the_lease(
    place: Workplace, people: Village, waiting: UUID, clock: Clock
) -> None:
    answering.claim(place, people.lin, waiting)
    talking.say_as_librarian(place, people.lin, waiting, client_id=new_client_id(), body="您好")
    clock.forward(seconds=place.settings.absence_seconds + 1)
    assert sweeping.give_back_run_out(place) == 1
    thread = answering.desk_thread(place, people.chen, waiting, 0)
    assert thread.messages[-1].details == {"reason": "absent"}
    assert answering.claim(place, people.chen, waiting).holder_id == people.chen.id
