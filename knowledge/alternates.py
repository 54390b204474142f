"""Give a published article one more wording, without a second look at its answer, which stays as it is.

Here somebody publishes an own revision, which `knowledge.articles` refuses: the words are a reader's, the person who
acts has looked at them, and nothing that readers are told changes.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.changes import record_change
from knowledge.content import MAX_ALTERNATES, MAX_QUESTION_CHARACTERS
from knowledge.errors import AlternatesFull, ArticleRetired, WordingEmpty, WordingTooLong
from knowledge.facets import facets_of
from knowledge.models import VISIBLE_STATES, Article, ChangeKind, Revision
from knowledge.wordings import is_known, plain_words, said_in
from storage.errors import NotFound

_NOTE = "+ {words}"
_MAX_NOTE_CHARACTERS = 500


@dataclass(frozen=True)
class NewAlternate:
    """Words to find an article by, and the curator who answers for them."""

    words: str
    curator_id: UUID


def add_alternate(session: Session, article_id: UUID, new: NewAlternate, *, now: datetime) -> str:
    """Publish a revision with one alternate more; return the words as they stand there.

    Words that the article has already change nothing. A newer revision under work gets them too and goes on from there,
    in its state. The date readers see stays that of the answer. Locks the article. Raises NotFound, ArticleRetired when
    readers do not see it, WordingEmpty, WordingTooLong, AlternatesFull.
    """
    article = _locked(session, article_id)
    words = checked_words(new.words)
    published = session.get_one(Revision, (article.id, article.published_revision))
    if is_known(words, (published.question, *published.alternates)):
        return words
    under_work = _under_work(session, article)
    _append(session, article, published, NewAlternate(words, new.curator_id), now=now)
    article.published_revision = article.current_revision
    if under_work is not None:
        _continue(session, article, under_work, words, now=now)
    article.updated_at = now
    record_change(session, article_id=article.id, kind=ChangeKind.PUBLISHED, now=now)
    return words


def checked_words(text: str) -> str:
    """Return the words in one line. Raises WordingEmpty, WordingTooLong."""
    words = plain_words(text)
    if words is not None:
        return words
    if said_in(text):
        raise WordingTooLong(limit=MAX_QUESTION_CHARACTERS)
    raise WordingEmpty()


def _locked(session: Session, article_id: UUID) -> Article:
    article = session.scalar(
        select(Article).where(Article.id == article_id).with_for_update().execution_options(populate_existing=True)
    )
    if article is None:
        raise NotFound()
    if article.state not in VISIBLE_STATES or article.published_revision is None:
        raise ArticleRetired()
    return article


def _under_work(session: Session, article: Article) -> Revision | None:
    if article.current_revision == article.published_revision:
        return None
    return session.get_one(Revision, (article.id, article.current_revision))


def _append(session: Session, article: Article, base: Revision, new: NewAlternate, *, now: datetime) -> None:
    if len(base.alternates) >= MAX_ALTERNATES:
        raise AlternatesFull(limit=MAX_ALTERNATES)
    note = _NOTE.format(words=new.words)[:_MAX_NOTE_CHARACTERS]
    _write(session, article, base, [*base.alternates, new.words], (new.curator_id, note), now)


def _continue(session: Session, article: Article, base: Revision, words: str, *, now: datetime) -> None:
    """Write what was under work anew behind the published revision, with the words unless it has them or is full."""
    has_room = len(base.alternates) < MAX_ALTERNATES and not is_known(words, (base.question, *base.alternates))
    alternates = [*base.alternates, words] if has_room else list(base.alternates)
    _write(session, article, base, alternates, (base.author_id, base.change_note), now)
    newest = session.get_one(Revision, (article.id, article.current_revision))
    newest.sent_back_reason = base.sent_back_reason
    session.flush()


def _write(
    session: Session,
    article: Article,
    base: Revision,
    alternates: list[str],
    by: tuple[UUID, str | None],
    now: datetime,
) -> None:
    author_id, note = by
    article.current_revision += 1
    session.add(
        Revision(
            article_id=article.id,
            number=article.current_revision,
            question=base.question,
            alternates=alternates,
            answer=base.answer,
            sources=list(base.sources),
            **facets_of(base),
            change_note=note,
            author_id=author_id,
            created_at=now,
        )
    )
    session.flush()
