"""What a reader is told about money before it is agreed: what the form would cost now, what a cancellation costs."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from qa_server.commissions import queries
from qa_server.conversations.schemas import Wire
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions.money import quoting
from qa_server.desk.workplace import Workplace


class EstimateView(Wire):
    """What the price list gives for a form as it is filled in now. The quote may differ: the librarian counts.

    `order` says when it is paid. `days` are working days.
    """

    currency: str
    total: str
    days: int
    order: str
    lines: list[dict[str, Any]]


class CancellationView(Wire):
    """What a cancellation would cost now: a part, in percent, of the agreed price."""

    currency: str
    fee: str
    percent: str
    agreed: str


def estimate(place: Workplace, reader: KnownReader, commission_id: UUID) -> EstimateView:
    """Return what the reader's form would cost as it is saved. Raises NotFound."""
    with place.database.read() as session:
        commission = queries.of_reader(session, reader.id, commission_id)
        definition = queries.definition_of(session, commission.version_id)
        reckoned = quoting.reckoning_of(session, commission, definition, place.clock())
        return EstimateView(
            currency=reckoned.currency,
            total=str(reckoned.total),
            days=quoting.days_of(commission, definition),
            order=commission.payment_order,
            lines=[quoting.written(line) for line in reckoned.lines],
        )


def cancellation(place: Workplace, reader: KnownReader, commission_id: UUID) -> CancellationView:
    """Return what it would cost the reader to cancel now. Raises NotFound."""
    with place.database.read() as session:
        commission = queries.of_reader(session, reader.id, commission_id)
        definition = queries.definition_of(session, commission.version_id)
        percent, fee = quoting.cancellation_of(commission, definition)
        agreed = commission.price or Decimal(0)
        return CancellationView(currency=commission.currency, fee=str(fee), percent=str(percent), agreed=str(agreed))
