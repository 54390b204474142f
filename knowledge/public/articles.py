"""Read what anybody may read: published revisions with their facets, by number, and what became of the others."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, select
from sqlalchemy.orm import Session

from knowledge.models import Article, ArticleState, Revision, Visibility
from knowledge.visible import IS_PUBLISHED_TEXT, IS_VISIBLE

Fate = Literal["moved", "gone", "unknown"]

# No texts, so that a page may be large.
_PAGE_SIZE = 10_000
# Ids asked for in one statement; both databases bound how many a statement may carry.
_CHUNK = 500
# A chain of merges longer than this is a mistake; it cannot hang a request.
_MAX_MERGES = 20
_ARTICLES, _REVISIONS = Article.__table__.c, Revision.__table__.c
IS_PUBLIC = and_(IS_VISIBLE, _ARTICLES.visibility == Visibility.PUBLIC.value)
_ROWS = select(
    _ARTICLES.number,
    _ARTICLES.library_id,
    _ARTICLES.language,
    _ARTICLES.key,
    _ARTICLES.service_topic,
    _ARTICLES.question_type,
    _ARTICLES.clc_class,
    _ARTICLES.published_at,
).where(IS_PUBLIC)
_PAGE = _ROWS.where(_ARTICLES.number > bindparam("after")).order_by(_ARTICLES.number).limit(_PAGE_SIZE)
_BY_ID = _ROWS.where(_ARTICLES.id.in_(bindparam("ids", expanding=True)))
_TEXTS = (
    select(
        _ARTICLES.id,
        _ARTICLES.number,
        _ARTICLES.key,
        _ARTICLES.library_id,
        _ARTICLES.language,
        _REVISIONS.number.label("revision_number"),
        _REVISIONS.question,
        _REVISIONS.alternates,
        _REVISIONS.answer,
        _REVISIONS.sources,
        _ARTICLES.service_topic,
        _ARTICLES.question_type,
        _ARTICLES.clc_class,
        _ARTICLES.published_at,
        _ARTICLES.valid_until,
    )
    .join_from(Article.__table__, Revision.__table__, IS_PUBLISHED_TEXT)
    .where(IS_PUBLIC)
)
_TEXTS_BY_NUMBER = _TEXTS.where(_ARTICLES.number.in_(bindparam("numbers", expanding=True)))
_TEXTS_BY_ID = _TEXTS.where(_ARTICLES.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """What a list needs of an article that anybody may read."""

    number: int
    library_id: UUID
    language: str
    key: str
    service_topic: str
    question_type: str
    clc_class: str | None
    published_at: datetime


@dataclass(frozen=True)
class PublicArticle:
    """An article as anybody may read it. `published_at` is when its text was last reviewed and published."""

    id: UUID
    number: int
    key: str
    library_id: UUID
    language: str
    revision_number: int
    question: str
    alternates: tuple[str, ...]
    answer: str
    sources: tuple[str, ...]
    service_topic: str
    question_type: str
    clc_class: str | None
    published_at: datetime
    valid_until: datetime | None


@dataclass(frozen=True)
class WhatBecame:
    """Of an article that cannot be read: `moved` into the article `into`, `gone` for good, or `unknown`."""

    fate: Fate
    into: int | None = None
    library_id: UUID | None = None


def all_shelf_rows(session: Session, *, now: datetime) -> Iterator[list[ShelfRow]]:
    """Yield what every public article needs in a list, in pages, by number."""
    last = 0
    while page := session.connection().execute(_PAGE, {"after": last, "now": now}).all():
        yield [ShelfRow(*row) for row in page]
        last = page[-1].number


def shelf_rows(session: Session, ids: Collection[UUID], *, now: datetime) -> list[ShelfRow]:
    """Return the same of those of these articles that are public."""
    rows = session.connection().execute(_BY_ID, {"ids": list(ids), "now": now})
    return [ShelfRow(*row) for row in rows]


def by_number(session: Session, numbers: Collection[int], *, now: datetime) -> dict[int, PublicArticle]:
    """Return those of the articles that anybody may read at that moment, by number."""
    found: dict[int, PublicArticle] = {}
    wanted = list(numbers)
    for start in range(0, len(wanted), _CHUNK):
        values = {"numbers": wanted[start : start + _CHUNK], "now": now}
        rows = session.connection().execute(_TEXTS_BY_NUMBER, values)
        found.update({row.number: _article(row) for row in rows})
    return found


def by_id(session: Session, ids: Collection[UUID], *, now: datetime) -> dict[UUID, PublicArticle]:
    """Return those of the articles that anybody may read at that moment, by id."""
    rows = session.connection().execute(_TEXTS_BY_ID, {"ids": list(ids), "now": now})
    return {row.id: _article(row) for row in rows}


def what_became(session: Session, number: int, *, now: datetime) -> WhatBecame:
    """Say where an article went that cannot be read under its number. A merge into itself is no way anywhere.

    One that never was for everybody, and one that is still to come, are `unknown`: nobody is told of them.
    """
    article = session.execute(_fate_of(_ARTICLES.number == number)).one_or_none()
    if article is None or not _was_public(article, now):
        return WhatBecame("unknown")
    first, met = article, {article.id}
    while article.state == ArticleState.MERGED and article.merged_into_id and len(met) < _MAX_MERGES:
        if article.merged_into_id in met:
            return WhatBecame("gone", library_id=first.library_id)
        article = session.execute(_fate_of(_ARTICLES.id == article.merged_into_id)).one()
        met.add(article.id)
    if article.id != first.id and article.number is not None:
        return WhatBecame("moved", article.number, first.library_id)
    return WhatBecame("gone", library_id=first.library_id)


def _was_public(article: Any, now: datetime) -> bool:
    is_to_come = article.valid_from is not None and article.valid_from > now
    is_public = article.visibility == Visibility.PUBLIC and article.published_revision is not None
    return is_public and not is_to_come


def _fate_of(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    columns = ("id", "number", "state", "merged_into_id", "library_id", "visibility", "published_revision")
    return select(*(_ARTICLES[name] for name in columns), _ARTICLES.valid_from).where(condition)


def _article(row: Row[*tuple[Any, ...]]) -> PublicArticle:
    values: list[Any] = [*row[:7], tuple(row.alternates), row.answer, tuple(row.sources), *row[10:]]
    return PublicArticle(*values)
