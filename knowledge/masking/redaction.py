"""Replaces words in every revision of an article: a personal detail stays in no version, nor comes back in a diff.

The one change that a written revision knows. The caller holds the article's lock, has checked the right, and commits.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.changes import record_change
from knowledge.models import VISIBLE_STATES, Article, ChangeKind, Revision

Rewrite = Callable[[str], str]


def texts_of(revision: Revision) -> list[str]:
    """Return every text of a revision that readers or curators see."""
    return [revision.question, *revision.alternates, revision.answer, *revision.sources]


def rewrite_everywhere(session: Session, article: Article, rewrite: Rewrite, *, now: datetime) -> int:
    """Rewrite the texts and the change notes of all revisions; return how many revisions changed.

    Where readers see one of them, the indexes are told to read it again.
    """
    changed = [
        revision
        for revision in session.scalars(select(Revision).where(Revision.article_id == article.id))
        if _rewrite(revision, rewrite)
    ]
    is_shown = article.published_revision is not None and article.state in VISIBLE_STATES
    if changed and is_shown and any(each.number == article.published_revision for each in changed):
        record_change(session, article_id=article.id, kind=ChangeKind.RESTORED, now=now)
    session.flush()
    return len(changed)


def _rewrite(revision: Revision, rewrite: Rewrite) -> bool:
    before = (*texts_of(revision), revision.change_note)
    revision.question, revision.answer = rewrite(revision.question), rewrite(revision.answer)
    revision.alternates = [rewrite(text) for text in revision.alternates]
    revision.sources = [rewrite(text) for text in revision.sources]
    revision.change_note = rewrite(revision.change_note) if revision.change_note else revision.change_note
    return before != (*texts_of(revision), revision.change_note)
