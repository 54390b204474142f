"""The money of a library and all below it: what waits for a cashier, the ledger of a month, totals by service.

Every figure is summed from ledger lines; what is written out as a file is put on record.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from qa_server.commissions import money
from qa_server.commissions.models import Commission
from qa_server.commissions.money_models import LedgerState, Payment, PaymentKind
from qa_server.conversations.schemas import Wire
from qa_server.desk import auditing
from qa_server.desk.commissions.services.service_names import service_names
from qa_server.desk.finding import OwnerView
from qa_server.desk.rights_at import node_for
from qa_server.desk.workbook import Cell, workbook
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, translate
from qa_server.network.hours import moment_of
from qa_server.network.models import Library
from qa_server.network.queries import owners, subtree
from qa_server.people.audit import Action
from qa_server.people.rights import Right, StaffMember, nodes_with

# Lines on one page; more is a question for the file.
PAGE = 200
# Lines of a file; a month of a whole network has fewer.
MAX_ROWS = 50_000
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_COUNTED = (LedgerState.CONFIRMED, LedgerState.REFUNDED)
_SIGNED = case((Payment.kind.in_((PaymentKind.FEE, PaymentKind.REFUND)), Payment.amount), else_=-Payment.amount)


class WaitingMoney(Wire):
    """A commission whose money waits for a cashier: a proof to decide on, credit to give back, or an open sum."""

    commission_id: UUID
    payment_id: UUID | None
    number: str
    code: str
    library_zh: str
    library_en: str
    amount: Decimal
    currency: str
    since: datetime


class WaitingLists(Wire):
    """The three lists of a cashier, each the oldest first and at most a page long."""

    proofs: list[WaitingMoney]
    credits: list[WaitingMoney]
    open: list[WaitingMoney]


class LedgerRow(Wire):
    """One line of the ledger of a month."""

    commission_id: UUID
    number: str
    code: str
    library: str
    kind: str
    method: str
    amount: Decimal
    currency: str
    reference: str
    settled_at: datetime


class Total(Wire):
    """What one service of one library came to in a month. `open` is what was open, less credit, when it ended."""

    library: str
    library_zh: str
    library_en: str
    code: str
    currency: str
    charged: Decimal = money.NOTHING
    paid: Decimal = money.NOTHING
    refunded: Decimal = money.NOTHING
    waived: Decimal = money.NOTHING
    open: Decimal = money.NOTHING


class MonthView(Wire):
    """A month at a node and everything below it. `has_more`: the file has lines that the page does not show."""

    node: OwnerView
    month: str
    totals: list[Total]
    rows: list[LedgerRow]
    has_more: bool


@dataclass(frozen=True)
class Month:
    """A calendar month; its bounds are those of the node's time zone."""

    first: date

    @property
    def following(self) -> date:
        """Return the first day of the month after."""
        return (self.first.replace(day=28) + timedelta(days=4)).replace(day=1)

    @property
    def name(self) -> str:
        """Return the month as addresses have it."""
        return self.first.strftime("%Y-%m")

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the moments (UTC) at which it begins and at which the next one does."""
        return moment_of(self.first, 0, zone), moment_of(self.following, 0, zone)


def month_named(name: str, today: date) -> Month:
    """Return the month of an address such as 2026-09; the present one where that says nothing."""
    try:
        return Month(datetime.strptime(name, "%Y-%m").date())
    except ValueError:
        return Month(today.replace(day=1))


def nodes(place: Workplace, person: StaffMember, right: Right = Right.TAKE_PAYMENTS) -> list[OwnerView]:
    """Return the nodes at which the person holds the right, by code."""
    with place.database.read() as session:
        found = owners(session, nodes_with(person, right)).values()
        shown = [OwnerView(code=each.code, name_zh=each.name_zh, name_en=each.name_en) for each in found]
        return sorted(shown, key=lambda each: each.code)


def waiting(place: Workplace, person: StaffMember, code: str) -> WaitingLists:
    """Return what waits for a cashier at a node and below. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        node = node_for(session, person, Right.TAKE_PAYMENTS, code)
        libraries = subtree(session, {node.id})
        proofs = _found(libraries).where(Payment.state == LedgerState.PROOF_SENT)
        rows = session.execute(proofs.order_by(Payment.created_at, Payment.id).limit(PAGE)).all()
        shown = [
            _waiting(session, each.Commission, each.Payment.amount, each.Payment.created_at, each.Payment)
            for each in rows
        ]
        credits_, open_ = _unbalanced(session, libraries)
        names = owners(session, libraries)
        # What was proved waits in the first list already.
        proved = {each["commission_id"] for each in shown}
        open_ = [each for each in open_ if each["commission_id"] not in proved]
        lists = {"proofs": shown, "credits": credits_, "open": open_}
        return WaitingLists(**{name: [_named(each, names) for each in rows_] for name, rows_ in lists.items()})


def month_of(place: Workplace, person: StaffMember, code: str, name: str) -> MonthView:
    """Return a month of a node and everything below it. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        node = node_for(session, person, Right.TAKE_PAYMENTS, code)
        month, bounds = _bounds(place, node, name)
        rows = _rows(session, node, bounds, limit=PAGE + 1)
        return MonthView(
            node=OwnerView(code=node.code, name_zh=node.name_zh, name_en=node.name_en),
            month=month.name,
            totals=_totals(session, node, bounds),
            rows=rows[:PAGE],
            has_more=len(rows) > PAGE,
        )


def write_out(
    place: Workplace,
    person: StaffMember,
    code: str,
    name: str,
    *,
    what: Literal["totals", "lines"],
    language: Language,
) -> bytes:
    """Return a month as a workbook; who took it out is on record first. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        node = node_for(session, person, Right.TAKE_PAYMENTS, code)
        month, bounds = _bounds(place, node, name)
        if what == "totals":
            totals = _totals(session, node, bounds)
            services = _services(session, totals, language)
            rows = [_total_cells(each, services, language) for each in totals]
        else:
            zone, lines = ZoneInfo(node.time_zone), _rows(session, node, bounds, limit=MAX_ROWS)
            services = _services(session, lines, language)
            rows = [_row_cells(each, zone, services, language) for each in lines]
    told = {"node": node.code, "month": month.name, "what": what, "rows": len(rows)}
    auditing.note_export(place, person, Action.EXPORTED, what="commission_money", details=told)
    head: list[Cell] = [translate(each, language) for each in (TOTAL_HEADS if what == "totals" else ROW_HEADS)]
    return workbook(f"{node.code} {month.name}", [head, *rows])


TOTAL_HEADS = (
    "Library", "Name of the library", "Service", "Currency", "Charged", "Paid", "Refunded", "Waived", "Open at the end",
)  # fmt: skip
ROW_HEADS = ("Date", "Number", "Library", "Service", "Kind", "Method", "Amount", "Currency", "Reference")
KINDS = {
    PaymentKind.FEE.value: "Charge",
    PaymentKind.WAIVER.value: "Waiver",
    PaymentKind.PAYMENT.value: "Payment",
    PaymentKind.REFUND.value: "Refund",
}
METHODS = {
    "transfer": "Bank transfer",
    "cash": "Cash",
    "campus_card": "Campus card",
    "hook": "Payment service",
    "waiver": "Let off",
    "price": "Price",
}


def _found(libraries: Collection[UUID]) -> Select[Commission, Payment]:
    return (
        select(Commission, Payment)
        .join(Payment, Payment.commission_id == Commission.id)
        .where(Payment.library_id.in_(libraries))
    )


def _unbalanced(session: Session, libraries: Collection[UUID]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return commissions with credit, and those with an open sum that is called for or overdue, oldest first."""
    sums = (
        select(
            Payment.commission_id,
            func.sum(_SIGNED).label("open"),
            func.max(Payment.settled_at).label("since"),
        )
        .where(Payment.library_id.in_(libraries), Payment.state.in_(_COUNTED))
        .group_by(Payment.commission_id)
        .having(func.sum(_SIGNED) != 0)
        .subquery()
    )
    found = select(Commission, sums.c.open, sums.c.since).join(sums, sums.c.commission_id == Commission.id)
    rows = session.execute(found.order_by(sums.c.since, Commission.id).limit(5 * PAGE)).all()
    shown = [(each.Commission, _exact(each.open), each.since) for each in rows]
    credits_ = [_waiting(session, commission, -open_, since, None) for commission, open_, since in shown if open_ < 0]
    owed = [_waiting(session, commission, open_, since, None) for commission, open_, since in shown if open_ > 0]
    return credits_[:PAGE], owed[:PAGE]


def _waiting(
    session: Session, commission: Commission, amount: Decimal, since: datetime, line: Payment | None
) -> dict[str, Any]:
    return {
        "commission_id": commission.id,
        "payment_id": line.id if line else None,
        "number": commission.number,
        "code": commission.code,
        "library_id": money.payee_of(session, commission),
        "amount": amount,
        "currency": commission.currency,
        "since": since,
    }


def _named(row: dict[str, Any], names: Any) -> WaitingMoney:
    owner = names.get(row.pop("library_id"))
    return WaitingMoney(**row, library_zh=owner.name_zh if owner else "", library_en=owner.name_en if owner else "")


def _bounds(place: Workplace, node: Library, name: str) -> tuple[Month, tuple[datetime, datetime]]:
    zone = ZoneInfo(node.time_zone)
    month = month_named(name, place.clock().astimezone(zone).date())
    return month, month.bounds(zone)


def _rows(session: Session, node: Library, bounds: tuple[datetime, datetime], *, limit: int) -> list[LedgerRow]:
    libraries = subtree(session, {node.id})
    begins, ends = bounds
    found = _found(libraries).where(
        Payment.state.in_(_COUNTED), Payment.settled_at >= begins, Payment.settled_at < ends
    )
    names = owners(session, libraries)
    return [
        LedgerRow(
            commission_id=commission.id,
            number=commission.number,
            code=commission.code,
            library=names[line.library_id].code,
            kind=line.kind,
            method=line.method,
            amount=line.amount,
            currency=line.currency,
            reference=line.reference,
            settled_at=line.settled_at,
        )
        for commission, line in session.execute(found.order_by(Payment.settled_at, Payment.id).limit(limit))
    ]


def _totals(session: Session, node: Library, bounds: tuple[datetime, datetime]) -> list[Total]:
    """Sum a month by library, service and currency, with what was open at its end."""
    libraries = subtree(session, {node.id})
    begins, ends = bounds
    key = (Payment.library_id, Commission.code, Payment.currency)
    base = select(*key).join(Commission, Commission.id == Payment.commission_id)
    counted = base.where(Payment.library_id.in_(libraries), Payment.state.in_(_COUNTED), Payment.settled_at < ends)
    within = counted.add_columns(Payment.kind, func.sum(Payment.amount).label("amount"))
    moved = session.execute(within.where(Payment.settled_at >= begins).group_by(*key, Payment.kind)).all()
    left = session.execute(counted.add_columns(func.sum(_SIGNED).label("amount")).group_by(*key)).all()
    names = owners(session, libraries)
    found: dict[tuple[str, str, str], dict[str, Decimal]] = {}
    fields = {"fee": "charged", "payment": "paid", "refund": "refunded", "waiver": "waived"}
    for row in moved:
        found.setdefault((names[row[0]].code, row[1], row[2]), {})[fields[row.kind]] = _exact(row.amount)
    for row in left:
        open_ = _exact(row.amount)
        if open_:
            found.setdefault((names[row[0]].code, row[1], row[2]), {})["open"] = open_
    by_code = {each.code: each for each in names.values()}
    return [
        Total(
            library=library,
            library_zh=by_code[library].name_zh,
            library_en=by_code[library].name_en,
            code=code,
            currency=currency,
            **sums,
        )
        for (library, code, currency), sums in sorted(found.items())
    ]


def _services(session: Session, rows: Sequence[Total] | Sequence[LedgerRow], language: Language) -> Mapping[str, str]:
    names = service_names(session, {each.code for each in rows})
    return {each.code: names[each.code].in_(language) if each.code in names else each.code for each in rows}


def _total_cells(total: Total, services: Mapping[str, str], language: Language) -> list[Cell]:
    name = total.library_zh if language == "zh" else total.library_en
    sums = (total.charged, total.paid, total.refunded, total.waived, total.open)
    return [total.library, name, services[total.code], total.currency, *(float(each) for each in sums)]


def _row_cells(row: LedgerRow, zone: ZoneInfo, services: Mapping[str, str], language: Language) -> list[Cell]:
    return [
        row.settled_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        row.number,
        row.library,
        services[row.code],
        translate(KINDS[row.kind], language),
        translate(METHODS[row.method], language),
        float(row.amount),
        row.currency,
        row.reference,
    ]


def _exact(value: object) -> Decimal:
    # SQLite sums decimals as floats: to the cent they are right again.
    return Decimal(str(value or 0)).quantize(money.NOTHING)


def total_of(totals: Sequence[Total]) -> dict[str, dict[str, Decimal]]:
    """Return the sums of all lines, by currency."""
    sums: dict[str, dict[str, Decimal]] = {}
    for total in totals:
        here = sums.setdefault(
            total.currency, dict.fromkeys(("charged", "paid", "refunded", "waived", "open"), money.NOTHING)
        )
        for name in here:
            here[name] += getattr(total, name)
    return sums
