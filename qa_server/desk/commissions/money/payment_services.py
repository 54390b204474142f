"""Setting up the payment service of a node: its address, its secret (told once), and how the last calls went."""

from datetime import datetime
from secrets import token_bytes
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.commissions.money_errors import PaymentAddressRefused
from qa_server.commissions.money_models import PaymentCall, PaymentHook
from qa_server.commissions.payment_signing import SECRET_BYTES
from qa_server.conversations.schemas import Wire
from qa_server.desk.commissions.money import payment_secrets
from qa_server.desk.rights_at import node_for
from qa_server.desk.workplace import Workplace
from qa_server.network.changes import Change, record_change
from qa_server.people.rights import Right, StaffMember

MAX_ADDRESS_CHARACTERS = 500
# Calls shown on the page.
_SHOWN = 20
_CHANGED = "payment_service"


class CallView(Wire):
    """One call to the payment service."""

    kind: str
    amount: str
    state: str
    attempts: int
    error_code: str | None
    created_at: datetime


class PaymentServiceView(Wire):
    """The payment service of a node. `has_secret` says that there is one; it is never shown again.

    `is_secret_lost`: it cannot be opened, so that nothing is told or believed until its key is back or a new secret is
    made.
    """

    address: str
    is_on: bool
    has_secret: bool
    is_secret_lost: bool
    changed_at: datetime | None
    calls: list[CallView]


def service_of(place: Workplace, person: StaffMember, code: str) -> PaymentServiceView:
    """Return a node's own payment service. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        node = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        return _view(place, session, node.id)


def set_up(place: Workplace, person: StaffMember, code: str, *, address: str, is_on: bool) -> PaymentServiceView:
    """Set the address and switch the service on or off.

    Raises NotFound, Forbidden, PaymentAddressRefused, KeyFileUnusable.
    """
    wanted = address.strip()
    _check(wanted, takes_http=place.settings.payment_private_addresses)
    with place.database.write() as session:
        node = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        hook = session.get(PaymentHook, node.id, with_for_update=True) or _new(place, session, node.id, person)
        payment_secrets.seal_clear(place, hook)
        old = {"address": hook.address, "is_on": hook.is_on}
        hook.address, hook.is_on = wanted, is_on
        hook.changed_at, hook.changed_by_id = place.clock(), person.id
        new = {"address": wanted, "is_on": is_on}
        if old != new:
            change = Change(node.id, _CHANGED, "hook", "set", old, new)
            record_change(session, change, by=person.id, now=place.clock())
        session.flush()
        return _view(place, session, node.id)


def make_secret(place: Workplace, person: StaffMember, code: str) -> str:
    """Make a new secret for both sides and return it, this once, as 64 hexadecimal digits; the old one ends at once.

    Raises NotFound, Forbidden, KeyFileUnusable.
    """
    with place.database.write() as session:
        node = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        now = place.clock()
        hook = session.get(PaymentHook, node.id, with_for_update=True) or _new(place, session, node.id, person)
        # The digits themselves are the key, so that nobody has to decode them first.
        secret = token_bytes(SECRET_BYTES).hex()
        payment_secrets.keep(place, hook, secret.encode())
        hook.changed_at, hook.changed_by_id = now, person.id
        change = Change(node.id, _CHANGED, "secret", "changed", None, None)
        record_change(session, change, by=person.id, now=now)
    return secret


def _new(place: Workplace, session: Session, library_id: UUID, person: StaffMember) -> PaymentHook:
    hook = PaymentHook(library_id=library_id, changed_at=place.clock(), changed_by_id=person.id)
    # Nobody knows this one: until a secret is made, nothing that is sent here can be signed.
    payment_secrets.keep(place, hook, token_bytes(SECRET_BYTES).hex().encode())
    hook.address, hook.is_on = "", False
    session.add(hook)
    return hook


def _check(address: str, *, takes_http: bool) -> None:
    if not address:
        # A service may only tell us, and not be told.
        return
    try:
        parts = urlsplit(address)
        is_whole = bool(parts.hostname) and parts.port != 0 and parts.username is None and parts.fragment == ""
    except ValueError:
        raise PaymentAddressRefused() from None
    schemes = ("https", "http") if takes_http else ("https",)
    if (
        not is_whole
        or parts.scheme not in schemes
        or len(address) > MAX_ADDRESS_CHARACTERS
        or not address.isprintable()
    ):
        raise PaymentAddressRefused()


def _view(place: Workplace, session: Session, library_id: UUID) -> PaymentServiceView:
    hook = session.get(PaymentHook, library_id)
    found = select(PaymentCall).where(PaymentCall.library_id == library_id).order_by(PaymentCall.id.desc())
    calls = [
        CallView(
            kind=call.kind,
            amount=str(call.amount),
            state=call.state,
            attempts=call.attempts,
            error_code=call.error_code,
            created_at=call.created_at,
        )
        for call in session.scalars(found.limit(_SHOWN))
    ]
    return PaymentServiceView(
        address=hook.address if hook else "",
        is_on=hook.is_on if hook else False,
        has_secret=hook is not None,
        is_secret_lost=hook is not None and not payment_secrets.is_readable(place, payment_secrets.kept_by(hook)),
        changed_at=hook.changed_at if hook else None,
        calls=calls,
    )
