"""The list of articles the person may see, by state, topic, language and words; where no words fit, what is closest."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from admin.page import PageRoute, SignedInVisitor, Visitor, render
from admin.wording import ARTICLE_STATES, LANGUAGES, TOPICS
from knowledge.models import ArticleState
from qa_server.desk import curating, finding, learning
from qa_server.desk.curating import ArticleCard, ArticleCards
from storage.errors import NotFound

router = APIRouter(route_class=PageRoute, include_in_schema=False)

PAGE_SIZE = 30
_HITS = 10
_MAX_QUERY_CHARACTERS = 500


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to; empty means all. Values that are not known narrow nothing."""

    q: str
    state: str
    topic: str
    language: str


@dataclass(frozen=True)
class Reasons:
    """Why the closest articles are there, by article, and how sure the search is; empty for an ordinary list."""

    hits: dict[UUID, finding.RankedHit]
    thresholds: finding.ThresholdsView | None
    confidence: float = 0.0


@router.get("/console/articles")
def show(
    request: Request,
    visitor: SignedInVisitor,
    q: str = "",
    state: str = "",
    topic: str = "",
    language: str = "",
    page: str = "1",
) -> Response:
    """Show a page of articles, last changed first; where no text has the words, the closest published ones."""
    wanted = Wanted(
        q=q.strip()[:_MAX_QUERY_CHARACTERS],
        state=state if state in ARTICLE_STATES else "",
        topic=topic if topic in TOPICS else "",
        language=language if language in LANGUAGES else "",
    )
    number = min(int(page), 10_000) if page.isdecimal() and int(page) > 0 else 1
    found = _listed(visitor, wanted, number)
    is_closest = bool(wanted.q) and found.total == 0
    reasons = Reasons({}, None)
    if is_closest:
        found, reasons = _closest(visitor, wanted)
    return render(
        request,
        "articles/page.html",
        seen_by=visitor,
        wanted=wanted,
        found=found,
        page=number,
        is_closest=is_closest,
        reasons=reasons,
        proposed=learning.count_proposed(visitor.place, visitor.person),
        pages=1 if is_closest else max(1, -(-found.total // PAGE_SIZE)),
        states=ARTICLE_STATES,
        topics=TOPICS,
        languages=LANGUAGES,
    )


def _listed(visitor: Visitor, wanted: Wanted, page: int) -> ArticleCards:
    return curating.list_articles(
        visitor.place,
        visitor.person,
        states=(ArticleState(wanted.state),) if wanted.state else None,
        language=wanted.language or None,
        service_topic=wanted.topic or None,
        text=wanted.q or None,
        page=page,
        page_size=PAGE_SIZE,
    )


def _closest(visitor: Visitor, wanted: Wanted) -> tuple[ArticleCards, Reasons]:
    answers = finding.for_staff(
        visitor.place,
        library_code=visitor.home.code,
        query=wanted.q,
        language=wanted.language or None,
        limit=_HITS,
    )
    cards = [card for hit in answers.hits if (card := _card(visitor, hit)) is not None]
    fitting = [card for card in cards if _fits(card, wanted)]
    hits = {hit.article_id: hit for hit in answers.hits}
    return ArticleCards(fitting, len(fitting)), Reasons(hits, answers.thresholds, answers.confidence)


def _card(visitor: Visitor, hit: finding.RankedHit) -> ArticleCard | None:
    try:
        return curating.article(visitor.place, visitor.person, hit.article_id)
    except NotFound:
        # Readers of the library may see it, but it belongs to a node where the person has no role.
        return None


def _fits(card: ArticleCard, wanted: Wanted) -> bool:
    return wanted.state in ("", card.article.state) and wanted.topic in ("", card.article.service_topic)
