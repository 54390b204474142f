"""How announcements are packed for the way, and how a missing envelope is noticed."""

from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from qa_server.live.announcements import Announcement
from qa_server.live.envelopes import Envelope, Numbers, in_portions, seal, unseal
from qa_server.live.outbox import Outbox
from tests.live.saying import posted, seen

ORIGIN = UUID(int=1)


def test_what_is_sealed_comes_out_as_it_went_in() -> None:
    items: list[Announcement] = [seen(1), posted(2, 3)]
    (portion,) = in_portions(items)
    assert unseal(seal(ORIGIN, 7, portion)) == Envelope(origin=ORIGIN, number=7, items=items)


def test_a_heartbeat_is_an_envelope_with_nothing_in_it() -> None:
    (portion,) = in_portions([])
    assert unseal(seal(ORIGIN, 1, portion)).items == []


def test_portions_stay_below_the_limit_unless_one_announcement_is_larger() -> None:
    items = [seen(n) for n in range(10)]
    size = len(items[0].model_dump_json())
    portions = list(in_portions(items, limit_bytes=3 * size))
    assert [len(portion) for portion in portions] == [3, 3, 3, 1]
    assert [len(portion) for portion in in_portions(items[:2], limit_bytes=1)] == [1, 1]


@pytest.mark.parametrize(
    "raw",
    [b"", b"{}", b'{"origin":"x","number":1,"items":[]}', seal(ORIGIN, 1, [b'{"kind":"unheard_of"}'])],
)
def test_what_is_not_understood_is_refused(raw: bytes) -> None:
    with pytest.raises(ValidationError):
        unseal(raw)


@pytest.mark.parametrize(
    ("numbers", "follow"),
    [([1, 2, 3], [True, True, True]), ([2, 3], [False, True]), ([1, 3, 4], [True, False, True])],
)
def test_a_number_left_out_is_noticed_once(numbers: list[int], follow: list[bool]) -> None:
    heard = Numbers()
    assert [heard.is_next(Envelope(origin=ORIGIN, number=number, items=[])) for number in numbers] == follow


def test_numbers_are_counted_for_each_process() -> None:
    heard = Numbers()
    assert all(heard.is_next(Envelope(origin=uuid4(), number=1, items=[])) for _ in range(3))


def test_a_full_outbox_throws_away_what_comes_on_top_and_says_so_once() -> None:
    outbox = Outbox(limit=2)
    told = [seen(n) for n in range(3)]
    for announcement in told:
        outbox.put(announcement)
    first, second = outbox.take(10, 0), outbox.take(10, 0)
    assert (first.items, first.has_lost) == (told[:2], True)
    assert (second.items, second.has_lost) == ([], False)


def test_an_outbox_is_done_when_it_is_closed_and_emptied() -> None:
    outbox = Outbox(limit=10)
    outbox.put(seen(1))
    outbox.close()
    assert not outbox.is_done
    assert len(outbox.take(10, 60).items) == 1
    assert outbox.is_done
    outbox.put(seen(2))
    assert outbox.take(10, 60).items == []
