"""What a search gives back, and when it dares to call a hit an answer. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from knowledge.confidence import Evidence
from knowledge.models import Visibility

Outcome = Literal["answer", "suggestions", "nothing"]
Mode = Literal["hybrid", "keyword"]


@dataclass(frozen=True)
class Thresholds:
    """The least confidence (0..1) of an answer and of a suggestion, calibrated for one encoder and one mode.

    Where there is no calibration, the joint score of the best hit stands for the confidence.
    """

    answer: float
    suggestion: float


# Without an encoder the best keyword hit says little about answerability: only a near repetition is an answer.
KEYWORD_THRESHOLDS = Thresholds(answer=0.60, suggestion=0.08)
# For an encoder nobody has calibrated yet: strict, so that a wrong answer is rare and suggestions carry the work.
UNCALIBRATED_THRESHOLDS = Thresholds(answer=0.85, suggestion=0.40)
# Beside a best hit that is sure enough, what scores less than this share of it is not worth a reader's look.
SUGGESTED_SHARE = 0.4


@dataclass(frozen=True)
class Hit:
    """An article found. Ranks count from 1 and are None where that side did not find it; `score` is joint, 0..1.

    `matched_text` is the wording or piece of the answer that came closest; `answer` is Markdown. Only the best hit of a
    search has `evidence`; `is_repeated` says that the query repeats one of its wordings. A past `valid_until`
    is to be shown with the answer.
    """

    article_id: UUID
    key: str
    library_id: UUID
    language: str
    question: str
    matched_text: str
    answer: str
    published_at: datetime
    score: float
    keyword_rank: int | None
    vector_rank: int | None
    keyword_score: float
    vector_score: float
    evidence: Evidence | None = None
    is_repeated: bool = False
    visibility: str = Visibility.PUBLIC
    valid_until: datetime | None = None


@dataclass(frozen=True)
class SearchResult:
    """Hits, best first. Only with outcome `answer` may the first be shown as the answer; `nothing` has no hits.

    `confidence` (0..1) is the chance that the best hit answers, even where that was too little to show it.
    """

    outcome: Outcome
    mode: Mode
    hits: tuple[Hit, ...]
    confidence: float = 0.0


@dataclass(frozen=True)
class SearchStatus:
    """How the search of this process stands; `reason` says why there is no vector side, None when there is one."""

    mode: Mode
    encoder: str | None
    reason: str | None
    articles: int
    passages: int
    waiting: int
    change_number: int
    lag: int


def judge(
    hits: tuple[Hit, ...], mode: Mode, thresholds: Thresholds, *, confidence: float | None = None
) -> SearchResult:
    """Keep the hits that are close enough and say what they are together.

    With `confidence` that of the best hit decides and the others are compared with it; without, every score by itself.
    """
    trusted = confidence if confidence is not None else max((hit.score for hit in hits), default=0.0)
    if not hits or trusted < thresholds.suggestion:
        return SearchResult("nothing", mode, (), trusted)
    least = thresholds.suggestion if confidence is None else SUGGESTED_SHARE * hits[0].score
    close = tuple(hit for hit in hits if hit.score >= least)
    return SearchResult("answer" if trusted >= thresholds.answer else "suggestions", mode, close, trusted)
