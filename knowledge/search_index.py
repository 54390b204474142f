"""The indexes of one process: catalogue, keywords, vectors, kept together. Caches only; the database is the truth."""

import threading
from collections.abc import Sequence

import numpy as np

from embeddings.encoder import Vectors
from embeddings.id_set import Ids
from embeddings.vector_index import FaissIndex
from knowledge.catalogue import Catalogue, Entry, Scope
from knowledge.fusion import VectorHit
from knowledge.keyword_index import KeywordDocument, KeywordHit, KeywordIndex
from knowledge.passages import PASSAGES_PER_ARTICLE
from knowledge.stored_vectors import EncodedPassages
from knowledge.visible import VisibleArticle

# So many passages are asked for per article wanted, since several may be of one article; most have 3 to 8.
PASSAGES_PER_HIT = 12


class SearchIndex:
    """Thread-safe: searches go on while articles come and go."""

    def __init__(self) -> None:
        self.catalogue = Catalogue()
        self.keywords = KeywordIndex()
        self.vectors: FaissIndex | None = None
        self._updating = threading.Lock()

    def open_vectors(self, index: FaissIndex) -> None:
        """Begin the vector side with this index, empty or read from a file."""
        self.vectors = index

    def forget_vectors(self, numbers: Sequence[int]) -> None:
        """Take the vectors of these articles out, so that they can be put in anew."""
        with self._updating:
            self._forget_vectors(numbers)

    def update(self, articles: Sequence[VisibleArticle], *, gone: Sequence[int] = ()) -> None:
        """Take articles out by number and put articles in; the vectors of both go and come back with `add_vectors`."""
        with self._updating:
            self.catalogue.remove(list(gone))
            self.catalogue.put([_entry(article) for article in articles])
            self.keywords.update(add=[_document(article) for article in articles], remove=gone)
            self._forget_vectors([*gone, *(article.number for article in articles)])

    def add_vectors(self, articles: Sequence[VisibleArticle], encoded: EncodedPassages) -> None:
        """Put vectors in; those of an article that has changed since it was read are dropped."""
        with self._updating:
            if self.vectors is None:
                return
            current = {article.number for article in articles if self._is_current(article)}
            kept = [row for row, id_ in enumerate(encoded.ids) if int(id_) // PASSAGES_PER_ARTICLE in current]
            if kept:
                self.vectors.add(encoded.ids[kept], encoded.vectors[kept])

    def search_keywords(self, text: str, limit: int, *, scope: Scope, language: str | None) -> list[KeywordHit]:
        return self.keywords.search(text, limit, libraries=scope.library_ids, language=language)

    def search_vectors(
        self, query: Vectors, limit: int, *, scope: Scope, language: str | None
    ) -> list[VectorHit] | None:
        """Return the best articles by their best passage, best first; None while there is no vector side."""
        index = self.vectors
        if index is None:
            return None
        if len(index) == 0:
            return []
        selection = self.catalogue.selection(scope, language)
        scores, ids = index.search(query, limit * PASSAGES_PER_HIT, selection)
        best: dict[int, VectorHit] = {}
        for score, id_ in zip(scores[0].tolist(), ids[0].tolist(), strict=True):
            number, passage = divmod(id_, PASSAGES_PER_ARTICLE)
            if id_ >= 0 and number not in best:
                best[number] = VectorHit(number, passage, score)
        return list(best.values())[:limit]

    def close(self) -> None:
        """Stop the threads of the keyword side."""
        self.keywords.close()

    def _is_current(self, article: VisibleArticle) -> bool:
        entry = self.catalogue.find(article.number)
        return entry is not None and entry.revision_number == article.revision_number

    def _forget_vectors(self, numbers: Sequence[int]) -> None:
        if self.vectors is not None and numbers:
            self.vectors.remove(_all_passages(numbers))


def _all_passages(numbers: Sequence[int]) -> Ids:
    starts = np.array(numbers, dtype=np.int64) * PASSAGES_PER_ARTICLE
    passages: Ids = (starts[:, None] + np.arange(PASSAGES_PER_ARTICLE, dtype=np.int64)).ravel()
    return passages


def _entry(article: VisibleArticle) -> Entry:
    return Entry(
        number=article.number,
        article_id=article.id,
        revision_number=article.revision_number,
        library_id=article.library_id,
        language=article.language,
        key=article.key,
    )


def _document(article: VisibleArticle) -> KeywordDocument:
    return KeywordDocument(
        number=article.number,
        library_id=article.library_id,
        language=article.language,
        wordings=(article.question, *article.alternates),
        answer=article.answer,
    )
