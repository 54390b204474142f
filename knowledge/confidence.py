"""How sure the search may be that its best hit answers the question: signs of it, and a small model over them. Pure.

The joint score ranks; it says little about whether there is an answer at all. What does: how far the best is ahead of
the next, how much of the question's rare words the article has, and how much of them no article has.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

# Strength of the pull of the weights towards zero; with hundreds of questions it hardly matters (0.1 to 10 measured).
_PULL = 1.0
# Newton's method converges in well under this many steps.
_STEPS = 30
_Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """What is known about a question and its best hit; shares and scores from 0 to 1, `is_` as 0 or 1.

    `lead`: joint score before the next topic's; `in_wordings`, `in_article`: share of the question's words (by rarity)
    that the wordings, or wordings and answer, have; `unknown`: share that no article has; `length`: log of the number
    of different words.
    """

    cosine: float
    keyword_share: float
    lead: float
    in_wordings: float
    in_article: float
    unknown: float
    length: float
    is_other_language: float
    is_chinese: float


@dataclass(frozen=True)
class ConfidenceModel:
    """Weights of the signs of an Evidence, in its order, after centring and scaling."""

    centres: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    base: float

    def confidence(self, evidence: Evidence) -> float:
        """Return the chance (0..1) that the best hit is right."""
        signs = zip(astuple(evidence), self.centres, self.scales, self.weights, strict=True)
        total = self.base + sum(weight * (sign - centre) / scale for sign, centre, scale, weight in signs)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True)
class Coverage:
    """How much of a question's words, weighted by rarity, is where; shares from 0 to 1."""

    in_wordings: float
    in_article: float
    unknown: float


def cover(
    words: Sequence[str], *, wordings: set[str], article: set[str], frequencies: Mapping[str, int], articles: int
) -> Coverage:
    """Say where the words are; `frequencies` counts the articles of each word among `articles`."""
    rarity = {word: _rarity(frequencies.get(word, 0), articles) for word in words}
    total = sum(rarity.values()) or 1.0
    return Coverage(
        in_wordings=sum(weight for word, weight in rarity.items() if word in wordings) / total,
        in_article=sum(weight for word, weight in rarity.items() if word in article) / total,
        unknown=sum(weight for word, weight in rarity.items() if not frequencies.get(word)) / total,
    )


def fit_confidence(evidence: Sequence[Evidence], is_right: Sequence[bool]) -> ConfidenceModel:
    """Return the logistic model that tells right hits from wrong ones best. Needs at least one question."""
    signs = np.array([astuple(each) for each in evidence], dtype=np.float64)
    right = np.array(is_right, dtype=np.float64)
    centres, scales = signs.mean(axis=0), signs.std(axis=0) + 1e-6
    inputs = np.column_stack([(signs - centres) / scales, np.ones(len(signs))])
    weights = _newton(inputs, right)
    return ConfidenceModel(_rounded(centres), _rounded(scales), _rounded(weights[:-1]), _rounded(weights[-1:])[0])


def _newton(inputs: _Matrix, right: _Matrix) -> _Matrix:
    pull = np.eye(inputs.shape[1]) * _PULL
    # The base is as the questions have it; pulling it would only shift every chance.
    pull[-1, -1] = 1e-3
    weights = np.zeros(inputs.shape[1])
    for _ in range(_STEPS):
        chances = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (chances - right) + pull @ weights
        bend = (inputs * (chances * (1 - chances))[:, None]).T @ inputs + pull
        weights = weights - np.linalg.solve(bend, slope)
    return weights


def _rarity(frequency: int, articles: int) -> float:
    kept = min(frequency, articles)
    return math.log(1 + (articles - kept + 0.5) / (kept + 0.5))


def _rounded(values: _Matrix) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in values)
