"""The policy's choice by value tables: what counts before what, in each mode of a desk."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from qa_server.routing.policy import Candidate, Mode, Wanted, choose

HOME, OTHER, ALLY = UUID(int=1), UUID(int=2), UUID(int=3)
WANTED = Wanted(HOME, frozenset({ALLY}), subject="TP3", language="en")
MORNING = datetime(2026, 9, 1, 8, tzinfo=UTC)


def person(number: int, library: UUID = OTHER, **values: object) -> Candidate:
    """Return a candidate whose id is a number."""
    return Candidate(UUID(int=number), library, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (person(2, HOME, languages=frozenset({"zh"}), load=2), person(1, subjects=frozenset({"T"}))),
        (person(2, alliance_ids=frozenset({ALLY})), person(1, subjects=frozenset({"TP"}), role="expert")),
        (person(2, subjects=frozenset({"T"}), languages=frozenset({"zh"})), person(1)),
        (person(2, subjects=frozenset({"T"}), role="expert"), person(1, subjects=frozenset({"T"}))),
        (person(2, languages=frozenset({"en"}), load=2), person(1, languages=frozenset({"zh"}))),
        (person(2, load=0), person(1, load=1)),
        (person(2), person(1, declines=2)),
        (person(2), person(1, role="trainee")),
    ],
    ids=["home", "alliance", "subject", "expert", "language", "room", "declines", "trainee"],
)
def test_what_counts_more_comes_first(better: Candidate, worse: Candidate) -> None:
    choice = choose(WANTED, [worse, better], mode=Mode.OFFER_ALL)
    assert choice is not None
    assert choice.judged[0].candidate == better
    assert choice.judged[0].points == sum(reason.points for reason in choice.judged[0].reasons)


def test_when_all_are_offered_everybody_with_room_is() -> None:
    choice = choose(WANTED, [person(1), person(2, load=3), person(3, HOME)], mode=Mode.OFFER_ALL)
    assert choice is not None
    assert (choice.librarian_id, set(choice.offered_to)) == (None, {UUID(int=1), UUID(int=3)})
    assert [each.reasons[0].code for each in choice.judged if not each.is_eligible] == ["full"]


def test_the_least_loaded_gets_it_whatever_the_points() -> None:
    choice = choose(WANTED, [person(1, HOME, load=2), person(2, load=1)], mode=Mode.LEAST_LOADED)
    assert choice is not None
    assert choice.offered_to == (UUID(int=2),)


def test_in_turn_the_one_whose_last_is_longest_ago_gets_it() -> None:
    people = [person(1, last_given_at=MORNING), person(2, last_given_at=MORNING.replace(hour=7)), person(3)]
    chosen = []
    for _ in range(4):
        choice = choose(WANTED, people, mode=Mode.ROUND_ROBIN)
        assert choice is not None
        chosen.append(choice.offered_to[0].int)
        moment = MORNING.replace(hour=9, minute=len(chosen))
        people = [
            person(
                each.librarian_id.int,
                last_given_at=moment if each.librarian_id.int == chosen[-1] else each.last_given_at,
            )
            for each in people
        ]
    assert chosen == [3, 2, 1, 3]


def test_nobody_with_room_is_nobody() -> None:
    assert choose(WANTED, [], mode=Mode.OFFER_ALL) is None
    assert choose(WANTED, [person(1, load=3), person(2, has_declined_this=True)], mode=Mode.LEAST_LOADED) is None


def test_after_ten_minutes_whoever_declined_is_asked_again() -> None:
    declined = [person(1, has_declined_this=True)]
    assert choose(WANTED, declined, mode=Mode.ROUND_ROBIN, waited_seconds=599) is None
    assert choose(WANTED, declined, mode=Mode.ROUND_ROBIN, waited_seconds=600) is not None
