"""Write articles: draft, revise, review, publish, retire, merge. The caller commits, and has locked what it changes.

Who may do what in which library is decided above, which step leads where in `article_states`; that nobody publishes the
own text is decided here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from knowledge import errors
from knowledge.article_states import Step, state_after
from knowledge.changes import record_change
from knowledge.content import ArticleContent, check_content
from knowledge.facets import facets_of
from knowledge.models import OUT_OF_USE, Article, ArticleState, ChangeKind, Revision
from storage.errors import NotFound

MAX_NOTE_CHARACTERS = 500
MAX_ORIGIN_CHARACTERS = 200


# A planned publication that is called off, or done.
_NOT_PLANNED = {"publish_at": None, "scheduled_by_id": None}


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
    made = draft_many(session, [checked], owner=owner, author_id=author_id, origin=origin, now=moment)
    return made[0]


def draft_many(
    session: Session,
    contents: Sequence[ArticleContent],
    *,
    owner: UUID,
    author_id: UUID,
    origin: str | None,
    now: datetime,
) -> list[Article]:
    """Write drafts of checked contents at once, in their order. The caller knows that their topics are free."""
    made = [
        Article(
            key=content.key,
            library_id=owner,
            language=content.language,
            state=ArticleState.DRAFT,
            current_revision=1,
            author_id=author_id,
            origin=origin[:MAX_ORIGIN_CHARACTERS] if origin else None,
            created_at=now,
            updated_at=now,
            **facets_of(content),
        )
        for content in contents
    ]
    session.add_all(made)
    session.flush()
    first = Change(0, author_id, "")
    session.add_all(
        _revision(article.id, 1, content, first, now) for article, content in zip(made, contents, strict=True)
    )
    session.flush()
    return made


def revise(
    session: Session, article: Article, *, content: ArticleContent, change: Change, now: datetime | None = None
) -> Revision:
    """Write the next revision; the article becomes a draft, and readers keep seeing what is published.

    The key and the language stay those of the article; facets, visibility and dates hold from the publication. A
    planned publication is called off: nobody has reviewed this text. Raises ArticleChanged when `expected_revision` is
    not the newest, ChangeNoteMissing, ArticleRetired, ArticleContentInvalid.
    """
    state = state_after(Step.REVISE, article.state)
    if not change.note.strip():
        raise errors.ChangeNoteMissing()
    checked = check_content(replace(content, key=article.key, language=article.language))
    moment = now or datetime.now(UTC)
    _take_next_revision(session, article, change.expected_revision)
    revision = _revision(article.id, article.current_revision, checked, change, moment)
    session.add(revision)
    _set(article, state=state, author_id=change.author_id, updated_at=moment, submitted_at=None, **_NOT_PLANNED)
    if article.published_revision is None:
        _set(article, **facets_of(checked))
    session.flush()
    return revision


def submit(session: Session, article: Article, *, now: datetime | None = None) -> None:
    """Ask for a review of the newest revision. Raises NotADraft."""
    state, moment = state_after(Step.SUBMIT, article.state), now or datetime.now(UTC)
    _set(article, state=state, updated_at=moment, submitted_at=moment)
    session.flush()


def publish(session: Session, article: Article, *, reviewer_id: UUID, now: datetime | None = None) -> int:
    """Make the newest revision what readers see, with its facets and dates; return the number of the change.

    Raises AlreadyPublished, NotInReview, and OwnRevision when the reviewer wrote any of what nobody has reviewed yet.
    """
    state = state_after(Step.PUBLISH, article.state)
    require_other_author(session, article, reviewer_id)
    moment = now or datetime.now(UTC)
    number = record_change(session, article_id=article.id, kind=ChangeKind.PUBLISHED, now=moment)
    facets = facets_of(current_revision(session, article))
    valid_from = facets["valid_from"]
    _set(
        article,
        state=state,
        number=article.number or number,
        published_revision=article.current_revision,
        published_at=moment,
        reviewer_id=reviewer_id,
        updated_at=moment,
        starts_at=valid_from if valid_from is not None and valid_from > moment else None,
        **facets,
        **_NOT_PLANNED,
    )
    session.flush()
    return number


def send_back(session: Session, article: Article, *, reason: str, now: datetime | None = None) -> None:
    """Return a submitted revision to its author with a reason. Raises NotInReview, ReasonMissing."""
    state = state_after(Step.SEND_BACK, article.state)
    if not reason.strip():
        raise errors.ReasonMissing()
    current_revision(session, article).sent_back_reason = reason.strip()[:MAX_NOTE_CHARACTERS]
    _set(article, state=state, updated_at=now or datetime.now(UTC), submitted_at=None, **_NOT_PLANNED)
    session.flush()


def unpublish(session: Session, article: Article, *, now: datetime | None = None) -> None:
    """Take the article away from readers; it is a draft again. Raises NotPublished, ArticleRetired."""
    state = state_after(Step.UNPUBLISH, article.state)
    if article.published_revision is None:
        raise errors.NotPublished()
    _set(article, published_revision=None, starts_at=None, submitted_at=None, **_NOT_PLANNED)
    _hide(session, article, state, now or datetime.now(UTC))


def retire(session: Session, article: Article, *, now: datetime | None = None) -> None:
    """Take the article out of use; readers no longer find it. Raises ArticleRetired when it already is."""
    _hide(session, article, state_after(Step.RETIRE, article.state), now or datetime.now(UTC))


def restore(session: Session, article: Article, *, now: datetime | None = None) -> None:
    """Bring a retired or merged article back: as published when it was, else as a draft.

    An article whose date of validity has passed comes back as a draft, since somebody must look at it first. Raises
    NotRetired, TopicTaken.
    """
    state = state_after(Step.RESTORE, article.state)
    _require_free_topic(session, owner=article.library_id, key=article.key, language=article.language)
    moment = now or datetime.now(UTC)
    is_current = article.published_revision == article.current_revision
    is_valid = article.valid_until is None or article.valid_until > moment
    if is_current and is_valid:
        state = ArticleState.PUBLISHED
    _set(article, state=state, merged_into_id=None, updated_at=moment, submitted_at=None)
    record_change(session, article_id=article.id, kind=ChangeKind.RESTORED, now=moment)


def merge(session: Session, article: Article, *, into: Article, now: datetime | None = None) -> None:
    """Take the article out of use in favour of another of the same language; its address leads there from now on.

    Both are locked and looked at again, so that no two merges can make a circle: what is merged into is in use, and
    what is in use is merged into nothing. Raises MergeImpossible, ArticleRetired.
    """
    lock(session, article, into)
    state = state_after(Step.MERGE, article.state)
    if into.id == article.id or into.language != article.language or into.state in OUT_OF_USE:
        raise errors.MergeImpossible()
    article.merged_into_id = into.id
    _hide(session, article, state, now or datetime.now(UTC))


def lock(session: Session, *articles: Article) -> None:
    """Lock these articles until the transaction ends and read them again, in an order that cannot deadlock."""
    for article in sorted(articles, key=lambda each: each.id):
        session.refresh(article, with_for_update=True)


def require_other_author(session: Session, article: Article, person_id: UUID) -> None:
    """Raise OwnRevision when the person wrote the newest revision, or one since what readers see."""
    since = article.published_revision or 0
    own = select(Revision.number).where(
        Revision.article_id == article.id,
        Revision.author_id == person_id,
        (Revision.number > since) | (Revision.number == article.current_revision),
    )
    if session.scalar(own.limit(1)) is not None:
        raise errors.OwnRevision()


def current_revision(session: Session, article: Article) -> Revision:
    """Return the newest revision of the article."""
    revision = session.get(Revision, (article.id, article.current_revision))
    if revision is None:
        raise NotFound()
    return revision


def _hide(session: Session, article: Article, state: ArticleState, moment: datetime) -> None:
    _set(article, state=state, updated_at=moment)
    record_change(session, article_id=article.id, kind=ChangeKind.HIDDEN, now=moment)


def _require_free_topic(session: Session, *, owner: UUID, key: str, language: str) -> None:
    taken = session.scalar(
        select(Article.id).where(
            Article.library_id == owner,
            Article.key == key,
            Article.language == language,
            Article.state.not_in(OUT_OF_USE),
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
        **facets_of(content),
        change_note=change.note.strip()[:MAX_NOTE_CHARACTERS] or None,
        author_id=change.author_id,
        created_at=moment,
    )


def _set(article: Article, **values: object) -> None:
    for name, value in values.items():
        setattr(article, name, value)
