"""Take a list of commissions out, as CSV or as a workbook: bounded, and written down before it leaves."""

import csv
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

from qa_server.desk import auditing
from qa_server.desk.commissions import handling
from qa_server.desk.commissions.finding.shelves import Shelf, Wanted
from qa_server.desk.commissions.views import ListedCommission
from qa_server.desk.exporting import Format, guarded
from qa_server.desk.workbook import workbook
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, translate
from qa_server.people.audit import Action
from qa_server.people.rights import StaffMember

# What one person looks through; more is a question of statistics.
MAX_ROWS = 5_000
COLUMNS = (
    "Number",
    "Service",
    "Title",
    "Library",
    "Work done by",
    "Searcher",
    "Subject",
    "State",
    "Submitted",
    "Deadline",
    "Price",
    "Currency",
    "Payment",
)


def export(
    place: Workplace,
    person: StaffMember,
    shelf: Shelf | None,
    form: Format,
    *,
    wanted: Wanted,
    zone: ZoneInfo,
    language: Language,
) -> bytes:
    """Return what a list shows as a file, without who the readers are; times in `zone`. At most 5,000 rows.

    What was taken out stands on record before it is returned.
    """
    rows = [[translate(name, language) for name in COLUMNS]]
    offset: int | None = 0
    while offset is not None and len(rows) <= MAX_ROWS:
        page = handling.listing(place, person, shelf, language=language, offset=offset, wanted=wanted)
        rows += [row_of(each, zone, language) for each in page.items]
        offset = page.next_offset
    del rows[MAX_ROWS + 1 :]
    details = {"shelf": shelf or "", "format": form, "rows": len(rows) - 1}
    auditing.note_export(place, person, Action.EXPORTED, what="commissions", details=details)
    return workbook(translate("Commissions", language), rows) if form == "xlsx" else _csv(rows)


def _csv(rows: list[list[str]]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows([guarded(cell) for cell in row] for row in rows)
    # Spreadsheets tell UTF-8 by the mark.
    return ("\ufeff" + text.getvalue()).encode()


def row_of(each: ListedCommission, zone: ZoneInfo, language: Language) -> list[str]:
    """Return a commission as a row under `COLUMNS`, times in `zone`."""
    is_zh = language == "zh"
    return [
        each.number,
        each.service,
        each.title,
        each.library_zh if is_zh else each.library_en,
        each.service_library_zh if is_zh else each.service_library_en,
        each.searcher or "",
        each.subject or "",
        each.state_label,
        _moment(each.submitted_at, zone),
        _moment(each.due_at, zone),
        "" if each.price is None else str(each.price),
        each.currency,
        each.payment_state,
    ]


def _moment(value: datetime | None, zone: ZoneInfo) -> str:
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M") if value else ""
