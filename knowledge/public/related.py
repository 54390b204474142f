"""Which articles stand beside which, kept in memory until any article changes: finding them is a search of its own."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID

# About 300 bytes each; a site's readers open the same few hundred answers again and again.
_KEPT = 50_000


class RelatedLists:
    """Numbers of related articles, by article and owners in scope. What is shown of them is read anew. Thread-safe."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, tuple[UUID, ...]], list[int]] = OrderedDict()
        self._change_number = -1
        self._lock = threading.Lock()

    def of(self, number: int, owners: tuple[UUID, ...], change: int, make: Callable[[], list[int]]) -> list[int]:
        """Return the list as of a change number, made now when there is none; an older one is never returned."""
        key = (number, owners)
        with self._lock:
            if change > self._change_number:
                self._kept.clear()
                self._change_number = change
            kept = self._kept.get(key) if change == self._change_number else None
            if kept is not None:
                self._kept.move_to_end(key)
                return kept
        made = make()
        with self._lock:
            if change == self._change_number:
                self._kept[key] = made
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return made
