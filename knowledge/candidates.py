"""A text before its publication, beside everything that readers find: what a search would give if it were there.

Nothing of it enters an index; its scores are worked out with the figures of the live ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from embeddings.encoder import Encoder, Vectors
from knowledge.catalogue import Entry, Scope
from knowledge.entries import entry_of
from knowledge.fusion import VectorHit
from knowledge.keyword_index import Foretold, KeywordHit
from knowledge.topics import Entries
from knowledge.visible import VisibleArticle

# What an article is numbered that never was published: above every number, as it will be.
NEXT_NUMBER = 2**62


class ForetellsWords(Protocol):
    """A keyword side that can say what a text would score."""

    def foretell(self, text: str, *, wordings: Sequence[str], answer: str) -> Foretold | None: ...


@dataclass(frozen=True)
class Candidate:
    """An article as readers would see it; `vectors` are those of its passages, None without an encoder."""

    article: VisibleArticle
    entry: Entry
    vectors: Vectors | None

    def is_in(self, scope: Scope) -> bool:
        """Say whether somebody of this scope would find it."""
        return self.entry.library_id in scope.library_ids and self.entry.audience <= scope.audience

    def among_keywords(
        self, hits: Sequence[KeywordHit], text: str, index: ForetellsWords, *, scope: Scope
    ) -> list[KeywordHit]:
        """Return the hits with what this text would score, instead of what readers see of it now."""
        article = self.article
        others = [hit for hit in hits if hit.number != article.number]
        wordings = (article.question, *article.alternates)
        own = index.foretell(text, wordings=wordings, answer=article.answer) if self.is_in(scope) else None
        if own is None:
            return others
        scores = [(hit.number, hit.score) for hit in others]
        scores.append((article.number, own.score))
        scores.sort(key=lambda each: -each[1])
        return [KeywordHit(number, score, min(1.0, score / own.ceiling)) for number, score in scores]

    def among_vectors(self, hits: Sequence[VectorHit], query: Vectors, *, scope: Scope) -> list[VectorHit]:
        """Return the hits with this text's closest passage, instead of what readers see of it now."""
        others = [hit for hit in hits if hit.number != self.article.number]
        if self.vectors is not None and self.is_in(scope):
            cosines = self.vectors @ query[0]
            best = int(np.argmax(cosines))
            others.append(VectorHit(self.article.number, self.article.passages[best].number, float(cosines[best])))
        return sorted(others, key=lambda hit: -hit.score)


class EntriesWith:
    """The entries of a catalogue, with that of a candidate in the place of its published one."""

    def __init__(self, entries: Entries, candidate: Candidate) -> None:
        self._entries = entries
        self._own = candidate.entry

    def find(self, number: int) -> Entry | None:
        return self._own if number == self._own.number else self._entries.find(number)

    def variants(self, key: str) -> list[Entry]:
        """Return every entry on the topic, the candidate's among them."""
        others = [each for each in self._entries.variants(key) if each.number != self._own.number]
        return [*others, self._own] if key == self._own.key else others


def prepare(article: VisibleArticle, encoder: Encoder | None) -> Candidate:
    """Return the article ready to be tried. Encodes its passages; call outside a transaction."""
    texts = [passage.text for passage in article.passages]
    vectors = encoder.encode_passages(texts) if encoder is not None else None
    return Candidate(article, entry_of(article), vectors)
