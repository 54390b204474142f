"""Prices of commissions: reckon by the library's list, quote, let the reader answer, change what was ordered."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_server.commissions import money, pricing, queries
from qa_server.commissions.definition import Operation, ServiceDefinition
from qa_server.commissions.errors import QuoteExpired, QuoteReplaced, ReasonMissing
from qa_server.commissions.models import Commission
from qa_server.commissions.pricing import Reckoned, Reckoning
from qa_server.commissions.work_models import Quote, QuoteState

_MAX_TOTAL = Decimal("1000000")
_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Offer:
    """What a librarian quotes. `total` None: what the list gives; another one needs a note that says why.

    `valid_days` None: as the price list says. `days` are working days.
    """

    total: Decimal | None = None
    days: int | None = None
    note: str = ""
    valid_days: int | None = None


def reckoning_of(session: Session, commission: Commission, definition: ServiceDefinition, now: datetime) -> Reckoning:
    """Return what the price list gives for a commission as it is filled in now, by reader and staff."""
    facts = {**commission.form, **commission.staff_form}
    return pricing.reckon(definition.prices, facts, used_this_year=_waivers_used(session, commission, now))


def days_of(commission: Commission, definition: ServiceDefinition) -> int:
    """Return the working days of the speed that was ordered."""
    field = definition.clock.speed_field
    wanted = commission.form.get(field) if field else None
    speeds = {speed.key: speed.days for speed in definition.clock.speeds}
    return speeds.get(str(wanted), definition.clock.speeds[0].days)


def quote(
    session: Session,
    commission: Commission,
    definition: ServiceDefinition,
    offer: Offer,
    *,
    by: UUID,
    now: datetime,
) -> Quote:
    """Add a quote that replaces the standing one. Raises ReasonMissing for a price of its own without a note."""
    reckoned = reckoning_of(session, commission, definition, now)
    total = reckoned.total if offer.total is None else offer.total
    if total != reckoned.total and not offer.note.strip():
        raise ReasonMissing()
    for earlier in queries.quotes_of(session, commission.id):
        # What was agreed holds until the reader agrees to something else.
        if earlier.state == QuoteState.STANDING:
            earlier.state = QuoteState.REPLACED
    count = session.scalar(select(func.count()).select_from(Quote).where(Quote.commission_id == commission.id)) or 0
    made = Quote(
        commission_id=commission.id,
        number=count + 1,
        state=QuoteState.STANDING,
        lines=[written(line) for line in reckoned.lines],
        reckoned=reckoned.total,
        total=min(total, _MAX_TOTAL),
        currency=reckoned.currency,
        days=offer.days or days_of(commission, definition),
        note=offer.note.strip(),
        by_id=by,
        created_at=now,
        valid_until=now + timedelta(days=offer.valid_days or definition.prices.valid_days),
    )
    session.add(made)
    session.flush()
    return made


def answer(
    session: Session, commission: Commission, operation: Operation, details: Mapping[str, Any], *, now: datetime
) -> None:
    """Let the reader accept or decline the standing quote; `details` names it by `quote_id`.

    Accepting agrees on price and days. Raises QuoteExpired, QuoteReplaced.
    """
    standing = queries.standing_quote(session, commission.id)
    named = details.get("quote_id")
    if standing is None or (named is not None and str(standing.id) != str(named)):
        # Whoever answers a page that stood open for long is told what became of that quote.
        quotes = queries.quotes_of(session, commission.id)
        meant = next((each for each in quotes if str(each.id) == str(named)), quotes[0] if quotes else None)
        if meant is not None and meant.state == QuoteState.EXPIRED:
            raise QuoteExpired(until=meant.valid_until.date().isoformat())
        raise QuoteReplaced()
    if operation is Operation.DECLINE_QUOTE:
        standing.state, standing.answered_at = QuoteState.DECLINED, now
        session.flush()
        return
    if standing.valid_until <= now:
        raise QuoteExpired(until=standing.valid_until.date().isoformat())
    agree(commission, standing)
    money.settle(session, commission, now=now)


def agree(commission: Commission, accepted: Quote) -> None:
    """Make a quote what was agreed: its price and its working days."""
    # Its state changes only after the step that needs a standing quote was checked: `settle_accepted` does it.
    commission.price, commission.currency, commission.days = accepted.total, accepted.currency, accepted.days


def settle_accepted(session: Session, commission: Commission, *, now: datetime) -> None:
    """Mark the standing quote as accepted, once the step was made."""
    standing = queries.standing_quote(session, commission.id)
    if standing is not None:
        for earlier in queries.quotes_of(session, commission.id):
            if earlier.state == QuoteState.ACCEPTED:
                earlier.state = QuoteState.REPLACED
        standing.state, standing.answered_at = QuoteState.ACCEPTED, now
        session.flush()


def cancellation_of(commission: Commission, definition: ServiceDefinition) -> tuple[Decimal, Decimal]:
    """Return what a cancellation would cost now: percent of the agreed price, and the amount."""
    percent = definition.prices.cancellation.get(commission.state, Decimal(0))
    return percent, ((commission.price or Decimal(0)) * percent / _HUNDRED).quantize(pricing.CENT)


def charge_cancellation(
    session: Session, commission: Commission, definition: ServiceDefinition, *, is_charged: bool = True
) -> dict[str, Any]:
    """Set the price to what a cancellation in this state costs; return it for the record.

    What the library cancels of its own accord is not charged.
    """
    percent, fee = cancellation_of(commission, definition) if is_charged else (Decimal(0), Decimal("0.00"))
    standing = queries.standing_quote(session, commission.id)
    if standing is not None:
        standing.state = QuoteState.REPLACED
    agreed = commission.price
    commission.price = fee if agreed is not None else None
    session.flush()
    return {"fee": str(fee), "percent": str(percent), "agreed": str(agreed or 0)}


def written(line: Reckoned) -> dict[str, Any]:
    """Return a line of a reckoning as it is stored and shown."""
    return {
        "key": line.key,
        "label": line.label.model_dump(),
        "unit": line.unit.model_dump() if line.unit else None,
        "quantity": f"{line.quantity.normalize():f}",
        "unit_amount": str(line.unit_amount),
        "amount": str(line.amount),
        "percent": str(line.percent) if line.percent is not None else None,
    }


def _waivers_used(session: Session, commission: Commission, now: datetime) -> Counter[str]:
    """Count the waivers in quotes of the reader's other commissions that were accepted this year."""
    begins = now.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = session.scalars(
        select(Quote.lines)
        .join(Commission, Commission.id == Quote.commission_id)
        .where(
            Commission.reader_id == commission.reader_id,
            Commission.id != commission.id,
            Commission.code == commission.code,
            Quote.state == QuoteState.ACCEPTED,
            Quote.answered_at >= begins,
        )
    )
    return Counter(line["key"] for lines in rows for line in lines)
