"""What counts as missed when the database is compared with what listeners were told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from qa_server.live.announcements import SeenMoved
from qa_server.live.lookout import Lookout, Mark, Standing

CONVERSATION = UUID(int=1)
DESK = UUID(int=2)
MARK = Mark(last_seq=5, reader_seen_seq=3, staff_seen_seq=4, state="active", rating=None, waits_at=None, noted_at=None)
WAITING = replace(MARK, state="waiting", waits_at=DESK)
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
ALL_SENT = {CONVERSATION: 5}


def stands(mark: Mark, version: int = 1) -> Standing:
    """What a look finds."""
    return Standing({CONVERSATION: mark}, {DESK: version})


def look(lookout: Lookout, standing: Standing, followed: Mapping[UUID, int] = ALL_SENT) -> set[UUID]:
    """Look as one does now and then."""
    return lookout.find_missed(followed, standing, may_have_missed=False)


def test_a_message_that_was_not_sent_is_missed() -> None:
    assert look(Lookout(), stands(MARK), {CONVERSATION: 4}) == {CONVERSATION}
    assert look(Lookout(), stands(MARK), {CONVERSATION: 5}) == set()


def test_a_conversation_nobody_follows_any_more_is_not_missed() -> None:
    assert look(Lookout(), stands(MARK), {}) == set()


@pytest.mark.parametrize(
    "moved",
    [
        replace(MARK, reader_seen_seq=5),
        replace(MARK, staff_seen_seq=5),
        replace(MARK, rating=4),
        replace(MARK, state="closed"),
        replace(MARK, noted_at=NOON),
    ],
)
def test_a_change_nobody_was_told_of_is_missed_once(moved: Mark) -> None:
    lookout = Lookout()
    assert look(lookout, stands(MARK)) == set()
    assert look(lookout, stands(moved)) == {CONVERSATION}
    assert look(lookout, stands(moved)) == set()


def test_what_the_bus_brought_is_not_missed() -> None:
    lookout = Lookout()
    look(lookout, stands(MARK))
    lookout.hear(SeenMoved(conversation_id=CONVERSATION, side="reader", seq=5))
    lookout.hear(SeenMoved(conversation_id=CONVERSATION, side="librarian", seq=5))
    assert look(lookout, stands(replace(MARK, reader_seen_seq=5, staff_seen_seq=5))) == set()


def test_a_look_older_than_what_the_bus_brought_is_not_a_change() -> None:
    lookout = Lookout()
    look(lookout, stands(replace(MARK, last_seq=6, state="closed", reader_seen_seq=6)), {CONVERSATION: 6})
    assert look(lookout, stands(MARK), {CONVERSATION: 6}) == set()


def test_what_is_seen_for_the_first_time_is_missed_only_when_something_may_have_been_lost() -> None:
    assert look(Lookout(), stands(MARK)) == set()
    assert Lookout().find_missed(ALL_SENT, stands(MARK), may_have_missed=True) == {CONVERSATION}


def test_who_waits_has_missed_something_when_the_queue_moved() -> None:
    lookout = Lookout()
    assert look(lookout, stands(WAITING, version=1)) == set()
    assert look(lookout, stands(WAITING, version=2)) == {CONVERSATION}
    assert look(lookout, stands(WAITING, version=2)) == set()


def test_who_does_not_wait_has_not() -> None:
    lookout = Lookout()
    look(lookout, stands(MARK, version=1))
    assert look(lookout, stands(MARK, version=2)) == set()
