"""Read from the database what readers may find: the one place that says which articles are visible."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, func, literal_column, or_, select
from sqlalchemy.orm import Session

from knowledge.models import VISIBLE_STATES, Article, Audience, Revision, Visibility, audience_of
from knowledge.passages import Passage, passages_of

PAGE_SIZE = 1_000

# Statements over the bare tables, put together once: every search runs one of them, and through the mapped classes it
# would take longer than the database does. The columns are in the order of VisibleArticle.
_ARTICLES, _REVISIONS = Article.__table__.c, Revision.__table__.c
IS_VISIBLE = and_(
    _ARTICLES.published_revision.is_not(None),
    # Written out: a list of parameters would be put together anew for every search.
    or_(*(_ARTICLES.state == literal_column(f"'{state}'") for state in VISIBLE_STATES)),
    or_(_ARTICLES.valid_until.is_(None), _ARTICLES.valid_until > bindparam("now"), _ARTICLES.shows_past),
    or_(_ARTICLES.valid_from.is_(None), _ARTICLES.valid_from <= bindparam("now")),
)
IS_PUBLISHED_TEXT = and_(_REVISIONS.article_id == _ARTICLES.id, _REVISIONS.number == _ARTICLES.published_revision)
_VISIBLE = (
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
        _ARTICLES.published_at,
        _ARTICLES.visibility,
        _ARTICLES.valid_until,
    )
    .join_from(Article.__table__, Revision.__table__, IS_PUBLISHED_TEXT)
    .where(IS_VISIBLE)
)
_BY_ID = _VISIBLE.where(_ARTICLES.id.in_(bindparam("ids", expanding=True)))
_PAGE = _VISIBLE.where(_ARTICLES.number > bindparam("after")).order_by(_ARTICLES.number).limit(PAGE_SIZE)


@dataclass(frozen=True)
class VisibleArticle:
    """An article as readers see it: its published revision."""

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
    published_at: datetime
    visibility: str = Visibility.PUBLIC
    valid_until: datetime | None = None

    @property
    def passages(self) -> list[Passage]:
        return passages_of(self.question, self.alternates, self.answer)


def find_visible(
    session: Session, ids: Collection[UUID], *, now: datetime, audience: Audience = Audience.EVERYBODY
) -> dict[UUID, VisibleArticle]:
    """Return those of the articles that this audience may see at that moment, by id; of owners in scope or not."""
    rows = session.connection().execute(_BY_ID, {"ids": list(ids), "now": now})
    return {row.id: _article(row) for row in rows if audience_of(row.visibility) <= audience}


def all_visible(
    session: Session, *, now: datetime, after: int = 0, audience: Audience = Audience.EVERYBODY
) -> Iterator[list[VisibleArticle]]:
    """Yield every article this audience may see, numbered above `after`, in pages of at most PAGE_SIZE, by number."""
    last = after
    while page := session.connection().execute(_PAGE, {"after": last, "now": now}).all():
        yield [_article(row) for row in page if audience_of(row.visibility) <= audience]
        last = page[-1].number


def count_visible(session: Session, *, now: datetime) -> int:
    """Return how many articles readers may see."""
    counted = select(func.count()).select_from(Article.__table__).where(IS_VISIBLE)
    return session.connection().execute(counted, {"now": now}).scalar_one()


def numbers_of(session: Session, ids: Collection[UUID]) -> Sequence[int]:
    """Return the numbers of these articles, visible or not; articles that never were published have none."""
    found = session.scalars(select(Article.number).where(Article.id.in_(ids), Article.number.is_not(None))).all()
    return [number for number in found if number is not None]


def _article(row: Row[*tuple[Any, ...]]) -> VisibleArticle:
    values: list[Any] = [*row[:7], tuple(row.alternates), row.answer, tuple(row.sources), *row[10:]]
    return VisibleArticle(*values)
