"""Which articles are used most, by counters that name nobody; what few people read is no news of anybody."""

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from knowledge.models import Article
from knowledge.proposal_models import AnswerVerdict, VerdictSource
from knowledge.use_models import ArticleUse, UseKind

# Use of the past quarter counts.
_SPAN = timedelta(days=90)
# Used less often, an article would tell what one or two readers were looking for.
LEAST_USES = 5
# A reader who says that an answer helped weighs as much as some who only read it.
_HELPFUL_WEIGHT = 3
_MOST = 200
_READ = (UseKind.OPENED, UseKind.SHOWN, UseKind.SENT)
# The order changes slowly; it is worked out at most so often for each site.
KEPT_SECONDS = 600.0
_KEPT_SITES = 4_000


def most_used(session: Session, *, library: UUID | None, today: date) -> list[int]:
    """Return the numbers of the articles used most by one node's readers, or by all readers; most used first."""
    since = today - _SPAN
    used = select(ArticleUse.article_id, func.sum(ArticleUse.uses).label("uses")).where(
        ArticleUse.day >= since, ArticleUse.kind.in_(_READ)
    )
    helped = select(AnswerVerdict.article_id, func.count().label("helped")).where(
        AnswerVerdict.is_helpful, AnswerVerdict.source == VerdictSource.READER, AnswerVerdict.said_at >= _noon(since)
    )
    if library is not None:
        used = used.where(ArticleUse.library_id == library)
        helped = helped.where(AnswerVerdict.library_id == library)
    uses = {row.article_id: int(row.uses) for row in session.execute(used.group_by(ArticleUse.article_id))}
    for row in session.execute(helped.group_by(AnswerVerdict.article_id)):
        uses[row.article_id] = uses.get(row.article_id, 0) + _HELPFUL_WEIGHT * row.helped
    best = sorted((id_ for id_, count in uses.items() if count >= LEAST_USES), key=lambda id_: (-uses[id_], id_.hex))
    chosen = best[:_MOST]
    rows = session.execute(select(Article.id, Article.number).where(Article.id.in_(chosen)))
    numbers = {row.id: row.number for row in rows if row.number is not None}
    return [numbers[id_] for id_ in chosen if id_ in numbers]


class PopularLists:
    """Keeps what was worked out for a while. Thread-safe."""

    def __init__(self) -> None:
        self._kept: dict[UUID | None, tuple[datetime, list[int]]] = {}
        self._lock = threading.Lock()

    def of(self, key: UUID | None, now: datetime, make: Callable[[], list[int]]) -> list[int]:
        """Return the list for a site, made anew when the kept one is old."""
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and (now - kept[0]).total_seconds() < KEPT_SECONDS:
            return kept[1]
        made = make()
        with self._lock:
            if len(self._kept) >= _KEPT_SITES:
                self._kept.clear()
            self._kept[key] = now, made
        return made


def _noon(day: date) -> datetime:
    return datetime.fromisoformat(f"{day.isoformat()}T12:00:00+00:00")
