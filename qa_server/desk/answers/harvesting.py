"""Run over a source: fetch page by page outside transactions, make drafts, remember every record.

A run that broke is gone on with where it stopped; nothing is made twice.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from threading import Event
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import articles
from knowledge.articles import Change
from knowledge.catalogue import Scope
from knowledge.content import ArticleContent
from knowledge.known_questions import KnownQuestions
from knowledge.models import Article, ArticleState
from qa_server.desk.workplace import Workplace
from qa_server.harvesting import answers, sources
from qa_server.harvesting.answers import Harvested, HarvestedPage
from qa_server.harvesting.errors import HarvestRunning, HarvestStopped, ProviderBusy, ProviderRefused, written
from qa_server.harvesting.fetching import LONGEST_WAIT_SECONDS, Limits, fetch
from qa_server.harvesting.mapping import NotAnAnswer, content_of, hash_of, identifier_hash, title_of
from qa_server.harvesting.models import MAX_REASON_CHARACTERS, HarvestedRecord, HarvestRun, HarvestSource, RecordState
from qa_server.network.queries import scope_of
from storage.errors import AppError, NotFound

# A provider that stays busy is left for the next run.
_MOST_WAITS = 3
# No list has more pages; a provider that always names another would hold a run for ever.
_MOST_PAGES = 20_000
# From this share of common pairs of letters on a person decides whether it is another question.
ALIKE = 0.9
_NOTE = "The source was changed and harvested again."

Wait = Callable[[float], None]


@dataclass(frozen=True)
class RunReport:
    """What a run brought. `problem` is the code and the details of what broke it, None when it came to its end."""

    seen: int
    drafted: int
    revised: int
    unchanged: int
    duplicates: int
    deleted: int
    refused: int
    problem: tuple[str, str] | None


def run_due(place: Workplace, stopping: Event) -> bool:
    """Run over one source whose time has come; return whether there was one. Blocks until it ends or has to stop."""
    with place.database.read() as session:
        due = sources.due_source(session, now=place.clock())
    if due is None:
        return False

    def wait(seconds: float) -> None:
        if stopping.wait(seconds):
            raise HarvestStopped()

    try:
        run(place, due, wait=wait)
    except (HarvestRunning, NotFound):
        # Another process was faster, or the source was removed.
        return False
    return True


def run(
    place: Workplace,
    source_id: UUID,
    *,
    wait: Wait = time.sleep,
    progress: Callable[[int, int | None], None] = lambda seen, total: None,
) -> RunReport:
    """Harvest a source from where the last run ended, or go on where it broke. Blocks; writes page by page.

    What the provider does wrong ends the run and is kept in it. Raises NotFound, HarvestRunning.
    """
    with place.database.write() as session:
        source, started = sources.begin_run(session, source_id, now=place.clock())
    harvest = _Harvest(place, source, started.id, wait, progress)
    problem: tuple[str, str] | None = None
    try:
        harvest.all_pages()
    except AppError as error:
        problem = written(error)
    except BaseException:
        _end(place, source_id, started.id, ("harvest_died", "{}"))
        raise
    return _end(place, source_id, started.id, problem)


def limits_of(place: Workplace) -> Limits:
    """Return the bounds of fetching, as the settings say."""
    settings = place.settings
    agent = f"Wenjin (OAI-PMH harvester{'; ' + settings.public_url if settings.public_url else ''})"
    return Limits(
        settings.harvest_timeout_seconds, settings.harvest_max_bytes, settings.harvest_private_addresses, agent
    )


def origin_of(identifier: str) -> str:
    """Return what an article says of the record it was made of."""
    return f"oai:{identifier}"[: articles.MAX_ORIGIN_CHARACTERS]


def _end(place: Workplace, source_id: UUID, run_id: UUID, problem: tuple[str, str] | None) -> RunReport:
    with place.database.write() as session:
        source = session.get_one(HarvestSource, source_id, with_for_update=True)
        ended = session.get_one(HarvestRun, run_id)
        sources.end_run(source, ended, now=place.clock(), problem=problem)
        names = ("seen", "drafted", "revised", "unchanged", "duplicates", "deleted", "refused")
        return RunReport(**{name: getattr(ended, name) for name in names}, problem=problem)


class _Harvest:
    """One run: the list of pages, and the store for each."""

    def __init__(
        self,
        place: Workplace,
        source: HarvestSource,
        run_id: UUID,
        wait: Wait,
        progress: Callable[[int, int | None], None],
    ) -> None:
        self._place = place
        self._source = source
        self._run_id = run_id
        self._wait = wait
        self._progress = progress
        self._limits = limits_of(place)
        self._seen = 0
        self._known = KnownQuestions()
        with place.database.read() as session:
            self._known.read(session, scope_of(session, source.library_id))

    def all_pages(self) -> None:
        """Fetch and store until the list ends. Raises what ends a run."""
        token = self._source.resumption_token or ""
        page = self._again(token) if token else self._first()
        for _ in range(_MOST_PAGES):
            self._store(page)
            self._progress(self._seen, page.total)
            if not page.token:
                return
            self._wait(self._place.settings.harvest_pause_seconds)
            page = self._fetch({"verb": "ListRecords", "resumptionToken": page.token})

    def _first(self) -> HarvestedPage:
        arguments = {"verb": "ListRecords", "metadataPrefix": self._source.metadata_prefix}
        if self._source.set_spec:
            arguments["set"] = self._source.set_spec
        if self._source.asked_from:
            identity = answers.read_identity(self._patiently({"verb": "Identify"}))
            arguments["from"] = self._source.asked_from if identity.tells_seconds else self._source.asked_from[:10]
        return self._fetch(arguments)

    def _again(self, token: str) -> HarvestedPage:
        try:
            return self._fetch({"verb": "ListRecords", "resumptionToken": token})
        except ProviderRefused as refusal:
            if refusal.details.get("oai_code") != "badResumptionToken":
                raise
            # Too old by now: the same list from its beginning; what is known already is not made twice.
            return self._first()

    def _fetch(self, arguments: dict[str, str]) -> HarvestedPage:
        return answers.read_records(self._patiently(arguments))

    def _patiently(self, arguments: dict[str, str]) -> bytes:
        for attempt in range(_MOST_WAITS + 1):
            try:
                return fetch(self._source.address, arguments, self._limits)
            except ProviderBusy as busy:
                seconds = int(str(busy.details["retry_after_seconds"]))
                if attempt == _MOST_WAITS or seconds > LONGEST_WAIT_SECONDS:
                    raise
                self._wait(seconds)
        raise AssertionError("unreachable")

    def _store(self, page: HarvestedPage) -> None:
        repeated = self._repeated(page.records)
        with self._place.database.write() as session:
            now = self._place.clock()
            source = session.get_one(HarvestSource, self._source.id, with_for_update=True)
            run_row = session.get_one(HarvestRun, self._run_id)
            storing = _Storing(session, self._place, source, run_row, self._known)
            for record in page.records:
                storing.take(record, repeated.get(record.identifier))
            source.resumption_token = page.token or None
            source.lease_until = now + sources.LEASE
            run_row.responded_at = run_row.responded_at or page.responded_at
            self._seen = run_row.seen

    def _repeated(self, records: Sequence[Harvested]) -> dict[str, UUID]:
        """Return which records ask what a published article of the scope asks already, word for word."""
        with self._place.database.read() as session:
            scope = Scope(scope_of(session, self._source.library_id))
        found: dict[str, UUID] = {}
        for record in records:
            try:
                content = _content(record, self._source)
            except NotAnAnswer:
                continue
            _, hits = self._place.search.rank(content.question, scope=scope, language=content.language, limit=1)
            if hits and hits[0].is_repeated:
                found[record.identifier] = hits[0].article_id
        return found


class _Storing:
    """Takes the records of one page into one transaction."""

    def __init__(
        self, session: Session, place: Workplace, source: HarvestSource, run_row: HarvestRun, known: KnownQuestions
    ) -> None:
        self._session = session
        self._known = known
        self._now = place.clock()
        self._source = source
        self._run = run_row

    def take(self, record: Harvested, repeated: UUID | None) -> None:
        """Make a draft, renew it, or note why not."""
        self._run.seen += 1
        known = self._session.get(HarvestedRecord, (self._source.id, identifier_hash(record.identifier)))
        if record.is_deleted:
            self._delete(known, record)
            return
        try:
            content = _content(record, self._source)
        except NotAnAnswer as reason:
            self._refuse(known, record, str(reason))
            return
        text_hash = hash_of(content.question, content.answer, content.sources)
        if known is None:
            known = self._found_before(record, content)
        if known is None or known.article_id is None:
            self._new(known, record, content, repeated)
        elif known.text_hash == text_hash and known.state != RecordState.DELETED:
            self._run.unchanged += 1
            self._seen(known, record)
        else:
            self._renew(known, record, content, text_hash)

    def _delete(self, known: HarvestedRecord | None, record: Harvested) -> None:
        if known is None or known.state == RecordState.DELETED:
            self._run.unchanged += 1
            return
        # A deletion carries no title; the one it had is what people know it by.
        known.state, known.datestamp, known.seen_at = RecordState.DELETED, record.datestamp, self._now
        self._run.deleted += 1

    def _refuse(self, known: HarvestedRecord | None, record: Harvested, reason: str) -> None:
        row = known or self._row(record)
        if known is None or known.article_id is None:
            row.state = RecordState.REFUSED
        row.reason = reason[:MAX_REASON_CHARACTERS]
        self._run.refused += 1
        self._seen(row, record)

    def _new(
        self, known: HarvestedRecord | None, record: Harvested, content: ArticleContent, repeated: UUID | None
    ) -> None:
        row = known or self._row(record)
        row.text_hash = hash_of(content.question, content.answer, content.sources)
        row.reason = None
        self._seen(row, record)
        like = (repeated, 1.0) if repeated is not None else self._known.find(content.language, content.question)
        if like is not None and like[1] >= ALIKE:
            was_known = known is not None and known.state == RecordState.DUPLICATE
            row.state, row.content = RecordState.DUPLICATE, asdict(content)
            row.duplicate_of_id, row.likeness = like
            self._run.duplicates += 0 if was_known else 1
            self._run.unchanged += 1 if was_known else 0
            return
        try:
            with self._session.begin_nested():
                made = articles.draft(
                    self._session,
                    content=content,
                    owner=self._source.library_id,
                    author_id=self._source.created_by,
                    origin=origin_of(record.identifier),
                    now=self._now,
                )
        except AppError as refusal:
            self._refuse(row, record, str(refusal))
            return
        row.state, row.article_id = RecordState.DRAFTED, made.id
        row.duplicate_of_id = row.likeness = row.content = None
        self._known.put(content.language, content.question, made.id)
        self._run.drafted += 1

    def _renew(self, row: HarvestedRecord, record: Harvested, content: ArticleContent, text_hash: str) -> None:
        if row.text_hash == text_hash:
            # Withdrawn there for a while, and back as it was.
            row.state = RecordState.DRAFTED
            self._run.unchanged += 1
            self._seen(row, record)
            return
        article = self._session.get_one(Article, row.article_id)
        current = articles.current_revision(self._session, article)
        is_untouched = hash_of(current.question, current.answer, current.sources) == row.text_hash
        if article.state == ArticleState.DRAFT and article.published_revision is None and is_untouched:
            change = Change(article.current_revision, self._source.created_by, _NOTE)
            articles.revise(self._session, article, content=content, change=change, now=self._now)
            row.state = RecordState.DRAFTED
        else:
            # Somebody works with it or readers see it: a person decides what becomes of the new text.
            row.state = RecordState.CHANGED
        self._run.revised += 1
        row.text_hash = text_hash
        self._seen(row, record)

    def _found_before(self, record: Harvested, content: ArticleContent) -> HarvestedRecord | None:
        """Return the row for a draft that another source of this node, or one removed since, made of the record."""
        made = self._session.scalar(
            select(Article).where(
                Article.origin == origin_of(record.identifier),
                Article.library_id == self._source.library_id,
                Article.language == content.language,
            )
        )
        if made is None:
            return None
        current = articles.current_revision(self._session, made)
        row = self._row(record)
        row.article_id, row.state = made.id, RecordState.DRAFTED
        row.text_hash = hash_of(current.question, current.answer, current.sources)
        return row

    def _row(self, record: Harvested) -> HarvestedRecord:
        row = HarvestedRecord(
            source_id=self._source.id,
            identifier_hash=identifier_hash(record.identifier),
            identifier=record.identifier,
            state=RecordState.REFUSED,
        )
        self._seen(row, record)
        self._session.add(row)
        return row

    def _seen(self, row: HarvestedRecord, record: Harvested) -> None:
        row.title, row.datestamp, row.seen_at = title_of(record), record.datestamp, self._now


def _content(record: Harvested, source: HarvestSource) -> ArticleContent:
    return content_of(record, source_id=source.id, language=source.language, service_topic=source.service_topic)
