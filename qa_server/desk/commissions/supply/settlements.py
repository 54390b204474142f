"""What libraries owe their suppliers for a month, line by line and in all; wrong lines are taken back, once.

Every figure is summed from settlement lines. What leaves as a file is put on record.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_server.commissions.delivery_models import SettlementKind, SettlementLine, Supplier
from qa_server.commissions.models import Commission
from qa_server.conversations.schemas import Wire
from qa_server.desk import auditing
from qa_server.desk.commissions.money.ledgers import month_named
from qa_server.desk.commissions.supply import dispatching, settling
from qa_server.desk.finding import OwnerView
from qa_server.desk.rights_at import node_for, require
from qa_server.desk.workbook import Cell, workbook
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, translate
from qa_server.network.models import Library
from qa_server.network.queries import owners, subtree
from qa_server.people.audit import Action
from qa_server.people.rights import Right, StaffMember
from storage.errors import AppError, NotFound

# Lines on one page; more is a question for the file.
PAGE = 200
# Lines of a file; a month of a whole network has fewer.
MAX_ROWS = 50_000
KINDS = {
    SettlementKind.FEE.value: "Fee of the supplier",
    SettlementKind.SUBSIDY.value: "Subsidy",
    SettlementKind.REVERSAL.value: "Reversed",
}
BALANCE_HEADS = ("Library", "Supplier", "Documents", "Pages copied", "Fees", "Subsidies", "Owed", "Currency")
LINE_HEADS = ("Date", "Number", "Library", "Supplier", "Kind", "Pages copied", "Amount", "Currency")
_NOTHING = Decimal("0.00")


class AlreadyReversed(AppError):
    """A settlement line was taken back before, or is itself what takes one back."""

    code = "already_reversed"
    status = 409
    message = "This line was taken back already. What has to be charged anew is settled with a new request."


class BalanceView(Wire):
    """What a library owes one supplier for a month, and what the network pays of it. Reversals are reckoned in."""

    library: str
    supplier_zh: str
    supplier_en: str
    documents: int
    pages: int
    fee: Decimal
    subsidy: Decimal
    owed: Decimal
    currency: str


class SettledLine(Wire):
    """One line of a month. `is_open`: it may be taken back."""

    id: UUID
    commission_id: UUID
    number: str
    library: str
    supplier_zh: str
    supplier_en: str
    kind: str
    pages: int | None
    amount: Decimal
    currency: str
    settled_at: datetime
    is_open: bool


class SettlementView(Wire):
    """A month at a node and everything below it. `has_more`: the file has lines that the page does not show."""

    node: OwnerView
    month: str
    balances: list[BalanceView]
    lines: list[SettledLine]
    has_more: bool


@dataclass(frozen=True)
class _Bounds:
    month: str
    begins: datetime
    ends: datetime
    zone: ZoneInfo


def month_of(place: Workplace, person: StaffMember, code: str, month: str) -> SettlementView:
    """Return what a node and those below owe their suppliers for a month, such as 2026-09; the present one without.

    Raises NotFound, Forbidden.
    """
    with place.database.read() as session:
        node = node_for(session, person, Right.TAKE_PAYMENTS, code)
        bounds = _bounds(place, node, month)
        rows = _rows(session, node, bounds)
        lines = _lines(session, rows[: PAGE + 1])
        return SettlementView(
            node=OwnerView(code=node.code, name_zh=node.name_zh, name_en=node.name_en),
            month=bounds.month,
            balances=_balances(session, rows),
            lines=lines[:PAGE],
            has_more=len(lines) > PAGE,
        )


def write_out(
    place: Workplace,
    person: StaffMember,
    code: str,
    month: str,
    *,
    what: Literal["balances", "lines"],
    language: Language,
) -> bytes:
    """Return a month as a workbook; who took it out is on record first. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        node = node_for(session, person, Right.TAKE_PAYMENTS, code)
        bounds = _bounds(place, node, month)
        found = _rows(session, node, bounds)
        if what == "balances":
            heads, rows = BALANCE_HEADS, [_balance_cells(each, language) for each in _balances(session, found)]
        else:
            heads, rows = LINE_HEADS, [_line_cells(each, bounds.zone, language) for each in _lines(session, found)]
    told = {"node": node.code, "month": bounds.month, "what": what, "rows": len(rows)}
    auditing.note_export(place, person, Action.EXPORTED, what="settlement", details=told)
    return workbook(f"{node.code} {bounds.month}", [[translate(each, language) for each in heads], *rows])


def reverse_line(place: Workplace, person: StaffMember, line_id: UUID) -> None:
    """Take a wrong settlement line back by an opposite one, once. Raises NotFound, Forbidden, AlreadyReversed."""
    try:
        with place.database.write() as session:
            line = session.get(SettlementLine, line_id)
            if line is None:
                raise NotFound()
            require(session, person, Right.TAKE_PAYMENTS, line.library_id)
            earlier = select(SettlementLine.id).where(SettlementLine.reverses_id == line.id)
            if line.kind == SettlementKind.REVERSAL or session.scalar(earlier) is not None:
                raise AlreadyReversed()
            settling.reverse(session, line, by=person.id, now=place.clock())
    except IntegrityError as error:
        # Somebody else did it at the same moment.
        raise AlreadyReversed() from error


def _bounds(place: Workplace, node: Library, name: str) -> _Bounds:
    zone = ZoneInfo(node.time_zone)
    month = month_named(name, place.clock().astimezone(zone).date())
    begins, ends = month.bounds(zone)
    return _Bounds(month.name, begins, ends, zone)


def _rows(session: Session, node: Library, bounds: _Bounds) -> Sequence[Row[SettlementLine, str]]:
    found: Select[SettlementLine, str] = (
        select(SettlementLine, Commission.number)
        .join(Commission, Commission.id == SettlementLine.commission_id)
        .where(
            SettlementLine.library_id.in_(subtree(session, {node.id})),
            SettlementLine.settled_at >= bounds.begins,
            SettlementLine.settled_at < bounds.ends,
        )
        .order_by(SettlementLine.settled_at, SettlementLine.id)
        .limit(MAX_ROWS)
    )
    return session.execute(found).all()


def _lines(session: Session, rows: Sequence[Row[SettlementLine, str]]) -> list[SettledLine]:
    ids = [line.id for line, _ in rows]
    gone = set(session.scalars(select(SettlementLine.reverses_id).where(SettlementLine.reverses_id.in_(ids))))
    codes = {key: each.code for key, each in owners(session, {line.library_id for line, _ in rows}).items()}
    names = _names(session, rows)
    return [
        SettledLine(
            id=line.id,
            commission_id=line.commission_id,
            number=number,
            library=codes[line.library_id],
            supplier_zh=names[line.supplier_id][0],
            supplier_en=names[line.supplier_id][1],
            kind=line.kind,
            pages=line.pages,
            amount=line.amount,
            currency=line.currency,
            settled_at=line.settled_at,
            is_open=line.kind != SettlementKind.REVERSAL and line.id not in gone,
        )
        for line, number in rows
    ]


def _balances(session: Session, rows: Sequence[Row[SettlementLine, str]]) -> list[BalanceView]:
    grouped: dict[tuple[UUID, UUID, str], list[SettlementLine]] = defaultdict(list)
    for line, _ in rows:
        grouped[(line.library_id, line.supplier_id, line.currency)].append(line)
    codes = {key: each.code for key, each in owners(session, {line.library_id for line, _ in rows}).items()}
    names, taken_back = _names(session, rows), _taken_back(session, rows)
    found = [
        _balance(codes[library_id], names[supplier_id], currency, own, taken_back)
        for (library_id, supplier_id, currency), own in grouped.items()
    ]
    return sorted(found, key=lambda each: (each.library, -each.owed, each.supplier_en))


def _balance(
    library: str,
    names: tuple[str, str],
    currency: str,
    lines: Sequence[SettlementLine],
    taken_back: dict[UUID, SettlementKind],
) -> BalanceView:
    sums = {SettlementKind.FEE: _NOTHING, SettlementKind.SUBSIDY: _NOTHING}
    documents, pages = 0, 0
    for line in lines:
        kind = taken_back[line.reverses_id] if line.reverses_id else SettlementKind(line.kind)
        sums[kind] += line.amount
        if kind is SettlementKind.FEE:
            sign = -1 if line.reverses_id else 1
            documents, pages = documents + sign, pages + sign * (line.pages or 0)
    return BalanceView(
        library=library,
        supplier_zh=names[0],
        supplier_en=names[1],
        documents=documents,
        pages=pages,
        fee=sums[SettlementKind.FEE],
        # A subsidy is what the library does not owe: its lines are negative.
        subsidy=-sums[SettlementKind.SUBSIDY],
        owed=sum(sums.values(), _NOTHING),
        currency=currency,
    )


def _taken_back(session: Session, rows: Sequence[Row[SettlementLine, str]]) -> dict[UUID, SettlementKind]:
    """Return the kind of each line that a reversal takes back; it may be of an earlier month."""
    ids = {line.reverses_id for line, _ in rows if line.reverses_id}
    found = session.execute(select(SettlementLine.id, SettlementLine.kind).where(SettlementLine.id.in_(ids)))
    return {row.id: SettlementKind(row.kind) for row in found}


def _names(session: Session, rows: Sequence[Row[SettlementLine, str]]) -> dict[UUID, tuple[str, str]]:
    ids = {line.supplier_id for line, _ in rows}
    return {each: dispatching.name_of(session, session.get_one(Supplier, each)) for each in ids}


def _balance_cells(each: BalanceView, language: Language) -> list[Cell]:
    return [
        each.library,
        each.supplier_zh if language == "zh" else each.supplier_en,
        each.documents,
        each.pages,
        float(each.fee),
        float(each.subsidy),
        float(each.owed),
        each.currency,
    ]


def _line_cells(each: SettledLine, zone: ZoneInfo, language: Language) -> list[Cell]:
    return [
        each.settled_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        each.number,
        each.library,
        each.supplier_zh if language == "zh" else each.supplier_en,
        translate(KINDS[each.kind], language),
        each.pages or 0,
        float(each.amount),
        each.currency,
    ]
