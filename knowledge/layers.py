"""Answers to one topic at several levels: which there are, which stands in for which, what changed since.

Which of them a reader finds is decided in the search, by the nearest owner in scope (`topics`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import articles, reasons
from knowledge.articles import Change
from knowledge.facets import content_of
from knowledge.life_models import ArticleLayer, ReasonKind
from knowledge.models import OUT_OF_USE, VISIBLE_STATES, Article, Revision
from storage.errors import NotFound


@dataclass(frozen=True)
class Below:
    """What an article stands in for: that article, the text it was last compared with, and the present one.

    `after` is None where readers no longer see that article at all.
    """

    layer: ArticleLayer
    article: Article
    before: Revision
    after: Revision | None

    @property
    def has_changed(self) -> bool:
        return self.after is None or self.after.number != self.before.number


def variants(session: Session, article: Article, owners: Collection[UUID]) -> Sequence[Article]:
    """Return the articles in use on the same topic of these owners, in any language, this one included."""
    statement = select(Article).where(
        Article.key == article.key, Article.library_id.in_(owners), Article.state.not_in(OUT_OF_USE)
    )
    return session.scalars(statement.order_by(Article.language, Article.created_at)).all()


def override(session: Session, article: Article, *, owner: UUID, author_id: UUID, now: datetime) -> Article:
    """Draft another owner's answer to the topic as a copy of what readers see, and remember what it was copied from.

    Raises NotFound where readers see nothing, TopicTaken where that owner has an article on it.
    """
    shown = _shown(session, article)
    if shown is None:
        raise NotFound()
    copied = articles.draft(
        session,
        content=replace(content_of(article, shown), valid_from=None),
        owner=owner,
        author_id=author_id,
        origin=f"article:{article.id}",
        now=now,
    )
    session.add(
        ArticleLayer(
            article_id=copied.id,
            based_on_id=article.id,
            based_on_revision=shown.number,
            looked_at=now,
            looked_by_id=author_id,
        )
    )
    session.flush()
    return copied


def below(session: Session, article: Article) -> Below | None:
    """Return what the article stands in for, or None when it stands for itself."""
    layer = session.get(ArticleLayer, article.id)
    if layer is None:
        return None
    other = session.get_one(Article, layer.based_on_id)
    before = session.get_one(Revision, (other.id, layer.based_on_revision))
    return Below(layer, other, before, _shown(session, other))


def overrides(session: Session, article_id: UUID) -> Sequence[Article]:
    """Return the articles in use that stand in for this one, the oldest first."""
    statement = (
        select(Article)
        .join(ArticleLayer, ArticleLayer.article_id == Article.id)
        .where(ArticleLayer.based_on_id == article_id, Article.state.not_in(OUT_OF_USE))
    )
    return session.scalars(statement.order_by(Article.created_at)).all()


def note_change(session: Session, article: Article, *, now: datetime) -> list[Article]:
    """Tell every article that stands in for this one that it has changed or gone; return them. Safe to repeat."""
    found = list(overrides(session, article.id))
    shown = _shown(session, article)
    for each in found:
        layer = session.get_one(ArticleLayer, each.id)
        if shown is None or shown.number != layer.based_on_revision:
            details = {"article_id": str(article.id), "revision": shown.number if shown else None}
            reasons.note(session, each.id, ReasonKind.LAYER_CHANGED, details, now=now)
    return found


def still_right(session: Session, article: Article, *, by: UUID, now: datetime) -> None:
    """Note that the article was compared with what it stands in for and needs no change. Raises NotFound."""
    found = below(session, article)
    if found is None:
        raise NotFound()
    if found.after is not None:
        found.layer.based_on_revision = found.after.number
    found.layer.looked_at, found.layer.looked_by_id = now, by
    reasons.settle(session, article.id, outcome="kept", by=by, now=now, kinds=(ReasonKind.LAYER_CHANGED,))
    session.flush()


def take_over(session: Session, article: Article, change: Change, *, now: datetime) -> Revision:
    """Write the text that readers see below as the next revision, a draft. Raises NotFound, ArticleChanged."""
    found = below(session, article)
    if found is None or found.after is None:
        raise NotFound()
    own = articles.current_revision(session, article)
    taken = replace(
        content_of(found.article, found.after),
        visibility=own.visibility,
        valid_from=own.valid_from,
        valid_until=own.valid_until,
    )
    revision = articles.revise(session, article, content=taken, change=change, now=now)
    still_right(session, article, by=change.author_id, now=now)
    return revision


def _shown(session: Session, article: Article) -> Revision | None:
    if article.published_revision is None or article.state not in VISIBLE_STATES:
        return None
    return session.get(Revision, (article.id, article.published_revision))
