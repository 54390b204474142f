"""Why articles have to be looked at again: noted once while it lasts, listed, settled. The caller commits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from knowledge.life_models import ReasonKind, ReviewReason
from knowledge.models import VISIBLE_STATES, Article, Revision


@dataclass(frozen=True)
class Aged:
    """An article that has to be looked at: its published question, its owner, the kinds of its reasons."""

    article_id: UUID
    question: str
    owner_id: UUID
    kinds: tuple[str, ...]


def note(session: Session, article_id: UUID, kind: ReasonKind, details: Mapping[str, Any], *, now: datetime) -> bool:
    """Note a reason, or bring the details of the open one up to date; say whether it is new. Safe to repeat."""
    found = _open(session, article_id, kind)
    if found is not None:
        found.details = dict(details)
        session.flush()
        return False
    try:
        with session.begin_nested():
            session.add(ReviewReason(article_id=article_id, kind=kind, details=dict(details), noted_at=now))
    except IntegrityError:
        # Another process noted it between our two statements.
        return False
    return True


def settle(
    session: Session,
    article_id: UUID,
    *,
    outcome: str,
    by: UUID | None,
    now: datetime,
    kinds: Collection[ReasonKind] = tuple(ReasonKind),
) -> int:
    """Close the open reasons of these kinds with what came of them; return how many there were."""
    closed = session.execute(
        update(ReviewReason)
        .where(
            ReviewReason.article_id == article_id,
            ReviewReason.settled_at.is_(None),
            ReviewReason.kind.in_(list(kinds)),
        )
        .values(settled_at=now, settled_by_id=by, outcome=outcome)
        .execution_options(synchronize_session=False)
    )
    return int(getattr(closed, "rowcount", 0))


def open_of(session: Session, article_id: UUID) -> Sequence[ReviewReason]:
    """Return why this article has to be looked at, the oldest reason first."""
    statement = select(ReviewReason).where(ReviewReason.article_id == article_id, ReviewReason.settled_at.is_(None))
    return session.scalars(statement.order_by(ReviewReason.noted_at, ReviewReason.kind)).all()


def open_among(
    session: Session, owners: Collection[UUID], *, limit: int, offset: int = 0
) -> list[tuple[Article, Revision, list[ReviewReason]]]:
    """Return the articles of these owners that have to be looked at, the longest waiting first, with all reasons."""
    waiting = _waiting(owners).limit(limit).offset(offset)
    ids = [row.article_id for row in session.execute(waiting)]
    found = {row[0].id: (row[0], row[1]) for row in session.execute(_with_text().where(Article.id.in_(ids)))}
    reasons: dict[UUID, list[ReviewReason]] = {each: [] for each in ids}
    statement = select(ReviewReason).where(ReviewReason.article_id.in_(ids), ReviewReason.settled_at.is_(None))
    for reason in session.scalars(statement.order_by(ReviewReason.noted_at, ReviewReason.kind)):
        reasons[reason.article_id].append(reason)
    return [(*found[each], reasons[each]) for each in ids if each in found]


def open_since(session: Session, since: datetime) -> list[Aged]:
    """Return the articles that readers see with an open reason noted after a moment, the oldest such reason first."""
    rows = session.execute(
        select(Article.id, Article.library_id, Revision.question, ReviewReason.kind, ReviewReason.noted_at)
        .join(Article, Article.id == ReviewReason.article_id)
        .join(Revision, (Revision.article_id == Article.id) & (Revision.number == Article.published_revision))
        .where(ReviewReason.settled_at.is_(None), ReviewReason.noted_at > since, Article.state.in_(VISIBLE_STATES))
        .order_by(ReviewReason.noted_at, ReviewReason.id)
    ).all()
    found: dict[UUID, Aged] = {}
    for row in rows:
        kinds = found[row.id].kinds if row.id in found else ()
        found[row.id] = Aged(row.id, row.question, row.library_id, (*kinds, row.kind))
    return list(found.values())


def count_among(session: Session, owners: Collection[UUID]) -> int:
    """Return how many articles of these owners have to be looked at."""
    return session.scalar(select(func.count()).select_from(_waiting(owners).subquery())) or 0


def _waiting(owners: Collection[UUID]) -> Any:
    return (
        select(ReviewReason.article_id, func.min(ReviewReason.noted_at).label("since"))
        .join(Article, Article.id == ReviewReason.article_id)
        .where(
            ReviewReason.settled_at.is_(None),
            Article.library_id.in_(owners),
            Article.state.in_(VISIBLE_STATES),
            Article.published_revision.is_not(None),
        )
        .group_by(ReviewReason.article_id)
        .order_by(func.min(ReviewReason.noted_at), ReviewReason.article_id)
    )


def _with_text() -> Any:
    newest = (Revision.article_id == Article.id) & (Revision.number == Article.current_revision)
    return select(Article, Revision).join(Revision, newest)


def _open(session: Session, article_id: UUID, kind: ReasonKind) -> ReviewReason | None:
    return session.scalar(
        select(ReviewReason).where(
            ReviewReason.article_id == article_id, ReviewReason.kind == kind, ReviewReason.settled_at.is_(None)
        )
    )
