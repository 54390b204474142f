"""Counts what searches end in and which articles are used. In memory first: a search does not wait for a count.

A process that dies loses what it has not written yet, at most the seconds between two flushes. Thread-safe.
"""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from knowledge.use_models import ArticleUse, SearchUse, UseKind

# Upper bounds in milliseconds; the promise is 300 ms at the 95th percentile.
BUCKETS_MS = (25, 50, 100, 200, 300, 1_000, 3_000)
OVER_MS = 60_000
# Different counts held between two flushes; more only come from an attack, and are counted as lost.
MAX_HELD = 100_000
_CHUNK = 500


@dataclass(frozen=True)
class Ended:
    """How a search ended: outcome answer, suggestions or nothing; mode hybrid or keyword; how long it took."""

    outcome: str
    mode: str
    seconds: float


class UseRecorder:
    """Collects counts until they are flushed. `lost` counts what there was no room for."""

    def __init__(self) -> None:
        self._articles: Counter[tuple[date, UUID, UUID, str]] = Counter()
        self._searches: Counter[tuple[date, UUID, str, str, int]] = Counter()
        self._lock = threading.Lock()
        self.lost = 0

    def note_search(self, day: date, library_id: UUID, ended: Ended, hits: Iterable[UUID]) -> None:
        """Count a search of a node's reader, and the articles found; the first of an answer was shown."""
        found = list(hits)
        with self._lock:
            if self._is_full():
                self.lost += 1
                return
            self._searches[day, library_id, ended.outcome, ended.mode, bucket_of(ended.seconds)] += 1
            for article_id in found:
                self._articles[day, library_id, article_id, UseKind.FOUND.value] += 1
            if found and ended.outcome == "answer":
                self._articles[day, library_id, found[0], UseKind.SHOWN.value] += 1

    def note_use(self, day: date, library_id: UUID, article_id: UUID, kind: UseKind) -> None:
        """Count that an article was opened by a node's reader, or sent to one."""
        with self._lock:
            if self._is_full():
                self.lost += 1
            else:
                self._articles[day, library_id, article_id, kind.value] += 1

    def take(self) -> "Collected":
        """Return what was counted since the last time."""
        with self._lock:
            taken = Collected(self._articles, self._searches)
            self._articles, self._searches = Counter(), Counter()
        return taken

    def give_back(self, collected: "Collected") -> None:
        """Take counts back that could not be written."""
        with self._lock:
            self._articles.update(collected.articles)
            self._searches.update(collected.searches)

    def _is_full(self) -> bool:
        return len(self._articles) + len(self._searches) >= MAX_HELD


@dataclass(frozen=True)
class Collected:
    """Counts by day, node and what they are of."""

    articles: Counter[tuple[date, UUID, UUID, str]]
    searches: Counter[tuple[date, UUID, str, str, int]]

    def __bool__(self) -> bool:
        return bool(self.articles or self.searches)


def bucket_of(seconds: float) -> int:
    """Return the upper bound, in milliseconds, of the bucket that this time belongs to."""
    return next((bound for bound in BUCKETS_MS if seconds * 1000 <= bound), OVER_MS)


def add(session: Session, collected: Collected) -> None:
    """Add counts to what the tables hold already. Safe beside other processes that add to the same rows."""
    # In one order everywhere, so that two processes never wait for one another in a circle.
    articles = [
        {"day": key[0], "library_id": key[1], "article_id": key[2], "kind": key[3], "uses": count}
        for key, count in sorted(collected.articles.items(), key=lambda item: tuple(map(str, item[0])))
    ]
    searches = [
        {
            "day": key[0],
            "library_id": key[1],
            "outcome": key[2],
            "mode": key[3],
            "bucket_ms": key[4],
            "searches": count,
        }
        for key, count in sorted(collected.searches.items(), key=lambda item: tuple(map(str, item[0])))
    ]
    add_counts(session, ArticleUse, articles, "uses")
    add_counts(session, SearchUse, searches, "searches")


def add_counts(session: Session, table: Any, rows: list[dict[str, Any]], counted: str) -> None:
    """Add rows to a table of counters; where one of the same key is there, `counted` grows by it."""
    insert = postgres_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    keys = [column.name for column in table.__table__.primary_key]
    for start in range(0, len(rows), _CHUNK):
        statement = insert(table).values(rows[start : start + _CHUNK])
        added = {counted: getattr(table, counted) + getattr(statement.excluded, counted)}
        session.execute(statement.on_conflict_do_update(index_elements=keys, set_=added))
