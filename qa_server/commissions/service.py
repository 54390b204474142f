"""Changes to commissions: a new one, its numbered record, a transition, the clock. Callers hold the row's lock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.commissions import clock
from qa_server.commissions.clock import Mark, Marked
from qa_server.commissions.definition import ServiceDefinition, Transition
from qa_server.commissions.models import By, Commission, CommissionCounter, CommissionDesk, CommissionEntry, EntryKind
from qa_server.network.hours import Schedule

# Of what people write; forms have limits of their own.
MAX_BODY_CHARACTERS = 4_000
# Names of the running numbers.
COMMISSIONS = "commission"
REPORTS = "report"


@dataclass(frozen=True)
class Doer:
    """Who does something. `client_id` is the doer's own id of this try, so that a repetition is known."""

    by: By
    id: UUID | None = None
    client_id: str | None = None

    @property
    def sender(self) -> str | None:
        """Return what is unique in a commission for this try; None without a client id."""
        return None if self.client_id is None else f"{self.by}:{self.id}:{self.client_id}"


SYSTEM = Doer(By.SYSTEM)


@dataclass(frozen=True)
class Deed:
    """What is written into the record. `details` hold keys and amounts; what people wrote stands in `body`.

    What is only noticed, such as a fetched file, changes nothing: who decides on the sight before it decides well.
    """

    kind: EntryKind
    key: str = ""
    body: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    is_private: bool = False
    is_noticed: bool = False


def next_number(session: Session, library_id: UUID, name: str, year: int) -> int:
    """Return the next running number under a name; numbers begin with 1 each year and have no gaps."""
    counter = session.get(CommissionCounter, (library_id, year, name), with_for_update=True)
    if counter is None:
        counter = CommissionCounter(library_id=library_id, year=year, name=name, last=0)
        session.add(counter)
    counter.last += 1
    session.flush()
    return counter.last


def done_before(session: Session, commission: Commission, doer: Doer) -> CommissionEntry | None:
    """Return what the same try wrote before, or None; without a client id every try is a new one."""
    if doer.sender is None:
        return None
    return session.scalar(
        select(CommissionEntry).where(
            CommissionEntry.commission_id == commission.id, CommissionEntry.sender == doer.sender
        )
    )


def record(session: Session, commission: Commission, deed: Deed, doer: Doer, *, now: datetime) -> CommissionEntry:
    """Add an entry under the next number; the commission's revision grows by one with every change."""
    commission.last_seq += 1
    commission.revision += not deed.is_noticed
    commission.updated_at = now
    # What the reader never gets to see is no news to the reader, unless something before it was.
    if doer.by is By.READER or (deed.is_private and commission.reader_seen_seq == commission.last_seq - 1):
        commission.reader_seen_seq = commission.last_seq
    if doer.by is By.LIBRARIAN:
        commission.staff_seen_seq = commission.last_seq
    entry = CommissionEntry(
        commission_id=commission.id,
        seq=commission.last_seq,
        kind=deed.kind.value,
        key=deed.key,
        sender=doer.sender,
        by_kind=doer.by.value,
        librarian_id=doer.id if doer.by is By.LIBRARIAN else None,
        body=deed.body,
        details=dict(deed.details),
        is_private=deed.is_private,
        created_at=now,
    )
    session.add(entry)
    session.flush()
    return entry


def move(
    session: Session, commission: Commission, transition: Transition, deed: Deed, doer: Doer, *, now: datetime
) -> CommissionEntry:
    """Put a commission into the state a transition leads to, and write that down: who, when, why."""
    came_from = commission.state
    entry = record(session, commission, deed, doer, now=now)
    entry.from_state, entry.to_state = came_from, transition.to
    commission.state = transition.to
    session.flush()
    return entry


def marks_of(commission: Commission) -> list[Marked]:
    """Return the marks of the clock, in order."""
    return [
        Marked(Mark(mark), datetime.fromisoformat(at), int(days[0]) if days else 0)
        for mark, at, *days in commission.marks
    ]


def turn_clock(
    commission: Commission, definition: ServiceDefinition, schedule: Schedule, key: str, *, now: datetime
) -> None:
    """Let a transition or an event start, pause, resume or stop the clock, and set the deadline anew."""
    marks = marks_of(commission)
    found = clock.turned(definition, key, marks, now)
    if found is not None:
        marks.append(found)
        commission.marks = [_written(each) for each in marks]
    days = commission.days or definition.clock.speeds[0].days
    commission.due_at = clock.due_at(schedule, marks, days=days)


def _written(marked: Marked) -> list[str]:
    return [marked.mark.value, marked.at.isoformat(), *([str(marked.days)] if marked.days else [])]


def reach(session: Session, commission: Commission, desk_id: UUID, *, now: datetime) -> bool:
    """Let the members of a desk see a commission; say whether that is new."""
    if session.get(CommissionDesk, (commission.id, desk_id)) is not None:
        return False
    session.add(CommissionDesk(commission_id=commission.id, desk_id=desk_id, reached_at=now))
    session.flush()
    return True
