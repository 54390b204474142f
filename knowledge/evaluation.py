"""Measure search on labelled questions, through the same door readers use, in a throw-away database."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from embeddings.encoder import Encoder
from knowledge.catalogue import Scope
from knowledge.confidence import Evidence
from knowledge.labelled import LabelledQuestion, read_articles, read_questions
from knowledge.measures import area_under_curve, discounted_gain, has_relevant, percentile, reciprocal_rank
from knowledge.results import Hit, SearchResult, Thresholds
from knowledge.search import KnowledgeSearch
from knowledge.throwaway import filled_database

# So many hits are asked for; MRR and nDCG look at these.
DEPTH = 10


@dataclass(frozen=True)
class Judged:
    """A question with what the search said to it; `evidence` is that of the best hit, None where there was no hit."""

    question: LabelledQuestion
    is_cross: bool
    ranked: tuple[str, ...]
    confidence: float
    outcome: str
    milliseconds: float
    evidence: Evidence | None = None
    is_repeated: bool = False

    @property
    def is_answerable(self) -> bool:
        return bool(self.question.relevant)

    @property
    def is_right(self) -> bool:
        return has_relevant(self.ranked, self.question.relevant, within=1)


@dataclass(frozen=True)
class Group:
    """Figures of the answerable questions of one kind; all shares from 0 to 1."""

    questions: int
    recall_at_1: float
    recall_at_5: float
    mrr_at_10: float
    ndcg_at_10: float


@dataclass(frozen=True)
class Report:
    """What `evaluate` found.

    `groups`: all, zh and en (a relevant article is in the question's own language), cross (only in another).
    `answer_precision`: how many of the shown answers were right; `coverage`: how many answerable questions got an
    answer; `false_answers`: how many unanswerable ones did; `nothing_missed`: how many answerable ones were told that
    there is nothing.
    """

    encoder: str | None
    mode: str
    articles: int
    unanswerable: int
    groups: dict[str, Group]
    answer_precision: float | None
    coverage: float
    false_answers: float
    nothing_missed: float
    auroc: float | None
    milliseconds_p50: float
    milliseconds_p95: float

    def as_dict(self) -> dict[str, object]:
        """Return the figures for JSON."""
        return asdict(self)


def evaluate(
    queries_path: Path,
    articles_path: Path,
    encoder: Encoder | None,
    *,
    thresholds: Thresholds | None = None,
) -> Report:
    """Search every question of the first file among the articles of the second; return the figures.

    Writes only to a database of its own, removed at the end. Raises LabelledFileInvalid.
    """
    with _asked(queries_path, articles_path, encoder, thresholds) as (judged, search):
        return _report(judged, search, search.status().articles)


def judge_file(queries_path: Path, articles_path: Path, encoder: Encoder | None) -> list[Judged]:
    """Ask every question of the first file among the articles of the second; return what came back, in order."""
    with _asked(queries_path, articles_path, encoder, None) as (judged, _):
        return judged


def judge_question(
    search: KnowledgeSearch, question: LabelledQuestion, scope: Scope, languages: dict[str, str]
) -> Judged:
    """Ask one question and note what came back."""
    began = time.perf_counter()
    result, hits = _ask(search, question, scope)
    milliseconds = 1000 * (time.perf_counter() - began)
    own = any(languages.get(each) == question.language for each in question.relevant)
    return Judged(
        question=question,
        is_cross=bool(question.relevant) and not own,
        ranked=tuple(hit.key for hit in hits),
        confidence=result.confidence,
        outcome=result.outcome,
        milliseconds=milliseconds,
        evidence=hits[0].evidence if hits else None,
        is_repeated=hits[0].is_repeated if hits else False,
    )


def print_report(report: Report, console: Console) -> None:
    """Print the figures as tables."""
    table = Table(title=f"{report.encoder or 'keyword only'} · {report.articles} articles", title_justify="left")
    for heading in ("questions", "n", "R@1", "R@5", "MRR@10", "nDCG@10"):
        table.add_column(heading, justify="left" if heading == "questions" else "right")
    for name, group in report.groups.items():
        figures = (group.recall_at_1, group.recall_at_5, group.mrr_at_10, group.ndcg_at_10)
        table.add_row(name, str(group.questions), *(f"{figure:.3f}" for figure in figures))
    console.print(table)
    console.print(
        f"answers right {_share(report.answer_precision)} · coverage {_share(report.coverage)} · "
        f"false answers {_share(report.false_answers)} of {report.unanswerable} unanswerable · "
        f"missed by nothing {_share(report.nothing_missed)} · AUROC {_share(report.auroc)}"
    )
    console.print(f"p50 {report.milliseconds_p50:.1f} ms · p95 {report.milliseconds_p95:.1f} ms")


@contextmanager
def _asked(
    queries_path: Path,
    articles_path: Path,
    encoder: Encoder | None,
    thresholds: Thresholds | None,
) -> Iterator[tuple[list[Judged], KnowledgeSearch]]:
    articles, questions = read_articles(articles_path), read_questions(queries_path)
    languages = {article.id: article.language for article in articles}
    with filled_database(articles) as (database, scope):
        search = KnowledgeSearch(database, encoder, thresholds=thresholds)
        search.start()
        try:
            search.catch_up()
            yield [judge_question(search, question, scope, languages) for question in questions], search
        finally:
            search.stop()


def _ask(search: KnowledgeSearch, question: LabelledQuestion, scope: Scope) -> tuple[SearchResult, tuple[Hit, ...]]:
    mode, hits = search.rank(question.query, scope=scope, language=question.within, limit=DEPTH)
    return search.judge(mode, hits), hits


def _report(judged: Sequence[Judged], search: KnowledgeSearch, articles: int) -> Report:
    status = search.status()
    answerable = [each for each in judged if each.is_answerable]
    unanswerable = [each for each in judged if not each.is_answerable]
    answered = [each for each in judged if each.outcome == "answer"]
    milliseconds = [each.milliseconds for each in judged]
    return Report(
        encoder=status.encoder,
        mode=status.mode,
        articles=articles,
        unanswerable=len(unanswerable),
        groups=_groups(answerable),
        answer_precision=_mean(each.is_right for each in answered) if answered else None,
        coverage=_mean(each.outcome == "answer" for each in answerable),
        false_answers=_mean(each.outcome == "answer" for each in unanswerable),
        nothing_missed=_mean(each.outcome == "nothing" for each in answerable),
        auroc=area_under_curve([each.confidence for each in answerable], [each.confidence for each in unanswerable]),
        milliseconds_p50=percentile(milliseconds, 0.5),
        milliseconds_p95=percentile(milliseconds, 0.95),
    )


def _groups(answerable: Sequence[Judged]) -> dict[str, Group]:
    own = [each for each in answerable if not each.is_cross]
    kinds = {
        "all": list(answerable),
        "zh": [each for each in own if each.question.language == "zh"],
        "en": [each for each in own if each.question.language == "en"],
        "cross": [each for each in answerable if each.is_cross],
    }
    return {name: _group(members) for name, members in kinds.items() if members}


def _group(members: Sequence[Judged]) -> Group:
    pairs = [(each.ranked, each.question.relevant) for each in members]
    return Group(
        questions=len(members),
        recall_at_1=_mean(has_relevant(ranked, relevant, within=1) for ranked, relevant in pairs),
        recall_at_5=_mean(has_relevant(ranked, relevant, within=5) for ranked, relevant in pairs),
        mrr_at_10=_mean(reciprocal_rank(ranked, relevant, within=DEPTH) for ranked, relevant in pairs),
        ndcg_at_10=_mean(discounted_gain(ranked, relevant, within=DEPTH) for ranked, relevant in pairs),
    )


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
