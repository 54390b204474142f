"""Keep the indexes of this process in step with the database, by change number, from one worker thread.

Encoding happens here, outside every transaction. Losing this thread loses nothing: the next start begins again.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from embeddings.encoder import Encoder
from embeddings.errors import EncoderUnavailable, EngineUnavailable
from knowledge.changes import changed_articles, newest_change
from knowledge.encoding import encode_and_store
from knowledge.entries import all_entries
from knowledge.index_folder import ClaimedFolder, claim_folder
from knowledge.keyword_files import Seen
from knowledge.models import Audience
from knowledge.results import Mode, SearchStatus
from knowledge.search_index import SearchIndex
from knowledge.stored_vectors import count_vectors, load_vectors
from knowledge.vector_engines import FaissEngine, IndexHome, is_of, mark_of
from knowledge.visible import VisibleArticle, all_visible, count_visible, find_visible, numbers_of
from storage.database import Database

CHANGES_PER_STEP = 500
ARTICLES_PER_BATCH = 64
# When everything is read anew nobody waits for the single article: fewer and larger transactions.
ARTICLES_PER_FILL = 500
_NO_ENCODER = "No encoder is set."
_LOADING = "The encoder is being loaded."

_log = logging.getLogger(__name__)


class Follower:
    """Owns the indexes and the worker. Thread-safe."""

    def __init__(
        self,
        database: Database,
        *,
        load_encoder: Callable[[], Encoder] | None,
        poll_seconds: float,
        clock: Callable[[], datetime],
        home: IndexHome,
    ) -> None:
        self.index = SearchIndex()
        self.encoder: Encoder | None = None
        self._database = database
        self._load_encoder = load_encoder
        self._loaded: Encoder | None = None
        self._poll_seconds = poll_seconds
        self._clock = clock
        self._engine = home.engine or FaissEngine()
        self._folder = home.folder
        self._claimed: ClaimedFolder | None = None
        self._reason: str | None = _LOADING if load_encoder else _NO_ENCODER
        self._change_number = 0
        self._kept_number = 0
        self._waiting: dict[int, VisibleArticle] = {}
        self._following = threading.RLock()
        self._encoding = threading.RLock()
        self._woken = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Open or build the keyword side, then start the worker."""
        self._claimed = claim_folder(self._folder) if self._folder else None
        if self._claimed:
            self.index.use_folder(self._claimed.path)
            self._engine.use_folder(self._claimed.path)
        self._open_keywords()
        self.refresh()
        self._thread = threading.Thread(target=self._work, name="knowledge-search", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the worker and close the indexes. Safe to repeat."""
        self._stopping = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            self._save()
            self.index.close()
            if self._claimed:
                self._claimed.release()

    def wake(self) -> None:
        """Let the worker look at the database now."""
        self._woken.set()

    def refresh(self) -> int:
        """Follow every committed change with catalogue and keywords; return the change number reached."""
        with self._following:
            while self._step():
                pass
            return self._change_number

    def catch_up(self) -> int:
        """Follow with both sides: load the encoder if that is due, take over the changes, encode what is new."""
        with self._encoding:
            try:
                self._open_encoder()
                number = self.refresh()
                while self.encoder is not None and self._encode_waiting():
                    pass
                if self._engine.keeps_each_change and number > self._kept_number:
                    self._save()
            except EngineUnavailable as error:
                self._lose_vectors(error)
                number = self.refresh()
            return number

    @property
    def mode(self) -> Mode:
        return "keyword" if self.encoder is None else "hybrid"

    def note_encoder(self, reason: str | None) -> None:
        """Note why the vector side could not answer just now, or that it did; shown by `status`."""
        self._reason = reason

    def status(self) -> SearchStatus:
        """Say how this process stands against the database."""
        with self._database.read() as session:
            newest = newest_change(session)
        encoder, vectors = self.encoder, self.index.vectors
        return SearchStatus(
            mode=self.mode,
            encoder=encoder.name if encoder is not None else None,
            reason=self._reason,
            articles=len(self.index.catalogue),
            passages=len(vectors) if vectors is not None else 0,
            waiting=len(self._waiting),
            change_number=self._change_number,
            lag=max(0, newest - self._change_number),
        )

    def _open_keywords(self) -> None:
        with self._following, self._database.read() as session:
            # The number first: what is committed after it is found again by `refresh`.
            newest = newest_change(session)
            seen = self.index.keywords.seen
            if seen is not None and is_of(session, seen):
                for entries in all_entries(session, now=self._clock()):
                    self.index.catalogue.put(entries)
                self._change_number = seen.change_number
            else:
                every = all_visible(session, now=self._clock(), audience=Audience.STAFF)
                self.index.fill(every, seen=Seen(newest, mark_of(session, newest)))
                self._change_number = newest

    def _work(self) -> None:
        while not self._stopping:
            self._woken.clear()
            try:
                self.catch_up()
            except Exception:
                # The thread must outlive a database that is away; the next round tries again.
                _log.exception("the search could not follow the database")
            self._woken.wait(self._poll_seconds)

    def _step(self) -> bool:
        with self._database.read() as session:
            ids, last = changed_articles(session, after=self._change_number, limit=CHANGES_PER_STEP)
            if not ids:
                return False
            visible = find_visible(session, ids, now=self._clock(), audience=Audience.STAFF)
            gone = numbers_of(session, [each for each in ids if each not in visible])
            seen = Seen(last, mark_of(session, last))
        self.index.update(list(visible.values()), gone=gone, seen=seen)
        for number in gone:
            self._waiting.pop(number, None)
        if self.encoder or self._loaded or self._load_encoder:
            self._waiting.update({article.number: article for article in visible.values()})
        self._change_number = last
        return True

    def _open_encoder(self) -> None:
        if self.encoder is not None:
            return
        encoder = self._loaded = self._loaded or self._try_to_load()
        if encoder is None:
            return
        with self._database.read() as session:
            expected = max(count_vectors(session, encoder=encoder.name), count_visible(session, now=self._clock()))
            opened = self._engine.open(session, encoder, expected=expected)
            self.index.open_vectors(opened.index)
            if opened.change_number is None:
                pages = all_visible(session, now=self._clock(), audience=Audience.STAFF)
            else:
                pages = self._changed_since(session, opened.change_number)
            for page in pages:
                self._take_vectors(encoder, page, at_once=ARTICLES_PER_FILL)
                if self._stopping:
                    return
        self.encoder, self._reason = encoder, None
        if opened.change_number is None:
            self._save()

    def _changed_since(self, session: Session, number: int) -> Iterator[list[VisibleArticle]]:
        ids, last = changed_articles(session, after=number, limit=CHANGES_PER_STEP)
        while ids:
            self.index.forget_vectors(numbers_of(session, ids))
            yield list(find_visible(session, ids, now=self._clock(), audience=Audience.STAFF).values())
            ids, last = changed_articles(session, after=last, limit=CHANGES_PER_STEP)

    def _save(self) -> None:
        # Only what is complete is saved: a vector still to be made would be missed for ever.
        with self._following:
            index, number = self.index.vectors, self._change_number
            if self.encoder and index is not None and not self._waiting:
                with self._database.read() as session:
                    self._engine.save(session, self.encoder, index, number)
                self._kept_number = number

    def _lose_vectors(self, error: EngineUnavailable) -> None:
        """Leave the vectors to a later round, which begins with what the engine has kept; keyword search answers."""
        if self._reason != str(error):
            _log.warning("the vector engine is not available, keyword search answers: %s", error)
        self.encoder, self._reason = None, str(error)
        self.index.close_vectors()

    def _try_to_load(self) -> Encoder | None:
        loader, self._load_encoder = self._load_encoder, None
        if loader is None:
            return None
        try:
            return loader()
        except EncoderUnavailable as error:
            _log.warning("the encoder is not available, keyword search answers: %s", error)
            self._reason = str(error)
            return None

    def _encode_waiting(self) -> bool:
        with self._following:
            batch = dict(list(self._waiting.items())[:ARTICLES_PER_BATCH])
        if not batch or self.encoder is None or self._stopping:
            return False
        self._take_vectors(self.encoder, list(batch.values()), at_once=ARTICLES_PER_BATCH)
        with self._following:
            for number, article in batch.items():
                # A newer revision that came in meanwhile goes on waiting.
                if self._waiting.get(number) is article:
                    del self._waiting[number]
        return True

    def _take_vectors(self, encoder: Encoder, articles: Sequence[VisibleArticle], *, at_once: int) -> None:
        with self._database.read() as session:
            stored, missing = load_vectors(session, articles, encoder=encoder.name, dimensions=encoder.dimensions)
        self.index.add_vectors(articles, stored)
        for start in range(0, len(missing), at_once):
            self.index.add_vectors(*encode_and_store(self._database, encoder, missing[start : start + at_once]))
