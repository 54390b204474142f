"""The indexes of one process: catalogue, keywords, vectors, kept together. Caches only; the database is the truth."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from embeddings.encoder import Vectors
from embeddings.id_set import Ids
from embeddings.vector_index import VectorIndex
from knowledge.catalogue import Catalogue, Scope, group_of
from knowledge.entries import entry_of
from knowledge.fusion import VectorHit
from knowledge.keyword_files import Seen
from knowledge.keyword_index import KeywordDocument, KeywordHit, KeywordIndex
from knowledge.models import audience_of
from knowledge.passages import PASSAGES_PER_ARTICLE
from knowledge.stored_vectors import EncodedPassages, passage_id
from knowledge.visible import VisibleArticle

# So many passages are asked for per article wanted, since several may be of one article. Most have 3 to 8, but seldom
# are all of them close; where too few articles come of it, the search is done again with room for every passage.
PASSAGES_PER_HIT = 4
_KEYWORDS = "keywords"


class SearchIndex:
    """Thread-safe: searches go on while articles come and go."""

    def __init__(self) -> None:
        self.catalogue = Catalogue()
        self.keywords = KeywordIndex()
        self.vectors: VectorIndex | None = None
        self._updating = threading.Lock()

    def use_folder(self, folder: Path) -> None:
        """Keep the keyword side in this folder, which must be this process's alone.

        What is there is read at once, and trusted or replaced by whoever asks `keywords.seen`.
        """
        kept = KeywordIndex(folder / _KEYWORDS)
        self.keywords.close()
        self.keywords = kept

    def open_vectors(self, index: VectorIndex) -> None:
        """Begin the vector side with this index, empty or with what was kept."""
        self.vectors = index

    def close_vectors(self) -> None:
        """End the vector side, as when its engine is away."""
        index, self.vectors = self.vectors, None
        if index is not None:
            index.close()

    def forget_vectors(self, numbers: Sequence[int]) -> None:
        """Take the vectors of these articles out."""
        with self._updating:
            self._forget_vectors(numbers)

    def fill(self, pages: Iterable[Sequence[VisibleArticle]], *, seen: Seen) -> None:
        """Put these articles in the place of everything on the keyword side, true up to that change."""

        def documents() -> Iterator[KeywordDocument]:
            for page in pages:
                self.catalogue.put([entry_of(article) for article in page])
                yield from map(_document, page)

        with self._updating:
            self.keywords.fill(documents(), seen=seen)

    def update(self, articles: Sequence[VisibleArticle], *, gone: Sequence[int] = (), seen: Seen | None = None) -> None:
        """Take articles out by number and put articles in; their old vectors stay until `add_vectors` replaces them."""
        with self._updating:
            self.catalogue.remove(list(gone))
            self.catalogue.put([entry_of(article) for article in articles])
            self.keywords.update(add=[_document(article) for article in articles], remove=gone, seen=seen)
            self._forget_vectors(gone)

    def add_vectors(self, articles: Sequence[VisibleArticle], encoded: EncodedPassages) -> None:
        """Put vectors in; those of an article that has changed since it was read are dropped."""
        with self._updating:
            if self.vectors is None:
                return
            current = {article.number: article for article in articles if self._is_current(article)}
            numbers = (encoded.ids // PASSAGES_PER_ARTICLE).tolist()
            kept = [row for row, number in enumerate(numbers) if number in current]
            if kept:
                articles_kept = [current[numbers[row]] for row in kept]
                groups = [_group(article) for article in articles_kept]
                outdated = _outdated_passages(list({article.number: article for article in articles_kept}.values()))
                self.vectors.add(encoded.ids[kept], encoded.vectors[kept], groups=groups, instead_of=outdated)

    def search_keywords(self, text: str, limit: int, *, scope: Scope, language: str | None) -> list[KeywordHit]:
        if self.catalogue.selection(scope, language).share == 1:
            # Nothing to leave out, and tantivy takes half as long over a query without conditions.
            return self.keywords.search(text, limit, libraries=None)
        return self.keywords.search(
            text, limit, libraries=scope.library_ids, language=language, audience=scope.audience
        )

    def search_vectors(
        self, query: Vectors, limit: int, *, scope: Scope, language: str | None
    ) -> list[VectorHit] | None:
        """Return the best articles by their best passage, best first; None while there is no vector side."""
        index = self.vectors
        if index is None:
            return None
        selection = self.catalogue.selection(scope, language)
        scores, ids = index.search(query, limit * PASSAGES_PER_HIT, selection)
        hits = _best_passages(scores, ids, limit)
        if len(hits) == limit or ids[0, -1] < 0:
            return hits
        # A few articles with many close passages took the places of others.
        return _best_passages(*index.search(query, limit * PASSAGES_PER_ARTICLE, selection), limit)

    def close(self) -> None:
        """Stop the threads of the keyword side, give back what the vector side holds elsewhere."""
        self.keywords.close()
        if self.vectors is not None:
            self.vectors.close()

    def _is_current(self, article: VisibleArticle) -> bool:
        entry = self.catalogue.find(article.number)
        return entry is not None and entry.revision_number == article.revision_number

    def _forget_vectors(self, numbers: Sequence[int]) -> None:
        if self.vectors is not None and numbers:
            self.vectors.remove(_all_passages(numbers))


def _best_passages(scores: Vectors, ids: Ids, limit: int) -> list[VectorHit]:
    """Return the first passage of each article, best first."""
    present = ids[0][ids[0] >= 0]
    numbers = present // PASSAGES_PER_ARTICLE
    _, first = np.unique(numbers, return_index=True)
    first.sort()
    first = first[:limit]
    passages = (present[first] % PASSAGES_PER_ARTICLE).tolist()
    found = zip(numbers[first].tolist(), passages, scores[0][first].tolist(), strict=True)
    return [VectorHit(*each) for each in found]


def _all_passages(numbers: Sequence[int]) -> Ids:
    starts = np.array(numbers, dtype=np.int64) * PASSAGES_PER_ARTICLE
    passages: Ids = (starts[:, None] + np.arange(PASSAGES_PER_ARTICLE, dtype=np.int64)).ravel()
    return passages


def _outdated_passages(articles: Sequence[VisibleArticle]) -> Ids:
    """Return the ids that these articles could have passages under and do not."""
    every = _all_passages([article.number for article in articles])
    present = [passage_id(article.number, passage.number) for article in articles for passage in article.passages]
    outdated: Ids = np.setdiff1d(every, np.array(present, dtype=np.int64), assume_unique=True)
    return outdated


def _group(article: VisibleArticle) -> str:
    return group_of(article.library_id, article.language, audience_of(article.visibility))


def _document(article: VisibleArticle) -> KeywordDocument:
    return KeywordDocument(
        number=article.number,
        library_id=article.library_id,
        language=article.language,
        wordings=(article.question, *article.alternates),
        answer=article.answer,
        audience=audience_of(article.visibility),
    )
