"""What happened to an article, step by step: appended in the transaction of the step, never changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.life_models import ArticleEvent

_MAX_NOTE_CHARACTERS = 500


def record(
    session: Session,
    article_id: UUID,
    kind: str,
    *,
    by: UUID | None,
    now: datetime,
    note: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append a step; `by` is None for what a timer did."""
    session.add(
        ArticleEvent(
            article_id=article_id,
            kind=kind,
            by_id=by,
            note=note.strip()[:_MAX_NOTE_CHARACTERS] or None,
            details=dict(details or {}),
            happened_at=now,
        )
    )
    session.flush()


def events_of(session: Session, article_id: UUID, *, limit: int = 200) -> Sequence[ArticleEvent]:
    """Return what happened to an article, newest first."""
    statement = select(ArticleEvent).where(ArticleEvent.article_id == article_id)
    return session.scalars(
        statement.order_by(ArticleEvent.happened_at.desc(), ArticleEvent.id.desc()).limit(limit)
    ).all()
