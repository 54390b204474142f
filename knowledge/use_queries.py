"""Reads what was used, what helped, what is missing and how fresh the articles of some owners are. Counts only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from knowledge import verdict_counts
from knowledge.models import OUT_OF_USE, Article, Revision
from knowledge.proposal_models import AnswerVerdict, VerdictSource
from knowledge.use import BUCKETS_MS, OVER_MS
from knowledge.use_models import ArticleUse, SearchUse, UseKind

# Ages in days, from the last publication or change.
AGES = (30, 90, 180, 365, 730)
_CHUNK = 500


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both included, in UTC."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.end - self.start).days + 1


@dataclass(frozen=True)
class UsedArticle:
    """An article with its uses by kind, and what readers said of it in the period."""

    id: UUID
    question: str
    language: str
    library_id: UUID
    service_topic: str
    uses: dict[str, int]
    helped: int
    not_helped: int


def searches_by_day(session: Session, nodes: Collection[UUID], period: Period) -> dict[date, dict[str, int]]:
    """Return searches of these nodes' readers by day and outcome; days without any left out."""
    found: dict[date, dict[str, int]] = {}
    for chunk in _chunks(nodes):
        rows = session.execute(
            select(SearchUse.day, SearchUse.outcome, func.sum(SearchUse.searches))
            .where(SearchUse.library_id.in_(chunk), SearchUse.day.between(period.start, period.end))
            .group_by(SearchUse.day, SearchUse.outcome)
        )
        for day, outcome, count in rows:
            by_outcome = found.setdefault(day, {})
            by_outcome[outcome] = by_outcome.get(outcome, 0) + int(count)
    return dict(sorted(found.items()))


def searches_by(session: Session, nodes: Collection[UUID], period: Period, column: str) -> dict[str, int]:
    """Return searches by one of outcome, mode, bucket_ms or library_id."""
    found: dict[str, int] = {}
    group = getattr(SearchUse, column)
    for chunk in _chunks(nodes):
        rows = session.execute(
            select(group, func.sum(SearchUse.searches))
            .where(SearchUse.library_id.in_(chunk), SearchUse.day.between(period.start, period.end))
            .group_by(group)
        )
        for value, count in rows:
            found[str(value)] = found.get(str(value), 0) + int(count)
    return found


def share_within(buckets: dict[str, int], bound_ms: int) -> float:
    """Return the share of searches that took at most so long, 0 to 1; 1 where there was none."""
    total = sum(buckets.values())
    within = sum(buckets.get(str(bound), 0) for bound in (*BUCKETS_MS, OVER_MS) if bound <= bound_ms)
    return within / total if total else 1.0


def used_articles(session: Session, owners: Collection[UUID], period: Period, *, limit: int) -> list[UsedArticle]:
    """Return the articles of these owners that were used or judged in the period, the most used first.

    Uses by readers of every node count: who owns an answer sees how much it is used, not by whom.
    """
    uses: dict[UUID, dict[str, int]] = {}
    for chunk in _chunks(owners):
        rows = session.execute(
            select(ArticleUse.article_id, ArticleUse.kind, func.sum(ArticleUse.uses))
            .join(Article, Article.id == ArticleUse.article_id)
            .where(Article.library_id.in_(chunk), ArticleUse.day.between(period.start, period.end))
            .group_by(ArticleUse.article_id, ArticleUse.kind)
        )
        for article_id, kind, count in rows:
            uses.setdefault(article_id, {})[kind] = int(count)
    verdicts = _verdicts(session, owners, period)
    ids = sorted({*uses, *verdicts}, key=lambda each: (-_weight(uses.get(each, {})), str(each)))[:limit]
    return [each for chunk in _chunks(ids) for each in _described(session, chunk, uses, verdicts)]


def totals(session: Session, owners: Collection[UUID], period: Period) -> dict[str, int]:
    """Return all uses of these owners' articles by kind."""
    found = dict.fromkeys((kind.value for kind in UseKind), 0)
    for chunk in _chunks(owners):
        rows = session.execute(
            select(ArticleUse.kind, func.sum(ArticleUse.uses))
            .join(Article, Article.id == ArticleUse.article_id)
            .where(Article.library_id.in_(chunk), ArticleUse.day.between(period.start, period.end))
            .group_by(ArticleUse.kind)
        )
        for kind, count in rows:
            found[kind] += int(count)
    return found


def helpfulness(session: Session, owners: Collection[UUID], period: Period) -> tuple[int, int]:
    """Return how many readers said yes and no to answers of these owners in the period."""
    verdicts = _verdicts(session, owners, period).values()
    return sum(each[0] for each in verdicts), sum(each[1] for each in verdicts)


def coverage(session: Session, owners: Collection[UUID]) -> dict[tuple[UUID, str], int]:
    """Return how many published articles each owner has on each topic."""
    found: dict[tuple[UUID, str], int] = {}
    for chunk in _chunks(owners):
        rows = session.execute(
            select(Article.library_id, Article.service_topic, func.count())
            .where(Article.library_id.in_(chunk), *_published())
            .group_by(Article.library_id, Article.service_topic)
        )
        found.update({(library, topic): int(count) for library, topic, count in rows})
    return found


def freshness(session: Session, owners: Collection[UUID], *, now: datetime) -> dict[str, int]:
    """Return published articles by age in days since their publication, and by how their validity stands."""
    bounds = [(f"age_{days}", Article.published_at > now - timedelta(days=days)) for days in AGES]
    age = case(*((condition, name) for name, condition in bounds), else_="age_older")
    validity = case(
        (Article.valid_until.is_(None), "valid_open"),
        (Article.valid_until <= now, "valid_past"),
        (Article.valid_until <= now + timedelta(days=30), "valid_30"),
        (Article.valid_until <= now + timedelta(days=90), "valid_90"),
        else_="valid_longer",
    )
    found: dict[str, int] = {}
    for chunk in _chunks(owners):
        for group in (age, validity):
            rows = session.execute(
                select(group, func.count()).where(Article.library_id.in_(chunk), *_published()).group_by(group)
            )
            for name, count in rows:
                found[name] = found.get(name, 0) + int(count)
    return found


def _published() -> tuple[ColumnElement[bool], ...]:
    return (Article.published_revision.is_not(None), Article.state.not_in(OUT_OF_USE))


def _verdicts(session: Session, owners: Collection[UUID], period: Period) -> dict[UUID, tuple[int, int]]:
    found: dict[UUID, tuple[int, int]] = {}
    yes = func.sum(case((AnswerVerdict.is_helpful.is_(True), 1), else_=0))
    for chunk in _chunks(owners):
        rows = session.execute(
            select(AnswerVerdict.article_id, yes, func.count())
            .join(Article, Article.id == AnswerVerdict.article_id)
            .where(
                Article.library_id.in_(chunk),
                AnswerVerdict.source == VerdictSource.READER,
                AnswerVerdict.said_at >= datetime.combine(period.start, time(), UTC),
                AnswerVerdict.said_at < datetime.combine(period.end + timedelta(days=1), time(), UTC),
            )
            .group_by(AnswerVerdict.article_id)
        )
        found.update({article: (int(helped), int(count) - int(helped)) for article, helped, count in rows})
        for article, old in verdict_counts.of_owners(session, chunk, period.start, period.end).items():
            yes_now, no_now = found.get(article, (0, 0))
            found[article] = (yes_now + old.get(True, 0), no_now + old.get(False, 0))
    return found


def _described(
    session: Session,
    ids: Collection[UUID],
    uses: dict[UUID, dict[str, int]],
    verdicts: dict[UUID, tuple[int, int]],
) -> list[UsedArticle]:
    newest = and_(Revision.article_id == Article.id, Revision.number == Article.current_revision)
    rows = {
        article.id: (article, question)
        for article, question in session.execute(
            select(Article, Revision.question).join(Revision, newest).where(Article.id.in_(ids))
        )
    }
    return [
        UsedArticle(
            each,
            rows[each][1],
            rows[each][0].language,
            rows[each][0].library_id,
            rows[each][0].service_topic,
            uses.get(each, {}),
            *verdicts.get(each, (0, 0)),
        )
        for each in ids
        if each in rows
    ]


def _weight(uses: dict[str, int]) -> int:
    # Opened and sent is used on purpose; found alone may be chance.
    return 10 * (uses.get("opened", 0) + uses.get("sent", 0)) + 3 * uses.get("shown", 0) + uses.get("found", 0)


def _chunks(ids: Collection[UUID]) -> list[list[UUID]]:
    listed = list(ids)
    return [listed[start : start + _CHUNK] for start in range(0, len(listed), _CHUNK)]
