"""Keep the records of what is public in step with the articles, by change number, and read them by moment.

Callers commit. Which libraries are closed is decided above; their articles count as deleted for the outside.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, insert, or_, select
from sqlalchemy.orm import Session

from knowledge.changes import changed_articles, newest_change
from knowledge.models import Article
from knowledge.public.articles import IS_PUBLIC
from knowledge.public.models import PublicRecord, PublicRecordState

CHANGES_PER_STEP = 500
_STATE_ID = 1
_CHUNK = 500
_FILL_PAGE = 5_000
_FACETS = (Article.library_id, Article.language, Article.service_topic)


@dataclass(frozen=True)
class Closed:
    """The owners that show nothing, and a mark that differs as soon as others do."""

    owners: frozenset[UUID]
    mark: str


@dataclass(frozen=True)
class Wanted:
    """Which records: of these owners, topic and language (None: any), changed between two moments, both included.

    `after` goes on behind a record, by its moment and number.
    """

    owners: frozenset[UUID] | None = None
    service_topic: str | None = None
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: tuple[datetime, int] | None = None


def is_behind(session: Session, mark: str, *, now: datetime) -> bool:
    """Say whether something changed that the records do not know."""
    state = session.get(PublicRecordState, _STATE_ID)
    if state is None or state.closed_mark != mark or state.change_number < newest_change(session):
        return True
    return session.scalar(_expired(now).limit(1)) is not None


def follow(session: Session, closed: Closed, *, now: datetime) -> bool:
    """Take over the next changes; return whether there may be more. Writes; others wait until this one is done."""
    moment = now.replace(microsecond=0)
    state = session.get(PublicRecordState, _STATE_ID, with_for_update=True)
    if state is None:
        _fill(session, closed, now=now)
        return True
    if state.closed_mark != closed.mark:
        state.closed_mark = closed.mark
        _look_again(session, _ids_of(session, closed), closed, moment=moment, now=now)
        return True
    ids, reached = changed_articles(session, after=state.change_number, limit=CHANGES_PER_STEP)
    expired = session.scalars(_expired(now).limit(CHANGES_PER_STEP)).all()
    _look_again(session, {*ids, *expired}, closed, moment=moment, now=now)
    state.change_number = reached
    session.flush()
    return len(ids) > 0 or len(expired) == CHANGES_PER_STEP


def find_record(session: Session, number: int) -> PublicRecord | None:
    """Return the record of an article that is or was public."""
    return session.scalar(select(PublicRecord).where(PublicRecord.number == number))


def list_records(session: Session, wanted: Wanted, *, limit: int) -> list[PublicRecord]:
    """Return records by moment and number: what changes meanwhile moves to the end, and nothing is passed over."""
    chosen = select(PublicRecord).where(*_conditions(wanted))
    if wanted.after is not None:
        moment, number = wanted.after
        later = and_(PublicRecord.datestamp == moment, PublicRecord.number > number)
        chosen = chosen.where(or_(PublicRecord.datestamp > moment, later))
    return list(session.scalars(chosen.order_by(PublicRecord.datestamp, PublicRecord.number).limit(limit)))


def count_records(session: Session, wanted: Wanted) -> int:
    """Return how many records there are, wherever a list of them stands."""
    return session.scalar(select(func.count()).select_from(PublicRecord).where(*_conditions(wanted))) or 0


def earliest(session: Session) -> datetime | None:
    """Return the moment before which nothing changed."""
    return session.scalar(select(func.min(PublicRecord.datestamp)))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.owners is not None:
        found.append(PublicRecord.library_id.in_(wanted.owners))
    if wanted.service_topic is not None:
        found.append(PublicRecord.service_topic == wanted.service_topic)
    if wanted.language is not None:
        found.append(PublicRecord.language == wanted.language)
    if wanted.since is not None:
        found.append(PublicRecord.datestamp >= wanted.since)
    if wanted.until is not None:
        found.append(PublicRecord.datestamp <= wanted.until)
    return found


def _expired(now: datetime) -> Any:
    """Select what has ended by the calendar, which no change tells."""
    return (
        select(PublicRecord.article_id)
        .join(Article, Article.id == PublicRecord.article_id)
        .where(Article.valid_until <= now, Article.shows_past.is_(False), PublicRecord.is_deleted.is_(False))
    )


def _fill(session: Session, closed: Closed, *, now: datetime) -> None:
    """Write the first records. Nobody has harvested yet, so each has the moment of its publication."""
    session.add(PublicRecordState(id=_STATE_ID, change_number=newest_change(session), closed_mark=closed.mark))
    session.flush()
    columns = (Article.id, Article.number, *_FACETS, Article.published_revision, Article.published_at)
    last = 0
    while True:
        page = session.execute(
            select(*columns)
            .where(IS_PUBLIC, Article.number > last)
            .order_by(Article.number)
            .limit(_FILL_PAGE)
            .params(now=now)
        ).all()
        if not page:
            return
        last = page[-1].number
        rows = [_first(row) for row in page if row.library_id not in closed.owners]
        if rows:
            session.execute(insert(PublicRecord), rows)


def _first(row: Any) -> dict[str, object]:
    return {
        "article_id": row.id,
        "number": row.number,
        "library_id": row.library_id,
        "language": row.language,
        "service_topic": row.service_topic,
        "revision_number": row.published_revision,
        "datestamp": row.published_at.replace(microsecond=0),
        "is_deleted": False,
    }


def _ids_of(session: Session, closed: Closed) -> set[UUID]:
    """Return the articles that closing or opening may concern: those of the closed, and those that count as deleted."""
    owned: set[UUID] = set()
    for chunk in _chunks(closed.owners):
        owned |= set(session.scalars(select(Article.id).where(Article.library_id.in_(chunk))))
    return owned | set(session.scalars(select(PublicRecord.article_id).where(PublicRecord.is_deleted)))


def _look_again(session: Session, ids: Iterable[UUID], closed: Closed, *, moment: datetime, now: datetime) -> None:
    for chunk in _chunks(ids):
        rows = session.execute(
            select(Article.id, Article.number, *_FACETS, Article.published_revision)
            .where(IS_PUBLIC, Article.id.in_(chunk))
            .params(now=now)
        ).all()
        public = {row.id: row for row in rows if row.library_id not in closed.owners}
        records = {each.article_id: each for each in _records(session, chunk)}
        for id_ in chunk:
            _bring_up(session, records.get(id_), public.get(id_), moment)
    session.flush()


def _records(session: Session, ids: Collection[UUID]) -> Iterable[PublicRecord]:
    return session.scalars(select(PublicRecord).where(PublicRecord.article_id.in_(ids)))


def _bring_up(session: Session, record: PublicRecord | None, row: Any, moment: datetime) -> None:
    if row is None:
        if record is not None and not record.is_deleted:
            record.is_deleted, record.datestamp = True, moment
        return
    values = {
        "library_id": row.library_id,
        "language": row.language,
        "service_topic": row.service_topic,
        "revision_number": row.published_revision,
        "is_deleted": False,
    }
    if record is None:
        session.add(PublicRecord(article_id=row.id, number=row.number, datestamp=moment, **values))
    elif any(getattr(record, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(record, name, value)
        record.datestamp = moment


def _chunks(ids: Iterable[UUID]) -> Iterable[list[UUID]]:
    listed = list(ids)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]
