"""The canned replies of one shelf as a file, and a file put in: line by line, first as a dry run where asked."""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.conversations.text import storable
from qa_server.desk import canned_replies
from qa_server.desk.canned_replies import Shelf
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember
from qa_server.replies import files, service
from qa_server.replies.fields import ReplyFields, shortcut_of
from qa_server.replies.files import FileLine, Format
from qa_server.replies.holders import Holder
from qa_server.replies.models import CannedReply
from qa_server.replies.queries import replies_of
from storage.errors import AppError

Outcome = Literal["new", "changed", "unchanged", "refused"]

_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


class LineReport(Wire):
    """What became of one line. `reason` says in English why it was refused, with {placeholders} for `details`."""

    number: int
    shortcut: str
    outcome: Outcome
    reason: str = ""
    details: dict[str, str] = Field(default_factory=dict)


class ImportReport(Wire):
    """What became of a file. After a dry run nothing was changed."""

    is_dry_run: bool
    new: int
    changed: int
    unchanged: int
    refused: int
    lines: list[LineReport]


def export(place: Workplace, person: StaffMember, where: Shelf, format_: Format) -> str:
    """Return the replies of a shelf that the person may see as a file. Raises NotFound."""
    shelf = canned_replies.shelf(place, person, where)
    kept = [
        ReplyFields(
            shortcut=each.shortcut,
            title_zh=each.title_zh,
            title_en=each.title_en,
            text_zh=each.text_zh,
            text_en=each.text_en,
            category=each.category,
            subject=each.subject,
            tags=tuple(each.tags),
            resolution=each.macro.resolution if each.macro else None,
            read_level=each.macro.read_level if each.macro else None,
            hours=each.macro.hours if each.macro else None,
            codes=tuple(each.macro.codes) if each.macro else (),
        )
        for each in shelf.replies
    ]
    return files.write(kept, format_)


def put_in(
    place: Workplace, person: StaffMember, where: Shelf, text: str, *, format_: Format, is_dry_run: bool
) -> ImportReport:
    """Bring a shelf to what a file says: by shortcut, refused lines left out, nothing removed. Safe to repeat.

    Raises NotFound, Forbidden, ReplyFileRefused.
    """
    wanted = files.read(storable(text), format_)
    # What a read transaction changed is rolled back at its end: the dry run is the real one, without a commit.
    with place.database.read() if is_dry_run else place.database.write() as session:
        holder = canned_replies.editable(session, person, where)
        lines = _put_in(session, holder, wanted, by=person.id, now=place.clock())
    counts = {outcome: sum(line.outcome == outcome for line in lines) for outcome in _OUTCOMES}
    return ImportReport(is_dry_run=is_dry_run, lines=lines, **counts)


def _put_in(session: Session, holder: Holder, wanted: list[FileLine], *, by: UUID, now: datetime) -> list[LineReport]:
    known = {reply.shortcut: reply for reply in replies_of(session, [holder])}
    seen: set[str] = set()
    lines: list[LineReport] = []
    for line in wanted:
        key = shortcut_of(line.shortcut)
        if line.fields is None or key in seen:
            reason = line.reason or "The shortcut stands in the file twice."
            lines.append(LineReport(number=line.number, shortcut=line.shortcut, outcome="refused", reason=reason))
            continue
        seen.add(key)
        lines.append(_put_in_one(session, holder, line.number, line.fields, known.get(key), by=by, now=now))
    return lines


def _put_in_one(
    session: Session,
    holder: Holder,
    number: int,
    fields: ReplyFields,
    known: CannedReply | None,
    *,
    by: UUID,
    now: datetime,
) -> LineReport:
    outcome: Literal["new", "changed", "unchanged"] = "unchanged"
    shortcut = fields.shortcut[:80]
    try:
        if known is None:
            service.add(session, holder, fields, by=by, now=now)
            outcome = "new"
        elif service.change(session, known, fields, expected_version=None, by=by, now=now):
            outcome = "changed"
    except AppError as error:
        reason, details = _told(error)
        return LineReport(number=number, shortcut=shortcut, outcome="refused", reason=reason, details=details)
    return LineReport(number=number, shortcut=shortcut, outcome=outcome)


def _told(error: AppError) -> tuple[str, dict[str, str]]:
    """Return the reason of a refusal, which stands in its details or is its own sentence."""
    details = {name: str(value) for name, value in error.details.items()}
    return (details["reason"], {}) if "reason" in details else (error.message, details)
