"""When an answer helps less than before: a clear fall is seen, chance and small numbers are not."""

import random

import pytest

from knowledge.helpfulness import Share, bounds, has_fallen


@pytest.mark.parametrize(
    ("before", "lately", "expected"),
    [
        (Share(90, 100), Share(20, 50), True),
        (Share(90, 100), Share(45, 50), False),
        (Share(90, 100), Share(42, 50), False),
        (Share(9, 10), Share(1, 20), False),
        (Share(90, 100), Share(0, 5), False),
        (Share(20, 100), Share(45, 50), False),
        (Share(950, 1000), Share(870, 1000), False),
    ],
)
def test_a_fall_is_told_from_chance(before: Share, lately: Share, expected: bool) -> None:
    assert has_fallen(before, lately) is expected


def test_the_bounds_are_wilsons() -> None:
    # Newcombe 1998, table of intervals: 81 of 263.
    lower, upper = bounds(Share(81, 263))
    assert (round(lower, 4), round(upper, 4)) == (0.2553, 0.3662)
    assert bounds(Share(0, 0)) == (0.0, 1.0)


def test_an_unchanged_answer_is_hardly_ever_suspected() -> None:
    dice = random.Random(7)
    wrong = sum(has_fallen(_draw(dice, 60), _draw(dice, 30)) for _ in range(2_000))
    assert wrong <= 20


def _draw(dice: random.Random, total: int) -> Share:
    return Share(sum(dice.random() < 0.8 for _ in range(total)), total)
