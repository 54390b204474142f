"""Two people at one article: who has its form open, and what the second wrote, kept until it is merged."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from knowledge.articles import Change
from knowledge.content import ArticleContent
from knowledge.life_models import ArticleEditor, KeptText

# A form tells every 20 seconds that it is open; after three missed times it is taken for closed.
OPEN_FOR = timedelta(seconds=70)
# A form left open leaves a row; rows older than this are nobody's.
_FORGET_AFTER = timedelta(days=1)
_MOMENTS = ("valid_from", "valid_until")


def touch(session: Session, article_id: UUID, librarian_id: UUID, *, now: datetime) -> None:
    """Note that somebody has the form of an article open. Safe to repeat."""
    session.execute(delete(ArticleEditor).where(ArticleEditor.seen_at < now - _FORGET_AFTER))
    session.merge(ArticleEditor(article_id=article_id, librarian_id=librarian_id, seen_at=now))
    session.flush()


def leave(session: Session, article_id: UUID, librarian_id: UUID) -> None:
    """Note that the form was closed. Safe to repeat."""
    session.execute(
        delete(ArticleEditor).where(ArticleEditor.article_id == article_id, ArticleEditor.librarian_id == librarian_id)
    )


def editors(session: Session, article_id: UUID, *, now: datetime) -> Sequence[UUID]:
    """Return who has the form of an article open, the latest first."""
    statement = select(ArticleEditor.librarian_id).where(
        ArticleEditor.article_id == article_id, ArticleEditor.seen_at > now - OPEN_FOR
    )
    return session.scalars(statement.order_by(ArticleEditor.seen_at.desc())).all()


def keep(session: Session, article_id: UUID, content: ArticleContent, change: Change, *, now: datetime) -> None:
    """Keep what somebody could not save; a later text of the same person takes its place."""
    stored = {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(content).items()
    }
    session.merge(
        KeptText(
            article_id=article_id,
            librarian_id=change.author_id,
            base_revision=change.expected_revision,
            content=stored,
            change_note=change.note[:500] or None,
            kept_at=now,
        )
    )
    session.flush()


def kept(session: Session, article_id: UUID, librarian_id: UUID) -> KeptText | None:
    """Return what this person could not save of this article, or None."""
    return session.get(KeptText, (article_id, librarian_id))


def give_up(session: Session, article_id: UUID, librarian_id: UUID) -> None:
    """Forget what was kept, as after it was merged. Safe to repeat."""
    session.execute(delete(KeptText).where(KeptText.article_id == article_id, KeptText.librarian_id == librarian_id))


def content_kept(text: KeptText) -> ArticleContent:
    """Return the content that was kept."""
    values = {field.name: text.content[field.name] for field in fields(ArticleContent) if field.name in text.content}
    for name in _MOMENTS:
        values[name] = datetime.fromisoformat(values[name]) if values.get(name) else None
    for name in ("alternates", "sources"):
        values[name] = tuple(values[name])
    return ArticleContent(**values)
