"""Time and articles: dates that come and pass, publications that were planned, answers that are confirmed.

The caller commits. Each is safe to repeat and on several processes at once: what is due is looked at under its lock.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from knowledge import articles, errors
from knowledge.article_states import Step, can, state_after
from knowledge.changes import record_change
from knowledge.life_models import ReasonKind, ReviewReason
from knowledge.models import VISIBLE_STATES, Article, ArticleState, ChangeKind
from knowledge.reasons import note

# Articles moved in one look.
LIMIT = 100


def plan(session: Session, article: Article, *, reviewer_id: UUID, at: datetime, now: datetime) -> None:
    """Approve the newest revision and have it published at a moment ahead.

    Raises NotInReview, OwnRevision, MomentPast.
    """
    state_after(Step.SCHEDULE, article.state)
    articles.require_other_author(session, article, reviewer_id)
    if at <= now:
        raise errors.MomentPast()
    article.publish_at, article.scheduled_by_id, article.updated_at = at, reviewer_id, now
    session.flush()


def call_off(session: Session, article: Article, *, now: datetime) -> None:
    """Let a planned publication wait for a reviewer again. Safe to repeat."""
    article.publish_at, article.scheduled_by_id, article.updated_at = None, None, now
    session.flush()


def planned_due(session: Session, *, now: datetime) -> Sequence[UUID]:
    """Return the articles whose planned moment has come, the oldest first."""
    return session.scalars(select(Article.id).where(_is_planned(now)).order_by(Article.publish_at).limit(LIMIT)).all()


def publish_planned(session: Session, article_id: UUID, *, now: datetime) -> Article | None:
    """Publish what was planned for now, in the name of who reviewed it; None when another process was quicker."""
    article = _locked(session, article_id, _is_planned(now))
    if article is None or article.scheduled_by_id is None:
        return None
    articles.publish(session, article, reviewer_id=article.scheduled_by_id, now=now)
    return article


def starting(session: Session, *, now: datetime) -> Sequence[UUID]:
    """Return the published articles whose beginning has come and has not been told to the indexes."""
    return session.scalars(select(Article.id).where(Article.starts_at <= now).limit(LIMIT)).all()


def start(session: Session, article_id: UUID, *, now: datetime) -> bool:
    """Let readers find an article from now on; say whether this call did it."""
    article = _locked(session, article_id, Article.starts_at <= now)
    if article is None:
        return False
    article.starts_at = None
    record_change(session, article_id=article.id, kind=ChangeKind.RESTORED, now=now)
    return True


def ending(session: Session, *, now: datetime) -> Sequence[UUID]:
    """Return the articles that readers see and whose date has passed unnoticed, the first to end first."""
    statement = select(Article.id).where(_has_ended(now)).order_by(Article.valid_until).limit(LIMIT)
    return session.scalars(statement).all()


def end(session: Session, article_id: UUID, *, shows_past: bool, now: datetime) -> Article | None:
    """Send an article whose date has passed to be looked at again; None when another process was quicker.

    With `shows_past` readers go on finding it, with a note; without, no longer.
    """
    article = _locked(session, article_id, _has_ended(now))
    if article is None:
        return None
    article.state, article.updated_at = state_after(Step.QUESTION, article.state), now
    show_past(session, article, shows_past=shows_past, now=now)
    note(session, article.id, ReasonKind.ENDED, {}, now=now)
    record_change(session, article_id=article.id, kind=ChangeKind.HIDDEN, now=now)
    return article


def show_past(session: Session, article: Article, *, shows_past: bool, now: datetime) -> bool:
    """Let readers find an article past its date, or not; say whether that changed. Safe to repeat."""
    if article.shows_past == shows_past:
        return False
    article.shows_past = shows_past
    kind = ChangeKind.RESTORED if shows_past else ChangeKind.HIDDEN
    record_change(session, article_id=article.id, kind=kind, now=now)
    session.flush()
    return True


def confirm(session: Session, article: Article, *, by: UUID, valid_until: datetime | None, now: datetime) -> None:
    """Say that what readers see still holds, until a date or without end.

    Raises NotConfirmable, OwnRevision when the person wrote it, DateMissing when the date given has passed.
    """
    state = state_after(Step.CONFIRM, article.state)
    articles.require_other_author(session, article, by)
    if valid_until is not None and valid_until <= now:
        raise errors.DateMissing()
    article.state, article.valid_until, article.shows_past = state, valid_until, False
    article.reviewer_id, article.updated_at = by, now
    record_change(session, article_id=article.id, kind=ChangeKind.RESTORED, now=now)


def question(session: Session, article: Article, *, now: datetime) -> None:
    """Have an article looked at again; readers keep seeing it. Harmless where that is under way, or out of use."""
    if not can(Step.QUESTION, article.state):
        return
    state = state_after(Step.QUESTION, article.state)
    if article.published_revision is not None and state != article.state:
        article.state, article.updated_at = state, now
        session.flush()


def settle(session: Session, article: Article, *, now: datetime) -> None:
    """Take an article that waits for nothing more out of needing a review, unless its date has passed."""
    is_past = article.valid_until is not None and article.valid_until <= now
    if article.state == ArticleState.NEEDS_REVIEW and not is_past:
        article.state, article.updated_at = ArticleState.PUBLISHED, now
        session.flush()


def _locked(session: Session, article_id: UUID, condition: ColumnElement[bool]) -> Article | None:
    # Whoever is quicker leaves the row in a state that no longer meets the condition.
    statement = select(Article).where(Article.id == article_id, condition).with_for_update(skip_locked=True)
    return session.scalar(statement.execution_options(populate_existing=True))


def _is_planned(now: datetime) -> ColumnElement[bool]:
    return and_(Article.publish_at <= now, Article.state == ArticleState.IN_REVIEW)


def _has_ended(now: datetime) -> ColumnElement[bool]:
    # The open reason says that it was noticed: of an article under work the state does not.
    noticed = exists().where(
        ReviewReason.article_id == Article.id,
        ReviewReason.kind == ReasonKind.ENDED,
        ReviewReason.settled_at.is_(None),
    )
    return and_(
        Article.valid_until <= now,
        Article.published_revision.is_not(None),
        Article.state.in_(VISIBLE_STATES),
        ~noticed,
    )
