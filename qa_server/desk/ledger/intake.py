"""Fill the ledger: what readers searched for in vain, asked a librarian although we suggested, or called no answer.

Nothing here lies on the way of a search or of a question. A reader's page says which search it stayed on; the rest is
read from what is stored, by one process at a time.
"""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Lock
from uuid import UUID, uuid4

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from embeddings.encoder import Vectors
from knowledge import tasks
from knowledge.catalogue import Scope
from knowledge.ledger import closings
from knowledge.ledger import service as ledger
from knowledge.ledger import vectors as ledger_vectors
from knowledge.ledger.clustering import Centres, place_all
from knowledge.ledger.models import ClosingKind, LedgerClosing, QuestionSource
from knowledge.ledger.service import Asked, CommonNode, Given, Waiting
from knowledge.proposals import Verdict
from knowledge.results import SearchResult
from knowledge.tasks import Lease, LeaseLost
from knowledge.wordings import hash_of
from qa_server.conversations.models import Conversation
from qa_server.desk.ledger.nodes import common_node
from qa_server.desk.workplace import Workplace
from qa_server.network.queries import library_by_code, paths_up, scope_of

TASK = "ledger"
# Questions given to entries in one transaction, and looked at in one round.
BATCH = 256
# Conversations looked at in one reading.
_PAGE = 200
# A transaction that began this long ago may still bring an older conversation in; what was looked at is remembered.
_OVERLAP = timedelta(minutes=10)
_REMEMBERED = 20_000
_HITS = 5
# Where nothing was read yet, the ledger begins with what was asked in this time.
_FIRST_LOOK = timedelta(days=1)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Looked:
    """A conversation as the ledger reads it."""

    id: UUID
    library_id: UUID
    question: str
    language: str
    created_at: datetime


class LedgerKeeper:
    """What one process remembers between rounds: the middles of all entries, and the conversations it has looked at.

    Both are caches: losing them costs time, never a question. One round at a time.
    """

    def __init__(self) -> None:
        self.holder = uuid4().hex
        self._centres: Centres[UUID] | None = None
        self._round = -1
        self._encoder = ""
        self._seen: OrderedDict[UUID, None] = OrderedDict()
        self._one_at_a_time = Lock()

    def work(self, place: Workplace) -> int:
        """Look at new conversations and give what waits to entries; return how many questions were given.

        Does nothing while another process does it. Without an encoder questions are collected and wait.
        """
        with self._one_at_a_time:
            with place.database.write() as session:
                lease = tasks.take(session, TASK, self.holder, now=place.clock())
            if lease is None:
                return 0
            try:
                lease = self._collect(place, lease)
                return self._give_all(place, lease)
            except LeaseLost:
                _log.info("the ledger is kept by another process")
                return 0

    def forget(self) -> None:
        """Forget the middles: the entries were put in order by something else."""
        self._centres = None

    def _collect(self, place: Workplace, lease: Lease) -> Lease:
        position = lease.position or datetime.now(UTC) - _FIRST_LOOK
        after = _id_at(position - _OVERLAP)
        while True:
            with place.database.read() as session:
                page = _conversations_after(session, after)
            fresh = [each for each in page if each.id not in self._seen]
            found = [asked for each in fresh if (asked := _asked(place, each)) is not None]
            newest = max([position, *(_moment_of(each.id) for each in page)])
            if found or newest > position:
                with place.database.write() as session:
                    lease = tasks.advance(session, lease, now=place.clock(), position=newest)
                    self._round = lease.round if self._round == lease.round - 1 else self._round
                    for asked in found:
                        ledger.record(session, asked)
            self._remember(fresh)
            position = newest
            if len(page) < _PAGE:
                return lease
            after = page[-1].id

    def _remember(self, looked: Collection[_Looked]) -> None:
        self._seen.update((each.id, None) for each in looked)
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)

    def _give_all(self, place: Workplace, lease: Lease) -> int:
        given = 0
        while True:
            with place.database.read() as session:
                waiting = ledger.waiting(session, limit=BATCH)
            if not waiting:
                return given
            vectors = ledger_vectors.vectors_of(place.database, place.search.encoder, waiting)
            if vectors is None:
                # No encoder yet: they wait, and nothing is lost.
                return given
            lease = self._give(place, lease, waiting, vectors)
            given += len(waiting)

    def _give(self, place: Workplace, lease: Lease, waiting: list[Waiting], vectors: Vectors) -> Lease:
        encoder = place.search.encoder
        name = encoder.name if encoder else ""
        centres = self._known(place, lease, name, vectors.shape[1])
        places = place_all(vectors, centres)
        settled = _settled_at_once(place, waiting, [each.key for each in places])
        given = [
            Given(question, vector, where, settled.get(question.id))
            for question, vector, where in zip(waiting, vectors, places, strict=True)
        ]
        with place.database.write() as session:
            lease = tasks.advance(session, lease, now=place.clock())
            changed = ledger.give(session, given, encoder=name, common=common_of(session), now=place.clock())
        for entry_id, total in changed.items():
            centres.put(entry_id, total)
        self._round = lease.round
        return lease

    def _known(self, place: Workplace, lease: Lease, encoder: str, dimensions: int) -> Centres[UUID]:
        if self._centres is None or self._round != lease.round or self._encoder != encoder:
            self._centres = ledger_vectors.centres_of(place.database, encoder, dimensions)
            self._encoder, self._round = encoder, lease.round
        return self._centres


def note_search(
    place: Workplace, *, library_code: str, query: str, language: str, client_id: str, network: str
) -> bool:
    """Note a search that a reader stayed on and that finds nothing close enough; say whether it was noted.

    The search is made again, so that nobody fills the ledger with what has an answer. `client_id` is of the page; only
    a hash of it with the words is kept. Raises NotFound for an unknown library, TooManyRequests.
    """
    place.rates.spend("unanswered", network)
    with place.database.read() as session:
        library = library_by_code(session, library_code)
        scope = Scope(scope_of(session, library.id))
    words = ledger.kept_words(query)
    if words is None or place.search.search(words, scope=scope, limit=_HITS).outcome != "nothing":
        return False
    asked = Asked(
        mark=_mark("search", client_id, library_code.upper(), hash_of(words)),
        source=QuestionSource.SEARCH,
        library_id=library.id,
        words=words,
        language=language,
        asked_at=place.clock(),
    )
    with place.database.write() as session:
        return ledger.record(session, asked)


def note_verdict(session: Session, article_id: UUID, verdict: Verdict, *, now: datetime) -> None:
    """Note in a verdict's own transaction that an answer did not answer; a yes takes an earlier no back."""
    mark = _mark("verdict", verdict.secret, article_id.hex, hash_of(verdict.words))
    if verdict.is_helpful:
        ledger.withdraw(session, mark)
        return
    asked = Asked(mark, QuestionSource.VERDICT, verdict.library_id, verdict.words, "zh", now, article_id)
    ledger.record(session, asked)


def common_of(session: Session) -> CommonNode:
    """Return what finds the lowest node above some libraries in this transaction; each way up is read once."""
    known: dict[UUID, tuple[UUID, ...]] = {}

    def find(libraries: Collection[UUID]) -> UUID | None:
        missing = [library for library in libraries if library not in known]
        if missing:
            known.update(paths_up(session, missing))
        return common_node([known[library] for library in libraries if library in known])

    return find


def _asked(place: Workplace, looked: _Looked) -> Asked | None:
    """Return what a conversation says to the ledger: nothing was found, or what was suggested was not enough."""
    words = ledger.kept_words(looked.question)
    source, article_id = QuestionSource.ASKED, None
    if words is not None:
        found = _search(place, looked.library_id, words)
        if found.outcome == "answer":
            # An answer was there; who asks all the same often wants a person.
            return None
        if found.hits:
            source, article_id = QuestionSource.SUGGESTED, found.hits[0].article_id
    return Asked(
        mark=_mark("conversation", looked.id.hex),
        source=source,
        library_id=looked.library_id,
        words=looked.question,
        language=looked.language,
        asked_at=looked.created_at,
        article_id=article_id,
    )


def _search(place: Workplace, library_id: UUID, words: str) -> SearchResult:
    with place.database.read() as session:
        scope = Scope(scope_of(session, library_id))
    return place.search.search(words, scope=scope, limit=_HITS)


def _settled_at_once(place: Workplace, waiting: Collection[Waiting], keys: Collection[UUID | None]) -> dict[UUID, UUID]:
    """Return the closing that answers a new question already, by question; the others open their entry again."""
    with place.database.read() as session:
        standing = closings.standing_closings(session, {key for key in keys if key is not None})
        concerned = [(each, standing[key]) for each, key in zip(waiting, keys, strict=True) if key in standing]
        paths = paths_up(session, {each.library_id for each, _ in concerned})
        holding = [
            (each, [closing for closing in found if closings.reaches(closing, paths.get(each.library_id, ()))])
            for each, found in concerned
        ]
    settled = {}
    for question, found in holding:
        closing_id = next((closing.id for closing in found if _settles(place, closing, question)), None)
        if closing_id is not None:
            settled[question.id] = closing_id
    return settled


def _settles(place: Workplace, closing: LedgerClosing, question: Waiting) -> bool:
    if closing.kind == ClosingKind.WONT_ANSWER:
        return True
    if question.source == QuestionSource.VERDICT and question.article_id == closing.article_id:
        # A reader has just said that this very article does not answer it.
        return False
    hits = _search(place, question.library_id, question.words).hits[: closings.FOUND_WITHIN]
    return any(hit.article_id == closing.article_id for hit in hits)


def _conversations_after(session: Session, after: UUID) -> list[_Looked]:
    rows = session.execute(
        select(
            Conversation.id,
            Conversation.library_id,
            Conversation.question,
            Conversation.language,
            Conversation.created_at,
        )
        .where(Conversation.id > after)
        .order_by(Conversation.id)
        .limit(_PAGE)
    )
    return [_Looked(*row) for row in rows]


def _id_at(moment: datetime) -> UUID:
    """Return the least time-ordered id of that moment."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def _moment_of(id_: UUID) -> datetime:
    return datetime.fromtimestamp((id_.int >> 80) / 1000, tz=UTC)


def _mark(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()
