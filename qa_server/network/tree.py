"""Changes to the tree: new nodes, names, moves, closing for good. Refuses what would break it, with the reason."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.network.changes import Change, record_change
from qa_server.network.errors import CodeTaken, NodeRefused
from qa_server.network.models import Level, Library, LibraryState
from qa_server.network.queries import MAX_DEPTH, path_up, subtree
from storage.base import new_id

_CODE = re.compile(r"[A-Z0-9]{2,8}")
_ORDER = list(Level)


@dataclass(frozen=True)
class NodeFields:
    """What a node is called and how it speaks; `time_zone` is an IANA name."""

    name_zh: str
    name_en: str
    language: str
    time_zone: str


def add_node(
    session: Session,
    *,
    code: str,
    level: Level,
    parent: Library | None,
    fields: NodeFields,
    by: UUID | None,
    now: datetime,
) -> Library:
    """Add a node below another, or a nation without one. Raises NodeRefused, CodeTaken."""
    check_code(code)
    if session.scalar(select(Library.id).where(Library.code == code)) is not None:
        raise CodeTaken(library=code)
    check_place(session, level, parent)
    check_fields(fields)
    node = put_node(session, code=code, level=level, parent=parent, fields=fields, now=now)
    session.flush()
    record_added(session, node, parent, by=by, now=now)
    return node


def put_node(
    session: Session,
    *,
    code: str,
    level: Level,
    parent: Library | None,
    fields: NodeFields,
    now: datetime,
) -> Library:
    """Add a node that has been checked, without asking the database: for many at once, parents first.

    The caller flushes, and then writes the change down with `record_added`.
    """
    node = Library(
        id=new_id(),
        code=code,
        level=level,
        parent_id=parent.id if parent else None,
        name_zh=fields.name_zh,
        name_en=fields.name_en,
        language=fields.language,
        time_zone=fields.time_zone,
        state=LibraryState.ACTIVE,
        created_at=now,
    )
    session.add(node)
    return node


def record_added(session: Session, node: Library, parent: Library | None, *, by: UUID | None, now: datetime) -> None:
    """Write down that a node was added."""
    new = {**_written(node), "parent": parent.code if parent else None, "level": str(node.level)}
    record_change(session, Change(node.id, "library", node.code, "added", None, new), by=by, now=now)


def change_node(session: Session, node: Library, fields: NodeFields, *, by: UUID | None, now: datetime) -> bool:
    """Change a node's names, language and time zone; say whether anything differed. Raises NodeRefused."""
    check_fields(fields)
    old = _written(node)
    node.name_zh, node.name_en = fields.name_zh, fields.name_en
    node.language, node.time_zone = fields.language, fields.time_zone
    new = _written(node)
    if old == new:
        return False
    changed = {key for key in new if new[key] != old[key]}
    change = Change(
        node.id, "library", node.code, "changed", {k: old[k] for k in changed}, {k: new[k] for k in changed}
    )
    record_change(session, change, by=by, now=now)
    return True


def move_node(session: Session, node: Library, parent: Library, *, by: UUID | None, now: datetime) -> bool:
    """Put a node, with everything below it, under another; say whether it moved. Raises NodeRefused."""
    if node.parent_id == parent.id:
        return False
    if parent.id in subtree(session, {node.id}):
        raise NodeRefused(reason="A node cannot be put below itself.")
    check_place(session, Level(node.level), parent)
    old = session.get(Library, node.parent_id) if node.parent_id else None
    node.parent_id = parent.id
    change = Change(
        node.id, "library", node.code, "moved", {"parent": old.code if old else None}, {"parent": parent.code}
    )
    record_change(session, change, by=by, now=now)
    session.flush()
    return True


def close_node(session: Session, node: Library, *, by: UUID | None, now: datetime) -> None:
    """Mark a node as closed for good. Its desks and questions are the caller's. Raises NodeRefused."""
    if node.state == LibraryState.CLOSED:
        raise NodeRefused(reason="It is closed already.")
    below = select(Library.id).where(Library.parent_id == node.id, Library.state == LibraryState.ACTIVE)
    if session.scalars(below).first() is not None:
        raise NodeRefused(reason="There are active nodes below it. Close them or move them elsewhere first.")
    node.state, node.closed_at = LibraryState.CLOSED, now
    change = Change(node.id, "library", node.code, "closed", {"state": "active"}, {"state": "closed"})
    record_change(session, change, by=by, now=now)


def check_code(code: str) -> None:
    """Raise NodeRefused for a code that is not in the right form."""
    if not _CODE.fullmatch(code):
        raise NodeRefused(reason="A code has 2 to 8 capital letters and digits.")


def check_place(session: Session, level: Level, parent: Library | None) -> None:
    """Raise NodeRefused when a node of this level cannot stand below `parent`.

    Levels go down: nation, region, province, library; only a nation may stand below one of its own level or on top.
    """
    check_level(level, parent)
    if parent is not None and len(path_up(session, parent.id)) >= MAX_DEPTH:
        raise NodeRefused(reason="The tree would become too deep.")


def check_level(level: Level, parent: Library | None) -> None:
    """Raise NodeRefused when a node of this level cannot stand below `parent`, however deep that stands."""
    if parent is None:
        if level is not Level.NATION:
            raise NodeRefused(reason="Only a national centre stands at the top; name the centre above.")
        return
    if parent.state == LibraryState.CLOSED:
        raise NodeRefused(reason="The node above is closed.")
    is_same_nation = level is Level.NATION and parent.level == Level.NATION
    if not is_same_nation and _ORDER.index(Level(parent.level)) >= _ORDER.index(level):
        raise NodeRefused(reason="The node above has to be of a higher level.")


def check_fields(fields: NodeFields) -> None:
    """Raise NodeRefused for an empty or too long name, an unknown language or time zone."""
    if not all(0 < len(name.strip()) <= 200 for name in (fields.name_zh, fields.name_en)):
        raise NodeRefused(reason="A node needs a Chinese and an English name of at most 200 characters.")
    if fields.language not in ("zh", "en"):
        raise NodeRefused(reason="The language is zh or en.")
    if not is_time_zone(fields.time_zone):
        raise NodeRefused(reason="The time zone is not known. Write it like Asia/Shanghai.")


def is_time_zone(name: str) -> bool:
    """Say whether this is an IANA time zone that can be used here."""
    return name in _time_zones()


@cache
def _time_zones() -> frozenset[str]:
    # Reads a folder tree: once is enough.
    return frozenset(available_timezones())


def _written(node: Library) -> dict[str, object]:
    return {
        "name_zh": node.name_zh,
        "name_en": node.name_en,
        "language": node.language,
        "time_zone": node.time_zone,
    }
