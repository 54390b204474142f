"""What search keeps in memory of every visible article: owner, language, topic, and so who may see what."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from embeddings.vector_index import Selection
from knowledge.models import Audience
from knowledge.passages import PASSAGES_PER_ARTICLE

# Ready-made selections of recent scopes may use this much memory; one costs four bytes per article.
MAX_SELECTION_BYTES = 64_000_000
_ALL_PASSAGES = np.uint32(2**PASSAGES_PER_ARTICLE - 1)
_ABSENT = -1


@dataclass(frozen=True, slots=True)
class Entry:
    """One visible article in its published revision."""

    number: int
    article_id: UUID
    revision_number: int
    library_id: UUID
    language: str
    key: str
    audience: Audience = Audience.EVERYBODY


def group_of(library_id: UUID, language: str, audience: Audience = Audience.EVERYBODY) -> str:
    """Return the group of an article's passages in a vector index: a selection is made of whole groups."""
    return f"{library_id.hex}.{language}" + (f".{audience.value}" if audience else "")


@dataclass(frozen=True)
class Scope:
    """What an asker may find: the nodes whose articles, nearest first (own, alliances, up), and how far let in."""

    library_ids: tuple[UUID, ...]
    audience: Audience = Audience.EVERYBODY


class Catalogue:
    """Entries by article number. Thread-safe."""

    def __init__(self) -> None:
        self._entries: dict[int, Entry] = {}
        self._topics: dict[str, tuple[int, ...]] = {}
        self._owner_places: dict[UUID, int] = {}
        self._language_places: dict[str, int] = {}
        self._owners = np.full(1024, _ABSENT, dtype=np.int32)
        self._languages = np.full(1024, _ABSENT, dtype=np.int8)
        self._audiences = np.full(1024, _ABSENT, dtype=np.int8)
        self._selections: OrderedDict[tuple[Scope, str | None], Selection] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, entries: list[Entry]) -> None:
        """Put entries in, replacing those of the same number."""
        with self._lock:
            for entry in entries:
                self._drop(entry.number)
                self._put(entry)
            self._selections.clear()

    def remove(self, numbers: list[int]) -> None:
        """Take entries out; unknown numbers are ignored."""
        with self._lock:
            for number in numbers:
                self._drop(number)
            self._selections.clear()

    def find(self, number: int) -> Entry | None:
        return self._entries.get(number)

    def variants(self, key: str) -> list[Entry]:
        """Return every entry on the topic, of all owners and languages."""
        found = (self._entries.get(number) for number in self._topics.get(key, ()))
        return [entry for entry in found if entry is not None]

    def selection(self, scope: Scope, language: str | None) -> Selection:
        """Return the passages that may be found in this scope and language."""
        with self._lock:
            ready = self._selections.get((scope, language))
            if ready is None:
                ready = self._selections[scope, language] = self._select(scope, language)
                self._trim()
            self._selections.move_to_end((scope, language))
            return ready

    def _put(self, entry: Entry) -> None:
        self._grow(entry.number)
        self._entries[entry.number] = entry
        self._topics[entry.key] = (*self._topics.get(entry.key, ()), entry.number)
        self._owners[entry.number] = self._owner_places.setdefault(entry.library_id, len(self._owner_places))
        self._languages[entry.number] = self._language_places.setdefault(entry.language, len(self._language_places))
        self._audiences[entry.number] = entry.audience

    def _drop(self, number: int) -> None:
        entry = self._entries.pop(number, None)
        if entry is None:
            return
        left = tuple(other for other in self._topics[entry.key] if other != number)
        if left:
            self._topics[entry.key] = left
        else:
            del self._topics[entry.key]
        self._owners[number] = _ABSENT

    def _select(self, scope: Scope, language: str | None) -> Selection:
        owners = [owner for owner in scope.library_ids if owner in self._owner_places]
        places = [self._owner_places[owner] for owner in owners]
        chosen: NDArray[np.bool_] = np.isin(self._owners, places)
        chosen &= self._audiences <= scope.audience
        if language is not None:
            chosen &= self._languages == self._language_places.get(language, _ABSENT - 1)
        languages = self._language_places if language is None else (language,)
        return Selection(
            np.where(chosen, _ALL_PASSAGES, np.uint32(0)).view(np.uint8),
            groups=tuple(
                group_of(owner, each, audience)
                for owner in owners
                for each in languages
                for audience in Audience
                if audience <= scope.audience
            ),
            share=float(np.count_nonzero(chosen)) / max(1, len(self._entries)),
        )

    def _trim(self) -> None:
        size = max(1, len(self._owners) * 4)
        while len(self._selections) > max(1, MAX_SELECTION_BYTES // size):
            self._selections.popitem(last=False)

    def _grow(self, number: int) -> None:
        if number < len(self._owners):
            return
        length = max(number + 1, 2 * len(self._owners))
        self._owners = _extended(self._owners, length)
        self._languages = _extended(self._languages, length)
        self._audiences = _extended(self._audiences, length)


def _extended(array: NDArray[Any], length: int) -> NDArray[Any]:
    grown = np.full(length, _ABSENT, dtype=array.dtype)
    grown[: len(array)] = array
    return grown
