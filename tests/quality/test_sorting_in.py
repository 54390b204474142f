"""How well unanswered questions are gathered by meaning, on questions apart from training. Floors only go up."""

from collections import Counter, defaultdict
from math import log
from pathlib import Path

import numpy as np
import pytest

from embeddings.loading import load_encoder
from knowledge.calibration import LABELLED_QUESTIONS
from knowledge.labelled import read_questions
from knowledge.ledger.clustering import Centres, place_all
from knowledge.sounds import spell_out

QUESTIONS = Path(__file__).parent / "questions.jsonl"
_BATCH = 64


def sorted_in(path: Path) -> tuple[list[int], list[str]]:
    """Return the entry and the intent of each question that has one, asked in an order by chance."""
    asked = [(each.query, min(each.relevant).rpartition(":")[0]) for each in read_questions(path) if each.relevant]
    order = np.random.default_rng(1).permutation(len(asked)).tolist()
    asked = [asked[place] for place in order]
    vectors = load_encoder("shipped").encode_queries([spell_out(words) for words, _ in asked])
    centres: Centres[int] = Centres(vectors.shape[1])
    entries: list[int] = []
    begun = 0
    for start in range(0, len(asked), _BATCH):
        batch = vectors[start : start + _BATCH]
        first_new = begun
        for vector, place in zip(batch, place_all(batch, centres), strict=True):
            key = place.key if place.key is not None else first_new + (place.new or 0)
            centres.put(key, vector if key == begun else centres.sum_of(key) + vector)
            begun = max(begun, key + 1)
            entries.append(key)
    return entries, [intent for _, intent in asked]


def purity(entries: list[int], intents: list[str]) -> float:
    """Return the share of questions that lie with the commonest intent of their entry."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for entry, intent in zip(entries, intents, strict=True):
        found[entry][intent] += 1
    return sum(max(each.values()) for each in found.values()) / len(entries)


def agreement(entries: list[int], intents: list[str]) -> float:
    """Return the mutual information of entries and intents, by the mean of their entropies (0..1)."""
    total = len(entries)
    both, one, other = Counter(zip(entries, intents, strict=True)), Counter(entries), Counter(intents)
    shared = sum(count / total * log(count * total / (one[a] * other[b])) for (a, b), count in both.items())
    spread = sum(-count / total * log(count / total) for each in (one, other) for count in each.values())
    return 2 * shared / spread


@pytest.mark.parametrize(
    ("path", "least_purity", "least_agreement", "most_per_intent"),
    [(LABELLED_QUESTIONS, 0.80, 0.90, 1.7), (QUESTIONS, 0.85, 0.89, 2.4)],
)
def test_questions_of_one_intent_lie_together(
    path: Path, least_purity: float, least_agreement: float, most_per_intent: float
) -> None:
    entries, intents = sorted_in(path)
    assert purity(entries, intents) >= least_purity
    assert agreement(entries, intents) >= least_agreement
    assert len(set(entries)) / len(set(intents)) <= most_per_intent
