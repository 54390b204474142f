"""The passages of articles that were found lately, cut and cut into tokens once. A cache in memory, never the truth.

A revision's texts never change, so its number beside the article's id says whether what is kept still holds.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from knowledge.passages import Passage
from knowledge.tokens import tokens
from knowledge.visible import VisibleArticle

# About 3 KB each; the articles that readers find again and again are far fewer.
KEPT_ARTICLES = 5_000


@dataclass(frozen=True)
class Prepared:
    """An article's passages, and which of them is the wording with these tokens."""

    passages: tuple[Passage, ...]
    wordings: dict[str, Passage]

    def repeated(self, words: list[str]) -> Passage | None:
        """Return the wording that has exactly these tokens."""
        return self.wordings.get(" ".join(words))

    def matched(self, number: int | None, words: set[str]) -> Passage:
        """Return the passage of that number, else the one that shares most words, the first of several."""
        for passage in self.passages:
            if passage.number == number:
                return passage
        return max(self.passages, key=lambda passage: (len(words.intersection(tokens(passage.text))), -passage.number))


class PreparedArticles:
    """Keeps the KEPT_ARTICLES used last. Thread-safe."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[UUID, int], Prepared] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, article: VisibleArticle) -> Prepared:
        """Return the article prepared, making it now when it is not kept."""
        key = (article.id, article.revision_number)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        made = _prepare(article)
        with self._lock:
            self._kept[key] = made
            if len(self._kept) > KEPT_ARTICLES:
                self._kept.popitem(last=False)
        return made


def _prepare(article: VisibleArticle) -> Prepared:
    passages = tuple(article.passages)
    wordings = [(" ".join(tokens(passage.text)), passage) for passage in passages if passage.is_wording]
    # The first of two wordings with the same tokens stands, so it comes last here.
    return Prepared(passages, dict(reversed(wordings)))
