"""What the pages of the public answers sites show, without tables behind it."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal
from uuid import UUID

from knowledge.public.articles import PublicArticle
from knowledge.rendering import excerpt, render_html
from qa_server.network.queries import Owner

# The same few hundred answers are read again and again, and their text decides alone how they look. About 10 KB each.
_KEPT_TEXTS = 1_000
_html = lru_cache(maxsize=_KEPT_TEXTS)(render_html)
_excerpt = lru_cache(maxsize=_KEPT_TEXTS)(excerpt)


@dataclass(frozen=True)
class AnswerLine:
    """An article in a list."""

    id: UUID
    number: int
    question: str
    excerpt: str
    language: str
    owner: Owner
    service_topic: str
    published_at: datetime
    marks: tuple[str, ...] = ()
    answer_html: str = ""


@dataclass(frozen=True)
class Listing:
    """A page of a list: its lines, how many there are in all, and which page of how many this is."""

    lines: tuple[AnswerLine, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class SiteHome:
    """The first page of a site: how many answers each facet has, what is read most, what is new."""

    total: int
    topics: dict[str, int]
    types: dict[str, int]
    classes: dict[str, int]
    popular: tuple[AnswerLine, ...]
    recent: tuple[AnswerLine, ...]


@dataclass(frozen=True)
class AnswerPage:
    """One article on a site. `owner_code` is that of the site of its canonical address; `others` are by language."""

    article: PublicArticle
    answer_html: str
    summary: str
    owner: Owner
    canonical_code: str
    others: dict[str, int]
    related: tuple[AnswerLine, ...]


@dataclass(frozen=True)
class Elsewhere:
    """The answer asked for is to be read under another number of the same site; for good, or for now."""

    number: int
    is_for_good: bool


@dataclass(frozen=True)
class Found:
    """What a search found: an answer first, suggestions, or nothing close enough."""

    outcome: Literal["answer", "suggestions", "nothing"]
    lines: tuple[AnswerLine, ...]


def line_of(
    article: PublicArticle, names: dict[UUID, Owner], *, marks: tuple[str, ...] = (), is_whole: bool = False
) -> AnswerLine:
    """Return an article as a line of a list, with the whole answer where it is to be read there."""
    return AnswerLine(
        id=article.id,
        number=article.number,
        question=article.question,
        excerpt=_excerpt(article.answer),
        language=article.language,
        owner=names[article.library_id],
        service_topic=article.service_topic,
        published_at=article.published_at,
        marks=marks,
        answer_html=_html(article.answer) if is_whole else "",
    )


def page_of(
    article: PublicArticle,
    owner: Owner,
    *,
    canonical_code: str,
    others: dict[str, int],
    related: tuple[AnswerLine, ...],
) -> AnswerPage:
    """Return an article as a page."""
    return AnswerPage(
        article=article,
        answer_html=_html(article.answer),
        summary=_excerpt(article.answer),
        owner=owner,
        canonical_code=canonical_code,
        others=others,
        related=related,
    )
