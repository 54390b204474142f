"""Finding published answers, for readers as they type and for librarians beside the chat."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from knowledge.catalogue import Scope
from knowledge.marking import marks
from knowledge.rendering import render_html
from knowledge.results import Hit, SearchResult
from knowledge.visible import VisibleArticle, find_visible
from qa_server.conversations.schemas import Wire
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from qa_server.network.queries import Owner, library_by_code, owners, scope_of
from storage.errors import NotFound

# What a reader may look through while typing.
MAX_HITS = 10


class OwnerView(Wire):
    """Who stands behind an answer."""

    code: str
    name_zh: str
    name_en: str


class AnswerHit(Wire):
    """One published answer. `marks` are the parts of `question` that the query shares."""

    article_id: UUID
    question: str
    matched_text: str
    answer_html: str
    language: str
    library: OwnerView
    published_at: datetime
    marks: list[str]


class Answers(Wire):
    """What was found. `outcome` answer: the first hit is meant; suggestions: perhaps; nothing: nothing close enough."""

    outcome: Literal["answer", "suggestions", "nothing"]
    mode: Literal["hybrid", "keyword"]
    query: str
    hits: list[AnswerHit]


class RankedHit(AnswerHit):
    """The same for staff: ranks from 1 on both sides (None: not among its hits) and scores, higher is closer."""

    key: str
    answer: str
    score: float
    keyword_rank: int | None
    vector_rank: int | None
    keyword_score: float | None
    vector_score: float | None


class ThresholdsView(Wire):
    """The confidence, 0 to 1, from which the best hit is shown as an answer or as suggestions in this mode."""

    answer: float
    suggestion: float


class RankedAnswers(Wire):
    """What was found, with the reasons; `confidence` is how sure the search is (0 to 1) that the best hit answers."""

    outcome: Literal["answer", "suggestions", "nothing"]
    mode: Literal["hybrid", "keyword"]
    query: str
    thresholds: ThresholdsView
    confidence: float
    hits: list[RankedHit]


def for_reader(
    place: Workplace,
    *,
    library_code: str,
    query: str,
    language: str | None,
    limit: int,
    network: str,
    reader: KnownReader | None = None,
) -> Answers:
    """Find answers that this library's readers may see. Raises NotFound for an unknown library, TooManyRequests.

    A known `reader` has a limit of their own: a flood from their network does not stop them, nor they the network.
    """
    if reader is None:
        place.rates.spend("search", network)
    else:
        place.rates.spend("reader_search", str(reader.id))
    result, names = _search(place, library_code, query, language=language, limit=limit)
    hits = [AnswerHit.model_validate(_fields(query, hit, names)) for hit in result.hits if hit.library_id in names]
    return Answers(outcome=result.outcome, mode=result.mode, query=query, hits=hits)


def for_staff(
    place: Workplace, *, library_code: str, query: str, language: str | None, limit: int = 5
) -> RankedAnswers:
    """Find the same answers with both ranks and scores. Raises NotFound for an unknown library."""
    result, names = _search(place, library_code, query, language=language, limit=limit)
    hits = [_ranked(query, hit, names) for hit in result.hits if hit.library_id in names]
    limits = place.search.thresholds(result.mode)
    thresholds = ThresholdsView(answer=limits.answer, suggestion=limits.suggestion)
    return RankedAnswers(
        outcome=result.outcome,
        mode=result.mode,
        query=query,
        thresholds=thresholds,
        confidence=result.confidence,
        hits=hits,
    )


def article_for_reader(place: Workplace, *, library_code: str, article_id: UUID) -> AnswerHit:
    """Return one published article that this library's readers may see. Raises NotFound."""
    with place.database.read() as session:
        library = library_by_code(session, library_code)
        names = owners(session, scope_of(session, library.id))
        article = find_visible(session, [article_id], now=place.clock()).get(article_id)
    if article is None or article.library_id not in names:
        raise NotFound()
    return _plain(article, names)


def _search(
    place: Workplace, library_code: str, query: str, *, language: str | None, limit: int
) -> tuple[SearchResult, dict[UUID, Owner]]:
    with place.database.read() as session:
        scope, names = _scope(session, library_code)
    # The search itself runs outside the transaction: it encodes.
    result = place.search.search(query, scope=scope, language=language, limit=max(1, min(limit, MAX_HITS)))
    return result, names


def _scope(session: Session, library_code: str) -> tuple[Scope, dict[UUID, Owner]]:
    ids = scope_of(session, library_by_code(session, library_code).id)
    return Scope(ids), owners(session, ids)


def _plain(article: VisibleArticle, names: dict[UUID, Owner]) -> AnswerHit:
    return AnswerHit(
        article_id=article.id,
        question=article.question,
        matched_text=article.question,
        answer_html=render_html(article.answer),
        language=article.language,
        library=_owner_view(names[article.library_id]),
        published_at=article.published_at,
        marks=[],
    )


def _owner_view(owner: Owner) -> OwnerView:
    return OwnerView(code=owner.code, name_zh=owner.name_zh, name_en=owner.name_en)


def _ranked(query: str, hit: Hit, names: dict[UUID, Owner]) -> RankedHit:
    return RankedHit.model_validate(
        {
            **_fields(query, hit, names),
            "key": hit.key,
            "answer": hit.answer,
            "score": hit.score,
            "keyword_rank": hit.keyword_rank,
            "vector_rank": hit.vector_rank,
            "keyword_score": hit.keyword_score,
            "vector_score": hit.vector_score,
        }
    )


def _fields(query: str, hit: Hit, names: dict[UUID, Owner]) -> dict[str, object]:
    return {
        "article_id": hit.article_id,
        "question": hit.question,
        "matched_text": hit.matched_text,
        "answer_html": render_html(hit.answer),
        "language": hit.language,
        "library": _owner_view(names[hit.library_id]),
        "published_at": hit.published_at,
        "marks": marks(query, hit.question),
    }
