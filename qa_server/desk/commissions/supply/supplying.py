"""How a document request went along the suppliers, what limits it passes, and what was settled: for librarians."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.commissions import iso18626, queries
from qa_server.commissions.definition import Actor, ServiceDefinition
from qa_server.commissions.delivery_models import OfferState, SettlementLine, Supplier, UnfilledReason
from qa_server.commissions.models import Commission
from qa_server.conversations.schemas import Wire
from qa_server.desk.commissions import standing
from qa_server.desk.commissions.supply import delivery_limits, dispatching, supplier_sight
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember


class OfferView(Wire):
    """How one supplier was asked, and what it said; `iso_*` in the words of ISO 18626."""

    supplier_zh: str
    supplier_en: str
    round: int
    state: str
    reason: str | None
    cost: Decimal | None
    offered_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    iso_status: str
    iso_reason: str | None


class LimitView(Wire):
    """A limit that the request passes."""

    limit: str
    allowed: int
    wanted: int


class SettledView(Wire):
    """One line of what is owed for it."""

    kind: str
    amount: Decimal
    currency: str
    pages: int | None
    settled_at: datetime


class ObjectionView(Wire):
    """What the reader says is wrong with the copy; for a supplier without who the reader is."""

    body: str
    created_at: datetime


class SupplyView(Wire):
    """How a document request stands. A supplier sees the offer made to it alone, without limits and sums."""

    is_supplier: bool
    iso_status: str | None
    objection: ObjectionView | None
    suppliers_left: int
    limits: list[LimitView]
    offers: list[OfferView]
    settled: list[SettledView]


def supply(place: Workplace, person: StaffMember, commission_id: UUID) -> SupplyView:
    """Return how a document request stands. Raises NotFound."""
    with place.database.read() as session:
        commission, actors = standing.for_staff(session, person, commission_id)
        definition = queries.definition_of(session, commission.version_id)
        status = iso18626.status_of_state(commission.state) if definition.delivery else None
        is_supplier = standing.is_supplier(definition, actors)
        if definition.delivery is None or not actors & {Actor.CONTACT, Actor.CASHIER}:
            own = _offers(session, commission)[-1:] if is_supplier else []
            return SupplyView(
                is_supplier=is_supplier,
                iso_status=status,
                objection=_objection(session, commission, definition, is_supplier=is_supplier),
                suppliers_left=0,
                limits=[],
                offers=own,
                settled=[],
            )
        offers = dispatching.offers_of(session, commission.id)
        last = max((each.round for each in offers), default=0)
        asked = {each.supplier_id for each in offers if each.round == last}
        known = dispatching.suppliers_of(session, commission.library_id)
        limits = delivery_limits.limits_passed(session, commission, definition, place.clock())
        return SupplyView(
            is_supplier=False,
            iso_status=status,
            objection=_objection(session, commission, definition, is_supplier=False),
            suppliers_left=len([each for each in known if each.id not in asked]),
            limits=[LimitView(limit=each.limit, allowed=each.allowed, wanted=each.wanted) for each in limits],
            offers=_offers(session, commission),
            settled=_settled(session, commission),
        )


def _objection(
    session: Session, commission: Commission, definition: ServiceDefinition, *, is_supplier: bool
) -> ObjectionView | None:
    if definition.delivery is None:
        return None
    found = supplier_sight.objection(session, commission, definition)
    if found is None:
        return None
    masked = supplier_sight.words_shown(session, commission, definition, [found])
    return ObjectionView(
        body=masked.get(found.seq, "") if is_supplier else found.body,
        created_at=found.created_at,
    )


def _offers(session: Session, commission: Commission) -> list[OfferView]:
    views: list[OfferView] = []
    for offer in dispatching.offers_of(session, commission.id):
        zh, en = dispatching.name_of(session, session.get_one(Supplier, offer.supplier_id))
        answer = iso18626.answer_of(OfferState(offer.state), UnfilledReason(offer.reason) if offer.reason else None)
        views.append(
            OfferView(
                supplier_zh=zh,
                supplier_en=en,
                round=offer.round,
                state=offer.state,
                reason=offer.reason,
                cost=offer.cost,
                offered_at=offer.offered_at,
                expires_at=offer.expires_at,
                answered_at=offer.answered_at,
                iso_status=answer.status,
                iso_reason=answer.reason_unfilled or answer.reason_retry,
            )
        )
    return views


def _settled(session: Session, commission: Commission) -> list[SettledView]:
    rows = session.scalars(
        select(SettlementLine).where(SettlementLine.commission_id == commission.id).order_by(SettlementLine.id)
    )
    return [
        SettledView(kind=row.kind, amount=row.amount, currency=row.currency, pages=row.pages, settled_at=row.settled_at)
        for row in rows
    ]
