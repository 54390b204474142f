"""Merge two articles on the same matter: one goes on, the other leads to it. Nothing that people did is lost.

The survivor gets the other's question and alternates, and the verdicts, proposals, test questions, proofs and redirects
of the other. It can be undone while neither has changed. Whose right that is, is decided above; callers commit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import articles, merge_moves
from knowledge.changes import record_change
from knowledge.content import MAX_ALTERNATES, MAX_SOURCES
from knowledge.duplicate_models import ArticleMerge
from knowledge.errors import AlternatesFull, MergeImpossible
from knowledge.facets import facets_of
from knowledge.models import OUT_OF_USE, VISIBLE_STATES, Article, ArticleState, ChangeKind, Revision, audience_of
from knowledge.wordings import is_known, said_in
from storage.base import new_id
from storage.errors import AppError, NotFound

_NOTE = "+ {question}"
_UNDONE = "− {question}"
_MAX_NOTE_CHARACTERS = 500


class SurvivorUnderWork(AppError):
    """The article that is to go on has a newer version that readers do not see yet."""

    code = "survivor_under_work"
    status = 409
    message = "The article that goes on has a newer version under work. Publish it or send it back first, then merge."


class SurvivorUnpublished(AppError):
    """What readers see would go into something that they do not see."""

    code = "survivor_unpublished"
    status = 409
    message = "Readers see one of these articles and not the other. Let the published one go on."


class AnswerNotForAll(AppError):
    """The answer to be kept is for fewer people than those who find the survivor."""

    code = "answer_not_for_all"
    status = 409
    message = (
        "That answer is for fewer people than the article that goes on. Keep its own answer, or merge the other way."
    )


class MergeNotUndoable(AppError):
    """One of the two has changed since, or the merge was undone before."""

    code = "merge_not_undoable"
    status = 409
    message = "One of these articles has changed since they were merged, so this can no longer be undone."


@dataclass(frozen=True)
class Merging:
    """What goes into what, and what is kept. `alternates` None keeps every wording of both."""

    article_id: UUID
    survivor_id: UUID
    by_id: UUID
    takes_answer: bool = False
    alternates: tuple[str, ...] | None = None


def joined(question: str, *wordings: Iterable[str]) -> tuple[str, ...]:
    """Return all wordings in order that say something else than the question and than those before. Pure."""
    seen = {said_in(question)}
    kept: list[str] = []
    for text in (text for each in wordings for text in each):
        said = said_in(text)
        if said not in seen:
            seen.add(said)
            kept.append(text)
    return tuple(kept)


def merge(session: Session, wanted: Merging, *, now: datetime) -> ArticleMerge:
    """Merge and return the record of it. Locks both articles.

    Raises NotFound, ArticleRetired, MergeImpossible, SurvivorUnderWork, SurvivorUnpublished, AnswerNotForAll, and
    AlternatesFull when the wordings of both are more than one article takes and none were chosen.
    """
    article, survivor = _both(session, wanted)
    _check(article, survivor, takes_answer=wanted.takes_answer)
    base, other = shown_revision(session, survivor), shown_revision(session, article)
    alternates = _alternates(base, other, wanted.alternates)
    made = ArticleMerge(
        id=new_id(),
        article_id=article.id,
        survivor_id=survivor.id,
        state_before=article.state,
        before_revision=survivor.current_revision,
        published_before=survivor.published_revision,
        after_revision=survivor.current_revision + 1,
        merged_by_id=wanted.by_id,
        merged_at=now,
    )
    answer = other.answer if wanted.takes_answer else base.answer
    sources = tuple(dict.fromkeys([*base.sources, *other.sources]))[:MAX_SOURCES]
    note = _NOTE.format(question=other.question)
    _write(session, survivor, base, (answer, alternates, sources), by=(wanted.by_id, note), now=now)
    if wanted.takes_answer and survivor.published_revision is not None:
        survivor.published_at = now
    session.add(made)
    session.flush()
    merge_moves.move(session, made.id, article, survivor, now=now)
    articles.merge(session, article, into=survivor, now=now)
    session.flush()
    return made


def undo(session: Session, merge_id: UUID, *, by_id: UUID, now: datetime) -> ArticleMerge:
    """Part two merged articles again, each as it stood. Raises NotFound, MergeNotUndoable, TopicTaken.

    What readers said of the survivor since stays with it.
    """
    made = session.get(ArticleMerge, merge_id, with_for_update=True, populate_existing=True)
    if made is None:
        raise NotFound()
    article, survivor = session.get_one(Article, made.article_id), session.get_one(Article, made.survivor_id)
    articles.lock(session, article, survivor)
    if not _is_untouched(made, article, survivor):
        raise MergeNotUndoable()
    before = session.get_one(Revision, (survivor.id, made.before_revision))
    texts = (before.answer, tuple(before.alternates), tuple(before.sources))
    note = _UNDONE.format(question=shown_revision(session, article).question)
    _write(session, survivor, before, texts, by=(by_id, note), now=now)
    articles.restore(session, article, now=now)
    article.state = made.state_before
    merge_moves.move_back(session, made.id, article, survivor, now=now)
    made.undone_by_id, made.undone_at = by_id, now
    session.flush()
    return made


def can_undo(session: Session, made: ArticleMerge) -> bool:
    """Say whether a merge can still be undone."""
    article, survivor = session.get_one(Article, made.article_id), session.get_one(Article, made.survivor_id)
    return _is_untouched(made, article, survivor)


def shown_revision(session: Session, article: Article) -> Revision:
    """Return what readers see of an article, or the newest text of one that was never published."""
    return session.get_one(Revision, (article.id, article.published_revision or article.current_revision))


def list_merges(
    session: Session, article_ids: Iterable[UUID] | None = None, *, limit: int = 50
) -> Sequence[ArticleMerge]:
    """Return merges, newest first; of these articles on either side, or of all."""
    statement = select(ArticleMerge)
    if article_ids is not None:
        ids = list(article_ids)
        statement = statement.where(ArticleMerge.article_id.in_(ids) | ArticleMerge.survivor_id.in_(ids))
    return session.scalars(statement.order_by(ArticleMerge.id.desc()).limit(limit)).all()


def _both(session: Session, wanted: Merging) -> tuple[Article, Article]:
    article, survivor = session.get(Article, wanted.article_id), session.get(Article, wanted.survivor_id)
    if article is None or survivor is None:
        raise NotFound()
    if article.id == survivor.id:
        raise MergeImpossible()
    articles.lock(session, article, survivor)
    return article, survivor


def _check(article: Article, survivor: Article, *, takes_answer: bool) -> None:
    if survivor.state in OUT_OF_USE or article.language != survivor.language:
        raise MergeImpossible()
    if survivor.published_revision is not None and survivor.published_revision != survivor.current_revision:
        raise SurvivorUnderWork()
    is_seen = article.published_revision is not None and article.state in VISIBLE_STATES
    if is_seen and survivor.published_revision is None:
        raise SurvivorUnpublished()
    if takes_answer and audience_of(article.visibility) > audience_of(survivor.visibility):
        raise AnswerNotForAll()


def _alternates(base: Revision, other: Revision, chosen: tuple[str, ...] | None) -> tuple[str, ...]:
    every = joined(base.question, base.alternates, [other.question], other.alternates)
    kept = every if chosen is None else tuple(each for each in every if is_known(each, chosen))
    if len(kept) > MAX_ALTERNATES:
        raise AlternatesFull(limit=MAX_ALTERNATES)
    return kept


def _is_untouched(made: ArticleMerge, article: Article, survivor: Article) -> bool:
    return (
        made.undone_at is None
        and article.state == ArticleState.MERGED
        and article.merged_into_id == survivor.id
        and survivor.current_revision == made.after_revision
        and survivor.state not in OUT_OF_USE
    )


def _write(
    session: Session,
    survivor: Article,
    base: Revision,
    texts: tuple[str, tuple[str, ...], tuple[str, ...]],
    *,
    by: tuple[UUID, str],
    now: datetime,
) -> None:
    answer, alternates, sources = texts
    is_published = survivor.published_revision is not None
    survivor.current_revision += 1
    session.add(
        Revision(
            article_id=survivor.id,
            number=survivor.current_revision,
            question=base.question,
            alternates=list(alternates),
            answer=answer,
            sources=list(sources),
            **facets_of(base),
            change_note=by[1][:_MAX_NOTE_CHARACTERS],
            author_id=by[0],
            created_at=now,
        )
    )
    survivor.updated_at = now
    if is_published:
        # Both texts have been reviewed, and the wordings are those that lead to them already.
        survivor.published_revision = survivor.current_revision
        record_change(session, article_id=survivor.id, kind=ChangeKind.PUBLISHED, now=now)
    session.flush()
