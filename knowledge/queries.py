"""Read articles for people who work on them. What readers see goes through knowledge.search."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from knowledge.models import VISIBLE_STATES, Article, ArticleState, Revision
from storage.errors import NotFound

MAX_PAGE_SIZE = 100


@dataclass(frozen=True)
class ArticleFilter:
    """Which articles of which owners; None means any."""

    owners: Collection[UUID]
    states: Collection[ArticleState] | None = None
    language: str | None = None
    service_topic: str | None = None
    key: str | None = None
    text: str | None = None
    question_type: str | None = None
    clc_class: str | None = None
    visibility: str | None = None
    untouched_since: datetime | None = None
    is_published: bool = False


@dataclass(frozen=True)
class ArticlePage:
    """Articles with their newest revisions, in the order asked for, and how many there are in all."""

    rows: Sequence[tuple[Article, Revision]]
    total: int


def find_article(session: Session, article_id: UUID, *, owners: Collection[UUID] | None = None) -> Article:
    """Return the article; with `owners`, only if one of them owns it. Raises NotFound."""
    article = session.get(Article, article_id)
    if article is None or (owners is not None and article.library_id not in owners):
        raise NotFound()
    return article


def survivor(session: Session, article: Article) -> Article:
    """Return the article that stands in the place of a merged one, at the end of the chain; itself where it is none."""
    seen = {article.id}
    while article.merged_into_id is not None and article.merged_into_id not in seen:
        seen.add(article.merged_into_id)
        article = session.get_one(Article, article.merged_into_id)
    return article


def find_by_key(session: Session, *, key: str, language: str, owner: UUID) -> Article | None:
    """Return the owner's article on that topic in that language, retired ones included; the newest of several."""
    return session.scalar(
        select(Article)
        .where(Article.key == key, Article.language == language, Article.library_id == owner)
        .order_by(Article.created_at.desc(), Article.id.desc())
        .limit(1)
    )


def list_articles(session: Session, wanted: ArticleFilter, *, page: int = 1, page_size: int = 50) -> ArticlePage:
    """Return a page of articles, last changed first. Pages count from 1; at most MAX_PAGE_SIZE a page."""
    size = max(1, min(page_size, MAX_PAGE_SIZE))
    conditions = _conditions(wanted)
    newest = and_(Revision.article_id == Article.id, Revision.number == Article.current_revision)
    chosen = select(Article, Revision).join(Revision, newest).where(*conditions)
    rows = session.execute(
        chosen.order_by(Article.updated_at.desc(), Article.id).limit(size).offset((max(1, page) - 1) * size)
    ).all()
    total = session.scalar(select(func.count()).select_from(Article).join(Revision, newest).where(*conditions)) or 0
    return ArticlePage(rows=[(row[0], row[1]) for row in rows], total=total)


def list_waiting(session: Session, owners: Collection[UUID], *, limit: int) -> Sequence[tuple[Article, Revision]]:
    """Return what waits for a review with its newest revision, the longest waiting first."""
    newest = and_(Revision.article_id == Article.id, Revision.number == Article.current_revision)
    statement = (
        select(Article, Revision)
        .join(Revision, newest)
        .where(Article.library_id.in_(owners), Article.state == ArticleState.IN_REVIEW)
        .order_by(func.coalesce(Article.submitted_at, Article.updated_at), Article.id)
    )
    return [(row[0], row[1]) for row in session.execute(statement.limit(limit))]


def articles_showing(session: Session, image_id: str) -> Sequence[UUID]:
    """Return the articles copied from others whose published text names this image."""
    published = and_(Revision.article_id == Article.id, Revision.number == Article.published_revision)
    statement = (
        select(Article.id)
        .join(Revision, published)
        .where(Article.origin.startswith("article:"), Revision.answer.contains(image_id, autoescape=True))
    )
    return session.scalars(statement.limit(MAX_PAGE_SIZE)).all()


def count_by_state(session: Session, *, owners: Collection[UUID]) -> dict[ArticleState, int]:
    """Return how many articles of these owners are in each state, states without any left out."""
    rows = session.execute(
        select(Article.state, func.count()).where(Article.library_id.in_(owners)).group_by(Article.state)
    )
    return {ArticleState(state): count for state, count in rows}


def list_revisions(session: Session, article_id: UUID) -> Sequence[Revision]:
    """Return all revisions of an article, newest first."""
    return session.scalars(
        select(Revision).where(Revision.article_id == article_id).order_by(Revision.number.desc())
    ).all()


def published_revision(session: Session, article: Article) -> Revision | None:
    """Return the revision readers see, or None when there is none."""
    if article.published_revision is None:
        return None
    return session.get(Revision, (article.id, article.published_revision))


def _conditions(wanted: ArticleFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Article.library_id.in_(wanted.owners)]
    if wanted.states is not None:
        conditions.append(Article.state.in_(wanted.states))
    for column, value in (
        (Article.language, wanted.language),
        (Article.service_topic, wanted.service_topic),
        (Article.key, wanted.key),
        (Article.question_type, wanted.question_type),
        (Article.clc_class, wanted.clc_class),
        (Article.visibility, wanted.visibility),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.untouched_since is not None:
        conditions.append(Article.updated_at <= wanted.untouched_since)
    if wanted.is_published:
        conditions += [Article.published_revision.is_not(None), Article.state.in_(VISIBLE_STATES)]
    if wanted.text and wanted.text.strip():
        conditions.append(_contains(wanted.text.strip()))
    return conditions


def _contains(text: str) -> ColumnElement[bool]:
    places = (Revision.question, cast(Revision.alternates, Text), Revision.answer, Article.key)
    return or_(*(place.icontains(text, autoescape=True) for place in places))
