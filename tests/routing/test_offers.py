"""Desks that choose a person, supervisors, and several processes at the timers."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import select

from qa_server.desk import answering, asking, explaining, offering, supervising, widening
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk
from qa_server.people.rights import StaffMember
from qa_server.routing.errors import NotHolder
from qa_server.routing.models import Assignment, SupervisionEntry
from storage.errors import NotFound
from tests.fakes import Clock
from tests.routing.conftest import Region
from tests.village import come_in, new_client_id, question


def ask(place: Workplace) -> UUID:
    """Ask as a reader of library A."""
    reader, _ = come_in(place)
    return asking.ask(place, reader, question())[0].conversation.id


def offered_to(place: Workplace, person: StaffMember, conversation: UUID) -> list[UUID]:
    """Return to whom a question is offered, as somebody of the desk sees it."""
    thread = answering.desk_thread(place, person, conversation, 0)
    return [each.librarian_id for each in thread.conversation.offered]


@pytest.fixture
def choosing(place: Workplace, region: Region) -> Region:
    """The region, in which the desk of library A gives questions out in turn."""
    with place.database.write() as session:
        session.get_one(Desk, region.village.desk_a).mode = "round_robin"
    return region


def test_a_desk_that_chooses_offers_in_turn_and_a_declined_one_goes_to_the_next(
    place: Workplace, choosing: Region, clock: Clock
) -> None:
    lin, chen = choosing.village.lin, choosing.village.chen
    asked = ask(place)
    assert offering.offer_waiting(place) == 0
    place.presence.arrive(lin.id)
    place.presence.arrive(chen.id)
    assert offering.offer_waiting(place) == 1
    assert offering.offer_waiting(place) == 0
    (first,) = offered_to(place, lin, asked)
    person, other = (lin, chen) if first == lin.id else (chen, lin)
    with pytest.raises(NotFound):
        offering.decline_offer(place, other, asked)
    offering.decline_offer(place, person, asked)
    assert offering.offer_waiting(place) == 1
    assert offered_to(place, lin, asked) == [other.id]


def test_a_missed_offer_goes_on_and_a_claim_ends_it(place: Workplace, choosing: Region, clock: Clock) -> None:
    lin, chen = choosing.village.lin, choosing.village.chen
    place.presence.arrive(lin.id)
    place.presence.arrive(chen.id)
    asked = ask(place)
    offering.offer_waiting(place)
    (first,) = offered_to(place, lin, asked)
    clock.forward(seconds=20)
    assert offering.expire_offers(place) == 1
    offering.offer_waiting(place)
    assert first not in offered_to(place, lin, asked)
    # Anybody of the desk may claim it, offered or not.
    taken = answering.claim(place, lin if first == lin.id else chen, asked)
    assert taken.offered == []


def test_the_oldest_question_is_offered_first_and_one_raised_before_it(
    place: Workplace, choosing: Region, clock: Clock
) -> None:
    lin = choosing.village.lin
    asked = []
    for _ in range(5):
        asked.append(ask(place))
        clock.forward(seconds=1)
    supervising.set_priority(place, choosing.he, asked[4], 5, reason="A deadline today.")
    place.presence.arrive(lin.id)
    assert offering.offer_waiting(place) == 3
    assert [bool(offered_to(place, lin, each)) for each in asked] == [True, True, False, False, True]


def test_a_supervisor_watches_whispers_and_takes_over_and_all_of_it_is_kept(place: Workplace, region: Region) -> None:
    lin, he = region.village.lin, region.he
    asked = ask(place)
    answering.claim(place, lin, asked)
    assert supervising.watch(place, he, asked, 0).messages
    note = supervising.whisper(place, he, asked, client_id=new_client_id(), body="可以请他看校外访问说明")
    assert note.is_whisper
    assert supervising.take_over(place, he, asked).holder_id == he.id
    with pytest.raises(NotHolder):
        answering.give_back(place, lin, asked)
    way = explaining.way_of(place, he, asked)
    assert [(each.action, each.holder_id) for each in way.supervision] == [
        ("watched", lin.id),
        ("whispered", lin.id),
        ("took_over", lin.id),
    ]
    answering.give_back(place, he, asked)


def test_nobody_else_may_supervise(place: Workplace, region: Region) -> None:
    asked = ask(place)
    for person in (region.wang, region.village.grace):
        with pytest.raises(NotFound):
            supervising.watch(place, person, asked, 0)
        with pytest.raises(NotFound):
            supervising.take_over(place, person, asked)
    with place.database.read() as session:
        assert session.scalars(select(SupervisionEntry)).all() == []


def test_three_processes_fire_each_timer_once(place: Workplace, region: Region, clock: Clock) -> None:
    place.presence.arrive(region.wang.id)
    asked = [ask(place) for _ in range(12)]
    clock.forward(seconds=10)
    with ThreadPoolExecutor(3) as processes:
        list(processes.map(lambda _: widening.widen_due(place), range(6)))
    # What another one had locked is done in the next look.
    widening.widen_due(place)
    with place.database.read() as session:
        reached = session.scalars(select(Assignment.conversation_id).where(Assignment.action == "reached")).all()
    assert sorted(reached) == sorted(asked)
