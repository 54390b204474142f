"""Money of commissions over HTTP: how it stands, what cashiers do, and what payment services tell."""

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import Field

from qa_server.api.asker import AskedLanguage, Place, Reader, Staff
from qa_server.api.libraries import Code
from qa_server.commissions.money_models import PaymentMethod
from qa_server.conversations.schemas import ClientId, Wire
from qa_server.desk.commissions.finding import statistics
from qa_server.desk.commissions.finding.statistics import StatisticsView
from qa_server.desk.commissions.money import accounts, ledgers, paying, payment_notices
from qa_server.desk.commissions.money.accounts import AccountView, PaymentPanel
from qa_server.desk.commissions.money.ledgers import MonthView, WaitingLists
from qa_server.desk.commissions.money.paying import Sum
from qa_server.desk.commissions.money.payment_notices import NoticeAnswer, NoticeInput

router = APIRouter(prefix="/api/v1", tags=["payments"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MonthName = Annotated[str, Query(pattern=r"^(20[0-9]{2}-(0[1-9]|1[0-2]))?$", description="Such as 2026-09.")]
_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {XLSX: {}}, "description": "A workbook."}}
_NOTICE = {"application/json": {"schema": NoticeInput.model_json_schema()}}
_BODY = {"requestBody": {"required": True, "content": _NOTICE}}


class MoneyInput(Wire):
    """What a cashier writes down. `amount` left out: all that is open, or all that can be given back."""

    client_id: ClientId
    amount: Annotated[Decimal, Field(gt=0, le=Decimal("1000000"), max_digits=9, decimal_places=2)] | None = None
    method: Literal["transfer", "cash", "campus_card"] = "transfer"
    reference: str = Field("", max_length=120)
    note: str = Field("", max_length=1_000, description="Why; the reader can read it.")

    def as_sum(self) -> Sum:
        """Return it as the till takes it."""
        return Sum(self.client_id, self.amount, PaymentMethod(self.method), self.reference, self.note)


class InvoiceInput(Wire):
    """The number of an invoice that was written elsewhere."""

    client_id: ClientId
    number: str = Field(min_length=1, max_length=60)


@router.get("/commissions/{commission_id}/payment")
def read_payment(place: Place, reader: Reader, commission_id: UUID) -> PaymentPanel:
    """Return how the money of the reader's own commission stands, and how to pay."""
    return accounts.panel(place, reader, commission_id)


@router.get("/staff/commissions/{commission_id}/account")
def read_account(place: Place, person: Staff, commission_id: UUID) -> AccountView:
    """Return how the money of a commission stands, with its ledger."""
    return accounts.account(place, person, commission_id)


@router.post("/staff/commissions/{commission_id}/account/proofs/{payment_id}/confirmation")
def confirm_proof(place: Place, person: Staff, commission_id: UUID, payment_id: UUID, body: MoneyInput) -> AccountView:
    """Confirm that the money of a proof has come."""
    return paying.confirm(place, person, commission_id, payment_id, body.as_sum())


@router.post("/staff/commissions/{commission_id}/account/proofs/{payment_id}/rejection")
def reject_proof(place: Place, person: Staff, commission_id: UUID, payment_id: UUID, body: MoneyInput) -> AccountView:
    """Reject a proof, say why, and ask the reader for another."""
    return paying.reject(place, person, commission_id, payment_id, body.as_sum())


@router.post("/staff/commissions/{commission_id}/account/payments")
def receive(place: Place, person: Staff, commission_id: UUID, body: MoneyInput) -> AccountView:
    """Write down money that came: cash, a campus card, a transfer."""
    return paying.receive(place, person, commission_id, body.as_sum())


@router.post("/staff/commissions/{commission_id}/account/refunds")
def give_back(place: Place, person: Staff, commission_id: UUID, body: MoneyInput) -> AccountView:
    """Write down money that was given back, with the reason."""
    return paying.give_back(place, person, commission_id, body.as_sum())


@router.post("/staff/commissions/{commission_id}/account/waivers")
def let_off(place: Place, person: Staff, commission_id: UUID, body: MoneyInput) -> AccountView:
    """Let the reader off what is open, with the reason."""
    return paying.let_off(place, person, commission_id, body.as_sum())


@router.post("/staff/commissions/{commission_id}/account/fees")
def charge(place: Place, person: Staff, commission_id: UUID, body: MoneyInput) -> AccountView:
    """Add a fee, with the reason; it needs an amount."""
    return paying.charge(place, person, commission_id, body.as_sum())


@router.put("/staff/commissions/{commission_id}/account/invoice")
def issue_invoice(place: Place, person: Staff, commission_id: UUID, body: InvoiceInput) -> AccountView:
    """Note the number of the invoice that was written elsewhere."""
    return paying.issue_invoice(place, person, commission_id, number=body.number, client_id=body.client_id)


@router.get("/staff/nodes/{code}/payments")
def list_waiting(place: Place, person: Staff, code: Code) -> WaitingLists:
    """Return what waits for a cashier at a node and everything below it."""
    return ledgers.waiting(place, person, code)


@router.get("/staff/nodes/{code}/ledger")
def read_ledger(place: Place, person: Staff, code: Code, month: MonthName = "") -> MonthView:
    """Return a month of the ledger with its totals by library and service."""
    return ledgers.month_of(place, person, code, month)


@router.get("/staff/nodes/{code}/ledger.xlsx", responses=_FILE, response_class=Response)
def save_ledger(
    place: Place,
    person: Staff,
    language: AskedLanguage,
    code: Code,
    month: MonthName = "",
    what: Literal["totals", "lines"] = "totals",
) -> Response:
    """Return a month as a workbook. The export is written down."""
    return Response(ledgers.write_out(place, person, code, month, what=what, language=language), media_type=XLSX)


@router.get("/staff/nodes/{code}/commission-statistics")
def read_statistics(
    place: Place, person: Staff, code: Code, first: MonthName = "", last: MonthName = ""
) -> StatisticsView:
    """Return workload and turnaround of commissions at a node that one supervises."""
    return statistics.statistics(place, person, code, first=first, last=last)


@router.get("/staff/nodes/{code}/commission-statistics.xlsx", responses=_FILE, response_class=Response)
def save_statistics(
    place: Place, person: Staff, language: AskedLanguage, code: Code, first: MonthName = "", last: MonthName = ""
) -> Response:
    """Return the same as a workbook. The export is written down."""
    found = statistics.write_out(place, person, code, first=first, last=last, language=language)
    return Response(found, media_type=XLSX)


@router.post("/payments/{library}", openapi_extra=_BODY)
async def take_notice(
    request: Request,
    place: Place,
    library: Annotated[str, Path(min_length=2, max_length=8, pattern="^[A-Za-z0-9]+$")],
    x_wenjin_timestamp: Annotated[str, Header(max_length=20)] = "",
    x_wenjin_signature: Annotated[str, Header(max_length=100)] = "",
) -> NoticeAnswer:
    """Take word of a payment service: paid, given back, or not collected. Signed; the same event again is harmless."""
    body = await request.body()
    return await run_sync(
        lambda: payment_notices.take(
            place, library, timestamp=x_wenjin_timestamp, signature=x_wenjin_signature, body=body
        )
    )
