"""When a commission is looked at next: intake that goes on, a quote that expires, a deadline that nears, an end.

Kept as one moment in the row, so that a timer reads a few rows and any process may fire it. What has been done is read
from the record, so that a look after a stop, a stepped clock or a second process does nothing twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_server.commissions import clock, money, queries
from qa_server.commissions.definition import Actor, Operation, ServiceDefinition, Transition
from qa_server.commissions.models import By, Commission, CommissionDesk, CommissionEntry, EntryKind
from qa_server.commissions.money_settings import ARCHIVE_DAYS
from qa_server.network.hours import Schedule, working_deadline
from qa_server.network.node_settings import effective
from qa_server.network.queries import path_up

# A deadline that passed is spoken of again after so many working hours, further up each time.
ESCALATE_HOURS = 24
_TAKEN_UP_BY = (Operation.ACCEPT, Operation.TAKE_OVER)
# What ends the time in which a reader may object, by itself.
_ENDED_BY = (Operation.CLOSE, Operation.ACCEPT_RESULT)


class Due(StrEnum):
    """What a timer has to do. The value is the key of the entry that says it was done."""

    INTAKE = "intake"
    QUOTE = "quote"
    NEAR = "deadline_near"
    OVERDUE = "deadline_passed"
    CLOSE = "close"
    ARCHIVE = "archive"


@dataclass(frozen=True)
class Appointment:
    """Something to do at a moment (UTC). `mark` names it in the record: one with the same mark is never done twice.

    `level` says how far up the tree an overdue commission is told of, 0 at the working library.
    """

    due: Due
    at: datetime
    mark: str = ""
    level: int = 0

    @property
    def sender(self) -> str:
        """Return what is unique in the commission's record for it."""
        return f"{By.SYSTEM}:None:{self.mark}"


def plan(
    session: Session, commission: Commission, definition: ServiceDefinition, schedule: Schedule, *, now: datetime
) -> None:
    """Set the next moment at which a timer has something to do; None when nothing is to come."""
    found = appointments(session, commission, definition, schedule, now=now)
    commission.look_at = min((each.at for each in found), default=None)


def appointments(
    session: Session, commission: Commission, definition: ServiceDefinition, schedule: Schedule, *, now: datetime
) -> list[Appointment]:
    """Return what is to come or due already, each kind once."""
    found = [
        _intake(session, commission, definition, schedule),
        _quote(session, commission),
        _deadline(session, commission, definition, schedule, now),
        _closing(session, commission, definition),
        _archive(session, commission, definition),
    ]
    return [each for each in found if each is not None]


def by_system(commission: Commission, definition: ServiceDefinition, *operations: Operation) -> Transition | None:
    """Return the first way of one of these operations that the service itself may go from here."""
    for transition in definition.transitions:
        is_here = commission.state in transition.from_ and Actor.SYSTEM in transition.by
        if is_here and transition.does in operations:
            return transition
    return None


def _intake(
    session: Session, commission: Commission, definition: ServiceDefinition, schedule: Schedule
) -> Appointment | None:
    is_waiting = any(each.does in _TAKEN_UP_BY and commission.state in each.from_ for each in definition.transitions)
    if not is_waiting or commission.submitted_at is None or commission.ended_at is not None:
        return None
    since = _entered_at(session, commission) or commission.submitted_at
    reached = session.scalar(
        select(func.max(CommissionDesk.reached_at)).where(CommissionDesk.commission_id == commission.id)
    )
    told = _last(session, commission, Due.INTAKE)
    since = max(each for each in (since, reached, told) if each is not None)
    if told is not None and told >= since and _is_at_the_end(session, commission, told):
        return None
    at = working_deadline(schedule, since, definition.clock.intake_hours)
    return Appointment(Due.INTAKE, at, f"intake:{since.isoformat()}")


def _is_at_the_end(session: Session, commission: Commission, told: datetime) -> bool:
    """Say whether the last word of an unclaimed commission was that no desk is left; it is said once."""
    entry = session.scalar(
        select(CommissionEntry)
        .where(
            CommissionEntry.commission_id == commission.id,
            CommissionEntry.kind == EntryKind.REMINDER,
            CommissionEntry.key == Due.INTAKE.value,
        )
        .order_by(CommissionEntry.seq.desc())
        .limit(1)
    )
    return entry is not None and not entry.details.get("went_on") and entry.created_at >= told


def _quote(session: Session, commission: Commission) -> Appointment | None:
    quote = queries.standing_quote(session, commission.id)
    return None if quote is None else Appointment(Due.QUOTE, quote.valid_until, f"quote:{quote.number}")


def _deadline(
    session: Session, commission: Commission, definition: ServiceDefinition, schedule: Schedule, now: datetime
) -> Appointment | None:
    """Return the word before a deadline, or the next one after it, one level further up the tree each time."""
    due_at = commission.due_at
    if due_at is None or commission.ended_at is not None:
        return None
    name = due_at.isoformat()
    passed = _senders(session, commission, f"overdue:{name}:")
    levels = len(path_up(session, commission.service_library_id))
    if passed:
        level = len(passed)
        at = working_deadline(schedule, max(passed.values()), ESCALATE_HOURS)
        return Appointment(Due.OVERDUE, at, f"overdue:{name}:{level}", level) if level < levels else None
    reminder = Appointment(
        Due.NEAR, clock.remind_at(schedule, due_at, hours=definition.clock.remind_hours), f"near:{name}"
    )
    # Of a deadline that passed while nobody looked, only the passing is told.
    if now < due_at and reminder.at < due_at and not _senders(session, commission, reminder.mark):
        return reminder
    return Appointment(Due.OVERDUE, due_at, f"overdue:{name}:0")


def _closing(session: Session, commission: Commission, definition: ServiceDefinition) -> Appointment | None:
    if by_system(commission, definition, *_ENDED_BY) is None:
        return None
    since = commission.delivered_at or _entered_at(session, commission)
    return None if since is None else Appointment(Due.CLOSE, since + timedelta(days=definition.objection_days))


def _archive(session: Session, commission: Commission, definition: ServiceDefinition) -> Appointment | None:
    if commission.ended_at is None or by_system(commission, definition, Operation.ARCHIVE) is None:
        return None
    balance = money.standing(session, commission)
    if balance.open or balance.credit:
        # Archived, nothing could be paid or given back any more.
        return None
    days = int(effective(session, commission.library_id, ARCHIVE_DAYS.key).value)
    since = max(commission.ended_at, _entered_at(session, commission) or commission.ended_at)
    return Appointment(Due.ARCHIVE, since + timedelta(days=days))


def _entered_at(session: Session, commission: Commission) -> datetime | None:
    """Return when the commission came into its present state."""
    entered = select(func.max(CommissionEntry.created_at)).where(
        CommissionEntry.commission_id == commission.id, CommissionEntry.to_state == commission.state
    )
    return session.scalar(entered)


def _last(session: Session, commission: Commission, due: Due) -> datetime | None:
    written = select(func.max(CommissionEntry.created_at)).where(
        CommissionEntry.commission_id == commission.id,
        CommissionEntry.kind == EntryKind.REMINDER,
        CommissionEntry.key == due.value,
    )
    return session.scalar(written)


def _senders(session: Session, commission: Commission, mark: str) -> dict[str, datetime]:
    """Return which appointments with a mark that begins so were kept, and when."""
    rows = session.execute(
        select(CommissionEntry.sender, CommissionEntry.created_at).where(
            CommissionEntry.commission_id == commission.id,
            CommissionEntry.kind == EntryKind.REMINDER,
            CommissionEntry.sender.startswith(f"{By.SYSTEM}:None:{mark}", autoescape=True),
        )
    )
    return {str(row.sender): row.created_at for row in rows}
