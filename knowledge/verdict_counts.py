"""Old verdicts become counts: how many readers of a node said yes or no to an article on a day, and nothing else."""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from knowledge.models import Article
from knowledge.proposal_models import AnswerVerdict, ProposalState, VerdictCount, VerdictSource, WordingProposal
from knowledge.use import add_counts

# Rows of one transaction: short enough that nobody who says yes or no waits for it.
AT_ONCE = 1_000


def fold(session: Session, *, before: datetime) -> int:
    """Count the AT_ONCE oldest verdicts said before a moment and remove them; return how many went.

    Those behind a wording that nobody has decided about stay until somebody has. Safe on several processes at once.
    """
    undecided = select(WordingProposal.id).where(WordingProposal.state == ProposalState.OPEN)
    rows = session.scalars(
        select(AnswerVerdict)
        .where(
            AnswerVerdict.said_at < before,
            or_(AnswerVerdict.proposal_id.is_(None), AnswerVerdict.proposal_id.not_in(undecided)),
        )
        .order_by(AnswerVerdict.said_at, AnswerVerdict.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    counts = Counter(
        (row.said_at.date(), row.library_id, row.article_id, row.is_helpful)
        for row in rows
        if row.source == VerdictSource.READER
    )
    named = [
        {"day": day, "library_id": library, "article_id": article, "is_helpful": is_helpful, "verdicts": count}
        for (day, library, article, is_helpful), count in sorted(
            counts.items(), key=lambda each: tuple(map(str, each[0]))
        )
    ]
    add_counts(session, VerdictCount, named, "verdicts")
    session.execute(delete(AnswerVerdict).where(AnswerVerdict.id.in_([row.id for row in rows])))
    return len(rows)


def of_article(session: Session, article_id: UUID) -> dict[bool, int]:
    """Return how many old verdicts on an article were yes and no."""
    rows = session.execute(
        select(VerdictCount.is_helpful, func.sum(VerdictCount.verdicts))
        .where(VerdictCount.article_id == article_id)
        .group_by(VerdictCount.is_helpful)
    )
    return {row[0]: int(row[1]) for row in rows}


def of_owners(session: Session, owners: Collection[UUID], start: date, end: date) -> dict[UUID, dict[bool, int]]:
    """Return the old verdicts of these days, both included, on the articles of these owners."""
    rows = session.execute(
        select(VerdictCount.article_id, VerdictCount.is_helpful, func.sum(VerdictCount.verdicts))
        .join(Article, Article.id == VerdictCount.article_id)
        .where(Article.library_id.in_(owners), VerdictCount.day >= start, VerdictCount.day <= end)
        .group_by(VerdictCount.article_id, VerdictCount.is_helpful)
    )
    found: dict[UUID, dict[bool, int]] = {}
    for article_id, is_helpful, count in rows:
        found.setdefault(article_id, {})[is_helpful] = int(count)
    return found
