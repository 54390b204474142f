"""An import of articles, step by step: rows in, checked, drafted in batches, taken back. The caller commits each step.

A step takes what is next by the outcomes that stand in the rows, so that any process can go on where another broke off.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from knowledge import articles
from knowledge.content import ArticleContent
from knowledge.duplicate_models import ArticleSketch, DuplicatePair
from knowledge.imports.files import STRUCTURE, FileRow
from knowledge.imports.mapping import Defaults, RowInvalid, content_of, key_of
from knowledge.imports.models import WORKING, ArticleImport, ArticleImportRow, Outcome
from knowledge.life_models import ArticleEvent
from knowledge.likeness import Like, Questions
from knowledge.models import OUT_OF_USE, Article, ArticleState, Revision

# Rows in one transaction: short enough that nobody else waits for it.
BATCH = 250
# A process that has said nothing for this long is taken for dead.
LEASE = timedelta(seconds=60)
# Ids asked for in one statement; both databases bound how many a statement may carry.
_CHUNK = 500
# What is not theirs is nobody's to delete.
_UNTOUCHED_STATES = (ArticleState.DRAFT, ArticleState.IN_REVIEW)


@dataclass(frozen=True)
class Known:
    """A question that is there already: an article's, or that of an earlier row."""

    article_id: UUID | None
    number: int | None


def add_rows(session: Session, import_id: UUID, rows: Iterable[FileRow]) -> int:
    """Add rows as they were read; what cannot be used at all is invalid at once. Return how many."""
    values = [
        {
            "import_id": import_id,
            "number": row.number,
            "cells": row.cells,
            "outcome": Outcome.INVALID.value if row.problem else None,
            "reason": row.problem or None,
        }
        for row in rows
    ]
    if values:
        session.execute(insert(ArticleImportRow), values)
    return len(values)


def take_lease(session: Session, import_id: UUID, *, now: datetime) -> datetime | None:
    """Take over the work on an import whose lease has run out; return the lease, None when somebody has it."""
    until = now + LEASE
    is_free = or_(ArticleImport.lease_until.is_(None), ArticleImport.lease_until <= now)
    taken = session.execute(
        update(ArticleImport)
        .where(ArticleImport.id == import_id, ArticleImport.state.in_(WORKING), is_free)
        .values(lease_until=until)
        .execution_options(synchronize_session=False)
    )
    return until if getattr(taken, "rowcount", 0) == 1 else None


def renew_lease(session: Session, import_id: UUID, held: datetime, *, now: datetime) -> datetime | None:
    """Move a held lease on; None when another process has taken it meanwhile, whose work must not be disturbed."""
    until = now + LEASE
    renewed = session.execute(
        update(ArticleImport)
        .where(ArticleImport.id == import_id, ArticleImport.lease_until == held, ArticleImport.state.in_(WORKING))
        .values(lease_until=until, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    return until if getattr(renewed, "rowcount", 0) == 1 else None


def counts_of(session: Session, import_id: UUID) -> dict[str, int]:
    """Return how many rows have which outcome; rows without one count as "waiting"."""
    rows = session.execute(
        select(ArticleImportRow.outcome, func.count())
        .where(ArticleImportRow.import_id == import_id)
        .group_by(ArticleImportRow.outcome)
    )
    return {outcome or "waiting": count for outcome, count in rows}


def known_questions(session: Session, scope: Sequence[UUID], found: "Checker") -> None:
    """Put the questions of these owners' articles into a checker, in slices."""
    newest = and_(Revision.article_id == Article.id, Revision.number == Article.current_revision)
    last: UUID | None = None
    while True:
        statement = (
            select(Article.id, Article.language, Revision.question)
            .join(Revision, newest)
            .where(Article.library_id.in_(scope), Article.state.not_in(OUT_OF_USE))
            .order_by(Article.id)
            .limit(_CHUNK)
        )
        rows = session.execute(statement if last is None else statement.where(Article.id > last)).all()
        for row in rows:
            found.put(row.language, row.question, Known(row.id, None))
        if len(rows) < _CHUNK:
            return
        last = rows[-1].id


class Checker:
    """Says of each row in turn what becomes of it. Holds every question seen, so use it for one check and drop it."""

    def __init__(self, mapping: Mapping[str, str], choices: Mapping[str, Any]) -> None:
        self._mapping = mapping
        self._defaults = defaults_of(choices)
        self._structure = str(choices.get(STRUCTURE, ""))
        self._questions: dict[str, Questions] = {}
        self._known: dict[str, list[Known]] = {}

    def put(self, language: str, question: str, known: Known) -> None:
        """Note a question that is there."""
        self._questions.setdefault(language, Questions()).put(question)
        self._known.setdefault(language, []).append(known)

    def check(self, row: ArticleImportRow) -> None:
        """Give the row its outcome."""
        if row.outcome == Outcome.INVALID and not row.cells:
            return
        if self._structure and row.cells.get(STRUCTURE) != self._structure:
            _settle(row, Outcome.SKIPPED, "It belongs to another structure of the page.")
            return
        try:
            content = content_of(row.cells, self._mapping, self._defaults)
        except RowInvalid as error:
            _settle(row, Outcome.INVALID, str(error))
            return
        like = self._questions.setdefault(content.language, Questions()).find(content.question)
        if like is None:
            _settle(row, Outcome.NEW)
        else:
            self._name(row, content.language, like)
        self.put(content.language, content.question, Known(None, row.number))

    def _name(self, row: ArticleImportRow, language: str, like: Like) -> None:
        known = self._known[language][like.place]
        _settle(row, Outcome.DUPLICATE if like.likeness == 1.0 else Outcome.NEAR)
        row.like_article_id, row.like_number = known.article_id, known.number
        row.likeness = round(like.likeness, 3)


def defaults_of(choices: Mapping[str, Any]) -> Defaults:
    """Return what holds where the file says nothing, as it was chosen."""
    standard = Defaults()
    return Defaults(
        language=str(choices.get("language", standard.language)),
        service_topic=str(choices.get("service_topic") or standard.service_topic),
        question_type=str(choices.get("question_type") or standard.question_type),
        zone=ZoneInfo(str(choices.get("zone") or "Asia/Shanghai")),
    )


def next_rows(session: Session, import_id: UUID, *, after: int) -> Sequence[ArticleImportRow]:
    """Return the next batch of rows by number."""
    wanted = select(ArticleImportRow).where(ArticleImportRow.import_id == import_id, ArticleImportRow.number > after)
    return session.scalars(wanted.order_by(ArticleImportRow.number).limit(BATCH)).all()


def wanted_outcomes(choices: Mapping[str, Any]) -> tuple[Outcome, ...]:
    """Return the outcomes of a check of which drafts are made."""
    chosen = [Outcome.NEW]
    if choices.get("near") == "draft":
        chosen.append(Outcome.NEAR)
    if choices.get("duplicates") == "draft":
        chosen.append(Outcome.DUPLICATE)
    return tuple(chosen)


def draft_batch(session: Session, found: ArticleImport, *, now: datetime) -> int:
    """Make drafts of the next rows; return how many rows were dealt with, 0 when none is left."""
    rows = _with_outcomes(session, found.id, wanted_outcomes(found.choices))
    prepared = [(row, _content(found, row)) for row in rows]
    _avoid_taken_keys(session, found, prepared)
    ready = [(row, content) for row, content in prepared if content is not None and row.outcome in _DRAFTABLE]
    try:
        with session.begin_nested():
            _draft(session, found, ready, now=now)
    except IntegrityError:
        # Somebody took a key between two statements: one by one, so that only that row is left out.
        for row, content in ready:
            _draft_alone(session, found, row, content, now=now)
    session.flush()
    return len(rows)


def undo_batch(session: Session, found: ArticleImport) -> int:
    """Take back the next articles that nobody touched, name the others; return how many rows were dealt with."""
    rows = _with_outcomes(session, found.id, (Outcome.DRAFTED,))
    ids = [row.article_id for row in rows if row.article_id is not None]
    there = {each.id: each for each in session.scalars(select(Article).where(Article.id.in_(ids)))}
    for row in rows:
        article = there.get(row.article_id) if row.article_id else None
        if article is None:
            _settle(row, Outcome.UNDONE, "The article was not there any more.")
        elif not _is_untouched(found, article):
            _settle(row, Outcome.KEPT, "Somebody has changed or published it.")
    untouched = [row for row in rows if row.outcome == Outcome.DRAFTED]
    if not _are_removed(session, untouched):
        for row in untouched:
            if not _are_removed(session, [row]):
                _settle(row, Outcome.KEPT, "Somebody has worked with it.")
    session.flush()
    return len(rows)


_DRAFTABLE = (Outcome.NEW, Outcome.NEAR, Outcome.DUPLICATE)


def _with_outcomes(session: Session, import_id: UUID, outcomes: Sequence[Outcome]) -> Sequence[ArticleImportRow]:
    wanted = select(ArticleImportRow).where(
        ArticleImportRow.import_id == import_id, ArticleImportRow.outcome.in_(outcomes)
    )
    return session.scalars(wanted.order_by(ArticleImportRow.number).limit(BATCH)).all()


def _content(found: ArticleImport, row: ArticleImportRow) -> ArticleContent | None:
    try:
        content = content_of(row.cells, found.mapping, defaults_of(found.choices))
    except RowInvalid as error:
        _settle(row, Outcome.INVALID, str(error))
        return None
    # The same question twice was wanted; its own key would be taken.
    is_again = row.outcome == Outcome.DUPLICATE and content.key == key_of(content.question)
    return replace(content, key=f"{content.key}_{row.number}") if is_again else content


def _avoid_taken_keys(
    session: Session, found: ArticleImport, prepared: Sequence[tuple[ArticleImportRow, ArticleContent | None]]
) -> None:
    keys = {content.key for _, content in prepared if content is not None}
    rows = session.execute(
        select(Article.key, Article.language).where(
            Article.library_id == found.library_id, Article.key.in_(keys), Article.state.not_in(OUT_OF_USE)
        )
    )
    taken = {(row.key, row.language) for row in rows}
    for row, content in prepared:
        if content is None:
            continue
        if (content.key, content.language) in taken:
            _settle(row, Outcome.SKIPPED, "There is an article with this key in this language.")
        taken.add((content.key, content.language))


def _draft(
    session: Session, found: ArticleImport, ready: Iterable[tuple[ArticleImportRow, ArticleContent]], *, now: datetime
) -> None:
    pairs = list(ready)
    made = articles.draft_many(
        session,
        [content for _, content in pairs],
        owner=found.library_id,
        author_id=found.created_by_id,
        origin=f"import-{found.id.hex}",
        now=now,
    )
    for (row, _), article in zip(pairs, made, strict=True):
        if found.choices.get("submit"):
            articles.submit(session, article, now=now)
        row.article_id = article.id
        _settle(row, Outcome.DRAFTED)
        session.add(
            ArticleEvent(article_id=article.id, kind="imported", by_id=found.created_by_id, details={}, happened_at=now)
        )
    session.flush()


def _draft_alone(
    session: Session, found: ArticleImport, row: ArticleImportRow, content: ArticleContent, *, now: datetime
) -> None:
    session.refresh(row)
    try:
        with session.begin_nested():
            _draft(session, found, [(row, content)], now=now)
    except IntegrityError:
        session.refresh(row)
        _settle(row, Outcome.SKIPPED, "There is an article with this key in this language.")


def _is_untouched(found: ArticleImport, article: Article) -> bool:
    is_first = article.current_revision == 1 and article.published_revision is None
    return is_first and article.state in _UNTOUCHED_STATES and article.author_id == found.created_by_id


def _are_removed(session: Session, rows: Sequence[ArticleImportRow]) -> bool:
    ids = [row.article_id for row in rows]
    if not ids:
        return True
    try:
        with session.begin_nested():
            # What the service itself noted goes along; what a person added stands in the way, and keeps the article.
            session.execute(delete(ArticleEvent).where(ArticleEvent.article_id.in_(ids)))
            session.execute(delete(ArticleSketch).where(ArticleSketch.article_id.in_(ids)))
            session.execute(
                delete(DuplicatePair).where(or_(DuplicatePair.first_id.in_(ids), DuplicatePair.second_id.in_(ids)))
            )
            session.execute(delete(Revision).where(Revision.article_id.in_(ids)))
            session.execute(delete(Article).where(Article.id.in_(ids)))
            for row in rows:
                _settle(row, Outcome.UNDONE)
            session.flush()
    except IntegrityError:
        for row in rows:
            session.refresh(row)
        return False
    return True


def _settle(row: ArticleImportRow, outcome: Outcome, reason: str = "") -> None:
    row.outcome, row.reason = outcome.value, reason[:300] or None
    if outcome in (Outcome.NEW, Outcome.INVALID):
        row.like_article_id = row.like_number = row.likeness = None


def in_batches(rows: Iterable[FileRow]) -> Iterable[list[FileRow]]:
    """Give rows in lists of one transaction each."""
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        yield batch
