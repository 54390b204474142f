"""What libraries owe each other for documents: fees by the supplier's list, the network's subsidy, totals a month.

Lines are added and never changed. What a reader pays is another matter: that is the commission's own price.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.commissions.delivery_models import (
    OfferState,
    SettlementKind,
    SettlementLine,
    Supplier,
    SupplyOffer,
)
from qa_server.commissions.models import Commission

_CENT = Decimal("0.01")
_HUNDRED = Decimal(100)
_RUSH = "rush"


@dataclass(frozen=True)
class Owed:
    """What an asking library owes for one document, and how much of that the network pays."""

    fee: Decimal
    subsidy: Decimal


def owed(supplier: Supplier, *, pages: int, is_rush: bool, agreed: Decimal | None = None) -> Owed:
    """Reckon one delivery: pages and, for a rush, the fee an item; or the cost that a condition agreed on."""
    fee = agreed if agreed is not None else supplier.fee_page * pages + (supplier.fee_item if is_rush else Decimal(0))
    fee = fee.quantize(_CENT, ROUND_HALF_UP)
    subsidy = (fee * supplier.subsidy_percent / _HUNDRED).quantize(_CENT, ROUND_HALF_UP)
    return Owed(fee, subsidy)


def settle(session: Session, commission: Commission, *, by: UUID | None, now: datetime) -> list[SettlementLine]:
    """Write down what a delivery costs between libraries, once; own holdings cost nothing. Safe to repeat."""
    known = select(SettlementLine).where(SettlementLine.commission_id == commission.id)
    earlier = list(session.scalars(known))
    offer = session.scalar(
        select(SupplyOffer).where(SupplyOffer.commission_id == commission.id, SupplyOffer.state == OfferState.DELIVERED)
    )
    if earlier or offer is None:
        return earlier
    supplier = session.get_one(Supplier, offer.supplier_id)
    counted = commission.staff_form.get("page_count")
    pages = counted if isinstance(counted, int) and not isinstance(counted, bool) else 0
    is_rush = commission.form.get("speed") == _RUSH
    sums = owed(supplier, pages=pages, is_rush=is_rush, agreed=offer.cost)
    lines = [
        SettlementLine(
            commission_id=commission.id,
            library_id=commission.library_id,
            supplier_id=supplier.id,
            kind=kind,
            amount=amount,
            currency=commission.currency,
            pages=pages,
            settled_at=now,
            by_id=by,
        )
        for kind, amount in ((SettlementKind.FEE, sums.fee), (SettlementKind.SUBSIDY, -sums.subsidy))
        if amount
    ]
    session.add_all(lines)
    session.flush()
    return lines


def reverse(session: Session, line: SettlementLine, *, by: UUID, now: datetime) -> SettlementLine:
    """Take a line back by a further one of the opposite amount."""
    opposite = SettlementLine(
        commission_id=line.commission_id,
        library_id=line.library_id,
        supplier_id=line.supplier_id,
        kind=SettlementKind.REVERSAL,
        amount=-line.amount,
        currency=line.currency,
        pages=line.pages,
        settled_at=now,
        by_id=by,
        reverses_id=line.id,
    )
    session.add(opposite)
    session.flush()
    return opposite
