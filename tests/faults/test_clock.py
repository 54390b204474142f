"""The clock is stepped, as it is when a machine finds out what time it is."""

from uuid import UUID

import pytest
import time_machine

from qa_server.desk import answering, asking, sweeping, talking
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from qa_server.live import rates
from tests.fakes import Clock
from tests.village import Village, new_client_id, question


@pytest.fixture
def held(place: Workplace, people: Village, reader: KnownReader) -> UUID:
    """A conversation of the reader, held by LIN, who is connected and has answered."""
    conversation_id = asking.ask(place, reader, question())[0].conversation.id
    answering.claim(place, people.lin, conversation_id)
    talking.say_as_librarian(place, people.lin, conversation_id, client_id=new_client_id(), body="您好")
    place.presence.arrive(people.lin.id)
    return conversation_id


def sweep(place: Workplace) -> int:
    """Do what the service does every few seconds; return how many questions went back."""
    sweeping.keep_leases(place)
    return sweeping.give_back_run_out(place)


@pytest.mark.parametrize("hours", [-48, -1, 1, 48])
def test_numbers_stay_in_the_order_of_the_commits(
    place: Workplace, reader: KnownReader, held: UUID, clock: Clock, hours: int
) -> None:
    before = talking.say_as_reader(place, reader, held, client_id=new_client_id(), body="before")
    clock.forward(hours=hours)
    after = talking.say_as_reader(place, reader, held, client_id=new_client_id(), body="after")
    assert after.seq == before.seq + 1
    bodies = [message.body for message in asking.thread(place, reader, held, 0).messages]
    assert bodies[-2:] == ["before", "after"]


@pytest.mark.parametrize("hours", [-48, -1, 1, 48])
def test_a_connected_holder_keeps_the_question(
    place: Workplace, people: Village, reader: KnownReader, held: UUID, clock: Clock, hours: int
) -> None:
    sweep(place)
    clock.forward(hours=hours)
    assert sweep(place) == 0
    assert answering.desk_thread(place, people.lin, held, 0).conversation.holder_id == people.lin.id


def test_a_question_asked_before_the_clock_went_back_is_still_in_the_queue(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock
) -> None:
    first = asking.ask(place, reader, question())[0].conversation
    clock.forward(hours=-1)
    second = asking.ask(place, reader, question())[0].conversation
    waiting = answering.desk_listing(place, people.lin, people.desk_a).items
    assert {item.id for item in waiting} == {first.id, second.id}
    assert sorted(item.position or 0 for item in waiting) == [1, 2]


def test_a_claim_left_by_an_absent_holder_goes_back_although_the_clock_went_back_meanwhile(
    place: Workplace, people: Village, reader: KnownReader, held: UUID, clock: Clock
) -> None:
    place.presence.leave(people.lin.id)
    clock.forward(hours=-1)
    clock.forward(hours=1, seconds=place.settings.absence_seconds + 1)
    assert sweep(place) == 1


def test_a_clock_set_back_locks_no_reader_out_for_longer_than_the_limit_says(
    place: Workplace, reader: KnownReader, held: UUID, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: a machine's monotonic clock cannot be set, and nothing but time moves it.
    monkeypatch.setattr(rates, "monotonic", lambda: 1_000.0)
    for _ in range(place.settings.reader_messages_per_minute):
        talking.say_as_reader(place, reader, held, client_id=new_client_id(), body="好")
    with pytest.raises(rates.TooManyRequests):
        talking.say_as_reader(place, reader, held, client_id=new_client_id(), body="太快了")
    clock.forward(hours=-1)
    monkeypatch.setattr(rates, "monotonic", lambda: 1_061.0)
    with time_machine.travel(clock.now, tick=False):
        talking.say_as_reader(place, reader, held, client_id=new_client_id(), body="还可以说")
