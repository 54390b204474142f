"""What a payment service tells us: signed, fresh, of a sum that can be, and each event once.

What it collected, gave back or could not collect is a line of the ledger and an entry of the record.
"""

import json
from decimal import Decimal
from hashlib import sha256
from typing import Annotated, Literal

import structlog
from pydantic import Field, StringConstraints, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.commissions import money, queries, service
from qa_server.commissions.models import By, Commission, EntryKind
from qa_server.commissions.money_errors import (
    EventReused,
    PaymentCallRefused,
    PaymentCallStale,
    PaymentDiffers,
    RefundDiffers,
)
from qa_server.commissions.money_models import PaymentHook, PaymentMethod, PaymentNotice
from qa_server.commissions.payment_signing import is_fresh, is_signed
from qa_server.commissions.service import Deed, Doer
from qa_server.conversations.errors import FieldInvalid
from qa_server.conversations.schemas import Wire
from qa_server.conversations.sealing import OriginalLost
from qa_server.desk.commissions.money import paying, payment_secrets
from qa_server.desk.commissions.money.paying import Sum
from qa_server.desk.commissions.money.payment_hook import hook_for
from qa_server.desk.workplace import Workplace
from qa_server.network.queries import library_by_code
from storage.errors import AppError, NotFound

PAID, REFUNDED, FAILED = "payment.paid", "payment.refunded", "payment.failed"

_log = structlog.get_logger(__name__)


class NoticeInput(Wire):
    """A payment that a payment service has collected, given back, or could not collect.

    `event_id` is its own name of the event, told again as it is. `reason` says why it went back or failed.
    """

    event_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{8,80}$")]
    kind: Literal["payment.paid", "payment.refunded", "payment.failed"]
    commission: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{4,32}$")]
    amount: Decimal = Field(gt=0, le=Decimal("1000000"), max_digits=9, decimal_places=2)
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    reference: str = Field("", max_length=120)
    reason: str = Field("", max_length=500)


class NoticeAnswer(Wire):
    """How an event was taken: paid, refunded or failed. `is_repeated`: told before, it changed nothing now."""

    outcome: str
    is_repeated: bool


def take(place: Workplace, code: str, *, timestamp: str, signature: str, body: bytes) -> NoticeAnswer:
    """Write down what a payment service tells of a payment. The same event again changes nothing.

    Raises PaymentCallRefused, PaymentCallStale, FieldInvalid, NotFound, PaymentDiffers, RefundDiffers, EventReused. A
    sum that does not match is kept in the commission's record for the cashier.
    """
    _check(place, code, timestamp, signature, body)
    told = _read(body)
    digest = sha256(body).hexdigest()
    with place.database.write() as session:
        hook = _hook(session, code)
        commission = _commission(session, hook, told.commission)
        known = session.get(PaymentNotice, (hook.library_id, told.event_id))
        if known is not None:
            if known.digest != digest:
                raise EventReused()
            return NoticeAnswer(outcome=known.outcome, is_repeated=True)
        refusal = _refusal(place, session, commission, told)
        if refusal is None:
            _write_down(place, session, commission, hook, told, digest)
        else:
            _note_difference(place, session, commission, told)
    if refusal is not None:
        _log.warning("payment does not match", told=told.event_id, commission=str(commission.id))
        raise refusal
    return NoticeAnswer(outcome=_outcome(told), is_repeated=False)


def _check(place: Workplace, code: str, timestamp: str, signature: str, body: bytes) -> None:
    with place.database.read() as session:
        secret = payment_secrets.kept_by(_hook(session, code))
    try:
        key = payment_secrets.opened(place, secret)
    except OriginalLost:
        # The page of the service says so to its administrators; to whoever calls it looks like a wrong signature.
        _log.warning("secret of a payment service cannot be opened", library=code)
        raise PaymentCallRefused() from None
    if not is_signed(key, timestamp, body, signature):
        raise PaymentCallRefused()
    # Only who can sign learns that the clock is wrong.
    if not is_fresh(timestamp, place.clock()):
        raise PaymentCallStale()


def _hook(session: Session, code: str) -> PaymentHook:
    # No such library, no service there, or one switched off: the same answer as to a wrong signature.
    try:
        library = library_by_code(session, code)
    except NotFound:
        raise PaymentCallRefused() from None
    hook = session.get(PaymentHook, library.id)
    if hook is None or not hook.is_on:
        raise PaymentCallRefused()
    return hook


def _read(body: bytes) -> NoticeInput:
    try:
        return NoticeInput.model_validate(json.loads(body))
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0]) if error.errors()[0]["loc"] else "body"
        known = name if name in NoticeInput.model_fields else "body"
        raise FieldInvalid(label=known, field=known) from None
    except (ValueError, RecursionError):
        raise FieldInvalid(label="body", field="body") from None


def _commission(session: Session, hook: PaymentHook, number: str) -> Commission:
    found = select(Commission).where(Commission.number == number, Commission.submitted_at.is_not(None))
    commission = session.scalar(found.with_for_update())
    if commission is None:
        raise NotFound()
    own = hook_for(session, money.payee_of(session, commission))
    if own is None or own.library_id != hook.library_id:
        # Another library's commission is not there for this service.
        raise NotFound()
    return commission


def _refusal(place: Workplace, session: Session, commission: Commission, told: NoticeInput) -> AppError | None:
    """Return why a sum cannot be, None where it can: what was paid is what is open, what went back came by the service.

    Of what could not be collected any sum is believed: it counts for nothing.
    """
    balance = money.settle(session, commission, now=place.clock())
    is_our_currency = told.currency == commission.currency
    if told.kind == PAID and not (is_our_currency and told.amount == balance.open):
        return PaymentDiffers(open=str(balance.open), currency=commission.currency)
    if told.kind == REFUNDED:
        most = min(money.by_hook(session, commission.id), balance.received)
        if not (is_our_currency and told.amount <= most):
            return RefundDiffers(most=str(most), currency=commission.currency)
    return None


def _outcome(told: NoticeInput) -> str:
    return told.kind.removeprefix("payment.")


def _write_down(
    place: Workplace, session: Session, commission: Commission, hook: PaymentHook, told: NoticeInput, digest: str
) -> None:
    session.add(
        PaymentNotice(
            library_id=hook.library_id,
            event_id=told.event_id,
            digest=digest,
            commission_id=commission.id,
            outcome=_outcome(told),
            received_at=place.clock(),
        )
    )
    session.flush()
    definition = queries.definition_of(session, commission.version_id)
    given = Sum(told.event_id, told.amount, PaymentMethod.HOOK, told.reference, told.reason)
    match told.kind:
        case "payment.paid":
            paying.receive_by_hook(place, session, commission, definition, given)
        case "payment.refunded":
            paying.refund_by_hook(place, session, commission, definition, given)
        case "payment.failed":
            paying.fail_by_hook(place, session, commission, definition, given, currency=told.currency)


def _note_difference(place: Workplace, session: Session, commission: Commission, told: NoticeInput) -> None:
    doer = Doer(By.SYSTEM, None, f"differs:{told.event_id}")
    if service.done_before(session, commission, doer) is None:
        details = {
            "told": _outcome(told),
            "amount": str(told.amount),
            "currency": told.currency,
            "event": told.event_id,
        }
        deed = Deed(EntryKind.PAYMENT, "differs", details=details, is_private=True)
        service.record(session, commission, deed, doer, now=place.clock())
