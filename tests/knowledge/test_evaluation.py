"""Measuring search on files of any origin, and choosing thresholds from it."""

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from knowledge.calibrated import read_calibration, write_calibration
from knowledge.calibration import calibrate, choose_thresholds
from knowledge.evaluation import Judged, evaluate, print_report
from knowledge.labelled import LabelledFileInvalid, LabelledQuestion, read_articles, read_questions
from tests.knowledge.fakes import TokenEncoder

ARTICLES: list[dict[str, object]] = [
    {"id": "hours/1", "question": "图书馆的开放时间", "alternates": ["几点关门"], "answer": "8:00", "language": "zh"},
    {"id": "renew", "question": "How do I renew a book?", "answer": "Online.", "language": "en", "library": "L"},
    {"id": "print", "question": "打印一页多少钱", "alternates": [], "answer": "一角", "language": "zh", "library": "M"},
]
QUESTIONS: list[dict[str, object]] = [
    {"query": "几点关门", "language": "zh", "relevant": ["hours/1"]},
    {"query": "renew a book", "language": "en", "relevant": ["renew"]},
    {"query": "renew 续借", "language": "zh", "relevant": ["renew"]},
    {"query": "怎样做红烧肉", "language": "zh", "relevant": []},
]


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return write(tmp_path / "questions.jsonl", QUESTIONS), write(tmp_path / "articles.jsonl", ARTICLES)


@pytest.mark.parametrize("encoder", [None, TokenEncoder()])
def test_a_pair_of_files_gives_figures_per_language(files: tuple[Path, Path], encoder: TokenEncoder | None) -> None:
    report = evaluate(*files, encoder)
    assert (report.articles, report.unanswerable, report.mode) == (3, 1, "hybrid" if encoder else "keyword")
    assert {name: group.questions for name, group in report.groups.items()} == {"all": 3, "zh": 1, "en": 1, "cross": 1}
    assert all(group.recall_at_5 == 1.0 for group in report.groups.values())
    assert report.false_answers == 0.0
    assert report.auroc == 1.0
    assert json.dumps(report.as_dict())


def test_the_printed_report_names_encoder_and_figures(files: tuple[Path, Path]) -> None:
    printed = StringIO()
    print_report(evaluate(*files, TokenEncoder()), Console(file=printed, width=120))
    for piece in ("token-encoder", "3 articles", "cross", "AUROC 1.000"):
        assert piece in printed.getvalue()


def test_a_question_may_be_asked_within_one_language(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"query": "几点关门", "language": "zh", "relevant": ["renew"], "within": "en"}]
    questions = write(tmp_path / "q.jsonl", rows)
    report = evaluate(questions, write(tmp_path / "a.jsonl", ARTICLES), None)
    assert report.groups["cross"].recall_at_5 == 0.0


@pytest.mark.parametrize(
    ("line", "reason"),
    [("{not json", "not understood"), ('{"question": "x"}', "not understood"), ("[]", "not understood")],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "articles.jsonl"
    path.write_text(json.dumps(ARTICLES[0]) + "\n\n" + line + "\n", "utf-8")
    with pytest.raises(LabelledFileInvalid, match=f"line 3: {reason}"):
        read_articles(path)


def test_an_id_that_comes_twice_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LabelledFileInvalid, match="comes twice"):
        read_articles(write(tmp_path / "articles.jsonl", [ARTICLES[0], ARTICLES[0]]))
    with pytest.raises(LabelledFileInvalid, match="cannot be read"):
        read_questions(tmp_path / "missing.jsonl")


def judged(score: float, *, right: bool, answerable: bool = True) -> Judged:
    question = LabelledQuestion("q", "zh", frozenset({"a"} if answerable else ()))
    ranked = ("a",) if right else ("b",)
    return Judged(question, False, ranked, score, "suggestions", 1.0)


def test_the_answer_threshold_is_the_lowest_that_is_right_often_enough() -> None:
    good = [judged(0.9 - place / 1000, right=True) for place in range(160)]
    bad = [judged(0.5, right=False, answerable=False), judged(0.4, right=False), judged(0.3, right=False)]
    chosen = choose_thresholds([*good, *bad])
    assert chosen.answer == 0.4
    assert chosen.suggestion <= chosen.answer


def test_too_few_answers_prove_nothing() -> None:
    assert choose_thresholds([judged(0.9, right=True)] * 5).answer == 1.0


def test_equal_scores_stand_or_fall_together() -> None:
    rows = [judged(0.8, right=True)] * 30 + [judged(0.5, right=True)] * 2 + [judged(0.5, right=False)] * 8
    assert choose_thresholds(rows).answer == 0.8


def test_a_calibration_is_kept_for_its_encoder_only(files: tuple[Path, Path], tmp_path: Path) -> None:
    made = calibrate(*files, TokenEncoder())
    path = tmp_path / "calibration.json"
    write_calibration(made, path)
    assert read_calibration(path, encoder="token-encoder") == made
    assert read_calibration(path, encoder="another") is None
    assert read_calibration(tmp_path / "missing.json", encoder="token-encoder") is None
    path.write_text("{damaged")
    assert read_calibration(path, encoder="token-encoder") is None
    assert made.questions == len(QUESTIONS)
