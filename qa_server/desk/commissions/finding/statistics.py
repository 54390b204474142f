"""Workload and turnaround of commissions: how many, how fast, how late, how long, for how much, how liked.

Counted by service, library, searcher and month; readers are numbers here and nothing else.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, load_only

from qa_server.commissions import clock, money, service
from qa_server.commissions.models import Commission
from qa_server.commissions.money_models import LedgerState, Payment, PaymentKind
from qa_server.commissions.work_models import WorkLogEntry
from qa_server.conversations.schemas import Wire
from qa_server.desk import auditing
from qa_server.desk.commissions.money.ledgers import Month, month_named
from qa_server.desk.commissions.services.service_names import service_names
from qa_server.desk.finding import OwnerView
from qa_server.desk.rights_at import node_for
from qa_server.desk.workbook import Cell, workbook
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, translate
from qa_server.network.hours import Schedule
from qa_server.network.models import Library
from qa_server.network.queries import Owner, owners, subtree
from qa_server.network.schedules import schedules_of
from qa_server.people.audit import Action
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import Right, StaffMember

# Months that one page may span.
MAX_MONTHS = 12
By = Literal["service", "library", "searcher", "month"]
TABLES: tuple[By, ...] = ("month", "service", "library", "searcher")
_COUNTED = (LedgerState.CONFIRMED, LedgerState.REFUNDED)
_DAY = timedelta(days=1)


class Figures(Wire):
    """One row: `key` is a code, a name or a month; None for nobody. Days are working days by the clock.

    `overdue_share` is of those done, 0 to 1; `revenue` by currency; `median_days` and `p90_days` None without any.
    """

    key: str | None
    name_zh: str
    name_en: str
    received: int
    done: int
    median_days: float | None
    p90_days: float | None
    overdue_share: float | None
    hours: float
    revenue: dict[str, Decimal]
    stars: float | None
    rated: int


class StatisticsView(Wire):
    """The figures of a node and everything below it, from the first day of a month to the last of another."""

    node: OwnerView
    first: str
    last: str
    whole: Figures
    tables: dict[str, list[Figures]]


@dataclass
class _Tally:
    received: int = 0
    done: int = 0
    days: list[float] = field(default_factory=list)
    overdue: int = 0
    minutes: int = 0
    revenue: dict[str, Decimal] = field(default_factory=dict)
    stars: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Places:
    """Where something counts: one key for each table."""

    service: str
    library: str
    searcher: str | None
    month: str

    def of(self, by: By) -> str | None:
        """Return the key in a table."""
        keys: Mapping[By, str | None] = {
            "service": self.service,
            "library": self.library,
            "searcher": self.searcher,
            "month": self.month,
        }
        return keys[by]


def statistics(place: Workplace, person: StaffMember, code: str, *, first: str, last: str) -> StatisticsView:
    """Return the figures of a node that the person supervises. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        node = node_for(session, person, Right.SUPERVISE, code)
        begins, ends = _months(node, first, last, place.clock())
        return _view(session, node, begins, ends, place.clock())


def write_out(place: Workplace, person: StaffMember, code: str, *, first: str, last: str, language: Language) -> bytes:
    """Return the figures as a workbook; who took them out is on record first. Raises NotFound, Forbidden."""
    found = statistics(place, person, code, first=first, last=last)
    told = {"node": found.node.code, "first": found.first, "last": found.last}
    auditing.note_export(place, person, Action.EXPORTED, what="commission_statistics", details=told)
    rows: list[list[Cell]] = []
    for by in TABLES:
        rows.append([translate(HEADS[by], language), *(translate(each, language) for each in FIGURES)])
        rows += [_cells(each, language) for each in found.tables[by]]
        rows.append([""])
    rows.append([translate("All", language), *_cells(found.whole, language)[1:]])
    return workbook(f"{found.node.code} {found.first} {found.last}", rows)


HEADS: Mapping[str, str] = {"service": "Service", "library": "Library", "searcher": "Librarian", "month": "Month"}
FIGURES = (
    "Received", "Done", "Median working days", "90 % within working days", "Overdue", "Hours logged", "Revenue",
    "Stars", "Ratings",
)  # fmt: skip


def _months(node: Library, first: str, last: str, now: datetime) -> tuple[Month, Month]:
    today = now.astimezone(ZoneInfo(node.time_zone)).date()
    ends = month_named(last, today)
    begins = month_named(first, _months_before(ends.first, 11) if not first else today)
    earliest = _months_before(ends.first, MAX_MONTHS - 1)
    return Month(min(max(begins.first, earliest), ends.first)), ends


def _months_before(day: date, count: int) -> date:
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def _view(session: Session, node: Library, begins: Month, ends: Month, now: datetime) -> StatisticsView:
    zone = ZoneInfo(node.time_zone)
    bounds = begins.bounds(zone)[0], ends.bounds(zone)[1]
    libraries = owners(session, subtree(session, {node.id}))
    count = _Count(session, zone, bounds, libraries)
    count.commissions(now)
    count.minutes()
    count.revenue()
    people = librarians_by_id(session, {UUID(key) for key in count.tallies["searcher"] if key})
    services = service_names(session, {key for key in count.tallies["service"] if key})
    names: dict[By, Callable[[str], tuple[str, str]]] = {
        "service": lambda key: (services[key].zh, services[key].en) if key in services else (key, key),
        "library": lambda key: next((each.name_zh, each.name_en) for each in libraries.values() if each.code == key),
        "searcher": lambda key: (people[UUID(key)].name_zh, people[UUID(key)].name_en),
        "month": lambda key: (key, key),
    }
    return StatisticsView(
        node=OwnerView(code=node.code, name_zh=node.name_zh, name_en=node.name_en),
        first=begins.name,
        last=ends.name,
        whole=_figures("", ("", ""), count.whole),
        tables={by: _table(count.tallies[by], names[by]) for by in TABLES},
    )


class _Count:
    """Counts once over commissions, work logs and payments, into every table at a time."""

    def __init__(
        self, session: Session, zone: ZoneInfo, bounds: tuple[datetime, datetime], libraries: Mapping[UUID, Owner]
    ) -> None:
        self._session, self._zone, self._libraries = session, zone, libraries
        self._begins, self._ends = bounds
        self.whole = _Tally()
        self.tallies: dict[By, dict[str | None, _Tally]] = {by: defaultdict(_Tally) for by in TABLES}

    def commissions(self, now: datetime) -> None:
        """Count what came in and what was done."""
        found = _light().where(
            Commission.service_library_id.in_(self._libraries),
            or_(
                self._within_column(Commission.submitted_at),
                self._within_column(Commission.delivered_at),
            ),
        )
        rows = self._session.scalars(found).all()
        at_work = {each.service_library_id for each in rows}
        # Schedules are good for 400 days: the year, and the month before, in which work may have begun.
        schedules = schedules_of(self._session, at_work, around=self._begins - timedelta(days=30))
        for commission in rows:
            if self._is_within(commission.submitted_at):
                for tally in self._at(commission, commission.submitted_at):
                    tally.received += 1
            if self._is_within(commission.delivered_at):
                self._done(commission, schedules[commission.service_library_id], now)

    def minutes(self) -> None:
        """Count the time written into work logs, for whoever wrote it."""
        rows = self._session.execute(
            _light()
            .add_columns(WorkLogEntry.librarian_id, WorkLogEntry.searched_at, WorkLogEntry.minutes)
            .join(WorkLogEntry, WorkLogEntry.commission_id == Commission.id)
            .where(
                Commission.service_library_id.in_(self._libraries),
                WorkLogEntry.replaced_by_id.is_(None),
                WorkLogEntry.is_removed.is_(False),
                self._within_column(WorkLogEntry.searched_at),
            )
        )
        for commission, librarian_id, searched_at, minutes in rows:
            for tally in self._at(commission, searched_at, searcher_id=librarian_id):
                tally.minutes += minutes

    def revenue(self) -> None:
        """Count what came and stayed, where and when it came."""
        rows = self._session.execute(
            _light()
            .add_columns(Payment.kind, Payment.amount, Payment.currency, Payment.settled_at)
            .join(Payment, Payment.commission_id == Commission.id)
            .where(
                Commission.service_library_id.in_(self._libraries),
                Payment.kind.in_((PaymentKind.PAYMENT, PaymentKind.REFUND)),
                Payment.state.in_(_COUNTED),
                self._within_column(Payment.settled_at),
            )
        )
        for commission, kind, amount, currency, settled_at in rows:
            moved = -amount if kind == PaymentKind.REFUND else amount
            for tally in self._at(commission, settled_at):
                tally.revenue[currency] = tally.revenue.get(currency, money.NOTHING) + moved

    def _done(self, commission: Commission, schedule: Schedule, now: datetime) -> None:
        marks, until = service.marks_of(commission), commission.delivered_at or now
        spent = clock.used(schedule, marks, until) / _DAY
        promised = commission.days
        is_late = promised is not None and clock.is_overrun(schedule, marks, until, days=promised)
        for tally in self._at(commission, commission.delivered_at):
            tally.done += 1
            tally.days.append(spent)
            tally.overdue += is_late
            if commission.stars is not None:
                tally.stars.append(commission.stars)

    def _at(
        self, commission: Commission, moment: datetime | None, *, searcher_id: UUID | None = None
    ) -> Iterable[_Tally]:
        searcher = searcher_id or commission.searcher_id
        month = (moment or self._begins).astimezone(self._zone).strftime("%Y-%m")
        code = self._libraries[commission.service_library_id].code
        where = _Places(commission.code, code, str(searcher) if searcher else None, month)
        return [self.whole, *(self.tallies[by][where.of(by)] for by in TABLES)]

    def _within_column(self, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        return (column >= self._begins) & (column < self._ends)

    def _is_within(self, moment: datetime | None) -> bool:
        return moment is not None and self._begins <= moment < self._ends


def _light() -> Select[Commission]:
    """Return the select of commissions without what people wrote: forms are large, and nothing here needs them."""
    return select(Commission).options(
        load_only(
            Commission.code,
            Commission.service_library_id,
            Commission.searcher_id,
            Commission.submitted_at,
            Commission.delivered_at,
            Commission.marks,
            Commission.days,
            Commission.stars,
        )
    )


def _table(tallies: Mapping[str | None, _Tally], names: Callable[[str], tuple[str, str]]) -> list[Figures]:
    rows = [_figures(key, names(key) if key else ("", ""), tally) for key, tally in tallies.items()]
    return sorted(rows, key=lambda row: (row.key is None, row.key or ""))


def _figures(key: str | None, name: tuple[str, str], tally: _Tally) -> Figures:
    return Figures(
        key=key,
        name_zh=name[0],
        name_en=name[1],
        received=tally.received,
        done=tally.done,
        median_days=percentile(tally.days, 50),
        p90_days=percentile(tally.days, 90),
        overdue_share=tally.overdue / tally.done if tally.done else None,
        hours=round(tally.minutes / 60, 1),
        revenue=dict(sorted(tally.revenue.items())),
        stars=round(sum(tally.stars) / len(tally.stars), 1) if tally.stars else None,
        rated=len(tally.stars),
    )


def percentile(values: Sequence[float], percent: int) -> float | None:
    """Return the value that so many per cent do not exceed (nearest rank), one place after the point."""
    if not values:
        return None
    rank = max(-(-percent * len(values) // 100), 1)
    return round(sorted(values)[rank - 1], 1)


def _cells(row: Figures, language: Language) -> list[Cell]:
    name = row.name_zh if language == "zh" else row.name_en
    return [
        name or "–",
        row.received,
        row.done,
        "" if row.median_days is None else row.median_days,
        "" if row.p90_days is None else row.p90_days,
        "" if row.overdue_share is None else round(row.overdue_share, 3),
        row.hours,
        " + ".join(f"{amount} {currency}" for currency, amount in row.revenue.items()),
        "" if row.stars is None else row.stars,
        row.rated,
    ]
