"""Monthly statements of the contribution ledger, for administrators of a node and at the command line."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.desk.rights_at import node_for
from qa_server.desk.workbook import Cell, workbook
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, translate
from qa_server.network.models import Library
from qa_server.network.queries import subtree
from qa_server.people.rights import Right, StaffMember
from qa_server.routing.contributions import Balance, balances, roll_up


class BalanceView(Wire):
    """One library's month: hours staffed, questions of its readers answered, sent to others, answered for others."""

    code: str
    name_zh: str
    name_en: str
    level: str
    staffed_hours: float
    asked: int
    sent: int
    answered_for_others: int
    balance: int


class StatementView(Wire):
    """A month of a node and everything below it. `network_balance` is the sum over all libraries: always 0."""

    library: str
    month: str
    rows: list[BalanceView]
    by_level: dict[str, int]
    network_balance: int


def statement(place: Workplace, person: StaffMember, code: str, month: str) -> StatementView:
    """Return a month's balance for a node. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        return statement_of(session, node_for(session, person, Right.ADMINISTER_LIBRARY, code), month)


def statement_workbook(place: Workplace, person: StaffMember, code: str, month: str) -> bytes:
    """Return the same as an XLSX workbook in the person's language. Raises NotFound, Forbidden."""
    return as_workbook(statement(place, person, code, month), "zh" if person.language == "zh" else "en")


def statement_of(session: Session, node: Library, month: str) -> StatementView:
    """Return a month's balance of a node, by the months of its own time zone. `month` is written as 2026-11."""
    since, until = _bounds(month, node.time_zone)
    everywhere = balances(session, since, until)
    below = subtree(session, [node.id])
    mine = [each for each in everywhere if each.library_id in below]
    names = _libraries(session, mine)
    return StatementView(
        library=node.code,
        month=month,
        rows=[
            _view(each, names[each.library_id]) for each in sorted(mine, key=lambda each: names[each.library_id].code)
        ],
        by_level=roll_up(session, mine),
        network_balance=sum(each.balance for each in everywhere),
    )


def as_workbook(told: StatementView, language: Language) -> bytes:
    """Return a statement as an XLSX workbook."""
    heads = (
        translate("Library", language),
        translate("Name", language),
        translate("Hours staffed", language),
        translate("Questions answered for its readers", language),
        translate("Of these by other libraries", language),
        translate("Answered for other libraries", language),
        translate("Balance", language),
    )
    rows: list[list[Cell]] = [[f"{told.library} {told.month}"], list(heads)]
    for row in told.rows:
        name = row.name_zh if language == "zh" else row.name_en
        rows.append([row.code, name, row.staffed_hours, row.asked, row.sent, row.answered_for_others, row.balance])
    sums: list[Cell] = [
        round(sum(row.staffed_hours for row in told.rows), 2),
        sum(row.asked for row in told.rows),
        sum(row.sent for row in told.rows),
        sum(row.answered_for_others for row in told.rows),
        sum(row.balance for row in told.rows),
    ]
    rows.append([translate("Sum", language), "", *sums])
    return workbook(f"{told.library} {told.month}", rows)


def _bounds(month: str, time_zone: str) -> tuple[datetime, datetime]:
    year, number = map(int, month.split("-"))
    zone = ZoneInfo(time_zone)
    begins = datetime(year, number, 1, tzinfo=zone)
    ends = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=zone)
    return begins.astimezone(UTC), ends.astimezone(UTC)


def _libraries(session: Session, rows: list[Balance]) -> dict[UUID, Library]:
    found = session.scalars(select(Library).where(Library.id.in_({each.library_id for each in rows})))
    return {each.id: each for each in found}


def _view(balance: Balance, library: Library) -> BalanceView:
    return BalanceView(
        code=library.code,
        name_zh=library.name_zh,
        name_en=library.name_en,
        level=library.level,
        staffed_hours=balance.staffed_hours,
        asked=balance.asked,
        sent=balance.sent,
        answered_for_others=balance.answered_for_others,
        balance=balance.balance,
    )
