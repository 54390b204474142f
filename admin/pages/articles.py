"""The list of articles the person may see, by state, topic, language and words; where no words fit, what is closest."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from admin.article_wording import AGES, PARTS, VISIBILITIES
from admin.page import PageRoute, SignedInVisitor, Visitor, render
from admin.wording import ARTICLE_STATES, CLC_CLASSES, LANGUAGES, QUESTION_TYPES, TOPICS
from knowledge.models import ArticleState
from qa_server.desk import finding
from qa_server.desk.articles import curating, learning
from qa_server.desk.articles.curating import ArticleCard, ArticleCards, Narrowed
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
    owner: str = ""
    type: str = ""
    clc: str = ""
    visibility: str = ""
    age: str = ""
    above: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether one of the further fields is set, so that they are shown."""
        return bool(self.owner or self.type or self.clc or self.visibility or self.age)


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
    """Show a page of articles, last changed first; where no text has the words, the closest published ones.

    Beside these fields, the address may narrow by `owner`, `type`, `clc`, `visibility` and `age`; `above=1` shows what
    other owners have published to the own library's readers.
    """
    wanted = _wanted(request, q=q, state=state, topic=topic, language=language)
    number = min(int(page), 10_000) if page.isdecimal() and int(page) > 0 else 1
    found = _listed(visitor, wanted, number)
    is_closest = bool(wanted.q) and found.total == 0 and not wanted.above
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
        types=QUESTION_TYPES,
        classes=CLC_CLASSES,
        visibilities=VISIBILITIES,
        ages=AGES,
        parts=PARTS,
        owners=curating.owner_choices(visitor.place, visitor.person),
    )


def _wanted(request: Request, *, q: str, state: str, topic: str, language: str) -> Wanted:
    asked = request.query_params
    return Wanted(
        q=q.strip()[:_MAX_QUERY_CHARACTERS],
        state=_known(state, ARTICLE_STATES),
        topic=_known(topic, TOPICS),
        language=_known(language, LANGUAGES),
        owner=asked.get("owner", "")[:8].upper(),
        type=_known(asked.get("type"), QUESTION_TYPES),
        clc=_known(asked.get("clc"), CLC_CLASSES),
        visibility=_known(asked.get("visibility"), VISIBILITIES),
        age=_known(asked.get("age"), AGES),
        above=asked.get("above") == "1",
    )


def _known(value: str | None, words: Mapping[str, str]) -> str:
    return value if value is not None and value in words else ""


def _listed(visitor: Visitor, wanted: Wanted, page: int) -> ArticleCards:
    if wanted.above:
        return curating.list_from_above(
            visitor.place, visitor.person, text=wanted.q or None, page=page, page_size=PAGE_SIZE
        )
    owners = {owner.code: owner.id for owner in curating.owner_choices(visitor.place, visitor.person)}
    return curating.list_articles(
        visitor.place,
        visitor.person,
        states=(ArticleState(wanted.state),) if wanted.state else None,
        language=wanted.language or None,
        text=wanted.q or None,
        narrowed=Narrowed(
            owner=owners.get(wanted.owner),
            service_topic=wanted.topic or None,
            question_type=wanted.type or None,
            clc_class=wanted.clc or None,
            visibility=wanted.visibility or None,
            days=int(wanted.age or 0),
        ),
        page=page,
        page_size=PAGE_SIZE,
    )


def _closest(visitor: Visitor, wanted: Wanted) -> tuple[ArticleCards, Reasons]:
    answers = finding.for_staff(
        visitor.place,
        visitor.person,
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
