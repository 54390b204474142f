"""What an operation of the librarians does beside its state: who has the work, where it is, what was agreed and given.

`prepare` runs before the step is written down and gives what the record says of it, `settle` after.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qa_server.commissions import queries, service
from qa_server.commissions.definition import Operation, ServiceDefinition
from qa_server.commissions.errors import AlreadyTaken
from qa_server.commissions.models import Commission, CommissionDesk, CommissionEntry
from qa_server.desk.commissions import filing, moving, routing, standing
from qa_server.desk.commissions.letters import telling
from qa_server.desk.commissions.money import paying, quoting
from qa_server.desk.commissions.money.quoting import Offer
from qa_server.desk.commissions.moving import Step
from qa_server.desk.commissions.reports import report_course
from qa_server.desk.commissions.supply import delivery_limits, dispatching
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk
from qa_server.network.queries import library_by_code
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import StaffMember
from storage.errors import NotFound

_TAKING = (Operation.ACCEPT, Operation.TAKE_OVER)


@dataclass(frozen=True)
class Asked:
    """A librarian's step: under a client id, on the sight of a revision, with a reason, and what it carries."""

    client_id: str
    revision: int | None = None
    reason: str = ""
    offer: Offer | None = None
    library_code: str | None = None
    librarian_id: UUID | None = None
    days: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Operating:
    """One operation under way, in the caller's transaction, on a commission whose row the caller has locked."""

    place: Workplace
    session: Session
    person: StaffMember
    commission: Commission
    definition: ServiceDefinition
    operation: Operation | None
    asked: Asked


def refuse_second_taker(at: Operating) -> None:
    """Tell who was quicker. Raises AlreadyTaken."""
    commission = at.commission
    holder = None
    if at.operation is Operation.BEGIN:
        holder = commission.searcher_id
    elif at.operation in _TAKING and commission.accepted_at is not None:
        holder = _taker(at)
    if holder is None or holder == at.person.id:
        return
    other = librarians_by_id(at.session, [holder])[holder]
    named = other.name_zh if at.person.language == "zh" else other.name_en
    raise AlreadyTaken(name=named, name_zh=other.name_zh, name_en=other.name_en)


def prepare(at: Operating, wanted: Step) -> dict[str, Any]:
    """Do what an operation has to do before its step; return what the record says of it.

    Raises NotFound for a library that cannot take it, and what quoting raises.
    """
    now = at.place.clock()
    details = dict(at.asked.details)
    report_course.check(at.session, at.commission, at.operation)
    details |= delivery_limits.check(
        at.session, at.commission, at.definition, at.operation, reason=at.asked.reason, now=now
    )
    match at.operation:
        case Operation.QUOTE | Operation.CHANGE_ORDER:
            moving.check_sight(at.commission, at.asked.revision)
            moving.require(at.session, at.commission, at.definition, wanted, now)
            offer = at.asked.offer or Offer()
            made = quoting.quote(at.session, at.commission, at.definition, offer, by=at.person.id, now=now)
            return details | {"quote": made.number, "total": str(made.total), "currency": made.currency}
        case Operation.CANCEL:
            # A step that is not there must not change the price.
            moving.require(at.session, at.commission, at.definition, wanted, now)
            is_charged = bool(details.get("at_readers_wish"))
            charged = quoting.charge_cancellation(at.session, at.commission, at.definition, is_charged=is_charged)
            return details | charged
        case Operation.PAY | Operation.REFUND:
            moving.require(at.session, at.commission, at.definition, wanted, now)
            paying.cover(at.session, at.commission, at.operation, wanted.doer, at.asked.reason, now)
            return details
        case Operation.TRANSFER:
            target = library_by_code(at.session, at.asked.library_code or "")
            if target.id == at.commission.service_library_id:
                raise NotFound()
            return details | {"library": target.code, "name_zh": target.name_zh, "name_en": target.name_en}
        case _:
            return details


def settle(at: Operating) -> None:
    """Do what an operation means beside the state, once its step was written down."""
    now, commission = at.place.clock(), at.commission
    report_course.follow(at.session, commission, at.definition, at.operation, by=at.person.id, now=now)
    _settle(at, now=now)
    dispatching.follow(
        at.place, at.session, commission, at.definition, at.operation, by=at.person.id, details=at.asked.details
    )


def _settle(at: Operating, *, now: datetime) -> None:
    commission = at.commission
    match at.operation:
        case Operation.ACCEPT | Operation.TAKE_OVER:
            _take_up(at, now=now)
            commission.days = at.asked.days or commission.days or quoting.days_of(commission, at.definition)
        case Operation.TRANSFER:
            _transfer(at, now=now)
        case Operation.SEND_BACK:
            _send_back(at)
        case Operation.BEGIN:
            commission.searcher_id = at.person.id
        case Operation.ACCEPT_QUOTE:
            quoting.settle_accepted(at.session, commission, now=now)
        case Operation.SEND_DRAFT:
            filing.show_drafts(at.session, commission)
            return
        case Operation.DELIVER:
            commission.delivered_at = now
            _hand_out(at, now=now)
        case Operation.REWORK:
            commission.delivered_at = None
        case _:
            return
    # What the step means for the timers shows only now.
    moving.follow(at.place, at.session, commission, at.definition, "")


def _taker(at: Operating) -> UUID | None:
    keys = [each.key for each in at.definition.transitions if each.does in _TAKING]
    found = (
        select(CommissionEntry.librarian_id)
        .where(CommissionEntry.commission_id == at.commission.id, CommissionEntry.key.in_(keys))
        .order_by(CommissionEntry.seq.desc())
        .limit(1)
    )
    return at.session.scalar(found)


def _take_up(at: Operating, *, now: datetime) -> None:
    commission = at.commission
    commission.accepted_at = commission.accepted_at or now
    served = queries.desks_reached(at.session, commission.id) & standing.working_desks(at.person)
    desks = list(at.session.scalars(select(Desk).where(Desk.id.in_(served)))) if served else []
    nearest = next((desk for desk in desks if desk.library_id == commission.service_library_id), None)
    desk = nearest or (desks[0] if desks else None)
    if desk is not None:
        # A desk further up that takes it does the work itself; the reader's library stays the contact.
        commission.desk_id, commission.service_library_id = desk.id, desk.library_id
    if commission.contact_librarian_id is None and commission.service_library_id == commission.library_id:
        commission.contact_librarian_id = at.person.id


def _transfer(at: Operating, *, now: datetime) -> None:
    commission = at.commission
    target = library_by_code(at.session, at.asked.library_code or "")
    if commission.contact_librarian_id is None:
        # Who hands it on stays the reader's contact.
        commission.contact_librarian_id = at.person.id
    commission.service_library_id = target.id
    commission.searcher_id = None
    commission.accepted_at = None
    desk_id = routing.desk_for(at.session, target.id, at.definition.code, commission.subject, now=now)
    commission.desk_id = desk_id
    service.reach(at.session, commission, desk_id, now=now)
    telling.tell_desk(at.place, at.session, commission, at.definition)


def _send_back(at: Operating) -> None:
    """Put it back to the reader's library; whoever gave it back sees it no longer."""
    commission = at.commission
    left, home = commission.service_library_id, commission.library_id
    commission.service_library_id, commission.accepted_at, commission.searcher_id = home, None, None
    if left != home:
        theirs = select(Desk.id).where(Desk.library_id == left)
        at.session.execute(
            delete(CommissionDesk).where(
                CommissionDesk.commission_id == commission.id, CommissionDesk.desk_id.in_(theirs)
            )
        )
    commission.desk_id = UUID(commission.route[0]) if commission.route else None


def _hand_out(at: Operating, *, now: datetime) -> None:
    rule = at.definition.delivery
    if rule is None:
        filing.hand_out(at.session, at.commission)
        return
    until = now + timedelta(days=rule.link_days)
    filing.hand_out(at.session, at.commission, until=until, fetches=rule.downloads)
