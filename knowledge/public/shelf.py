"""What everybody may leaf through, kept in memory without texts: by library, topic, class and type, newest first.

A cache of the database, followed by change number. Pages read the texts from the database, so nothing hidden is shown;
only a count may be a moment old.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.changes import changed_articles, newest_change
from knowledge.models import Article, Language, QuestionType, ServiceTopic
from knowledge.public.articles import ShelfRow, all_shelf_rows, shelf_rows

Facet = Literal["topic", "type", "class"]

# Ready-made views of recent scopes may use this much memory; one costs about 20 bytes per article.
MAX_VIEW_BYTES = 64_000_000
_BYTES_PER_ARTICLE = 20
_CHANGES_PER_STEP = 500
_ABSENT = -1
_LANGUAGES = tuple(Language)
_TOPICS = tuple(ServiceTopic)
_TYPES = tuple(QuestionType)
_CLASSES = tuple("ABCDEFGHIJKNOPQRSTUVXZ")
_VALUES: dict[Facet, tuple[str, ...]] = {"topic": _TOPICS, "type": _TYPES, "class": _CLASSES}
_COLUMNS: dict[str, Any] = {
    "number": np.int64,
    "owner": np.int32,
    "language": np.int8,
    "topic": np.int8,
    "type": np.int8,
    "class": np.int8,
    "key": np.int32,
    "published": np.int64,
}


class Published(NamedTuple):
    """An article by number, with its owner and when its text was last published."""

    number: int
    library_id: UUID
    published_at: datetime


@dataclass(frozen=True)
class ShelfView:
    """The articles one library's readers see, one per topic, last published first."""

    _numbers: NDArray[np.int64]
    _facets: dict[Facet, NDArray[np.int8]]

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, number: int) -> bool:
        return bool(np.any(self._numbers == number))

    def page(self, start: int, stop: int, *, facet: Facet | None = None, value: str = "") -> list[int]:
        """Return the numbers of the articles from `start` to before `stop`, of all or of one facet's value."""
        chosen = self._numbers if facet is None else self._numbers[self._facets[facet] == _place(facet, value)]
        return [int(number) for number in chosen[start:stop]]

    def counts(self, facet: Facet) -> dict[str, int]:
        """Return how many articles each value of a facet has, in the order of the values; empty ones are left out."""
        values = _VALUES[facet]
        held = self._facets[facet]
        counted: list[int] = np.bincount(held[held >= 0], minlength=len(values)).tolist()
        return {str(value): count for value, count in zip(values, counted, strict=True) if count}

    def kept(self, numbers: Sequence[int]) -> list[int]:
        """Return those of these articles that are in the view, in their order."""
        found = np.isin(np.asarray(numbers, dtype=np.int64), self._numbers) if numbers else ()
        return [number for number, is_in in zip(numbers, found, strict=True) if is_in]


class PublicShelf:
    """Every public article by number. Thread-safe."""

    def __init__(self) -> None:
        self._columns = {name: np.full(1024, _ABSENT, dtype=kind) for name, kind in _COLUMNS.items()}
        self._length = 0
        self._places: dict[int, int] = {}
        self._owners: dict[UUID, int] = {}
        self._keys: dict[str, int] = {}
        self._views: OrderedDict[tuple[tuple[UUID, ...], str], ShelfView] = OrderedDict()
        self._change_number = _ABSENT
        self._lock = threading.Lock()

    def follow(self, session: Session, *, now: datetime) -> int:
        """Take over what changed since the last time; return the change number reached. Reads the database."""
        newest = newest_change(session)
        if newest == self._change_number:
            return newest
        with self._lock:
            if self._change_number == _ABSENT:
                for page in all_shelf_rows(session, now=now):
                    self._put(page)
                self._change_number = newest
            while self._change_number < newest:
                self._step(session, now)
            self._views.clear()
            return self._change_number

    def view(self, owners: tuple[UUID, ...], language: str) -> ShelfView:
        """Return what readers see whose scope these owners are, nearest first; a topic in this language, else any."""
        with self._lock:
            ready = self._views.get((owners, language))
            if ready is None:
                ready = self._views[owners, language] = self._view(owners, language)
                while len(self._views) > max(8, MAX_VIEW_BYTES // (_BYTES_PER_ARTICLE * max(1, self._length))):
                    self._views.popitem(last=False)
            self._views.move_to_end((owners, language))
            return ready

    def variants(self, number: int, owners: Collection[UUID]) -> list[int]:
        """Return the numbers of what these owners publish on an article's topic, in all languages, itself included."""
        with self._lock:
            place = self._places.get(number)
            if place is None:
                return [number]
            held = self._held()
            same = np.flatnonzero(held["key"] == held["key"][place])
            wanted = {self._owners[owner] for owner in owners if owner in self._owners}
            return [int(held["number"][each]) for each in same if int(held["owner"][each]) in wanted]

    def published_by(self, owners: Collection[UUID], *, start: int = 0, stop: int | None = None) -> list[Published]:
        """Return what these owners publish, by number, from `start` to before `stop`: variants of a topic too."""
        with self._lock:
            names = {place: owner for owner, place in self._owners.items() if owner in owners}
            held = self._held()
            chosen = np.flatnonzero(np.isin(held["owner"], list(names)))
            chosen = chosen[np.argsort(held["number"][chosen])][start:stop]
            columns = [held[name][chosen].tolist() for name in ("number", "owner", "published")]
        return [
            Published(number, names[owner], datetime.fromtimestamp(milliseconds / 1000, UTC))
            for number, owner, milliseconds in zip(*columns, strict=True)
        ]

    def publishers(self) -> dict[UUID, int]:
        """Return how many articles each owner publishes."""
        with self._lock:
            held = self._held()["owner"]
            counted: list[int] = np.bincount(held[held >= 0], minlength=len(self._owners)).tolist()
            return {owner: counted[place] for owner, place in self._owners.items() if counted[place]}

    def _step(self, session: Session, now: datetime) -> None:
        ids, reached = changed_articles(session, after=self._change_number, limit=_CHANGES_PER_STEP)
        rows = session.scalars(select(Article.number).where(Article.id.in_(ids), Article.number.is_not(None)))
        for number in rows:
            if number in self._places:
                self._columns["owner"][self._places[number]] = _ABSENT
        self._put(shelf_rows(session, ids, now=now))
        self._change_number = reached

    def _put(self, rows: Sequence[ShelfRow]) -> None:
        for row in rows:
            place = self._places.setdefault(row.number, self._length)
            if place == self._length:
                self._length += 1
                self._grow()
            columns = self._columns
            columns["number"][place] = row.number
            columns["owner"][place] = self._owners.setdefault(row.library_id, len(self._owners))
            columns["language"][place] = _LANGUAGES.index(Language(row.language))
            columns["topic"][place] = _place("topic", row.service_topic)
            columns["type"][place] = _place("type", row.question_type)
            columns["class"][place] = _place("class", row.clc_class or "")
            columns["key"][place] = self._keys.setdefault(row.key, len(self._keys))
            columns["published"][place] = int(row.published_at.timestamp() * 1000)

    def _grow(self) -> None:
        if self._length <= len(self._columns["number"]):
            return
        for name, held in self._columns.items():
            grown = np.full(2 * len(held), _ABSENT, dtype=held.dtype)
            grown[: len(held)] = held
            self._columns[name] = grown

    def _held(self) -> dict[str, NDArray[Any]]:
        return {name: column[: self._length] for name, column in self._columns.items()}

    def _view(self, owners: tuple[UUID, ...], language: str) -> ShelfView:
        held = self._held()
        distance = np.full(len(self._owners) + 1, _ABSENT, dtype=np.int32)
        for place, owner in enumerate(owners):
            if owner in self._owners and distance[self._owners[owner]] == _ABSENT:
                distance[self._owners[owner]] = place
        # An owner of -1 (hidden) reads the last entry, which is never given away.
        chosen = np.flatnonzero(distance[held["owner"]] >= 0)
        picked = {name: column[chosen] for name, column in held.items()}
        is_other = picked["language"] != _LANGUAGES.index(Language(language))
        order = np.lexsort((-picked["number"], distance[picked["owner"]], is_other, picked["key"]))
        keys = picked["key"][order]
        nearest = order[np.flatnonzero(np.diff(keys, prepend=_ABSENT))] if len(order) else order
        newest = nearest[np.lexsort((-picked["number"][nearest], -picked["published"][nearest]))]
        facets: dict[Facet, NDArray[np.int8]] = {name: picked[name][newest] for name in _VALUES}
        return ShelfView(picked["number"][newest], facets)


def _place(facet: Facet, value: str) -> int:
    try:
        return _VALUES[facet].index(value)
    except ValueError:
        return _ABSENT - 1
