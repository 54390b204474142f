"""Finding published answers, for readers as they type and for librarians beside the chat."""

from datetime import datetime
from time import perf_counter
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from knowledge import queries
from knowledge.catalogue import Scope
from knowledge.marking import marks
from knowledge.models import Audience
from knowledge.results import Hit, SearchResult
from knowledge.use import Ended
from knowledge.use_models import UseKind
from knowledge.visible import VisibleArticle, find_visible
from qa_server.conversations.schemas import Wire
from qa_server.desk.articles.images import html_of
from qa_server.desk.asking import KnownReader
from qa_server.desk.audiences import audience_of_reader, audience_of_staff
from qa_server.desk.workplace import Workplace
from qa_server.network.queries import Owner, library_by_code, owners, scope_of
from qa_server.people.rights import StaffMember
from storage.errors import NotFound

# What a reader may look through while typing.
MAX_HITS = 10


class OwnerView(Wire):
    """Who stands behind an answer."""

    code: str
    name_zh: str
    name_en: str


class AnswerHit(Wire):
    """One published answer. `marks` are the parts of `question` that the query shares; `ended_at` a past validity."""

    article_id: UUID
    question: str
    matched_text: str
    answer_html: str
    language: str
    library: OwnerView
    published_at: datetime
    marks: list[str]
    ended_at: datetime | None = None


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
    visibility: Literal["public", "signed_in", "staff"]
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
    with place.database.read() as session:
        library_id = library_by_code(session, library_code).id
        audience = audience_of_reader(session, reader, library_id)
    started = perf_counter()
    result, names = _search(place, library_code, query, language=language, limit=limit, audience=audience)
    hits = [
        AnswerHit.model_validate(_fields(place, query, hit, names)) for hit in result.hits if hit.library_id in names
    ]
    ended = Ended(result.outcome, result.mode, perf_counter() - started)
    place.use.note_search(place.clock().date(), library_id, ended, [hit.article_id for hit in hits])
    return Answers(outcome=result.outcome, mode=result.mode, query=query, hits=hits)


def for_staff(
    place: Workplace,
    person: StaffMember | None = None,
    *,
    library_code: str,
    query: str,
    language: str | None,
    limit: int = 5,
) -> RankedAnswers:
    """Find the same answers with both ranks and scores, and what is for staff where the person serves this library.

    Raises NotFound for an unknown library.
    """
    audience = Audience.EVERYBODY
    if person is not None:
        with place.database.read() as session:
            audience = audience_of_staff(session, person, library_by_code(session, library_code).id)
    result, names = _search(place, library_code, query, language=language, limit=limit, audience=audience)
    hits = [_ranked(place, query, hit, names) for hit in result.hits if hit.library_id in names]
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


def article_for_reader(
    place: Workplace, *, library_code: str, article_id: UUID, reader: KnownReader | None = None
) -> AnswerHit:
    """Return one published article that this library's readers may see; of a merged one, that which took its place.

    The id in the answer tells the present address. Raises NotFound.
    """
    with place.database.read() as session:
        library = library_by_code(session, library_code)
        audience = audience_of_reader(session, reader, library.id)
        names = owners(session, scope_of(session, library.id))
        present_id = queries.survivor(session, queries.find_article(session, article_id)).id
        article = find_visible(session, [present_id], now=place.clock(), audience=audience).get(present_id)
    if article is None or article.library_id not in names:
        raise NotFound()
    place.use.note_use(place.clock().date(), library.id, article.id, UseKind.OPENED)
    return _plain(place, article, names)


def _search(
    place: Workplace, library_code: str, query: str, *, language: str | None, limit: int, audience: Audience
) -> tuple[SearchResult, dict[UUID, Owner]]:
    with place.database.read() as session:
        scope, names = _scope(session, library_code, audience)
    # The search itself runs outside the transaction: it encodes.
    result = place.search.search(query, scope=scope, language=language, limit=max(1, min(limit, MAX_HITS)))
    return result, names


def _scope(session: Session, library_code: str, audience: Audience) -> tuple[Scope, dict[UUID, Owner]]:
    ids = scope_of(session, library_by_code(session, library_code).id)
    return Scope(ids, audience), owners(session, ids)


def _ended(place: Workplace, valid_until: datetime | None) -> datetime | None:
    return valid_until if valid_until is not None and valid_until <= place.clock() else None


def _plain(place: Workplace, article: VisibleArticle, names: dict[UUID, Owner]) -> AnswerHit:
    return AnswerHit(
        article_id=article.id,
        question=article.question,
        matched_text=article.question,
        answer_html=html_of(place, article.answer, article.visibility),
        ended_at=_ended(place, article.valid_until),
        language=article.language,
        library=_owner_view(names[article.library_id]),
        published_at=article.published_at,
        marks=[],
    )


def _owner_view(owner: Owner) -> OwnerView:
    return OwnerView(code=owner.code, name_zh=owner.name_zh, name_en=owner.name_en)


def _ranked(place: Workplace, query: str, hit: Hit, names: dict[UUID, Owner]) -> RankedHit:
    return RankedHit.model_validate(
        {
            **_fields(place, query, hit, names),
            "visibility": str(hit.visibility),
            "key": hit.key,
            "answer": hit.answer,
            "score": hit.score,
            "keyword_rank": hit.keyword_rank,
            "vector_rank": hit.vector_rank,
            "keyword_score": hit.keyword_score,
            "vector_score": hit.vector_score,
        }
    )


def _fields(place: Workplace, query: str, hit: Hit, names: dict[UUID, Owner]) -> dict[str, object]:
    return {
        "ended_at": _ended(place, hit.valid_until),
        "article_id": hit.article_id,
        "question": hit.question,
        "matched_text": hit.matched_text,
        "answer_html": html_of(place, hit.answer, hit.visibility),
        "language": hit.language,
        "library": _owner_view(names[hit.library_id]),
        "published_at": hit.published_at,
        "marks": marks(query, hit.question),
    }
