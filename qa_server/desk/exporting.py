"""Take what a search found out of the service, as CSV or as a workbook: bounded, streamed, and written down.

Who exported by which filters is on record before the first row leaves, and how many rows left when the last one has.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import IO, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.conversations.closing_models import ClosingSheet
from qa_server.conversations.models import Conversation
from qa_server.desk import auditing, searching
from qa_server.desk.search_filters import ConversationFilters
from qa_server.desk.search_results import answered_by, readers_of
from qa_server.desk.workbook import write_workbook
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, translate
from qa_server.network.models import Desk, Library
from qa_server.network.queries import paths_up
from qa_server.people.audit import Action
from qa_server.people.rights import Right, StaffMember, has_right, nodes_with
from qa_server.routing.models import HandOver

# What a spreadsheet opens within seconds; more is a question of statistics.
MAX_ROWS = 50_000
_SLICE = 500
# A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Format = Literal["csv", "xlsx"]
MEDIA_TYPES: Mapping[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
COLUMNS = (
    "Number",
    "Library",
    "Desk",
    "Channel",
    "Language",
    "Asked",
    "Ended",
    "State",
    "Resolution",
    "READ level",
    "Subject",
    "Rating",
    "Comment of the reader",
    "Answered by",
    "Handed over",
    "Question",
)
PERSONAL_COLUMNS = ("Reader", "Number of the reader")


@dataclass(frozen=True)
class TakenOut:
    """What is taken out: its name on record, the title of its sheet, what is told of it, heads and rows."""

    what: str
    title: str
    told: Mapping[str, Any]
    heads: Sequence[str]
    rows: Iterator[list[str]]


def conversations(
    place: Workplace, person: StaffMember, filters: ConversationFilters, *, language: Language
) -> TakenOut:
    """Return what a search of conversations takes out; nothing is read before the rows are."""
    has_readers = bool(nodes_with(person, Right.EXPORT_READERS))
    heads = (*COLUMNS, *PERSONAL_COLUMNS) if has_readers else COLUMNS
    return TakenOut(
        what="conversations",
        title=translate("Conversations", language),
        told={"filters": filters.written(), "readers": has_readers},
        heads=[translate(name, language) for name in heads],
        rows=_rows(place, person, filters, language),
    )


def export_csv(place: Workplace, person: StaffMember, taken: TakenOut) -> Iterator[str]:
    """Yield the rows as CSV for spreadsheets, with a byte order mark; writes down the export around it."""
    yield "\ufeff"
    for row in _recorded(place, person, taken, "csv"):
        line = StringIO()
        csv.writer(line).writerow([guarded(cell) for cell in row])
        yield line.getvalue()


def export_workbook(place: Workplace, person: StaffMember, taken: TakenOut, target: IO[bytes]) -> None:
    """Write the rows as a workbook, row by row; writes down the export around it."""
    write_workbook(target, taken.title, _recorded(place, person, taken, "xlsx"))


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _recorded(place: Workplace, person: StaffMember, taken: TakenOut, form: Format) -> Iterator[Sequence[str]]:
    told = {**taken.told, "format": form}
    auditing.note_export(place, person, Action.EXPORT_STARTED, what=taken.what, details=told)
    count = 0
    try:
        yield taken.heads
        for row in taken.rows:
            count += 1
            yield row
    finally:
        # Also when the asker went away in the middle: what left is what counts.
        auditing.note_export(place, person, Action.EXPORTED, what=taken.what, details={**told, "rows": count})


def _rows(
    place: Workplace, person: StaffMember, filters: ConversationFilters, language: Language
) -> Iterator[list[str]]:
    cursor, left = "", MAX_ROWS
    while left > 0:
        # A transaction for each slice: a long one would hold back the clearing of old rows.
        with place.database.read() as session:
            search = searching.prepare(session, person, filters)
            page = searching.page_of(session, search, cursor=cursor, limit=min(_SLICE, left))
            rows = _slice(session, person, page.ids, language)
        yield from rows
        left -= len(page.ids)
        if page.next is None:
            return
        cursor = page.next


def _slice(session: Session, person: StaffMember, ids: Sequence[UUID], language: Language) -> list[list[str]]:
    known = {each.id: each for each in session.scalars(select(Conversation).where(Conversation.id.in_(ids)))}
    found = [known[each] for each in ids if each in known]
    nodes = {each.library_id for each in found}
    libraries = {each.id: each for each in session.scalars(select(Library).where(Library.id.in_(nodes)))}
    desks = {each.id: each for each in session.scalars(select(Desk).where(Desk.id.in_({c.desk_id for c in found})))}
    answered, readers = answered_by(session, ids), readers_of(session, found)
    handed = set(session.scalars(select(HandOver.conversation_id).where(HandOver.conversation_id.in_(ids))))
    closings = select(ClosingSheet.conversation_id, ClosingSheet.subject).where(ClosingSheet.conversation_id.in_(ids))
    subjects = {row.conversation_id: row.subject for row in session.execute(closings)}
    personal = {n for n, p in paths_up(session, nodes).items() if has_right(person, Right.EXPORT_READERS, p)}
    has_personal = bool(nodes_with(person, Right.EXPORT_READERS))
    zone = ZoneInfo(session.get_one(Library, person.library_id).time_zone)
    lines = []
    for each in found:
        library, desk, holder = libraries[each.library_id], desks[each.desk_id], answered.get(each.id)
        line = [
            each.number,
            _name(library, language),
            _name(desk, language),
            each.channel,
            each.language,
            _moment(each.created_at, zone),
            _moment(each.ended_at, zone),
            str(each.state),
            each.resolution or "",
            str(each.read_level or ""),
            subjects.get(each.id) or "",
            str(each.rating or ""),
            each.rating_comment or "",
            (holder.name_zh if language == "zh" else holder.name_en) if holder else "",
            translate("yes", language) if each.id in handed else translate("no", language),
            each.question,
        ]
        if has_personal:
            reader = readers.get(each.id) if each.library_id in personal else None
            line += [reader.name if reader else "", reader.subject if reader else ""]
        lines.append(line)
    return lines


def _name(named: Library | Desk, language: Language) -> str:
    return named.name_zh if language == "zh" else named.name_en


def _moment(value: datetime | None, zone: ZoneInfo) -> str:
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M") if value else ""
