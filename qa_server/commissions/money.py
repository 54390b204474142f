"""How the money of a commission stands: the sum of its ledger, and what follows from it.

Fees less waivers are owed, payments less refunds have come; what is open is the difference, and below zero it is the
reader's credit. Nothing else decides `payment_state`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.commissions.definition import Operation, PaymentOrder, ServiceDefinition
from qa_server.commissions.delivery_models import SupplyOffer
from qa_server.commissions.models import By, Commission, PaymentState
from qa_server.commissions.money_models import LedgerState, Payment, PaymentKind, PaymentMethod
from qa_server.commissions.service import SYSTEM, Doer

NOTHING = Decimal("0.00")
_COUNTED = (LedgerState.CONFIRMED, LedgerState.REFUNDED)


class Line(Protocol):
    """What a line of a ledger has that counts."""

    kind: str
    state: str
    amount: Decimal


@dataclass(frozen=True)
class Balance:
    """The sums of a ledger, two places after the point."""

    fees: Decimal = NOTHING
    waived: Decimal = NOTHING
    paid: Decimal = NOTHING
    refunded: Decimal = NOTHING

    @property
    def owed(self) -> Decimal:
        """Return what is owed in all."""
        return self.fees - self.waived

    @property
    def received(self) -> Decimal:
        """Return what came and was not given back."""
        return self.paid - self.refunded

    @property
    def open(self) -> Decimal:
        """Return what is still to be paid; never below zero."""
        return max(self.owed - self.received, NOTHING)

    @property
    def credit(self) -> Decimal:
        """Return what was paid beyond what is owed; never below zero."""
        return max(self.received - self.owed, NOTHING)


def balance_of(lines: Iterable[Line]) -> Balance:
    """Return the sums of the lines that count."""
    sums = dict.fromkeys(PaymentKind, NOTHING)
    for line in lines:
        if line.state in _COUNTED:
            sums[PaymentKind(line.kind)] += line.amount
    return Balance(sums[PaymentKind.FEE], sums[PaymentKind.WAIVER], sums[PaymentKind.PAYMENT], sums[PaymentKind.REFUND])


def state_of(balance: Balance, *, has_proof: bool) -> PaymentState:
    """Return how the money stands; a proof waits only while something is open."""
    if balance.open:
        return PaymentState.PROOF_SENT if has_proof else PaymentState.DUE
    if balance.refunded and not balance.received:
        return PaymentState.REFUNDED
    return PaymentState.PAID if balance.paid or balance.waived else PaymentState.NONE


def ledger(session: Session, commission_id: UUID) -> Sequence[Payment]:
    """Return the ledger of a commission, oldest first."""
    found = select(Payment).where(Payment.commission_id == commission_id)
    return session.scalars(found.order_by(Payment.created_at, Payment.id)).all()


def standing(session: Session, commission: Commission) -> Balance:
    """Return how the money of a commission stands."""
    return balance_of(ledger(session, commission.id))


def by_hook(session: Session, commission_id: UUID) -> Decimal:
    """Return what came by a payment service and has not gone back by it; never below zero."""
    lines = [line for line in ledger(session, commission_id) if line.method == PaymentMethod.HOOK]
    return max(balance_of(lines).received, NOTHING)


def proof_of(session: Session, commission_id: UUID) -> Payment | None:
    """Return the proof that waits for its confirmation, the oldest of several, or None."""
    found = select(Payment).where(Payment.commission_id == commission_id, Payment.state == LedgerState.PROOF_SENT)
    return session.scalar(found.order_by(Payment.created_at, Payment.id).limit(1))


@dataclass(frozen=True)
class Written:
    """What is put into the ledger beside kind and amount. `state` None: it counts at once."""

    method: PaymentMethod
    reference: str = ""
    note: str = ""
    proof_file_id: UUID | None = None
    state: LedgerState = LedgerState.CONFIRMED


def write(
    session: Session,
    commission: Commission,
    kind: PaymentKind,
    amount: Decimal,
    written: Written,
    doer: Doer,
    *,
    now: datetime,
) -> Payment:
    """Add a line to the ledger; `settle` draws the conclusion. The caller holds the commission's lock."""
    librarian_id = doer.id if doer.by is By.LIBRARIAN else None
    is_counted = written.state is LedgerState.CONFIRMED
    line = Payment(
        commission_id=commission.id,
        library_id=payee_of(session, commission),
        client_id=doer.sender,
        kind=kind.value,
        method=written.method.value,
        state=written.state.value,
        amount=amount,
        currency=commission.currency,
        proof_file_id=written.proof_file_id,
        reference=written.reference,
        note=written.note,
        by_kind=doer.by.value,
        librarian_id=librarian_id,
        created_at=now,
        settled_by_id=librarian_id if is_counted else None,
        settled_at=now if is_counted else None,
    )
    session.add(line)
    session.flush()
    return line


def settle(session: Session, commission: Commission, *, now: datetime) -> Balance:
    """Bring the ledger in step with the agreed price, and the state of the payment in step with the ledger.

    Safe to repeat. A price that rose or fell is a fee of the difference, so that the ledger explains every amount.
    """
    lines = list(ledger(session, commission.id))
    is_owed = commission.payment_order != PaymentOrder.FREE
    agreed = (commission.price or NOTHING) if is_owed else NOTHING
    difference = agreed - balance_of(lines).fees
    if difference:
        written = Written(PaymentMethod.PRICE)
        lines.append(write(session, commission, PaymentKind.FEE, difference, written, SYSTEM, now=now))
    balance = balance_of(lines)
    has_proof = any(line.state == LedgerState.PROOF_SENT for line in lines)
    commission.payment_state = state_of(balance, has_proof=has_proof).value
    if balance.paid and not balance.received:
        for line in lines:
            if line.kind == PaymentKind.PAYMENT and line.state == LedgerState.CONFIRMED:
                line.state = LedgerState.REFUNDED.value
    session.flush()
    return balance


def is_called_for(commission: Commission, definition: ServiceDefinition) -> bool:
    """Say whether the reader is asked to pay now: in a state that a payment ends, or after the end.

    What is agreed is owed from then on, but with payment after the work nobody has to pay before it is done.
    """
    if commission.payment_order in (PaymentOrder.FREE, PaymentOrder.AGENT):
        return False
    waits = any(each.does is Operation.PAY and commission.state in each.from_ for each in definition.transitions)
    return waits or definition.state(commission.state).is_end


def payee_of(session: Session, commission: Commission) -> UUID:
    """Return the library that takes the money: the one that does the work, or the agent between it and the reader.

    A supplier of documents is paid by the reader's library, never by a reader.
    """
    if commission.payment_order == PaymentOrder.AGENT or commission.service_library_id == commission.library_id:
        return commission.library_id
    offered = select(SupplyOffer.id).where(SupplyOffer.commission_id == commission.id)
    is_supplied = session.scalar(offered.limit(1)) is not None
    return commission.library_id if is_supplied else commission.service_library_id
