"""Teach a static encoder which texts mean the same: contrastive training in numpy, a minute on one core.

A text's vector is the weighted sum of its parts' vectors. Each step takes a batch of groups, draws two wordings of
each, and pulls these together against all other groups in the batch and the near misses. Half of the batches are made
of groups that the model finds alike, which are the hard negatives.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors, normalised

Wording = tuple[NDArray[np.int64], Vectors]
Random = np.random.Generator


@dataclass(frozen=True)
class Group:
    """Wordings of one meaning, in one or more languages, and near misses that mean something else."""

    languages: tuple[tuple[Wording, ...], ...]
    near_misses: tuple[Wording, ...]


@dataclass(frozen=True)
class Settings:
    """How to train. `dropout`: share of parts left out of a wording; `pull`: strength towards the beginning."""

    dimensions: int = 256
    epochs: int = 80
    batch_groups: int = 96
    learning_rate: float = 2e-3
    temperature: float = 0.13
    dropout: float = 0.35
    pull: float = 3e-4
    seed: int = 0


class Trainer:
    """Holds the vectors of the parts while they learn."""

    def __init__(self, part_count: int, groups: Sequence[Group], settings: Settings) -> None:
        self._settings = settings
        self._groups = groups
        self._random = np.random.default_rng(settings.seed)
        shape = (part_count, settings.dimensions)
        self.parts: Vectors = self._random.standard_normal(shape).astype(np.float32) / settings.dimensions**0.5
        self._beginning = self.parts.copy()
        self._mean, self._square = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self._steps = 0

    def train(self, on_epoch: Callable[[int, float], None] | None = None) -> Vectors:
        """Run all epochs and return the parts' vectors; `on_epoch` hears the epoch (from 1) and its mean loss."""
        for epoch in range(1, self._settings.epochs + 1):
            losses = [self._step(batch) for batch in self._batches()]
            if on_epoch:
                on_epoch(epoch, float(np.mean(losses)))
        return self.parts

    def _batches(self) -> list[list[Group]]:
        size, count = self._settings.batch_groups, len(self._groups)
        order = self._random.permutation(count)
        mixed = [[self._groups[place] for place in order[start : start + size]] for start in range(0, count, size)]
        middles = self._middles()
        alike = []
        for anchor in self._random.choice(count, size=len(mixed), replace=count < len(mixed)):
            nearest = np.argsort(-(middles @ middles[anchor]))[:size]
            alike.append([self._groups[place] for place in nearest])
        return [batch for batch in (*mixed, *alike) if len(batch) > 1]

    def _middles(self) -> Vectors:
        first = [group.languages[0][0] for group in self._groups]
        return normalised(_weigh(first, self.parts)[0])

    def _step(self, batch: Sequence[Group]) -> float:
        pairs = [self._draw(group) for group in batch]
        misses = [each for group in batch for each in self._some(group.near_misses)]
        wordings = [*(pair[0] for pair in pairs), *(pair[1] for pair in pairs), *misses]
        kept = [self._thin(wording) for wording in wordings]
        sums, touched, weights = _weigh(kept, self.parts)
        loss, gradient = _loss(sums, len(pairs), self._settings.temperature)
        self._learn(touched, weights.T @ gradient)
        return loss

    def _draw(self, group: Group) -> tuple[Wording, Wording]:
        # Any two languages: the same meaning must meet across them as often as within.
        first, second = (group.languages[self._place(len(group.languages))] for _ in range(2))
        one = first[self._place(len(first))]
        others = [wording for wording in second if wording is not one] or [one]
        return one, others[self._place(len(others))]

    def _place(self, count: int) -> int:
        return int(self._random.integers(count))

    def _some(self, near_misses: Sequence[Wording]) -> list[Wording]:
        return [near_misses[self._place(len(near_misses))]] if near_misses else []

    def _thin(self, wording: Wording) -> Wording:
        places, weights = wording
        kept = self._random.random(len(places)) >= self._settings.dropout
        return (places[kept], weights[kept]) if kept.any() else wording

    def _learn(self, touched: NDArray[np.int64], gradient: Vectors) -> None:
        # Adam on the rows this batch touched; the rest would only decay.
        self._steps += 1
        gradient = gradient + self._settings.pull * (self.parts[touched] - self._beginning[touched])
        mean = self._mean[touched] = 0.9 * self._mean[touched] + 0.1 * gradient
        square = self._square[touched] = 0.999 * self._square[touched] + 0.001 * gradient**2
        rate = self._settings.learning_rate * (1 - 0.999**self._steps) ** 0.5 / (1 - 0.9**self._steps)
        self.parts[touched] -= (rate * mean / (np.sqrt(square) + 1e-8)).astype(np.float32)


def _weigh(wordings: Sequence[Wording], parts: Vectors) -> tuple[Vectors, NDArray[np.int64], Vectors]:
    """Return each wording's sum, the parts it touches, and the weights (wordings by touched parts)."""
    places = np.concatenate([wording[0] for wording in wordings])
    touched, columns = np.unique(places, return_inverse=True)
    rows = np.repeat(np.arange(len(wordings)), [len(wording[0]) for wording in wordings])
    weights = np.zeros((len(wordings), len(touched)), dtype=np.float32)
    np.add.at(weights, (rows, columns), np.concatenate([wording[1] for wording in wordings]))
    return weights @ parts[touched], touched, weights


def _loss(sums: Vectors, pairs: int, temperature: float) -> tuple[float, Vectors]:
    """Return the symmetric cross entropy of the pairs and its gradient by the sums.

    Rows: first wordings, second wordings, near misses. A near miss counts only against the first wordings.
    """
    lengths = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
    units = sums / lengths
    first, rest = units[:pairs], units[pairs:]
    forward = _softmax(first @ rest.T / temperature)
    backward = _softmax(units[pairs : 2 * pairs] @ first.T / temperature)
    own = np.arange(pairs)
    loss = -np.log(forward[own, own] + 1e-9).mean() - np.log(backward[own, own] + 1e-9).mean()
    forward[own, own] -= 1
    backward[own, own] -= 1
    scale = 1 / (temperature * pairs)
    by_unit = np.zeros_like(units)
    by_unit[:pairs] = scale * (forward @ rest + backward.T @ units[pairs : 2 * pairs])
    by_unit[pairs:] = scale * (forward.T @ first)
    by_unit[pairs : 2 * pairs] += scale * (backward @ first)
    radial = (by_unit * units).sum(axis=1, keepdims=True) * units
    gradient: Vectors = ((by_unit - radial) / lengths).astype(np.float32)
    return float(loss), gradient


def _softmax(scores: Vectors) -> Vectors:
    exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Vectors = exponents / exponents.sum(axis=1, keepdims=True)
    return shares
