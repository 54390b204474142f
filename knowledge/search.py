"""Search over published articles: the public door. Keyword and vector side, three outcomes, always within a scope.

The indexes are caches of the database: this process follows it by change number, from a worker thread that also
encodes new passages. Texts are read from the database at the end of each search, so nothing hidden is ever shown.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from embeddings.encoder import Encoder
from embeddings.errors import EmbeddingError
from embeddings.loading import SHIPPED_FOLDER
from embeddings.vector_index import FaissIndex
from knowledge.calibrated import CALIBRATION_FILE, Calibration, read_calibration
from knowledge.catalogue import Scope
from knowledge.following import Follower
from knowledge.fusion import FusedHit, VectorHit, fuse
from knowledge.keyword_index import KeywordHit
from knowledge.models import Language
from knowledge.passages import Passage
from knowledge.results import (
    KEYWORD_THRESHOLDS,
    UNCALIBRATED_THRESHOLDS,
    Hit,
    Mode,
    SearchResult,
    SearchStatus,
    Thresholds,
    judge,
)
from knowledge.tokens import has_han, tokens
from knowledge.topics import TopicHit, by_topic
from knowledge.vector_cache import VectorCache
from knowledge.visible import VisibleArticle, find_visible
from storage.database import Database

# A longer text is a pasted document, not a question; its beginning decides.
MAX_QUERY_CHARACTERS = 500
MAX_HITS = 50
# So many more texts are read than are wanted, in case some were hidden a moment ago.
SPARE_HITS = 5
# Each side gives this many articles to the fusion; more changes nothing in the first five (quality set).
CANDIDATES = 30

_log = logging.getLogger(__name__)


class KnowledgeSearch:
    """Finds articles by meaning and by word. Thread-safe; start it once, stop it at the end.

    `encoder` may be given ready, or as `load_encoder`, which the worker thread calls so that the start does not wait.
    Without either, or when it fails, keyword search answers and `status` says why. `thresholds` go before those of
    `calibration_file`, which holds only for the encoder it names. `cache_folder` (of this process alone) keeps the
    vector index between starts.
    """

    def __init__(
        self,
        database: Database,
        encoder: Encoder | None = None,
        *,
        load_encoder: Callable[[], Encoder] | None = None,
        thresholds: Thresholds | None = None,
        poll_seconds: float = 1.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        calibration_file: Path = SHIPPED_FOLDER / CALIBRATION_FILE,
        cache_folder: Path | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._thresholds = thresholds
        self._calibration_file = calibration_file
        self._calibrated: Calibration | None = None
        loader = load_encoder if encoder is None else lambda: encoder
        self._follower = Follower(
            database,
            load_encoder=loader,
            poll_seconds=poll_seconds,
            clock=clock,
            cache=VectorCache(cache_folder) if cache_folder else None,
        )

    def start(self) -> None:
        """Build the keyword side from the database, then follow in a thread of its own. Blocks for the keyword side."""
        self._follower.start()

    def stop(self) -> None:
        """End the worker thread. Safe to repeat."""
        self._follower.stop()

    def wake(self) -> None:
        """Ask the worker to follow the database now. Never blocks: made for after-commit actions."""
        self._follower.wake()

    def refresh(self) -> int:
        """Follow the database with the keyword side in this thread; return the change number reached."""
        return self._follower.refresh()

    def catch_up(self) -> int:
        """Follow the database with both sides in this thread, encoding what is new. May block for long."""
        return self._follower.catch_up()

    def search(self, query: str, *, scope: Scope, language: str | None = None, limit: int = 5) -> SearchResult:
        """Return what is close enough to the query among the articles of the scope's libraries.

        With `language` only articles in it; without, a topic is shown in the language of the query where it exists.
        Any text is a valid query; the first MAX_QUERY_CHARACTERS characters count. Reads the database; blocks briefly.
        """
        mode, hits = self.rank(query, scope=scope, language=language, limit=limit)
        return self.judge(mode, hits)

    def rank(
        self, query: str, *, scope: Scope, language: str | None = None, limit: int = 5
    ) -> tuple[Mode, tuple[Hit, ...]]:
        """Return the best hits whatever their score, best first; for staff and for measurements."""
        text = query[:MAX_QUERY_CHARACTERS]
        words = tokens(text)
        vectors = self._vector_hits(text, scope, language) if words else None
        if not words or not scope.library_ids or limit < 1:
            return self._follower.mode, ()
        keyword = self._follower.index.search_keywords(text, CANDIDATES, scope=scope, language=language)
        fused = fuse(keyword, vectors)
        topics = by_topic(fused, self._follower.index.catalogue, scope=scope, languages=_languages(text, language))
        wanted = min(limit, MAX_HITS)
        hits = self._hits(list(islice(topics, wanted + SPARE_HITS)), words, wanted)
        return "keyword" if vectors is None else "hybrid", hits

    def judge(self, mode: Mode, hits: tuple[Hit, ...]) -> SearchResult:
        """Keep the hits of `rank` that are close enough, by the thresholds of the mode."""
        return judge(hits, mode, self.thresholds(mode))

    def thresholds(self, mode: Mode) -> Thresholds:
        """Return the scores that decide in this mode: those given, those calibrated for the encoder, or strict ones."""
        if mode == "keyword":
            return KEYWORD_THRESHOLDS
        return self._thresholds or self._calibrated_thresholds() or UNCALIBRATED_THRESHOLDS

    @property
    def vector_index(self) -> FaissIndex | None:
        """The vector index of this process, for measurements and checks."""
        return self._follower.index.vectors

    def keyword_hits(self, text: str, *, scope: Scope, language: str | None = None) -> list[KeywordHit]:
        """Return what the keyword side alone finds, for measurements and checks."""
        return self._follower.index.search_keywords(text, CANDIDATES, scope=scope, language=language)

    def status(self) -> SearchStatus:
        """Say how the search of this process stands. Reads the database for the lag."""
        return self._follower.status()

    def _calibrated_thresholds(self) -> Thresholds | None:
        encoder = self._follower.encoder
        if encoder is not None and self._calibrated is None:
            self._calibrated = read_calibration(self._calibration_file, encoder=encoder.name)
        return self._calibrated.thresholds if self._calibrated else None

    def _vector_hits(self, text: str, scope: Scope, language: str | None) -> list[VectorHit] | None:
        encoder = self._follower.encoder
        if encoder is None:
            return None
        try:
            query = encoder.encode_queries([text])
            hits = self._follower.index.search_vectors(query, CANDIDATES, scope=scope, language=language)
        except (EmbeddingError, RuntimeError, ValueError, MemoryError):
            # A failing model must not take the search with it: the keyword side answers.
            _log.exception("the vector side of a search failed")
            self._follower.note_encoder("A query could not be encoded; the log has the details.")
            return None
        self._follower.note_encoder(None)
        return hits

    def _hits(self, topics: list[TopicHit], words: list[str], limit: int) -> tuple[Hit, ...]:
        with self._database.read() as session:
            articles = find_visible(session, [topic.entry.article_id for topic in topics], now=self._clock())
        hits = [
            _hit(articles[topic.entry.article_id], topic.found, words)
            for topic in topics
            if topic.entry.article_id in articles
        ]
        return tuple(sorted(hits, key=lambda hit: -hit.score)[:limit])


def _languages(text: str, language: str | None) -> tuple[str, ...]:
    if language is not None:
        return (language,)
    return (Language.ZH, Language.EN) if has_han(text) else (Language.EN, Language.ZH)


def _hit(article: VisibleArticle, found: FusedHit, words: list[str]) -> Hit:
    passages = article.passages
    repeated = next((each for each in passages if each.is_wording and tokens(each.text) == words), None)
    matched = repeated or _matched(passages, found.passage_number, set(words))
    return Hit(
        article_id=article.id,
        key=article.key,
        library_id=article.library_id,
        language=article.language,
        question=article.question,
        matched_text=matched.text,
        answer=article.answer,
        published_at=article.published_at,
        # Who repeats a wording of ours word for word means it.
        score=1.0 if repeated else found.score,
        keyword_rank=found.keyword_rank,
        vector_rank=found.vector_rank,
        keyword_score=found.keyword_score,
        vector_score=found.vector_score,
    )


def _matched(passages: list[Passage], number: int | None, words: set[str]) -> Passage:
    by_number = {passage.number: passage for passage in passages}
    if number in by_number:
        return by_number[number]
    return max(passages, key=lambda passage: (len(words.intersection(tokens(passage.text))), -passage.number))
