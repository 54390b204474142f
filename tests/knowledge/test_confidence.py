"""How sure the search is of its best hit, and that thresholds stand on questions that had no part in choosing them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from knowledge.calibration import LABELLED_ARTICLES, LABELLED_QUESTIONS, choose_thresholds, cross_fitted
from knowledge.confidence import Evidence, cover, fit_confidence
from knowledge.evaluation import Judged
from knowledge.labelled import LabelledQuestion, read_articles, read_questions
from knowledge.results import SUGGESTED_SHARE, Hit, Thresholds, judge

NOTHING = Evidence(
    cosine=0.2,
    keyword_share=0.1,
    lead=0.0,
    in_wordings=0.1,
    in_article=0.2,
    unknown=0.6,
    length=1.5,
    is_other_language=0.0,
    is_chinese=1.0,
)
SURE = replace(NOTHING, cosine=0.9, keyword_share=0.6, lead=0.5, in_wordings=0.9, in_article=1.0, unknown=0.0)


@pytest.fixture
def template() -> Hit:
    return Hit(
        article_id=UUID(int=1),
        key="a",
        library_id=UUID(int=2),
        language="zh",
        question="几点关门",
        matched_text="几点关门",
        answer="22:00",
        published_at=datetime(2026, 1, 1, tzinfo=UTC),
        score=0.5,
        keyword_rank=1,
        vector_rank=1,
        keyword_score=1.0,
        vector_score=0.5,
    )


def questions(count: int) -> list[Judged]:
    """As many right ones with strong signs as unanswerable ones with weak signs."""
    made: list[Judged] = []
    for place in range(count):
        right = LabelledQuestion(f"right {place}", "zh", frozenset({f"a{place}"}))
        made.append(Judged(right, False, (f"a{place}",), 0.5, "suggestions", 1.0, evidence=SURE))
        none = LabelledQuestion(f"none {place}", "zh", frozenset())
        made.append(Judged(none, False, ("b",), 0.5, "suggestions", 1.0, evidence=NOTHING))
    return made


def test_strong_signs_give_more_confidence_than_weak_ones() -> None:
    model = fit_confidence([SURE, NOTHING] * 20, [True, False] * 20)
    assert model.confidence(SURE) > 0.9
    assert model.confidence(NOTHING) < 0.1
    assert model.confidence(NOTHING) < model.confidence(replace(NOTHING, lead=0.5, in_wordings=0.9)) < 1


def test_signs_that_never_differ_and_one_sided_questions_do_no_harm() -> None:
    assert 0 < fit_confidence([SURE], [True]).confidence(NOTHING) <= 1
    assert 0 <= fit_confidence([SURE] * 3, [False] * 3).confidence(SURE) < 0.5


def test_rare_words_count_more_than_common_ones_and_unknown_ones_are_noted() -> None:
    covered = cover(
        ["馆", "赔偿", "火箭"], wordings={"馆"}, article={"馆", "赔偿"}, frequencies={"馆": 99, "赔偿": 3}, articles=100
    )
    assert covered.in_wordings < 0.05
    assert 0.3 < covered.in_article < 0.6
    assert covered.unknown == pytest.approx(1 - covered.in_article)
    assert cover([], wordings=set(), article=set(), frequencies={}, articles=0).unknown == 0


def test_confidence_and_thresholds_are_of_questions_that_the_model_has_not_seen() -> None:
    trusted = cross_fitted(questions(40))
    assert all(each.confidence > 0.5 for each in trusted if each.is_answerable)
    assert all(each.confidence < 0.5 for each in trusted if not each.is_answerable)
    chosen = choose_thresholds(trusted)
    assert 0.5 < chosen.suggestion <= chosen.answer


def test_a_repeated_wording_is_certain_whatever_the_signs() -> None:
    repeated = [replace(each, is_repeated=True) for each in questions(5)]
    assert {each.confidence for each in cross_fitted(repeated)} == {1.0}


def hits(scores: Sequence[float], template: Hit) -> tuple[Hit, ...]:
    return tuple(replace(template, score=score) for score in scores)


@pytest.mark.parametrize(
    ("confidence", "outcome", "shown"), [(0.95, "answer", 2), (0.5, "suggestions", 2), (0.1, "nothing", 0)]
)
def test_confidence_decides_and_the_rest_is_compared_with_the_best(
    confidence: float, outcome: str, shown: int, template: Hit
) -> None:
    found = hits([0.5, 0.5 * SUGGESTED_SHARE, 0.01], template)
    result = judge(found, "hybrid", Thresholds(answer=0.9, suggestion=0.3), confidence=confidence)
    assert (result.outcome, len(result.hits), result.confidence) == (outcome, shown, confidence)


def test_without_a_calibration_scores_decide(template: Hit) -> None:
    limits = Thresholds(answer=0.8, suggestion=0.3)
    assert judge(hits([0.85, 0.2], template), "keyword", limits).outcome == "answer"
    assert len(judge(hits([0.85, 0.2], template), "keyword", limits).hits) == 1
    assert judge((), "keyword", limits).outcome == "nothing"


def test_the_labelled_set_is_large_has_unanswerable_questions_and_fits_its_articles() -> None:
    asked, known = read_questions(LABELLED_QUESTIONS), {article.id for article in read_articles(LABELLED_ARTICLES)}
    assert len(asked) >= 800
    assert sum(not each.relevant for each in asked) >= 140
    assert all(each.relevant <= known for each in asked)
    assert len({(each.query, each.within) for each in asked}) == len(asked)
