"""Figures of a ranked list against what is relevant. Pure; every figure is a share from 0 to 1."""

import math
from collections.abc import Collection, Sequence


def has_relevant(ranked: Sequence[str], relevant: Collection[str], *, within: int) -> bool:
    """Say whether anything relevant is among the first `within`."""
    return any(each in relevant for each in ranked[:within])


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str], *, within: int) -> float:
    """Return one over the place of the first relevant entry, 0 when there is none within that many."""
    return next((1 / place for place, each in enumerate(ranked[:within], start=1) if each in relevant), 0.0)


def discounted_gain(ranked: Sequence[str], relevant: Collection[str], *, within: int) -> float:
    """Return nDCG: the discounted gain of the list over that of the best possible list."""
    gain = sum(1 / math.log2(place + 1) for place, each in enumerate(ranked[:within], start=1) if each in relevant)
    best = sum(1 / math.log2(place + 1) for place in range(1, min(len(relevant), within) + 1))
    return gain / best if best else 0.0


def area_under_curve(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Return the chance that a positive scores above a negative (AUROC), ties counting half; None without both."""
    if not positive or not negative:
        return None
    ordered = sorted((score, is_positive) for is_positive, scores in ((1, positive), (0, negative)) for score in scores)
    ranks, start = 0.0, 0
    while start < len(ordered):
        end = start
        while end < len(ordered) and ordered[end][0] == ordered[start][0]:
            end += 1
        middle = (start + 1 + end) / 2
        ranks += middle * sum(is_positive for _, is_positive in ordered[start:end])
        start = end
    return (ranks - len(positive) * (len(positive) + 1) / 2) / (len(positive) * len(negative))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which that share of the values lies (nearest rank); 0 without values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0
