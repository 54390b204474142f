"""What readers and cashiers see of the money of one commission."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from qa_server.commissions import money, queries
from qa_server.commissions.definition import Actor
from qa_server.commissions.models import Commission
from qa_server.commissions.money_models import CommissionInvoice, Payment
from qa_server.commissions.money_settings import PAYMENT_ACCOUNT
from qa_server.conversations.schemas import Wire
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import standing
from qa_server.desk.workplace import Workplace
from qa_server.network.node_settings import effective
from qa_server.people.models import Librarian
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import StaffMember
from storage.errors import NotFound


class PaymentLine(Wire):
    """One line of a ledger. `note` says why; a rejected proof says there what is wrong with it."""

    id: UUID
    kind: str
    method: str
    state: str
    amount: Decimal
    currency: str
    reference: str
    note: str
    proof_file_id: UUID | None
    is_from_library: bool
    created_at: datetime
    settled_at: datetime | None


class InvoiceView(Wire):
    """The invoice that was issued."""

    number: str
    amount: Decimal
    currency: str
    issued_at: datetime


class PaymentPanel(Wire):
    """How the money of a commission stands, for its reader. Amounts are decimal strings with two places.

    `is_called_for`: the reader is asked to pay `open` now. `how_to_pay` is the library's own text by language.
    """

    commission_id: UUID
    number: str
    currency: str
    payment_state: str
    payment_order: str
    owed: Decimal
    waived: Decimal
    paid: Decimal
    refunded: Decimal
    open: Decimal
    credit: Decimal
    is_called_for: bool
    how_to_pay: dict[str, str]
    lines: list[PaymentLine]
    invoice: InvoiceView | None


class StaffPaymentLine(PaymentLine):
    """A line with who wrote it and who decided on it, in both languages."""

    by_zh: str | None
    by_en: str | None
    settled_by_zh: str | None
    settled_by_en: str | None


class AccountView(PaymentPanel):
    """The same for staff, with what the invoice has to say. `may_act`: the person is a cashier here."""

    lines: list[StaffPaymentLine]  # type: ignore[assignment]  # each is a PaymentLine with more
    invoice_data: dict[str, str]
    reader_name: str
    title: str
    service_zh: str
    service_en: str
    state_zh: str
    state_en: str
    may_act: bool


def panel(place: Workplace, reader: KnownReader, commission_id: UUID) -> PaymentPanel:
    """Return how the money of the reader's own commission stands. Raises NotFound."""
    with place.database.read() as session:
        commission = queries.of_reader(session, reader.id, commission_id)
        lines = [PaymentLine(**_line(each)) for each in money.ledger(session, commission.id)]
        return PaymentPanel(**_panel(session, commission), lines=lines)


def account(place: Workplace, person: StaffMember, commission_id: UUID) -> AccountView:
    """Return how the money of a commission stands. Raises NotFound."""
    with place.database.read() as session:
        commission, actors = standing.for_staff(session, person, commission_id)
        if standing.is_supplier(queries.definition_of(session, commission.version_id), actors):
            raise NotFound()
        return account_of(session, commission, may_act=Actor.CASHIER in actors)


def account_of(session: Session, commission: Commission, *, may_act: bool) -> AccountView:
    """Return the account of a commission that the caller may show."""
    rows = money.ledger(session, commission.id)
    ids = {row.librarian_id for row in rows} | {row.settled_by_id for row in rows}
    people = librarians_by_id(session, {each for each in ids if each is not None})
    definition = queries.definition_of(session, commission.version_id)
    state = definition.state(commission.state)
    return AccountView(
        **_panel(session, commission),
        lines=[StaffPaymentLine(**_line(row), **_people(row, people)) for row in rows],
        # Whoever only works on the commission needs no tax number.
        invoice_data={key: str(value) for key, value in commission.invoice.items()} if may_act else {},
        reader_name=str(commission.contact.get("name", "")),
        title=commission.title,
        service_zh=definition.name.zh,
        service_en=definition.name.en,
        state_zh=state.label.zh,
        state_en=state.label.en,
        may_act=may_act,
    )


def _panel(session: Session, commission: Commission) -> dict[str, object]:
    balance = money.standing(session, commission)
    definition = queries.definition_of(session, commission.version_id)
    invoice = session.get(CommissionInvoice, commission.id)
    return {
        "commission_id": commission.id,
        "number": commission.number,
        "currency": commission.currency,
        "payment_state": commission.payment_state,
        "payment_order": commission.payment_order,
        "owed": balance.owed,
        "waived": balance.waived,
        "paid": balance.paid,
        "refunded": balance.refunded,
        "open": balance.open,
        "credit": balance.credit,
        "is_called_for": bool(balance.open) and money.is_called_for(commission, definition),
        "how_to_pay": effective(session, money.payee_of(session, commission), PAYMENT_ACCOUNT.key).value,
        "invoice": None
        if invoice is None
        else InvoiceView(
            number=invoice.number, amount=invoice.amount, currency=invoice.currency, issued_at=invoice.issued_at
        ),
    }


def _line(row: Payment) -> dict[str, object]:
    return {
        "id": row.id,
        "kind": row.kind,
        "method": row.method,
        "state": row.state,
        "amount": row.amount,
        "currency": row.currency,
        "reference": row.reference,
        "note": row.note,
        "proof_file_id": row.proof_file_id,
        "is_from_library": row.librarian_id is not None,
        "created_at": row.created_at,
        "settled_at": row.settled_at,
    }


def _people(row: Payment, people: Mapping[UUID, Librarian]) -> dict[str, str | None]:
    by = people.get(row.librarian_id) if row.librarian_id else None
    settled_by = people.get(row.settled_by_id) if row.settled_by_id else None
    return {
        "by_zh": by.name_zh if by else None,
        "by_en": by.name_en if by else None,
        "settled_by_zh": settled_by.name_zh if settled_by else None,
        "settled_by_en": settled_by.name_en if settled_by else None,
    }
