"""A waiting question widens from desk to desk, and a reader whom nobody can answer is told by when somebody will."""

from uuid import UUID

import pytest

from qa_server.conversations.models import Resolution
from qa_server.desk import answering, asking, sweeping, talking, widening
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember
from storage.errors import NotFound
from tests.fakes import Clock, Ear
from tests.routing.conftest import Region
from tests.village import come_in, new_client_id, question

GENERAL = "怎样检索古籍数据库？"
LOCAL = "图书馆几点关门？"


def ask(place: Workplace, text: str = GENERAL) -> UUID:
    """Ask as a reader of library A."""
    reader, _ = come_in(place)
    return asking.ask(place, reader, question(text))[0].conversation.id


def sees(place: Workplace, person: StaffMember, desk_id: UUID) -> list[UUID]:
    """Return what a person finds in a desk's list."""
    return [item.id for item in answering.desk_listing(place, person, desk_id).items]


def test_a_question_reaches_the_next_desk_after_the_head_start_and_may_be_claimed_there(
    place: Workplace, region: Region, clock: Clock
) -> None:
    place.presence.arrive(region.village.lin.id)
    place.presence.arrive(region.wang.id)
    asked = ask(place)
    clock.forward(seconds=39)
    assert widening.widen_due(place) == 0
    assert sees(place, region.wang, region.centre) == []
    with pytest.raises(NotFound):
        answering.claim(place, region.wang, asked)
    clock.forward(seconds=1)
    assert widening.widen_due(place) == 1
    assert sees(place, region.wang, region.centre) == [asked]
    taken = answering.claim(place, region.wang, asked)
    assert (taken.holder_id, taken.desk_id) == (region.wang.id, region.village.desk_a)


def test_a_local_question_stays_home_longer(place: Workplace, region: Region, clock: Clock) -> None:
    place.presence.arrive(region.village.lin.id)
    place.presence.arrive(region.wang.id)
    asked = ask(place, LOCAL)
    clock.forward(seconds=179)
    assert widening.widen_due(place) == 0
    clock.forward(seconds=1)
    assert widening.widen_due(place) == 1
    assert sees(place, region.wang, region.centre) == [asked]


def test_with_nobody_at_home_the_next_desk_gets_it_at_once(place: Workplace, region: Region, clock: Clock) -> None:
    place.presence.arrive(region.wang.id)
    asked = ask(place, LOCAL)
    clock.forward(seconds=10)
    assert widening.widen_due(place) == 1
    assert sees(place, region.wang, region.centre) == [asked]


def test_when_nobody_is_anywhere_the_reader_gets_a_promise_once(place: Workplace, region: Region, clock: Clock) -> None:
    reader, _ = come_in(place)
    asked = asking.ask(place, reader, question(GENERAL))[0].conversation.id
    clock.forward(seconds=10)
    widening.widen_due(place)
    thread = asking.thread(place, reader, asked, 0)
    assert thread.messages[-1].event == "tracked"
    assert thread.conversation.promised_at is not None
    assert thread.conversation.state == "waiting"
    clock.forward(minutes=30)
    widening.widen_due(place)
    assert asking.thread(place, reader, asked, 0).conversation.last_seq == thread.conversation.last_seq


def test_a_desk_that_comes_back_later_still_gets_a_tracked_question(
    place: Workplace, region: Region, clock: Clock
) -> None:
    asked = ask(place)
    clock.forward(seconds=10)
    widening.widen_due(place)
    place.presence.arrive(region.wang.id)
    clock.forward(minutes=5)
    widening.widen_due(place)
    assert sees(place, region.wang, region.centre) == [asked]


def test_while_one_desk_holds_a_question_the_other_reached_desks_do_not_see_it_and_are_told(
    place: Workplace, region: Region, clock: Clock, ear: Ear
) -> None:
    place.presence.arrive(region.village.lin.id)
    place.presence.arrive(region.wang.id)
    asked = ask(place)
    clock.forward(seconds=40)
    widening.widen_due(place)
    ear.heard.clear()
    answering.claim(place, region.village.lin, asked)
    assert sees(place, region.wang, region.centre) == []
    with pytest.raises(NotFound):
        answering.desk_thread(place, region.wang, asked, 0)
    told = [each for each in ear.heard if each.kind == "desk_changed" and each.desk_id == region.centre]
    assert [each.is_listed for each in told] == [False]
    answering.give_back(place, region.village.lin, asked)
    assert sees(place, region.wang, region.centre) == [asked]


def test_a_helper_answers_and_closes_and_loses_sight_of_it(place: Workplace, region: Region, clock: Clock) -> None:
    place.presence.arrive(region.wang.id)
    asked = ask(place)
    clock.forward(seconds=10)
    widening.widen_due(place)
    answering.claim(place, region.wang, asked)
    talking.say_as_librarian(place, region.wang, asked, client_id=new_client_id(), body="您好")
    closed = answering.close(place, region.wang, asked, resolution=Resolution.ANSWERED, read_level=2)
    assert closed.state == "closed"
    with pytest.raises(NotFound):
        answering.desk_thread(place, region.wang, asked, 0)
    assert answering.desk_thread(place, region.village.lin, asked, 0).conversation.resolution == "answered"


def test_a_helper_who_leaves_gives_it_back_to_every_desk_it_had_reached(
    place: Workplace, region: Region, clock: Clock
) -> None:
    place.presence.arrive(region.wang.id)
    asked = ask(place)
    clock.forward(seconds=10)
    widening.widen_due(place)
    answering.claim(place, region.wang, asked)
    place.presence.leave(region.wang.id)
    clock.forward(seconds=61)
    assert sweeping.give_back_run_out(place) == 1
    assert sees(place, region.wang, region.centre) == [asked]
    assert sees(place, region.village.lin, region.village.desk_a) == [asked]


def test_what_is_seen_says_why_it_is_there(place: Workplace, region: Region, clock: Clock) -> None:
    place.presence.arrive(region.wang.id)
    ask(place)
    clock.forward(seconds=10)
    widening.widen_due(place)
    (item,) = answering.desk_listing(place, region.wang, region.centre).items
    (reached,) = item.reached
    assert (reached.desk_id, reached.reason) == (region.centre, "cascade")
    assert reached.details["relation"] == "up"
