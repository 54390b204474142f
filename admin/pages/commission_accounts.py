"""Money at the console: what waits for a cashier, the account of one commission, the ledger of a month."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Annotated, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin import money_wording
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to, render
from admin.session import posted
from qa_server.commissions.money_errors import AmountInvalid
from qa_server.commissions.money_models import PaymentMethod
from qa_server.desk.commissions.money import accounts, ledgers, paying
from qa_server.desk.commissions.money.accounts import AccountView
from qa_server.desk.commissions.money.paying import Sum
from qa_server.desk.commissions.services.service_names import names_in
from qa_server.desk.finding import OwnerView
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember
from storage.errors import AppError, Forbidden, NotFound

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_ADDRESS = "/console/commission-accounts"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAX_TYPED = 20
_Do = Callable[[Workplace, StaffMember, UUID, Sum], AccountView]
# What a form on the page of an account does, by the last part of its address.
_ACTS: Mapping[str, _Do] = MappingProxyType(
    {
        "payments": paying.receive,
        "refunds": paying.give_back,
        "waivers": paying.let_off,
        "fees": paying.charge,
    }
)


@router.get(_ADDRESS)
def show_waiting(request: Request, visitor: SignedInVisitor, library: str = "") -> Response:
    """Show what waits for a cashier. Raises NotFound, Forbidden."""
    nodes, code = _chosen(visitor, library)
    lists = ledgers.waiting(visitor.place, visitor.person, code)
    codes = {each.code for each in (*lists.proofs, *lists.credits, *lists.open)}
    return render(
        request,
        "commission-accounts/waiting.html",
        seen_by=visitor,
        problem=None,
        done=None,
        nodes=nodes,
        code=code,
        lists=lists,
        services=names_in(visitor.place, codes, visitor.language),
    )


@router.get(f"{_ADDRESS}/ledger")
def show_ledger(request: Request, visitor: SignedInVisitor, library: str = "", month: str = "") -> Response:
    """Show a month: totals by library and service, and its lines. Raises NotFound, Forbidden."""
    nodes, code = _chosen(visitor, library)
    found = ledgers.month_of(visitor.place, visitor.person, code, month)
    return render(
        request,
        "commission-accounts/ledger.html",
        seen_by=visitor,
        problem=None,
        done=None,
        nodes=nodes,
        code=code,
        found=found,
        sums=ledgers.total_of(found.totals),
        services=names_in(
            visitor.place, {each.code for each in found.totals} | {each.code for each in found.rows}, visitor.language
        ),
        kinds=money_wording.KINDS,
        methods=money_wording.METHODS,
    )


@router.get(f"{_ADDRESS}/ledger/file")
def save_ledger(
    visitor: SignedInVisitor, library: str = "", month: str = "", what: Literal["totals", "lines"] = "totals"
) -> Response:
    """Return a month as a workbook; the export is written down. Raises NotFound, Forbidden."""
    _, code = _chosen(visitor, library)
    found = ledgers.write_out(visitor.place, visitor.person, code, month, what=what, language=visitor.language)
    name = f"commissions-{code}-{month or 'month'}-{what}.xlsx"
    # A month of an address is shown again only where it is one.
    clean = "".join(each for each in name if each.isalnum() or each in "-.")
    return Response(found, media_type=_XLSX, headers={"Content-Disposition": f'attachment; filename="{clean}"'})


@router.get(_ADDRESS + "/{commission_id}")
def show_account(request: Request, visitor: SignedInVisitor, commission_id: UUID) -> Response:
    """Show the account of a commission. Raises NotFound."""
    return _account(request, visitor, commission_id)


@router.post(_ADDRESS + "/{commission_id}/proofs/{payment_id}/{verdict}")
def decide_on_proof(
    request: Request,
    visitor: SignedInVisitor,
    commission_id: UUID,
    payment_id: UUID,
    verdict: Literal["confirm", "reject"],
    sent: Annotated[FormData, Depends(posted)],
) -> Response:
    """Confirm a proof, or reject it with a reason."""
    decide = paying.confirm if verdict == "confirm" else paying.reject
    try:
        decide(visitor.place, visitor.person, commission_id, payment_id, _sum(sent))
    except AppError as refusal:
        return _account(request, visitor, commission_id, refusal=refusal, typed=sent)
    return go_to(f"{_ADDRESS}/{commission_id}", done=verdict)


@router.post(_ADDRESS + "/{commission_id}/invoice")
def issue_invoice(
    request: Request, visitor: SignedInVisitor, commission_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Note the number of the invoice that was issued."""
    number, client_id = str(sent.get("number", "")), _client_id(sent)
    try:
        paying.issue_invoice(visitor.place, visitor.person, commission_id, number=number, client_id=client_id)
    except AppError as refusal:
        return _account(request, visitor, commission_id, refusal=refusal, typed=sent)
    return go_to(f"{_ADDRESS}/{commission_id}", done="invoice")


@router.post(_ADDRESS + "/{commission_id}/{act}")
def move_money(
    request: Request,
    visitor: SignedInVisitor,
    commission_id: UUID,
    act: str,
    sent: Annotated[FormData, Depends(posted)],
) -> Response:
    """Write down money that came or went, or what is let off or added."""
    do = _ACTS.get(act)
    if do is None:
        raise NotFound()
    try:
        do(visitor.place, visitor.person, commission_id, _sum(sent))
    except AppError as refusal:
        return _account(request, visitor, commission_id, refusal=refusal, typed=sent)
    return go_to(f"{_ADDRESS}/{commission_id}", done=act)


def _chosen(visitor: Visitor, library: str) -> tuple[list[OwnerView], str]:
    nodes = ledgers.nodes(visitor.place, visitor.person)
    if not nodes:
        raise Forbidden()
    return nodes, library or nodes[0].code


def _account(
    request: Request,
    visitor: Visitor,
    commission_id: UUID,
    *,
    refusal: AppError | None = None,
    typed: FormData | None = None,
) -> Response:
    found = accounts.account(visitor.place, visitor.person, commission_id)
    return render(
        request,
        "commission-accounts/account.html",
        seen_by=visitor,
        status=refusal.status if refusal else 200,
        account=found,
        done=money_wording.DONE.get(request.query_params.get("done", "")),
        problem=visitor.say(refusal.message, **refusal.details) if refusal else None,
        typed={key: str(value) for key, value in typed.items()} if typed else {},
        # Sent twice, a form counts once.
        client_id=uuid4().hex,
        kinds=money_wording.KINDS,
        methods=money_wording.METHODS,
        by_hand=money_wording.BY_HAND,
        states=money_wording.LINE_STATES,
        invoice_kinds=money_wording.INVOICE_KINDS,
        invoice_fields=money_wording.INVOICE_FIELDS,
    )


def _sum(sent: FormData) -> Sum:
    """Return what was typed. Raises AmountInvalid."""
    typed = str(sent.get("amount", "")).strip().replace(",", "")[:_MAX_TYPED]
    try:
        amount = Decimal(typed) if typed else None
        is_right = amount is None or (amount.is_finite() and amount > 0 and amount == amount.quantize(Decimal("0.01")))
    except InvalidOperation:
        is_right, amount = False, None
    if not is_right:
        raise AmountInvalid()
    method = str(sent.get("method", ""))
    known = {each.value: each for each in money_wording.BY_HAND}
    return Sum(
        _client_id(sent),
        amount,
        known.get(method, PaymentMethod.TRANSFER),
        str(sent.get("reference", ""))[: paying.MAX_REFERENCE_CHARACTERS],
        str(sent.get("note", ""))[: paying.MAX_NOTE_CHARACTERS],
    )


def _client_id(sent: FormData) -> str:
    return str(sent.get("client_id", ""))[:64] or uuid4().hex
