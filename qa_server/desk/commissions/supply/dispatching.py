"""Sends a document request along a library's suppliers: offered to one after the other, with a time for each answer.

Own holdings come first and need no offer. A supplier that fails, declines or stays silent loses sight of the request;
who the reader is no supplier ever sees.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from qa_server.commissions import machine, queries, service
from qa_server.commissions.definition import Actor, DeliveryRule, Need, Operation, ServiceDefinition
from qa_server.commissions.delivery_models import OfferState, Supplier, SupplyOffer, UnfilledReason
from qa_server.commissions.models import Commission, CommissionDesk, EntryKind, PaymentState
from qa_server.commissions.service import SYSTEM, Deed
from qa_server.desk.commissions import moving, routing, standing
from qa_server.desk.commissions.money import quoting
from qa_server.desk.commissions.moving import Step
from qa_server.desk.commissions.supply import settling
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, translate
from qa_server.network.hours import working_deadline
from qa_server.network.models import Desk, Library
from qa_server.network.schedules import schedule_of

_BY_SYSTEM = frozenset({Actor.SYSTEM})
# Under way with a supplier.
_UNDER_WAY = (OfferState.OFFERED, OfferState.CONDITIONAL, OfferState.WILL_SUPPLY)
# Waits for an answer until a moment: of the supplier, or of the reader.
_WAITING = (OfferState.OFFERED, OfferState.CONDITIONAL)
_EXPIRES_BY: Mapping[OfferState, tuple[Operation, str]] = {
    OfferState.OFFERED: (Operation.SUPPLIER_FAILS, "The supplier did not answer in time."),
    OfferState.CONDITIONAL: (Operation.DECLINE_CONDITION, "The condition was not accepted in time."),
}
# Requests looked at in one round of the timer.
MAX_AT_ONCE = 50


def offers_of(session: Session, commission_id: UUID) -> list[SupplyOffer]:
    """Return every offer of a request, oldest first."""
    found = select(SupplyOffer).where(SupplyOffer.commission_id == commission_id)
    return list(session.scalars(found.order_by(SupplyOffer.round, SupplyOffer.offered_at, SupplyOffer.id)))


def suppliers_of(session: Session, library_id: UUID) -> list[Supplier]:
    """Return whom a library asks, in order, without those switched off."""
    found = select(Supplier).where(Supplier.library_id == library_id, Supplier.removed_at.is_(None), Supplier.is_active)
    return list(session.scalars(found.order_by(Supplier.position, Supplier.id)))


def follow(
    place: Workplace,
    session: Session,
    commission: Commission,
    definition: ServiceDefinition,
    operation: Operation | None,
    *,
    by: UUID | None,
    details: Mapping[str, Any],
) -> None:
    """Do what a step means for the offers, once it was written down; other services are left alone.

    Called inside the step's transaction. `details` may carry `cost` and `supply_reason`.
    """
    if definition.delivery is None:
        return
    now = place.clock()
    match operation:
        case Operation.DISPATCH | Operation.DECLINE_CONDITION | Operation.SUPPLIER_FAILS:
            _answer(session, commission, _ENDED_BY[operation], by=by, details=details, now=now)
            is_new = operation is Operation.DISPATCH
            _offer_next(place, session, commission, definition, definition.delivery, is_new=is_new)
        case Operation.SUPPLIER_ACCEPTS | Operation.SUPPLIER_CONDITION:
            _answer(session, commission, _ENDED_BY[operation], by=by, details=details, now=now)
            _leave_time(session, commission, definition, now)
        case Operation.ACCEPT_CONDITION:
            _agree(session, commission)
        case Operation.CANCEL | Operation.REWORK:
            _answer(session, commission, OfferState.WITHDRAWN, by=by, details=details, now=now)
            _take_home(session, commission)
        case Operation.DELIVER:
            _answer(session, commission, OfferState.DELIVERED, by=by, details=details, now=now)
        case Operation.ACCEPT_RESULT | Operation.REJECT_OBJECTION:
            _reckon(session, commission, definition, now)
        case Operation.SETTLE:
            settling.settle(session, commission, by=by, now=now)
        case _:
            return
    moving.follow(place, session, commission, definition, "")
    settle_if_paid(place, session, commission, definition)


def settle_if_paid(place: Workplace, session: Session, commission: Commission, definition: ServiceDefinition) -> bool:
    """Settle a received document by itself where the reader owes nothing more; say whether that was done.

    Pages that nobody counted leave it to a person: what the libraries owe each other depends on them.
    """
    if definition.delivery is None or not _are_pages_counted(session, commission):
        return False
    now = place.clock()
    met = standing.met(session, commission, definition, now)
    way = machine.way_of(definition, commission.state, Operation.SETTLE, actors=_BY_SYSTEM, met=met)
    if way is None or not way.is_open or Need.PAID_IF_AFTER not in way.transition.needs:
        return False
    moving.move(place, session, commission, definition, Step(SYSTEM, _BY_SYSTEM, Operation.SETTLE))
    settling.settle(session, commission, by=None, now=now)
    return True


def expire_offers(place: Workplace) -> int:
    """Take silent suppliers' requests on to the next; return how many. Each once, on any number of processes."""
    with place.database.read() as session:
        due = session.scalars(
            select(SupplyOffer.commission_id)
            .where(SupplyOffer.state.in_(_WAITING), SupplyOffer.expires_at <= place.clock())
            .order_by(SupplyOffer.expires_at)
            .limit(MAX_AT_ONCE)
        ).all()
    return sum(_expire(place, commission_id) for commission_id in due)


def _expire(place: Workplace, commission_id: UUID) -> bool:
    with place.database.write() as session:
        commission = queries.submitted(session, commission_id, lock=True)
        definition = queries.definition_of(session, commission.version_id)
        offer = _under_way(session, commission)
        # Looked up again under the lock: an answer may have come, or another process been quicker.
        if offer is None or offer.state not in _WAITING or offer.expires_at > place.clock():
            return False
        language: Language = "zh" if commission.language == "zh" else "en"
        operation, sentence = _EXPIRES_BY[OfferState(offer.state)]
        step = Step(SYSTEM, _BY_SYSTEM, operation, reason=translate(sentence, language))
        moving.move(place, session, commission, definition, step)
        details = {"supply_reason": UnfilledReason.EXPIRED.value}
        follow(place, session, commission, definition, operation, by=None, details=details)
        return True


def _leave_time(session: Session, commission: Commission, definition: ServiceDefinition, now: datetime) -> None:
    """Give the reader as long to answer a condition as a quote stands."""
    offer = _under_way(session, commission)
    if offer is not None and offer.state == OfferState.CONDITIONAL:
        offer.expires_at = now + timedelta(days=definition.prices.valid_days)
        session.flush()


def _are_pages_counted(session: Session, commission: Commission) -> bool:
    offer = session.scalar(
        select(SupplyOffer).where(SupplyOffer.commission_id == commission.id, SupplyOffer.state == OfferState.DELIVERED)
    )
    if offer is None or offer.cost is not None:
        return True
    supplier = session.get_one(Supplier, offer.supplier_id)
    return not supplier.fee_page or commission.staff_form.get("page_count") is not None


def _offer_next(
    place: Workplace,
    session: Session,
    commission: Commission,
    definition: ServiceDefinition,
    rule: DeliveryRule,
    *,
    is_new: bool,
) -> None:
    now = place.clock()
    last = session.scalar(select(func.max(SupplyOffer.round)).where(SupplyOffer.commission_id == commission.id)) or 0
    round_ = last + 1 if is_new or not last else last
    asked = {each.supplier_id for each in offers_of(session, commission.id) if each.round == round_}
    left = [each for each in suppliers_of(session, commission.library_id) if each.id not in asked]
    _take_home(session, commission)
    if not left:
        moving.move(place, session, commission, definition, Step(SYSTEM, _BY_SYSTEM, Operation.NO_SUPPLIER))
        return
    supplier = left[0]
    _show_to(session, commission, definition, supplier, now=now)
    schedule = schedule_of(session, commission.service_library_id, around=now)
    offer = SupplyOffer(
        commission_id=commission.id,
        supplier_id=supplier.id,
        round=round_,
        state=OfferState.OFFERED,
        offered_at=now,
        expires_at=working_deadline(schedule, now, supplier.offer_hours or rule.offer_hours),
    )
    session.add(offer)
    session.flush()
    zh, en = name_of(session, supplier)
    details = {"supplier_zh": zh, "supplier_en": en, "expires_at": offer.expires_at.isoformat()}
    moving.move(place, session, commission, definition, Step(SYSTEM, _BY_SYSTEM, Operation.OFFER, details=details))


def name_of(session: Session, supplier: Supplier) -> tuple[str, str]:
    """Return the names of a supplier in Chinese and English."""
    if supplier.supplier_library_id is None:
        return supplier.name_zh, supplier.name_en
    library = session.get_one(Library, supplier.supplier_library_id)
    return library.name_zh, library.name_en


def _show_to(
    session: Session, commission: Commission, definition: ServiceDefinition, supplier: Supplier, *, now: datetime
) -> None:
    # A service outside is asked by hand: the reader's library does that, and answers for it.
    if supplier.supplier_library_id is None:
        return
    commission.service_library_id = supplier.supplier_library_id
    desk_id = routing.desk_for(session, supplier.supplier_library_id, definition.code, commission.subject, now=now)
    service.reach(session, commission, desk_id, now=now)


def _take_home(session: Session, commission: Commission) -> None:
    """Let the supplier that has it lose sight of it."""
    left, home = commission.service_library_id, commission.library_id
    if left == home:
        return
    commission.service_library_id = home
    theirs = select(Desk.id).where(Desk.library_id == left)
    session.execute(
        delete(CommissionDesk).where(CommissionDesk.commission_id == commission.id, CommissionDesk.desk_id.in_(theirs))
    )


def _under_way(session: Session, commission: Commission) -> SupplyOffer | None:
    return session.scalar(
        select(SupplyOffer)
        .where(SupplyOffer.commission_id == commission.id, SupplyOffer.state.in_(_UNDER_WAY))
        .with_for_update()
    )


def _answer(
    session: Session,
    commission: Commission,
    state: OfferState,
    *,
    by: UUID | None,
    details: Mapping[str, Any],
    now: datetime,
) -> None:
    offer = _under_way(session, commission)
    if offer is None:
        return
    reason = details.get("supply_reason")
    is_unfilled = state is OfferState.UNFILLED
    offer.state = OfferState.EXPIRED if is_unfilled and reason == UnfilledReason.EXPIRED else state
    offer.reason = str(reason or UnfilledReason.OTHER.value) if is_unfilled else None
    if state is OfferState.CONDITIONAL and details.get("cost") is not None:
        offer.cost = Decimal(str(details["cost"]))
    offer.answered_at, offer.answered_by_id = now, by
    session.flush()
    zh, en = name_of(session, session.get_one(Supplier, offer.supplier_id))
    told = {"state": offer.state, "reason": offer.reason, "supplier_zh": zh, "supplier_en": en}
    deed = Deed(EntryKind.SUPPLY, "answered", details=told | {"cost": str(offer.cost or "")}, is_private=True)
    service.record(session, commission, deed, SYSTEM, now=now)


def _agree(session: Session, commission: Commission) -> None:
    """Take up a supplier's condition: what it costs is what the reader owes."""
    offer = _under_way(session, commission)
    if offer is None:
        return
    offer.state = OfferState.WILL_SUPPLY
    if offer.cost is not None:
        commission.price = offer.cost
        commission.payment_state = PaymentState.DUE if offer.cost else PaymentState.NONE
    session.flush()


def _reckon(session: Session, commission: Commission, definition: ServiceDefinition, now: datetime) -> None:
    """Set what the reader owes for a document received, unless a condition agreed on it before."""
    if commission.price is not None:
        return
    commission.price = quoting.reckoning_of(session, commission, definition, now).total
    if commission.payment_state != PaymentState.PAID:
        commission.payment_state = PaymentState.DUE if commission.price else PaymentState.NONE
    session.flush()


_ENDED_BY: Mapping[Operation, OfferState] = {
    Operation.DISPATCH: OfferState.WITHDRAWN,
    Operation.DECLINE_CONDITION: OfferState.DECLINED,
    Operation.SUPPLIER_FAILS: OfferState.UNFILLED,
    Operation.SUPPLIER_ACCEPTS: OfferState.WILL_SUPPLY,
    Operation.SUPPLIER_CONDITION: OfferState.CONDITIONAL,
}
