"""What is said about the wait before a question: only what past waits allow to say."""

import pytest

from qa_server.desk import answering, asking, being_here
from qa_server.desk.waiting_times import MAX_QUEUE, MIN_WAITS, said_of
from qa_server.desk.workplace import Workplace
from tests.fakes import Clock
from tests.village import Village, come_in, question


@pytest.mark.parametrize(
    ("waits", "minutes"),
    [
        ([], None),
        ([10] * (MIN_WAITS - 1), None),
        ([10] * MIN_WAITS, 1),
        ([61] * MIN_WAITS, 2),
        # Four of five readers, not the average: one long wait does not count, two of ten do not, three do.
        ([30] * 8 + [3000] * 2, 1),
        ([30] * 7 + [840] * 3, 15),
        ([3601] * MIN_WAITS, None),
    ],
)
def test_only_enough_and_bearable_waits_are_told(waits: list[float], minutes: int | None) -> None:
    assert said_of(waits) == minutes


def test_waits_of_the_desk_are_told_until_the_queue_is_long(place: Workplace, people: Village, clock: Clock) -> None:
    place.presence.arrive(people.lin.id)
    assert being_here.library_now(place, "AAA").desk.usual_wait_minutes is None
    for _ in range(MIN_WAITS):
        reader, _ = come_in(place)
        thread, _ = asking.ask(place, reader, question())
        clock.forward(seconds=100)
        answering.claim(place, people.lin, thread.conversation.id)
        asking.withdraw(place, reader, thread.conversation.id)
    assert being_here.library_now(place, "AAA").desk.usual_wait_minutes == 2
    # Where nobody is there a wait that was usual with somebody says nothing.
    place.presence.leave(people.lin.id)
    assert being_here.library_now(place, "AAA").desk.usual_wait_minutes is None
    place.presence.arrive(people.lin.id)
    assert being_here.library_now(place, "BBB").desk.usual_wait_minutes is None
    for _ in range(MAX_QUEUE + 1):
        asking.ask(place, come_in(place)[0], question())
    assert being_here.library_now(place, "AAA").desk.usual_wait_minutes is None
