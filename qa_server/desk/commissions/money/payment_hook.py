"""Tells the payment service of a library what is to be paid, and what no longer is: signed, in order, until it answers.

Off until a node sets it up. What is told names the commission and the sum, and nobody.
"""

import http.client
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from qa_server.commissions import money
from qa_server.commissions.definition import ServiceDefinition
from qa_server.commissions.models import Commission
from qa_server.commissions.money_models import (
    CallState,
    LedgerState,
    Payment,
    PaymentCall,
    PaymentHook,
    PaymentKind,
    PaymentMethod,
)
from qa_server.commissions.payment_signing import (
    EVENT_HEADER,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    seconds_of,
    sign,
)
from qa_server.conversations.sealing import KeyFileUnusable, OriginalLost
from qa_server.desk.commissions.money.payment_secrets import KeptSecret, kept_by, opened
from qa_server.desk.guarded_fetch import Fetcher, NotAllowed, is_public
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Library
from qa_server.network.queries import path_up
from storage.base import new_id

DUE, CANCELLED = "payment.due", "payment.cancelled"
# Longer than one call may take; a process that died gives its call back by it.
LEASE = timedelta(minutes=2)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=3)
# Calls made in one look, so that the mail beside them has its turn.
MAX_AT_ONCE = 20
_SUCCESS = range(200, 300)

_log = structlog.get_logger(__name__)


def hook_for(session: Session, library_id: UUID) -> PaymentHook | None:
    """Return the payment service of a library: its own or the nearest above it; None where that is switched off."""
    path = path_up(session, library_id)
    found = session.scalars(select(PaymentHook).where(PaymentHook.library_id.in_(path))).all()
    nearest = min(found, key=lambda hook: path.index(hook.library_id), default=None)
    return nearest if nearest is not None and nearest.is_on else None


def follow(
    place: Workplace, session: Session, commission: Commission, definition: ServiceDefinition, *, now: datetime
) -> None:
    """Bring ledger and payment state in step with a change, and tell the payment service where that matters to it.

    Safe to repeat: it is told again only when another sum is to be paid than it knows of.
    """
    balance = money.settle(session, commission, now=now)
    wanted = balance.open if money.is_called_for(commission, definition) else money.NOTHING
    known = _known(session, commission)
    if wanted == known:
        return
    hook = hook_for(session, money.payee_of(session, commission))
    if hook is not None and hook.address:
        _put_in(place, session, commission, hook, DUE if wanted else CANCELLED, wanted or known, now)


def send_due(place: Workplace) -> int:
    """Make the calls that are due, one after the other; return how many were taken. Blocks on the network."""
    fetcher = Fetcher(is_allowed=_any if place.settings.payment_private_addresses else is_public)
    sent = 0
    for _ in range(MAX_AT_ONCE):
        taken = _take_one(place)
        if taken is None:
            break
        sent += _send(place, fetcher, taken)
    return sent


def _any(_address: str) -> bool:
    return True


def _known(session: Session, commission: Commission) -> Decimal:
    """Return the sum that the payment service believes to be open: what it was told, less what it has paid since."""
    newest = session.scalar(
        select(PaymentCall).where(PaymentCall.commission_id == commission.id).order_by(PaymentCall.id.desc()).limit(1)
    )
    if newest is None or newest.kind == CANCELLED:
        return money.NOTHING
    paid = select(func.coalesce(func.sum(Payment.amount), 0)).where(
        Payment.commission_id == commission.id,
        Payment.kind == PaymentKind.PAYMENT,
        Payment.method == PaymentMethod.HOOK,
        Payment.state.in_((LedgerState.CONFIRMED, LedgerState.REFUNDED)),
        Payment.id > newest.id,
    )
    return max(newest.amount - Decimal(session.scalar(paid) or 0), money.NOTHING)


def _put_in(
    place: Workplace,
    session: Session,
    commission: Commission,
    hook: PaymentHook,
    kind: str,
    amount: Decimal,
    now: datetime,
) -> None:
    call_id = new_id()
    told: dict[str, Any] = {
        "event_id": call_id.hex,
        "kind": kind,
        "library": session.get_one(Library, hook.library_id).code,
        "commission": commission.number,
        "service": commission.code,
        "amount": str(amount),
        "currency": commission.currency,
        "happened_at": now.isoformat(),
        "answer_to": f"{place.settings.public_url.rstrip('/')}/api/v1/payments/",
    }
    told["answer_to"] += told["library"]
    session.add(
        PaymentCall(
            id=call_id,
            library_id=hook.library_id,
            commission_id=commission.id,
            kind=kind,
            amount=amount,
            body=json.dumps(told, ensure_ascii=False, sort_keys=True),
            state=CallState.WAITING.value,
            next_try_at=now,
            created_at=now,
        )
    )
    session.flush()


@dataclass(frozen=True)
class _Leased:
    """A call that this process makes: which one, the how manieth attempt, where to, and what."""

    call_id: UUID
    attempt: int
    address: str
    secret: KeptSecret
    body: bytes


def _take_one(place: Workplace) -> _Leased | None:
    """Lease the call that has been due the longest; of one commission always the oldest, so that none overtakes."""
    now = place.clock()
    earlier = aliased(PaymentCall)
    is_first = ~exists().where(
        earlier.commission_id == PaymentCall.commission_id,
        earlier.state == CallState.WAITING,
        earlier.id < PaymentCall.id,
    )
    due = (
        select(PaymentCall)
        .where(PaymentCall.state == CallState.WAITING, PaymentCall.next_try_at <= now, is_first)
        .order_by(PaymentCall.next_try_at, PaymentCall.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=PaymentCall)
    )
    with place.database.write() as session:
        while (call := session.scalar(due)) is not None:
            hook = session.get(PaymentHook, call.library_id)
            if hook is not None and hook.is_on and hook.address and now - call.created_at < GIVE_UP_AFTER:
                call.attempts += 1
                call.next_try_at = now + LEASE
                return _Leased(call.id, call.attempts, hook.address, kept_by(hook), call.body.encode())
            code = call.error_code or "switched_off"
            call.state, call.settled_at, call.error_code = CallState.GIVEN_UP.value, now, code
            session.flush()
    return None


def _send(place: Workplace, fetcher: Fetcher, call: _Leased) -> bool:
    timestamp = seconds_of(place.clock())
    error_code = None
    try:
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP_HEADER: str(timestamp),
            SIGNATURE_HEADER: sign(opened(place, call.secret), timestamp, call.body),
            EVENT_HEADER: call.call_id.hex,
        }
        status = fetcher.post(call.address, call.body, headers)
        if status not in _SUCCESS:
            error_code = f"status_{status}"
    except NotAllowed:
        error_code = "address_refused"
    except (OSError, http.client.HTTPException):
        error_code = "unreachable"
    except OriginalLost:
        # Until somebody makes a new secret; the call waits for that as for a service that is down.
        error_code = "secret_lost"
    except KeyFileUnusable:
        error_code = "key_file_unusable"
    _settle(place, call.call_id, call.attempt, error_code)
    return error_code is None


def _settle(place: Workplace, call_id: UUID, attempt: int, error_code: str | None) -> None:
    now = place.clock()
    with place.database.write() as session:
        # Whoever lost the lease meanwhile changes nothing.
        held = select(PaymentCall).where(PaymentCall.id == call_id, PaymentCall.attempts == attempt)
        call = session.scalar(held.with_for_update())
        if call is None or call.state != CallState.WAITING:
            return
        call.error_code = error_code
        if error_code is None:
            call.state, call.settled_at = CallState.SENT.value, now
            return
        _log.warning("payment service not told", call=str(call_id), code=error_code, attempt=attempt)
        call.next_try_at = now + min(FIRST_PAUSE * 2 ** min(attempt - 1, 10), LONGEST_PAUSE)
