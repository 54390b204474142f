"""Rows of sources, runs and records: add, find, begin and end a run. Callers commit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from knowledge.models import Language, ServiceTopic
from qa_server.harvesting.errors import HarvestRunning, HarvestStopped, SourceRefused, SourceTaken
from qa_server.harvesting.fetching import check_address
from qa_server.harvesting.models import (
    MAX_NAME_CHARACTERS,
    MAX_SET_CHARACTERS,
    HarvestedRecord,
    HarvestRun,
    HarvestSource,
    RecordState,
    RunState,
)
from storage.errors import NotFound

# A run that did not renew its hold for so long has died; another may go on where it stopped.
LEASE = timedelta(minutes=15)
# A broken run with a schedule is tried again after this.
RETRY = timedelta(hours=1)
INTERVALS = (0, 24, 168)
PAGE_RECORDS = 100
_RUNS_SHOWN = 20


@dataclass(frozen=True)
class SourceFields:
    """What a person sets. `every_hours` is one of INTERVALS, 0 for by hand only."""

    name: str
    address: str
    set_spec: str
    language: str
    service_topic: str
    every_hours: int


def add_source(session: Session, fields: SourceFields, *, library_id: UUID, by: UUID, now: datetime) -> HarvestSource:
    """Add a source to a node; one that was removed comes back and remembers what it brought.

    Raises AddressRefused, SourceRefused, SourceTaken.
    """
    checked = _checked(fields)
    same = session.scalar(
        select(HarvestSource).where(
            HarvestSource.library_id == library_id,
            HarvestSource.address == checked.address,
            HarvestSource.set_spec == checked.set_spec,
        )
    )
    if same is not None and same.removed_at is None:
        raise SourceTaken()
    source = same or HarvestSource(library_id=library_id, created_at=now)
    source.address, source.set_spec = checked.address, checked.set_spec
    source.created_by, source.removed_at = by, None
    _set(source, checked, now)
    session.add(source)
    session.flush()
    return source


def change_source(source: HarvestSource, fields: SourceFields, *, now: datetime) -> None:
    """Change name, schedule and what holds for records that name none; address and set stay. Raises SourceRefused."""
    checked = _checked(SourceFields(**{**vars(fields), "address": source.address, "set_spec": source.set_spec}))
    _set(source, checked, now)


def find_source(session: Session, source_id: UUID) -> HarvestSource:
    """Return a source that was not removed. Raises NotFound."""
    source = session.get(HarvestSource, source_id)
    if source is None or source.removed_at is not None:
        raise NotFound()
    return source


def source_at(session: Session, library_id: UUID, address: str, set_spec: str) -> HarvestSource | None:
    """Return the source of a node with this address and set."""
    return session.scalar(
        select(HarvestSource).where(
            HarvestSource.library_id == library_id,
            HarvestSource.address == address,
            HarvestSource.set_spec == set_spec,
            HarvestSource.removed_at.is_(None),
        )
    )


def list_sources(session: Session, nodes: Collection[UUID]) -> Sequence[HarvestSource]:
    """Return the sources of these nodes, by name."""
    chosen = select(HarvestSource).where(HarvestSource.library_id.in_(nodes), HarvestSource.removed_at.is_(None))
    return session.scalars(chosen.order_by(HarvestSource.name, HarvestSource.id)).all()


def due_source(session: Session, *, now: datetime) -> UUID | None:
    """Return a source whose time has come and that nobody harvests."""
    return session.scalar(
        select(HarvestSource.id)
        .where(
            HarvestSource.next_run_at <= now,
            HarvestSource.removed_at.is_(None),
            or_(HarvestSource.lease_until.is_(None), HarvestSource.lease_until <= now),
        )
        .order_by(HarvestSource.next_run_at)
        .limit(1)
    )


def begin_run(session: Session, source_id: UUID, *, now: datetime) -> tuple[HarvestSource, HarvestRun]:
    """Hold a source and begin a run; a broken one gives its place in the list. Raises NotFound, HarvestRunning."""
    source = session.get(HarvestSource, source_id, with_for_update=True)
    if source is None or source.removed_at is not None:
        raise NotFound()
    if source.lease_until is not None and source.lease_until > now:
        raise HarvestRunning()
    last = last_run(session, source_id)
    if last is not None and last.state == RunState.RUNNING:
        # Its process died; what it brought is there, and its token too.
        last.state, last.ended_at, last.problem, last.reason = RunState.BROKEN, now, "harvest_died", "{}"
    run = HarvestRun(source_id=source_id, started_at=now, state=RunState.RUNNING)
    if source.resumption_token and last is not None:
        run.responded_at = last.responded_at
    elif not source.resumption_token:
        source.asked_from = source.harvested_until
    source.lease_until, source.next_run_at = now + LEASE, None
    session.add(run)
    session.flush()
    return source, run


def end_run(source: HarvestSource, run: HarvestRun, *, now: datetime, problem: tuple[str, str] | None = None) -> None:
    """Let the source go. A run that came to its end sets from when the next one asks."""
    run.ended_at, source.lease_until = now, None
    if problem is None:
        run.state, source.resumption_token = RunState.FINISHED, None
        source.harvested_until = run.responded_at or source.harvested_until
        source.next_run_at = now + timedelta(hours=source.every_hours) if source.every_hours else None
        return
    run.state, (run.problem, run.reason) = RunState.BROKEN, problem
    is_stopped = problem[0] == HarvestStopped.code
    source.next_run_at = now if is_stopped else now + RETRY if source.every_hours else None


def last_run(session: Session, source_id: UUID) -> HarvestRun | None:
    """Return the newest run over a source."""
    return next(iter(list_runs(session, source_id, limit=1)), None)


def list_runs(session: Session, source_id: UUID, *, limit: int = _RUNS_SHOWN) -> Sequence[HarvestRun]:
    """Return the newest runs over a source, newest first."""
    chosen = select(HarvestRun).where(HarvestRun.source_id == source_id)
    return session.scalars(chosen.order_by(HarvestRun.started_at.desc(), HarvestRun.id.desc()).limit(limit)).all()


def list_records(
    session: Session, source_id: UUID, *, state: RecordState | None = None, page: int = 1
) -> Sequence[HarvestedRecord]:
    """Return a page of the records of a source, last seen first."""
    chosen = select(HarvestedRecord).where(HarvestedRecord.source_id == source_id)
    if state is not None:
        chosen = chosen.where(HarvestedRecord.state == state)
    ordered = chosen.order_by(HarvestedRecord.seen_at.desc(), HarvestedRecord.identifier_hash)
    return session.scalars(ordered.limit(PAGE_RECORDS).offset((max(1, page) - 1) * PAGE_RECORDS)).all()


def count_records(session: Session, source_id: UUID) -> dict[str, int]:
    """Return how many records of a source are in each state."""
    counted = select(HarvestedRecord.state, func.count()).where(HarvestedRecord.source_id == source_id)
    return dict(session.execute(counted.group_by(HarvestedRecord.state)).all())


def _set(source: HarvestSource, fields: SourceFields, now: datetime) -> None:
    source.name, source.language, source.service_topic = fields.name, fields.language, fields.service_topic
    if source.every_hours != fields.every_hours or source.next_run_at is None:
        source.next_run_at = now + timedelta(hours=fields.every_hours) if fields.every_hours else None
    source.every_hours = fields.every_hours


def _checked(fields: SourceFields) -> SourceFields:
    address = check_address(fields.address)
    name, set_spec = " ".join(fields.name.split()) or address, fields.set_spec.strip()
    if len(name) > MAX_NAME_CHARACTERS:
        name = name[:MAX_NAME_CHARACTERS]
    if len(set_spec) > MAX_SET_CHARACTERS or any(each <= " " for each in set_spec):
        raise SourceRefused(reason="a set has no blanks and at most 200 characters.")
    is_known = fields.language in set(Language) and fields.service_topic in set(ServiceTopic)
    if not is_known or fields.every_hours not in INTERVALS:
        raise SourceRefused(reason="choose one of the values offered.")
    return SourceFields(name, address, set_spec, fields.language, fields.service_topic, fields.every_hours)
