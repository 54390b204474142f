"""What moves money: proofs taken, confirmed or rejected, cash, refunds, fees, waivers, invoices.

Each is a line of the ledger and an entry of the record. What is paid in full takes the commission on its way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from qa_server.commissions import machine, money, queries, service
from qa_server.commissions.definition import Actor, Operation, ServiceDefinition
from qa_server.commissions.errors import ReasonMissing
from qa_server.commissions.models import By, Commission, CommissionFile, EntryKind, PaymentState
from qa_server.commissions.money import Written
from qa_server.commissions.money_errors import AmountTooLarge, NothingOwed, PaymentSettled
from qa_server.commissions.money_models import CommissionInvoice, LedgerState, Payment, PaymentKind, PaymentMethod
from qa_server.commissions.service import Deed, Doer
from qa_server.conversations.text import clean_text
from qa_server.desk.commissions import moving, standing
from qa_server.desk.commissions.letters import telling
from qa_server.desk.commissions.letters.telling import Occasion
from qa_server.desk.commissions.money import accounts
from qa_server.desk.commissions.money.accounts import AccountView
from qa_server.desk.commissions.moving import Step
from qa_server.desk.commissions.supply import dispatching
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember
from storage.errors import Forbidden, NotFound

# The largest sum one ledger may hold, as prices have it.
MAX_AMOUNT = Decimal("1000000")
MAX_NOTE_CHARACTERS = 1_000
MAX_REFERENCE_CHARACTERS = 120
_CASHIER = frozenset({Actor.CASHIER})


@dataclass(frozen=True)
class Sum:
    """What a cashier writes down. `amount` None: all that is open, or all that can be given back."""

    client_id: str
    amount: Decimal | None = None
    method: PaymentMethod = PaymentMethod.TRANSFER
    reference: str = ""
    note: str = ""


@dataclass(frozen=True)
class _Till:
    """A cashier at a commission whose row is locked."""

    place: Workplace
    session: Session
    commission: Commission
    definition: ServiceDefinition
    doer: Doer
    given: Sum

    @property
    def now(self) -> datetime:
        return self.place.clock()


def confirm(place: Workplace, person: StaffMember, commission_id: UUID, payment_id: UUID, given: Sum) -> AccountView:
    """Confirm that the money of a proof has come, perhaps less or more than was open. Repeating it is harmless.

    Raises NotFound, Forbidden, PaymentSettled, AmountTooLarge.
    """

    def do(till: _Till) -> None:
        proof = _waiting_proof(till, payment_id)
        proof.amount = _amount(given.amount or proof.amount, MAX_AMOUNT, till.commission)
        proof.state, proof.method = LedgerState.CONFIRMED.value, given.method.value
        proof.reference = _reference(given.reference)
        proof.settled_by_id, proof.settled_at = till.doer.id, till.now
        till.session.flush()
        _write_down(till, "confirmed", proof.amount)
        _conclude(till, has_paid=True)

    return _at_the_till(place, person, commission_id, given, do)


def reject(place: Workplace, person: StaffMember, commission_id: UUID, payment_id: UUID, given: Sum) -> AccountView:
    """Reject a proof, say why, and ask the reader for another. Raises NotFound, Forbidden, PaymentSettled,
    ReasonMissing."""

    def do(till: _Till) -> None:
        note = _required_note(given)
        proof = _waiting_proof(till, payment_id)
        proof.state, proof.note = LedgerState.REJECTED.value, note
        proof.settled_by_id, proof.settled_at = till.doer.id, till.now
        till.session.flush()
        _write_down(till, "rejected", proof.amount)
        moving.follow(place, till.session, till.commission, till.definition, "")
        telling.tell_reader(place, till.session, till.commission, till.definition, Occasion("payment_rejected"))

    return _at_the_till(place, person, commission_id, given, do)


def receive(place: Workplace, person: StaffMember, commission_id: UUID, given: Sum) -> AccountView:
    """Write down money that came without a proof: cash, a campus card, a transfer. More than is open becomes credit.

    Raises NotFound, Forbidden, NothingOwed without an amount, AmountTooLarge.
    """

    def do(till: _Till) -> None:
        open_ = money.settle(till.session, till.commission, now=till.now).open
        if given.amount is None and not open_:
            raise NothingOwed()
        _add(till, PaymentKind.PAYMENT, _amount(given.amount or open_, MAX_AMOUNT, till.commission), given.method)
        _conclude(till, has_paid=True)

    return _at_the_till(place, person, commission_id, given, do)


def give_back(place: Workplace, person: StaffMember, commission_id: UUID, given: Sum) -> AccountView:
    """Write down money that was given back, with the reason. What goes beyond the credit is let off as well.

    Raises NotFound, Forbidden, ReasonMissing, AmountTooLarge, NothingOwed.
    """

    def do(till: _Till) -> None:
        _required_note(given)
        _give_back(till, given.amount)
        _conclude(till)

    return _at_the_till(place, person, commission_id, given, do)


def let_off(place: Workplace, person: StaffMember, commission_id: UUID, given: Sum) -> AccountView:
    """Let the reader off what is open, or a part of it, with the reason. Raises NotFound, Forbidden, ReasonMissing,
    NothingOwed, AmountTooLarge."""

    def do(till: _Till) -> None:
        _required_note(given)
        open_ = money.settle(till.session, till.commission, now=till.now).open
        if not open_:
            raise NothingOwed()
        _add(till, PaymentKind.WAIVER, _amount(given.amount or open_, open_, till.commission), PaymentMethod.WAIVER)
        _conclude(till)

    return _at_the_till(place, person, commission_id, given, do)


def charge(place: Workplace, person: StaffMember, commission_id: UUID, given: Sum) -> AccountView:
    """Add a fee, such as for a courier, with the reason. Raises NotFound, Forbidden, ReasonMissing, AmountTooLarge."""

    def do(till: _Till) -> None:
        _required_note(given)
        commission = till.commission
        price = money.settle(till.session, commission, now=till.now).fees
        amount = _amount(given.amount or money.NOTHING, MAX_AMOUNT - price, commission)
        _add(till, PaymentKind.FEE, amount, PaymentMethod.PRICE)
        commission.price = price + amount
        _conclude(till)

    return _at_the_till(place, person, commission_id, given, do)


def issue_invoice(
    place: Workplace, person: StaffMember, commission_id: UUID, *, number: str, client_id: str
) -> AccountView:
    """Note the number of the invoice that was written elsewhere; a later one takes its place. Raises NotFound,
    Forbidden, MessageEmpty."""
    clean = clean_text(number, limit=60)

    def do(till: _Till) -> None:
        owed = money.standing(till.session, till.commission).owed
        invoice = till.session.get(CommissionInvoice, till.commission.id)
        if invoice is None:
            invoice = CommissionInvoice(commission_id=till.commission.id)
            till.session.add(invoice)
        invoice.number, invoice.currency = clean, till.commission.currency
        invoice.amount, invoice.librarian_id, invoice.issued_at = owed, person.id, till.now
        till.session.flush()
        _write_down(till, "invoiced", invoice.amount, invoice=clean)

    return _at_the_till(place, person, commission_id, Sum(client_id), do)


def take_proof(place: Workplace, session: Session, commission: Commission, file: CommissionFile, doer: Doer) -> None:
    """Put a proof that was sent into the ledger, for the open sum, until a cashier decides on it.

    The clock of the commission may listen to it. A further file beside a waiting proof is only a file.
    """
    now = place.clock()
    open_ = money.settle(session, commission, now=now).open
    if not open_ or money.proof_of(session, commission.id) is not None:
        return
    written = Written(PaymentMethod.TRANSFER, proof_file_id=file.id, state=LedgerState.PROOF_SENT)
    money.write(session, commission, PaymentKind.PAYMENT, open_, written, doer, now=now)
    definition = queries.definition_of(session, commission.version_id)
    moving.follow(place, session, commission, definition, "payment_proof")


def cover(session: Session, commission: Commission, operation: Operation, doer: Doer, note: str, now: datetime) -> None:
    """Put into the ledger what a step of a cashier says: that all was paid, or that all was given back.

    The caller makes the step. The same try again adds nothing.
    """
    balance = money.settle(session, commission, now=now)
    if operation is Operation.PAY:
        proof = money.proof_of(session, commission.id)
        if proof is not None and balance.open == proof.amount:
            proof.state, proof.settled_by_id, proof.settled_at = LedgerState.CONFIRMED.value, doer.id, now
        elif balance.open:
            written = Written(PaymentMethod.TRANSFER, note=note)
            money.write(session, commission, PaymentKind.PAYMENT, balance.open, written, doer, now=now)
    elif operation is Operation.REFUND:
        _refund_lines(session, commission, None, Written(PaymentMethod.TRANSFER, note=note), doer, now)
    money.settle(session, commission, now=now)


def receive_by_hook(
    place: Workplace, session: Session, commission: Commission, definition: ServiceDefinition, given: Sum
) -> None:
    """Write down what a payment service collected. The caller has checked the sum and holds the lock."""
    doer = Doer(By.SYSTEM, None, given.client_id)
    till = _Till(place, session, commission, definition, doer, given)
    _add(till, PaymentKind.PAYMENT, given.amount or money.NOTHING, PaymentMethod.HOOK)
    _conclude(till, has_paid=True)


def refund_by_hook(
    place: Workplace, session: Session, commission: Commission, definition: ServiceDefinition, given: Sum
) -> None:
    """Write down what a payment service gave back; beyond the credit the reader is let off it, as at the till.

    The caller has checked the sum and holds the lock.
    """
    till = _Till(place, session, commission, definition, Doer(By.SYSTEM, None, given.client_id), given)
    _give_back(till, given.amount)
    _conclude(till)


def fail_by_hook(
    place: Workplace,
    session: Session,
    commission: Commission,
    definition: ServiceDefinition,
    given: Sum,
    *,
    currency: str,
) -> None:
    """Write down what a payment service could not collect: a line that counts for nothing, and an entry.

    The caller holds the lock.
    """
    till = _Till(place, session, commission, definition, Doer(By.SYSTEM, None, given.client_id), given)
    amount = given.amount or money.NOTHING
    reference, note = _reference(given.reference), _note(given.note)
    written = Written(PaymentMethod.HOOK, reference, note, state=LedgerState.REJECTED)
    line = money.write(session, commission, PaymentKind.PAYMENT, amount, written, till.doer, now=till.now)
    line.currency, line.settled_at = currency, till.now
    _write_down(till, "failed", amount, method=PaymentMethod.HOOK.value, currency=currency)


def _at_the_till(
    place: Workplace, person: StaffMember, commission_id: UUID, given: Sum, do: Callable[[_Till], None]
) -> AccountView:
    with place.database.write() as session:
        commission, actors = standing.for_staff(session, person, commission_id, lock=True)
        if Actor.CASHIER not in actors:
            raise Forbidden()
        doer = Doer(By.LIBRARIAN, person.id, given.client_id)
        if service.done_before(session, commission, doer) is None:
            definition = queries.definition_of(session, commission.version_id)
            do(_Till(place, session, commission, definition, doer, given))
        return accounts.account_of(session, commission, may_act=True)


def _waiting_proof(till: _Till, payment_id: UUID) -> Payment:
    proof = till.session.get(Payment, payment_id)
    if proof is None or proof.commission_id != till.commission.id:
        raise NotFound()
    if proof.state != LedgerState.PROOF_SENT:
        raise PaymentSettled()
    return proof


def _add(till: _Till, kind: PaymentKind, amount: Decimal, method: PaymentMethod) -> None:
    given = till.given
    written = Written(method, _reference(given.reference), _note(given.note))
    money.write(till.session, till.commission, kind, amount, written, till.doer, now=till.now)
    keys = {PaymentKind.FEE: "charged", PaymentKind.WAIVER: "waived", PaymentKind.PAYMENT: "received"}
    _write_down(till, keys[kind], amount, method=method.value)


def _give_back(till: _Till, amount: Decimal | None) -> None:
    given = till.given
    written = Written(given.method, _reference(given.reference), _note(given.note))
    gone = _refund_lines(till.session, till.commission, amount, written, till.doer, till.now)
    _write_down(till, "refunded", gone, method=given.method.value)


def _refund_lines(
    session: Session, commission: Commission, amount: Decimal | None, written: Written, doer: Doer, now: datetime
) -> Decimal:
    """Add a refund, and a waiver for what it exceeds the credit by; return what was given back."""
    balance = money.settle(session, commission, now=now)
    if not balance.received:
        raise NothingOwed()
    gone = _amount(amount or balance.credit or balance.received, balance.received, commission)
    if gone > balance.credit:
        # Given back and still owed would make no sense: the reader is let off it.
        waiver = Written(PaymentMethod.WAIVER, note=written.note)
        at_once = Doer(doer.by, doer.id)
        let_off_too = gone - balance.credit
        money.write(session, commission, PaymentKind.WAIVER, let_off_too, waiver, at_once, now=now)
    money.write(session, commission, PaymentKind.REFUND, gone, written, doer, now=now)
    return gone


def _write_down(till: _Till, key: str, amount: Decimal, **more: Any) -> None:
    balance = money.settle(till.session, till.commission, now=till.now)
    details = {
        "amount": str(amount),
        "currency": till.commission.currency,
        "open": str(balance.open),
        "credit": str(balance.credit),
        **more,
    }
    deed = Deed(EntryKind.PAYMENT, key, _note(till.given.note), details)
    service.record(till.session, till.commission, deed, till.doer, now=till.now)


def _conclude(till: _Till, *, has_paid: bool = False) -> None:
    """Let timers and payment service follow; take the commission on where everything is paid, or given back."""
    place, session, commission, definition = till.place, till.session, till.commission, till.definition
    moving.follow(place, session, commission, definition, "")
    balance = money.standing(session, commission)
    is_whole = not balance.open and commission.payment_state == PaymentState.PAID
    if is_whole and (_step(till, Operation.PAY) or dispatching.settle_if_paid(place, session, commission, definition)):
        return
    is_end = definition.state(commission.state).is_end
    is_given_back = bool(balance.refunded) and not balance.credit and (is_end or not balance.received)
    if is_given_back and _step(till, Operation.REFUND):
        return
    if has_paid and (is_whole or money.is_called_for(commission, definition)):
        told = Occasion("pay" if is_whole else "payment_part")
        telling.tell_reader(place, session, commission, definition, told)


def _step(till: _Till, operation: Operation) -> bool:
    actors = _CASHIER if till.doer.by is By.LIBRARIAN else frozenset({Actor.SYSTEM})
    if operation is Operation.REFUND:
        # Money that a payment service gave back is back: nobody has to say so once more.
        actors |= _CASHIER
    met = standing.met(till.session, till.commission, till.definition, till.now)
    way = machine.way_of(till.definition, till.commission.state, operation, actors=actors, met=met)
    if way is None or not way.is_open:
        return False
    # A try of its own: under the line's client id the step would count as made.
    doer = Doer(till.doer.by, till.doer.id)
    reason = _note(till.given.note) or "–"
    moving.move(
        till.place, till.session, till.commission, till.definition, Step(doer, actors, operation, reason=reason)
    )
    return True


def _amount(amount: Decimal, most: Decimal, commission: Commission) -> Decimal:
    if not money.NOTHING < amount <= most:
        raise AmountTooLarge(most=str(max(most, money.NOTHING)), currency=commission.currency)
    return amount.quantize(money.NOTHING)


def _required_note(given: Sum) -> str:
    note = _note(given.note)
    if not note:
        raise ReasonMissing()
    return note


def _note(text: str) -> str:
    return clean_text(text, limit=MAX_NOTE_CHARACTERS) if text.strip() else ""


def _reference(text: str) -> str:
    return " ".join(clean_text(text, limit=MAX_REFERENCE_CHARACTERS).split()) if text.strip() else ""
