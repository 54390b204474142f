"""Read the wordings that wait for a curator, with how often and where they were used."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, and_, func, select
from sqlalchemy.orm import Session

from knowledge import verdict_counts
from knowledge.models import VISIBLE_STATES, Article, Revision
from knowledge.proposal_models import AnswerVerdict, ProposalState, WordingProposal

# A curator works through the most used ones; the rest move up.
PAGE_PROPOSALS = 200


@dataclass(frozen=True)
class ProposedWording:
    """An open proposal. `uses` counts readers and conversations; `libraries` are those of the readers."""

    id: UUID
    words: str
    uses: int
    libraries: frozenset[UUID]
    last_used_at: datetime


@dataclass(frozen=True)
class ProposedArticle:
    """An article with what is proposed for it, most used first. Question and alternates are those readers see."""

    article: Article
    revision: Revision
    wordings: tuple[ProposedWording, ...]


@dataclass(frozen=True)
class VerdictCounts:
    """How often the answer of an article helped and how often it did not, by what readers said themselves."""

    helpful: int
    unhelpful: int


def list_proposed(
    session: Session, owners: Collection[UUID], *, article_id: UUID | None = None
) -> list[ProposedArticle]:
    """Return what waits for visible articles of these owners, by article, most used first; PAGE_PROPOSALS at most."""
    uses = _uses()
    rows = session.execute(
        select(WordingProposal, Article, Revision, uses.c.uses, uses.c.last)
        .join(Article, Article.id == WordingProposal.article_id)
        # A proposal whose every yes was taken back has no uses and is not shown.
        .join(uses, uses.c.proposal_id == WordingProposal.id)
        .where(*_conditions(owners, article_id))
        .join(Revision, and_(Revision.article_id == Article.id, Revision.number == Article.published_revision))
        .order_by(uses.c.uses.desc(), uses.c.last.desc(), WordingProposal.id)
        .limit(PAGE_PROPOSALS)
    ).all()
    libraries = _libraries(session, [row.WordingProposal.id for row in rows])
    grouped: dict[UUID, tuple[Article, Revision, list[ProposedWording]]] = {}
    for proposal, article, revision, count, last in rows:
        group = grouped.setdefault(article.id, (article, revision, []))
        group[2].append(ProposedWording(proposal.id, proposal.words, count, libraries[proposal.id], last))
    return [ProposedArticle(article, revision, tuple(each)) for article, revision, each in grouped.values()]


def count_proposed(session: Session, owners: Collection[UUID], *, article_id: UUID | None = None) -> int:
    """Return how many proposals `list_proposed` would have without its limit."""
    uses = _uses()
    counted = (
        select(func.count())
        .select_from(WordingProposal)
        .join(Article, Article.id == WordingProposal.article_id)
        .join(uses, uses.c.proposal_id == WordingProposal.id)
        .where(*_conditions(owners, article_id))
    )
    return session.scalar(counted) or 0


def count_verdicts(session: Session, article_id: UUID) -> VerdictCounts:
    """Return the readers' yes and no to an article's published answers, of all time."""
    rows = session.execute(
        select(AnswerVerdict.is_helpful, func.count())
        .where(AnswerVerdict.article_id == article_id, AnswerVerdict.source == "reader")
        .group_by(AnswerVerdict.is_helpful)
    )
    counts: dict[bool, int] = {row[0]: row[1] for row in rows}
    old = verdict_counts.of_article(session, article_id)
    return VerdictCounts(*(counts.get(each, 0) + old.get(each, 0) for each in (True, False)))


def _uses() -> Subquery:
    return (
        select(
            AnswerVerdict.proposal_id,
            func.count().label("uses"),
            func.max(AnswerVerdict.said_at).label("last"),
        )
        .where(AnswerVerdict.proposal_id.is_not(None))
        .group_by(AnswerVerdict.proposal_id)
        .subquery()
    )


def _conditions(owners: Collection[UUID], article_id: UUID | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        WordingProposal.state == ProposalState.OPEN,
        Article.library_id.in_(owners),
        Article.state.in_(VISIBLE_STATES),
        Article.published_revision.is_not(None),
    ]
    return conditions if article_id is None else [*conditions, Article.id == article_id]


def _libraries(session: Session, proposal_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    rows = session.execute(
        select(AnswerVerdict.proposal_id, AnswerVerdict.library_id)
        .where(AnswerVerdict.proposal_id.in_(proposal_ids))
        .distinct()
    )
    found: dict[UUID, set[UUID]] = {each: set() for each in proposal_ids}
    for proposal_id, library_id in rows:
        if proposal_id is not None:
            found[proposal_id].add(library_id)
    return {each: frozenset(libraries) for each, libraries in found.items()}
