"""Figures by hand-made tables."""

import pytest

from knowledge.measures import area_under_curve, discounted_gain, has_relevant, percentile, reciprocal_rank


@pytest.mark.parametrize(
    ("ranked", "relevant", "recall_at_1", "rank", "gain"),
    [
        ("abc", "a", True, 1.0, 1.0),
        ("abc", "b", False, 0.5, 0.6309),
        ("abc", "x", False, 0.0, 0.0),
        ("abc", "ab", True, 1.0, 1.0),
        ("axb", "ab", True, 1.0, 0.9197),
        ("", "a", False, 0.0, 0.0),
    ],
)
def test_a_list_is_judged_by_where_the_relevant_stand(
    ranked: str, relevant: str, recall_at_1: bool, rank: float, gain: float
) -> None:
    assert has_relevant(list(ranked), relevant, within=1) is recall_at_1
    assert reciprocal_rank(list(ranked), relevant, within=10) == rank
    assert discounted_gain(list(ranked), relevant, within=10) == pytest.approx(gain, abs=1e-4)


@pytest.mark.parametrize(
    ("positive", "negative", "area"),
    [
        ([0.9, 0.8], [0.1, 0.2], 1.0),
        ([0.1], [0.9], 0.0),
        ([0.5], [0.5], 0.5),
        ([0.9, 0.3], [0.5], 0.5),
        ([], [0.5], None),
    ],
)
def test_the_area_is_the_chance_that_answerable_scores_higher(
    positive: list[float], negative: list[float], area: float | None
) -> None:
    assert area_under_curve(positive, negative) == area


def test_percentiles_are_values_that_occurred() -> None:
    assert percentile([3.0, 1.0, 2.0, 4.0], 0.5) == 2.0
    assert percentile([3.0, 1.0, 2.0, 4.0], 0.95) == 4.0
    assert percentile([], 0.5) == 0.0
