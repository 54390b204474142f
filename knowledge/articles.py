"""Write articles: draft, revise, review, publish, retire. The caller commits.

Who may do what in which library is decided above; that nobody publishes the own text is decided here.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from knowledge import errors
from knowledge.changes import record_change
from knowledge.content import ArticleContent, check_content
from knowledge.models import VISIBLE_STATES, Article, ArticleState, ChangeKind, Revision
from storage.errors import NotFound

MAX_NOTE_CHARACTERS = 500
MAX_ORIGIN_CHARACTERS = 200
_OUT_OF_USE = (ArticleState.RETIRED, ArticleState.MERGED)


@dataclass(frozen=True)
class Change:
    """What a revision needs beside its text: the revision it was made from, who, and why."""

    expected_revision: int
    author_id: UUID
    note: str


def draft(
    session: Session,
    *,
    content: ArticleContent,
    owner: UUID,
    author_id: UUID,
    origin: str | None = None,
    now: datetime | None = None,
) -> Article:
    """Write a new article in state draft with revision 1. `origin` is an opaque reference to where it came from.

    Raises ArticleContentInvalid, and TopicTaken when the owner has an article in use on that key in that language.
    """
    checked, moment = check_content(content), now or datetime.now(UTC)
    _require_free_topic(session, owner=owner, key=checked.key, language=checked.language)
    article = Article(
        key=checked.key,
        library_id=owner,
        language=checked.language,
        state=ArticleState.DRAFT,
        current_revision=1,
        author_id=author_id,
        origin=origin[:MAX_ORIGIN_CHARACTERS] if origin else None,
        created_at=moment,
        updated_at=moment,
        **_facets(checked),
    )
    session.add(article)
    session.flush()
    session.add(_revision(article.id, 1, checked, Change(0, author_id, ""), moment))
    session.flush()
    return article


def revise(
    session: Session, article: Article, *, content: ArticleContent, change: Change, now: datetime | None = None
) -> Revision:
    """Write the next revision; the article becomes a draft, and readers keep seeing what is published.

    The key and the language stay those of the article; the facets and `valid_until` hold at once. Raises ArticleChanged
    when `expected_revision` is not the newest, ChangeNoteMissing, ArticleRetired, ArticleContentInvalid.
    """
    _require_in_use(article)
    if not change.note.strip():
        raise errors.ChangeNoteMissing()
    checked = check_content(replace(content, key=article.key, language=article.language))
    moment = now or datetime.now(UTC)
    _take_next_revision(session, article, change.expected_revision)
    revision = _revision(article.id, article.current_revision, checked, change, moment)
    session.add(revision)
    _set(article, state=ArticleState.DRAFT, author_id=change.author_id, updated_at=moment, **_facets(checked))
    session.flush()
    return revision


def submit(session: Session, article: Article, *, now: datetime | None = None) -> None:
    """Ask for a review of the newest revision. Raises NotADraft."""
    if article.state != ArticleState.DRAFT:
        raise errors.NotADraft()
    _set(article, state=ArticleState.IN_REVIEW, updated_at=now or datetime.now(UTC))
    session.flush()


def publish(session: Session, article: Article, *, reviewer_id: UUID, now: datetime | None = None) -> int:
    """Make the newest revision what readers see; return the number of the change.

    Raises AlreadyPublished, NotInReview, and OwnRevision when the reviewer wrote that revision.
    """
    if article.state == ArticleState.PUBLISHED:
        raise errors.AlreadyPublished()
    if article.state != ArticleState.IN_REVIEW:
        raise errors.NotInReview()
    if current_revision(session, article).author_id == reviewer_id:
        raise errors.OwnRevision()
    moment = now or datetime.now(UTC)
    number = record_change(session, article_id=article.id, kind=ChangeKind.PUBLISHED, now=moment)
    _set(
        article,
        state=ArticleState.PUBLISHED,
        number=article.number or number,
        published_revision=article.current_revision,
        published_at=moment,
        reviewer_id=reviewer_id,
        updated_at=moment,
    )
    session.flush()
    return number


def send_back(session: Session, article: Article, *, reason: str, now: datetime | None = None) -> None:
    """Return a submitted revision to its author with a reason. Raises NotInReview, ReasonMissing."""
    if article.state != ArticleState.IN_REVIEW:
        raise errors.NotInReview()
    if not reason.strip():
        raise errors.ReasonMissing()
    current_revision(session, article).sent_back_reason = reason.strip()[:MAX_NOTE_CHARACTERS]
    _set(article, state=ArticleState.DRAFT, updated_at=now or datetime.now(UTC))
    session.flush()


def retire(session: Session, article: Article, *, now: datetime | None = None) -> None:
    """Take the article out of use; readers no longer find it. Raises ArticleRetired when it already is."""
    _require_in_use(article)
    _hide(session, article, ArticleState.RETIRED, now or datetime.now(UTC))


def restore(session: Session, article: Article, *, now: datetime | None = None) -> None:
    """Bring a retired, merged or expired article back: as published when it was, else as a draft.

    An article whose date of validity has passed comes back as a draft, since somebody must look at it first. Raises
    NotRetired, TopicTaken.
    """
    if article.state not in (*_OUT_OF_USE, ArticleState.NEEDS_REVIEW):
        raise errors.NotRetired()
    if article.state in _OUT_OF_USE:
        _require_free_topic(session, owner=article.library_id, key=article.key, language=article.language)
    moment = now or datetime.now(UTC)
    is_current = article.published_revision == article.current_revision
    is_valid = article.valid_until is None or article.valid_until > moment
    state = ArticleState.PUBLISHED if is_current and is_valid else ArticleState.DRAFT
    _set(article, state=state, merged_into_id=None, updated_at=moment)
    record_change(session, article_id=article.id, kind=ChangeKind.RESTORED, now=moment)


def merge(session: Session, article: Article, *, into: Article, now: datetime | None = None) -> None:
    """Take the article out of use in favour of another of the same language. Raises MergeImpossible, ArticleRetired."""
    _require_in_use(article)
    if into.id == article.id or into.language != article.language or into.state in _OUT_OF_USE:
        raise errors.MergeImpossible()
    article.merged_into_id = into.id
    _hide(session, article, ArticleState.MERGED, now or datetime.now(UTC))


def expire(session: Session, *, now: datetime) -> list[Article]:
    """Move every visible article whose date of validity has passed to needs_review; return them. Safe to repeat."""
    due = session.scalars(
        select(Article)
        .where(Article.valid_until <= now, Article.state.in_(VISIBLE_STATES), Article.published_revision.is_not(None))
        .order_by(Article.valid_until)
    ).all()
    for article in due:
        _hide(session, article, ArticleState.NEEDS_REVIEW, now)
    return list(due)


def current_revision(session: Session, article: Article) -> Revision:
    """Return the newest revision of the article."""
    revision = session.get(Revision, (article.id, article.current_revision))
    if revision is None:
        raise NotFound()
    return revision


def _hide(session: Session, article: Article, state: ArticleState, moment: datetime) -> None:
    _set(article, state=state, updated_at=moment)
    record_change(session, article_id=article.id, kind=ChangeKind.HIDDEN, now=moment)


def _require_in_use(article: Article) -> None:
    if article.state in _OUT_OF_USE:
        raise errors.ArticleRetired()


def _require_free_topic(session: Session, *, owner: UUID, key: str, language: str) -> None:
    taken = session.scalar(
        select(Article.id).where(
            Article.library_id == owner,
            Article.key == key,
            Article.language == language,
            Article.state.not_in(_OUT_OF_USE),
        )
    )
    if taken is not None:
        raise errors.TopicTaken(key=key)


def _take_next_revision(session: Session, article: Article, expected: int) -> None:
    # One statement compares and counts up, so that of two people who saved at once the second is told.
    taken = session.execute(
        update(Article)
        .where(Article.id == article.id, Article.current_revision == expected)
        .values(current_revision=expected + 1)
        .execution_options(synchronize_session=False)
    )
    if getattr(taken, "rowcount", 0) != 1:
        raise errors.ArticleChanged()
    session.refresh(article)


def _revision(article_id: UUID, number: int, content: ArticleContent, change: Change, moment: datetime) -> Revision:
    return Revision(
        article_id=article_id,
        number=number,
        question=content.question,
        alternates=list(content.alternates),
        answer=content.answer,
        sources=list(content.sources),
        change_note=change.note.strip()[:MAX_NOTE_CHARACTERS] or None,
        author_id=change.author_id,
        created_at=moment,
    )


def _facets(content: ArticleContent) -> dict[str, object]:
    return {
        "service_topic": content.service_topic,
        "question_type": content.question_type,
        "clc_class": content.clc_class,
        "valid_until": content.valid_until,
    }


def _set(article: Article, **values: object) -> None:
    for name, value in values.items():
        setattr(article, name, value)
