"""Find the scores from which a hit may be called an answer or a suggestion."""

import random
from collections.abc import Sequence
from pathlib import Path

from embeddings.encoder import Encoder
from knowledge.calibrated import Calibration
from knowledge.evaluation import Judged, judge_file
from knowledge.measures import percentile
from knowledge.results import Thresholds

# An answer must be right 19 times out of 20. The score that is so on the questions it was chosen by is a little too low
# for others: on random halves of tests/quality asking for 0.98 gave 0.95 on the other half, 0.95 gave 0.93.
ANSWER_PRECISION = 0.98
# So many of the questions that have an answer must at least get suggestions.
SUGGESTION_COVERAGE = 0.90
# Fewer shown answers than this prove nothing about one in twenty.
LEAST_ANSWERS = 20
# Random halves that the figures are the mean of.
HALVES = 50
# Where no score is safe enough, only a repeated wording (score 1) is an answer.
_NEVER = 1.0


def calibrate(queries_path: Path, articles_path: Path, encoder: Encoder) -> Calibration:
    """Choose the thresholds on all questions of the file.

    The figures come from choosing on random halves and asking the others. The file needs unanswerable questions, else
    every score looks safe. Raises LabelledFileInvalid.
    """
    judged = judge_file(queries_path, articles_path, encoder)
    chosen = choose_thresholds(judged)
    shown, asked = _shown_elsewhere(judged)
    answerable = sum(each.is_answerable for each in asked)
    return Calibration(
        encoder=encoder.name,
        answer=round(chosen.answer, 4),
        suggestion=round(chosen.suggestion, 4),
        questions=len(judged),
        answer_precision=_share(sum(each.is_right for each in shown), len(shown)) if shown else None,
        coverage=_share(sum(each.is_answerable for each in shown), answerable),
        false_answers=_share(sum(not each.is_answerable for each in shown), len(asked) - answerable),
    )


def choose_thresholds(judged: Sequence[Judged]) -> Thresholds:
    """Return the least score above which ANSWER_PRECISION holds, and the one most answerable questions reach."""
    ranked = sorted(judged, key=lambda each: -each.best_score)
    answer, right = _NEVER, 0
    for count, each in enumerate(ranked, start=1):
        right += each.is_right
        is_last_of_score = count == len(ranked) or ranked[count].best_score < each.best_score
        if is_last_of_score and count >= LEAST_ANSWERS and right / count >= ANSWER_PRECISION:
            answer = each.best_score
    scores = [each.best_score for each in judged if each.is_answerable]
    return Thresholds(answer=answer, suggestion=min(answer, percentile(scores, 1 - SUGGESTION_COVERAGE)))


def _shown_elsewhere(judged: Sequence[Judged]) -> tuple[list[Judged], list[Judged]]:
    """Choose on a random half, ask the other, HALVES times; return what was shown as an answer, and all asked."""
    order = random.Random(0)  # noqa: S311  a fixed sequence, not a secret
    shown: list[Judged] = []
    asked: list[Judged] = []
    for _ in range(HALVES):
        mixed = order.sample(judged, len(judged))
        half = len(mixed) // 2
        least = choose_thresholds(mixed[:half]).answer
        asked += mixed[half:]
        shown += [each for each in mixed[half:] if each.best_score >= least]
    return shown, asked


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
