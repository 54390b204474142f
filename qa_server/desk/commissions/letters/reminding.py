"""Keeps the appointments of commissions: unclaimed ones go on, quotes end, deadlines are spoken of, ends come.

Safe to repeat and on several processes: each commission is locked, and what is due is read again under the lock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.commissions import queries, service
from qa_server.commissions.definition import Actor, Operation, ServiceDefinition
from qa_server.commissions.models import By, Commission, EntryKind
from qa_server.commissions.service import Deed, Doer
from qa_server.commissions.work_models import QuoteState
from qa_server.desk.commissions import moving, routing
from qa_server.desk.commissions.letters import looking, telling
from qa_server.desk.commissions.letters.looking import Appointment, Due
from qa_server.desk.commissions.letters.staff_addresses import supervisors
from qa_server.desk.commissions.letters.telling import Occasion
from qa_server.desk.commissions.moving import Step
from qa_server.desk.commissions.supply import dispatching
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk
from qa_server.network.schedules import schedule_of
from storage.database import DatabaseBusy

# Commissions looked at in one round; the next round comes half a second later.
MAX_AT_ONCE = 50
# One that could not be looked after is tried again after so long.
POSTPONED = timedelta(minutes=10)
_BY_SYSTEM = frozenset({Actor.SYSTEM})

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Case:
    """A commission under its lock, and what is needed to look after it."""

    place: Workplace
    session: Session
    commission: Commission
    definition: ServiceDefinition
    now: datetime

    def tell_staff(self, occasion: Occasion, *, to: set[UUID] | None = None) -> None:
        """Write to whoever has the work, or to others instead."""
        telling.tell_staff(self.place, self.session, self.commission, self.definition, occasion, to=to)


def look_after_due(place: Workplace) -> int:
    """Keep every appointment that is due; return how many commissions had one. Safe on several processes at once."""
    with place.database.read() as session:
        due = queries.due_to_look(session, place.clock(), limit=MAX_AT_ONCE)
    return sum(_look_after(place, commission_id) for commission_id in due)


def _look_after(place: Workplace, commission_id: UUID) -> bool:
    try:
        with place.database.write() as session:
            return _keep(place, session, commission_id)
    except DatabaseBusy:
        raise
    except Exception:
        # One commission that cannot be looked after must not keep the others waiting.
        _log.exception("commission not looked after", commission=str(commission_id))
        with place.database.write() as session:
            session.get_one(Commission, commission_id).look_at = place.clock() + POSTPONED
        return False


def _keep(place: Workplace, session: Session, commission_id: UUID) -> bool:
    now = place.clock()
    locked = select(Commission).where(Commission.id == commission_id, Commission.look_at <= now)
    commission = session.scalar(locked.with_for_update(skip_locked=True))
    if commission is None:
        return False
    definition = queries.definition_of(session, commission.version_id)
    schedule = schedule_of(session, commission.service_library_id, around=now)
    found = looking.appointments(session, commission, definition, schedule, now=now)
    due = [each for each in found if each.at <= now]
    if due:
        case = _Case(place, session, commission, definition, now)
        _do(case, min(due, key=lambda each: each.at))
    looking.plan(session, commission, definition, schedule, now=now)
    return bool(due)


def _do(case: _Case, found: Appointment) -> None:
    match found.due:
        case Due.INTAKE:
            _go_on(case, found)
        case Due.QUOTE:
            _end_quote(case, found)
        case Due.NEAR | Due.OVERDUE:
            _speak(case, found)
        case Due.CLOSE:
            _step(case, Operation.CLOSE, Operation.ACCEPT_RESULT)
        case Due.ARCHIVE:
            _step(case, Operation.ARCHIVE)


def _go_on(case: _Case, found: Appointment) -> None:
    """Let the next desk see what nobody took up; at the end of the way, or of a transfer, tell who supervises."""
    commission = case.commission
    is_transferred = commission.service_library_id != commission.library_id
    desk_id = None if is_transferred else routing.go_on(case.session, commission, now=case.now)
    if desk_id is not None:
        commission.desk_id = desk_id
    desk = case.session.get(Desk, desk_id) if desk_id else None
    details = {
        "went_on": desk_id is not None,
        "desk_zh": desk.name_zh if desk else "",
        "desk_en": desk.name_en if desk else "",
    }
    _note(case, found, details)
    to = None if desk_id is not None or is_transferred else supervisors(case.session, commission.library_id, 0)
    case.tell_staff(Occasion("staff_intake"), to=to)


def _end_quote(case: _Case, found: Appointment) -> None:
    quote = queries.standing_quote(case.session, case.commission.id)
    if quote is None:
        return
    quote.state, quote.answered_at = QuoteState.EXPIRED.value, case.now
    case.session.flush()
    if not _step(case, Operation.QUOTE_EXPIRES):
        _note(case, found, {"quote": quote.number})


def _speak(case: _Case, found: Appointment) -> None:
    """Write of a deadline into the record, and to whoever has the work; once it has passed also to who supervises."""
    commission = case.commission
    due_at = commission.due_at
    details = {"due_at": due_at.isoformat() if due_at else "", "level": found.level}
    _note(case, found, details)
    if found.due is Due.NEAR:
        case.tell_staff(Occasion("staff_deadline"))
        return
    overdue = Occasion("staff_overdue")
    above = supervisors(case.session, commission.service_library_id, found.level)
    if found.level == 0:
        case.tell_staff(overdue)
        above -= {each for each in (commission.searcher_id, commission.contact_librarian_id) if each}
    case.tell_staff(overdue, to=above)


def _note(case: _Case, found: Appointment, details: dict[str, object]) -> None:
    doer = Doer(By.SYSTEM, None, found.mark)
    if service.done_before(case.session, case.commission, doer) is None:
        deed = Deed(EntryKind.REMINDER, found.due.value, details=details, is_private=True, is_noticed=True)
        service.record(case.session, case.commission, deed, doer, now=case.now)


def _step(case: _Case, *operations: Operation) -> bool:
    transition = looking.by_system(case.commission, case.definition, *operations)
    if transition is None:
        return False
    reason = "" if transition.reason != "required" else "–"
    step = Step(Doer(By.SYSTEM), _BY_SYSTEM, key=transition.key, reason=reason)
    moving.move(case.place, case.session, case.commission, case.definition, step)
    dispatching.follow(case.place, case.session, case.commission, case.definition, transition.does, by=None, details={})
    return True
