"""The record of a node: who changed what, who read what, who signed in, what supervisors did. Newest first.

Three tables, one list: their ids are all made of the moment, so the newest of each are the newest of all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from qa_server.conversations.models import Conversation
from qa_server.conversations.schemas import Wire
from qa_server.desk.rights_at import node_for
from qa_server.desk.search_scope import below
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Library
from qa_server.network.setting_models import NetworkChange
from qa_server.people.audit import Action
from qa_server.people.audit_models import AuditEntry
from qa_server.people.models import Librarian
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import Right, StaffMember
from qa_server.routing.models import SupervisionEntry

PAGE_LINES = 100

RecordKind = Literal["changes", "reads", "exports", "sign_ins", "supervision"]
KINDS: tuple[RecordKind, ...] = ("changes", "reads", "exports", "sign_ins", "supervision")
_ACTIONS: dict[str, tuple[Action, ...]] = {
    "reads": (Action.READ_CONVERSATION, Action.SAW_READER, Action.BOARD_SHOWN),
    "exports": (Action.EXPORT_STARTED, Action.EXPORTED),
    "sign_ins": (Action.SIGNED_IN, Action.SIGN_IN_REFUSED, Action.SIGNED_OUT),
}
_KIND_OF = {action.value: kind for kind, actions in _ACTIONS.items() for action in actions}


@dataclass(frozen=True)
class RecordFilters:
    """What the record is narrowed to. `first` and `last` are days in the node's time zone, both included."""

    kind: RecordKind | None = None
    login: str = ""
    first: date | None = None
    last: date | None = None
    with_below: bool = False


class RecordLine(Wire):
    """One thing that happened. `by` is None for the command line or somebody unknown; `login` says who signs in so.

    `old` and `new` are what changed; of what changed nothing `new` holds the details.
    """

    id: UUID
    kind: str
    library: str | None
    happened_at: datetime
    by: str | None
    login: str | None
    subject: str
    subject_key: str
    action: str
    old: Any
    new: Any


class RecordPage(Wire):
    """Lines, newest first; `next` continues the list as `before`."""

    items: list[RecordLine]
    next: UUID | None


@dataclass(frozen=True)
class _Asked:
    node: Library
    is_root: bool
    who: UUID | None
    starts: datetime | None
    ends: datetime | None
    filters: RecordFilters
    before: UUID | None


def record(
    place: Workplace, person: StaffMember, code: str, filters: RecordFilters, *, before: UUID | None = None
) -> RecordPage:
    """Return one page of a node's record, with everything below it where asked. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        node = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        asked = _asked(session, node, filters, before)
        if asked is None:
            return RecordPage(items=[], next=None)
        rows = sorted(_rows(session, asked), key=lambda row: row.id, reverse=True)
        shown = rows[:PAGE_LINES]
        items = _lines(session, shown, person.language)
        return RecordPage(items=items, next=shown[-1].id if len(rows) > len(shown) else None)


def record_lines(
    place: Workplace, person: StaffMember, code: str, filters: RecordFilters, *, most: int
) -> Iterator[RecordLine]:
    """Yield the record from the newest on, page by page, at most so many lines. Raises NotFound, Forbidden."""
    before, left = None, most
    while left > 0:
        page = record(place, person, code, filters, before=before)
        yield from page.items[:left]
        left -= len(page.items)
        before = page.next
        if before is None:
            return


def _asked(session: Session, node: Library, filters: RecordFilters, before: UUID | None) -> _Asked | None:
    zone = ZoneInfo(node.time_zone)
    who = session.scalar(select(Librarian.id).where(Librarian.login == filters.login)) if filters.login else None
    if filters.login and who is None:
        return None
    return _Asked(
        node=node,
        is_root=node.parent_id is None,
        who=who,
        starts=_midnight(filters.first, zone),
        ends=_midnight(filters.last + timedelta(days=1), zone) if filters.last else None,
        filters=filters,
        before=before,
    )


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(), zone).astimezone(UTC) if day else None


_Row = NetworkChange | AuditEntry | SupervisionEntry


def _rows(session: Session, asked: _Asked) -> list[_Row]:
    kind = asked.filters.kind
    found: list[_Row] = []
    if kind in (None, "changes"):
        found += _newest(session, asked, select(NetworkChange), NetworkChange.changed_at, NetworkChange.changed_by)
    if kind in (None, "supervision"):
        # The conversation says to which node it belongs.
        watched = select(SupervisionEntry).join(Conversation, Conversation.id == SupervisionEntry.conversation_id)
        found += _newest(session, asked, watched, SupervisionEntry.happened_at, SupervisionEntry.librarian_id)
    if kind not in ("changes", "supervision"):
        entries = select(AuditEntry)
        if kind is not None:
            entries = entries.where(AuditEntry.action.in_([each.value for each in _ACTIONS[kind]]))
        found += _newest(session, asked, entries, AuditEntry.happened_at, AuditEntry.librarian_id)
    return found


def _newest(session: Session, asked: _Asked, statement: Select[Any], at: Any, by: Any) -> Sequence[Any]:
    table = statement.column_descriptions[0]["entity"]
    node = Conversation.library_id if table is SupervisionEntry else table.library_id
    statement = statement.where(_at_node(asked, node))
    if asked.before:
        statement = statement.where(table.id < asked.before)
    if asked.who:
        statement = statement.where(by == asked.who)
    if asked.starts:
        statement = statement.where(at >= asked.starts)
    if asked.ends:
        statement = statement.where(at < asked.ends)
    return session.scalars(statement.order_by(table.id.desc()).limit(PAGE_LINES + 1)).all()


def _at_node(asked: _Asked, library_id: Any) -> ColumnElement[bool]:
    here: ColumnElement[bool] = library_id == asked.node.id
    if asked.filters.with_below:
        here = library_id.in_(below({asked.node.id}))
    # What belongs to no node is the root's business.
    return or_(here, library_id.is_(None)) if asked.is_root else here


def _lines(session: Session, rows: Sequence[_Row], language: str) -> list[RecordLine]:
    people = librarians_by_id(session, {each for row in rows if (each := _who(row)) is not None})
    watched = [row.conversation_id for row in rows if isinstance(row, SupervisionEntry)]
    told = {
        row.id: row
        for row in session.execute(
            select(Conversation.id, Conversation.number, Conversation.library_id).where(
                Conversation.id.in_([*watched, *_conversations(rows)])
            )
        )
    }
    places = {row.library_id for row in rows if not isinstance(row, SupervisionEntry)}
    places |= {each.library_id for each in told.values()}
    codes = {
        row.id: row.code
        for row in session.execute(select(Library.id, Library.code).where(Library.id.in_(places - {None})))
    }
    lines = []
    for row in rows:
        who = _who(row)
        values = _values(row, told)
        lines.append(
            RecordLine(
                id=row.id,
                library=codes.get(values.pop("library_id")),
                by=people[who].name_zh if language == "zh" and who in people else _english(people, who),
                login=people[who].login if who in people else None,
                **values,
            )
        )
    return lines


def _english(people: dict[UUID, Librarian], who: UUID | None) -> str | None:
    return people[who].name_en if who in people else None


def _who(row: _Row) -> UUID | None:
    return row.changed_by if isinstance(row, NetworkChange) else row.librarian_id


def _conversations(rows: Sequence[_Row]) -> list[UUID]:
    return [UUID(row.subject_key) for row in rows if isinstance(row, AuditEntry) and row.subject == "conversation"]


def _values(row: _Row, told: dict[UUID, Any]) -> dict[str, Any]:
    """Return what is the row's own: when, what, before and after; of a conversation its number."""
    if isinstance(row, NetworkChange):
        kept = {name: getattr(row, name) for name in ("library_id", "subject", "subject_key", "action", "old", "new")}
        return {"kind": "changes", "happened_at": row.changed_at, **kept}
    if isinstance(row, SupervisionEntry):
        about = told[row.conversation_id]
        return {
            "kind": "supervision",
            "library_id": about.library_id,
            "happened_at": row.happened_at,
            "subject": "conversation",
            "subject_key": about.number,
            "action": row.action,
            "old": None,
            "new": None,
        }
    about = told.get(UUID(row.subject_key)) if row.subject == "conversation" else None
    return {
        "kind": _KIND_OF.get(row.action, "reads"),
        "library_id": row.library_id,
        "happened_at": row.happened_at,
        "subject": row.subject,
        "subject_key": about.number if about else row.subject_key,
        "action": row.action,
        "old": None,
        "new": row.details or None,
    }
