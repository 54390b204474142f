"""Search over published articles: the public door. Keyword and vector side, three outcomes, always within a scope.

The indexes are caches of the database: this process follows it by change number, from a worker thread that also
encodes new passages. Texts are read from the database at the end of each search, so nothing hidden is ever shown.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from embeddings.encoder import Encoder
from embeddings.errors import EmbeddingError
from embeddings.loading import SHIPPED_FOLDER
from embeddings.vector_index import VectorIndex
from knowledge.calibrated import CALIBRATION_FILE, Calibration, read_calibration
from knowledge.candidates import Candidate, EntriesWith, prepare
from knowledge.catalogue import Scope
from knowledge.evidence import evidence_of
from knowledge.following import Follower
from knowledge.fusion import FusedHit, VectorHit, fuse
from knowledge.keyword_index import KeywordHit
from knowledge.models import Audience, Language
from knowledge.passages import Passage
from knowledge.prepared import PreparedArticles
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
from knowledge.sounds import spell_out
from knowledge.tokens import has_han, tokens
from knowledge.topics import Entries, TopicHit, by_topic
from knowledge.vector_engines import IndexHome
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
    `calibration_file`, which holds only for the encoder it names. `home` says where the indexes are kept.
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
        home: IndexHome | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._thresholds = thresholds
        self._calibration_file = calibration_file
        self._calibrated: Calibration | None = None
        self._prepared = PreparedArticles()
        loader = load_encoder if encoder is None else lambda: encoder
        self._follower = Follower(
            database,
            load_encoder=loader,
            poll_seconds=poll_seconds,
            clock=clock,
            home=home or IndexHome(),
        )

    def start(self) -> None:
        """Open the keyword side or build it from the database, then follow in a thread of its own. Blocks for it."""
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

    def search(
        self,
        query: str,
        *,
        scope: Scope,
        language: str | None = None,
        limit: int = 5,
        candidate: Candidate | None = None,
    ) -> SearchResult:
        """Return what is close enough to the query among the articles of the scope's libraries.

        With `language` only articles in it; without, a topic is shown in the language of the query where it exists.
        With `candidate` as if that were published. Any text is a valid query; the first MAX_QUERY_CHARACTERS characters
        count. Reads the database; blocks briefly.
        """
        mode, hits = self.rank(query, scope=scope, language=language, limit=limit, candidate=candidate)
        return self.judge(mode, hits)

    def rank(
        self,
        query: str,
        *,
        scope: Scope,
        language: str | None = None,
        limit: int = 5,
        candidate: Candidate | None = None,
    ) -> tuple[Mode, tuple[Hit, ...]]:
        """Return the best hits whatever their score, best first; for staff and for measurements."""
        text = query[:MAX_QUERY_CHARACTERS]
        words, meant = tokens(text), spell_out(text)
        vectors = self._vector_hits(meant, scope, language, candidate) if words else None
        if not words or not scope.library_ids or limit < 1:
            return self._follower.mode, ()
        index = self._follower.index
        keyword = index.search_keywords(meant, CANDIDATES, scope=scope, language=language)
        entries: Entries = index.catalogue
        if candidate is not None:
            keyword = candidate.among_keywords(keyword, meant, index.keywords, scope=scope)
            entries = EntriesWith(entries, candidate)
        topics = by_topic(fuse(keyword, vectors), entries, scope=scope, languages=_languages(text, language))
        wanted = min(limit, MAX_HITS)
        hits = self._hits(list(islice(topics, wanted + SPARE_HITS)), words, wanted, scope.audience, candidate)
        return "keyword" if vectors is None else "hybrid", hits

    def prepare(self, article: VisibleArticle) -> Candidate:
        """Return a text that is not published, ready for `search`. Encodes; call outside a transaction."""
        return prepare(article, self._follower.encoder)

    def judge(self, mode: Mode, hits: tuple[Hit, ...]) -> SearchResult:
        """Keep the hits of `rank` that are close enough, by the thresholds of the mode."""
        return judge(hits, mode, self.thresholds(mode), confidence=self._confidence(mode, hits))

    def thresholds(self, mode: Mode) -> Thresholds:
        """Return what decides in this mode: the thresholds given, those calibrated for the encoder, or strict ones."""
        if mode == "keyword":
            return KEYWORD_THRESHOLDS
        calibration = self._calibration()
        return self._thresholds or (calibration.thresholds if calibration else UNCALIBRATED_THRESHOLDS)

    @property
    def encoder(self) -> Encoder | None:
        """The encoder of this process, None while there is none: what waits for vectors goes on waiting."""
        return self._follower.encoder

    @property
    def vector_index(self) -> VectorIndex | None:
        """The vector index of this process, for measurements and checks."""
        return self._follower.index.vectors

    def keyword_hits(self, text: str, *, scope: Scope, language: str | None = None) -> list[KeywordHit]:
        """Return what the keyword side alone finds, for measurements and checks."""
        return self._follower.index.search_keywords(text, CANDIDATES, scope=scope, language=language)

    def status(self) -> SearchStatus:
        """Say how the search of this process stands. Reads the database for the lag."""
        return self._follower.status()

    def _calibration(self) -> Calibration | None:
        encoder = self._follower.encoder
        if encoder is not None and self._calibrated is None:
            self._calibrated = read_calibration(self._calibration_file, encoder=encoder.name)
        return self._calibrated

    def _confidence(self, mode: Mode, hits: tuple[Hit, ...]) -> float | None:
        """Return how sure the best hit is, None where the joint score has to stand for it."""
        calibration = self._calibration() if mode == "hybrid" and self._thresholds is None else None
        if calibration is None or not hits or hits[0].evidence is None:
            return None
        # Who repeats a wording of ours word for word means it.
        return 1.0 if hits[0].is_repeated else calibration.model.confidence(hits[0].evidence)

    def _vector_hits(
        self, text: str, scope: Scope, language: str | None, candidate: Candidate | None
    ) -> list[VectorHit] | None:
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
        return hits if hits is None or candidate is None else candidate.among_vectors(hits, query, scope=scope)

    def _hits(
        self, topics: list[TopicHit], words: list[str], limit: int, audience: Audience, candidate: Candidate | None
    ) -> tuple[Hit, ...]:
        with self._database.read() as session:
            wanted = [topic.entry.article_id for topic in topics]
            articles = find_visible(session, wanted, now=self._clock(), audience=audience)
        if candidate is not None:
            articles[candidate.article.id] = candidate.article
        visible = [
            (articles[topic.entry.article_id], topic.found) for topic in topics if topic.entry.article_id in articles
        ]
        found = [(article, each, self._prepared.of(article).repeated(words)) for article, each in visible]
        # Who repeats a wording of ours word for word means it.
        found.sort(key=lambda each: -1.0 if each[2] else -each[1].score)
        if not found:
            return ()
        different = set(words)
        ranked = [self._hit(article, each, repeated, different) for article, each, repeated in found[:limit]]
        best = articles[ranked[0].article_id]
        keywords = self._follower.index.keywords
        evidence = evidence_of(
            words,
            best,
            self._prepared.of(best),
            topics=topics,
            count_articles=keywords.frequencies,
            articles=len(keywords),
        )
        return (replace(ranked[0], evidence=evidence), *ranked[1:])

    def _hit(self, article: VisibleArticle, found: FusedHit, repeated: Passage | None, words: set[str]) -> Hit:
        matched = repeated or self._prepared.of(article).matched(found.passage_number, words)
        return Hit(
            article_id=article.id,
            key=article.key,
            library_id=article.library_id,
            language=article.language,
            question=article.question,
            matched_text=matched.text,
            answer=article.answer,
            published_at=article.published_at,
            score=1.0 if repeated else found.score,
            keyword_rank=found.keyword_rank,
            vector_rank=found.vector_rank,
            keyword_score=found.keyword_score,
            vector_score=found.vector_score,
            is_repeated=repeated is not None,
            visibility=article.visibility,
            valid_until=article.valid_until,
        )


def _languages(text: str, language: str | None) -> tuple[str, ...]:
    if language is not None:
        return (language,)
    return (Language.ZH, Language.EN) if has_han(text) else (Language.EN, Language.ZH)
