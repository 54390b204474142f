"""What staff say to one another about an article, in threads that somebody resolves. Callers commit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from knowledge.errors import CommentEmpty, CommentTooLong
from knowledge.life_models import MAX_COMMENT_CHARACTERS, ArticleComment
from knowledge.models import Article
from storage.errors import NotFound


@dataclass(frozen=True)
class Thread:
    """A comment with its replies, oldest first."""

    first: ArticleComment
    replies: tuple[ArticleComment, ...]


def add(
    session: Session, article: Article, *, author_id: UUID, body: str, now: datetime, thread_id: UUID | None = None
) -> ArticleComment:
    """Say something about the newest revision, or reply in a thread, which opens it again.

    Raises CommentEmpty, CommentTooLong, NotFound for a thread of another article.
    """
    text = body.strip()
    if not text:
        raise CommentEmpty()
    if len(text) > MAX_COMMENT_CHARACTERS:
        raise CommentTooLong(limit=MAX_COMMENT_CHARACTERS)
    if thread_id is not None:
        first = find(session, article, thread_id)
        first.resolved_at, first.resolved_by_id = None, None
    comment = ArticleComment(
        article_id=article.id,
        thread_id=thread_id,
        revision_number=article.current_revision,
        author_id=author_id,
        body=text,
        created_at=now,
    )
    session.add(comment)
    session.flush()
    return comment


def find(session: Session, article: Article, comment_id: UUID) -> ArticleComment:
    """Return the first comment of a thread of this article. Raises NotFound."""
    comment = session.get(ArticleComment, comment_id)
    if comment is None or comment.article_id != article.id or comment.thread_id is not None:
        raise NotFound()
    return comment


def resolve(session: Session, article: Article, comment_id: UUID, *, by: UUID, now: datetime) -> None:
    """Close a thread. Safe to repeat: the first who closed it stays named. Raises NotFound."""
    comment = find(session, article, comment_id)
    if comment.resolved_at is None:
        comment.resolved_at, comment.resolved_by_id = now, by
        session.flush()


def threads_of(session: Session, article_id: UUID) -> list[Thread]:
    """Return all threads of an article, open ones first, then the newest first."""
    rows = session.scalars(
        select(ArticleComment)
        .where(ArticleComment.article_id == article_id)
        .order_by(ArticleComment.created_at, ArticleComment.id)
    ).all()
    replies: dict[UUID, list[ArticleComment]] = {}
    for row in rows:
        if row.thread_id is not None:
            replies.setdefault(row.thread_id, []).append(row)
    threads = [Thread(row, tuple(replies.get(row.id, ()))) for row in reversed(rows) if row.thread_id is None]
    return sorted(threads, key=lambda thread: thread.first.resolved_at is not None)


def count_open(session: Session, article_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many threads of each article are open; articles without any are left out."""
    rows: Sequence[tuple[UUID, int]] = session.execute(
        select(ArticleComment.article_id, func.count())
        .where(
            ArticleComment.article_id.in_(article_ids),
            ArticleComment.thread_id.is_(None),
            ArticleComment.resolved_at.is_(None),
        )
        .group_by(ArticleComment.article_id)
    ).all()
    return dict(rows)
