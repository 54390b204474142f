"""Read from the database what readers may find: the one place that says which articles are visible."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.orm import Session

from knowledge.models import VISIBLE_STATES, Article, Revision
from knowledge.passages import Passage, passages_of

PAGE_SIZE = 1_000


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

    @property
    def passages(self) -> list[Passage]:
        return passages_of(self.question, self.alternates, self.answer)


def find_visible(session: Session, ids: Collection[UUID], *, now: datetime) -> dict[UUID, VisibleArticle]:
    """Return those of the articles that readers may see at that moment, by id."""
    rows = session.execute(_visible(now).where(Article.id.in_(ids)))
    return {row.id: _article(row) for row in rows}


def all_visible(session: Session, *, now: datetime) -> Iterator[list[VisibleArticle]]:
    """Yield every visible article in pages of PAGE_SIZE, by number."""
    last = 0
    while page := session.execute(
        _visible(now).where(Article.number > last).order_by(Article.number).limit(PAGE_SIZE)
    ).all():
        yield [_article(row) for row in page]
        last = page[-1].number


def numbers_of(session: Session, ids: Collection[UUID]) -> Sequence[int]:
    """Return the numbers of these articles, visible or not; articles that never were published have none."""
    found = session.scalars(select(Article.number).where(Article.id.in_(ids), Article.number.is_not(None))).all()
    return [number for number in found if number is not None]


def _visible(now: datetime) -> Select[*tuple[object, ...]]:
    return (
        select(
            Article.id,
            Article.number,
            Article.key,
            Article.library_id,
            Article.language,
            Article.published_at,
            Revision.number.label("revision_number"),
            Revision.question,
            Revision.alternates,
            Revision.answer,
            Revision.sources,
        )
        .join(Revision, and_(Revision.article_id == Article.id, Revision.number == Article.published_revision))
        .where(Article.state.in_(VISIBLE_STATES), or_(Article.valid_until.is_(None), Article.valid_until > now))
    )


def _article(row: Row[*tuple[object, ...]]) -> VisibleArticle:
    values = dict(row._mapping)
    values["alternates"], values["sources"] = tuple(row.alternates), tuple(row.sources)
    return VisibleArticle(**values)
