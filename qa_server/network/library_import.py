"""Puts a list of libraries into the tree: what is new, changed, unchanged or refused, line by line. Safe to repeat."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.network import desks, node_settings, tree
from qa_server.network.desks import DeskFields
from qa_server.network.errors import NodeRefused
from qa_server.network.models import Desk, Level, Library
from qa_server.network.queries import MAX_DEPTH
from qa_server.network.setting_definitions import CONTACT_EMAIL, CONTACT_PHONE, WEB_ORIGINS
from qa_server.network.setting_models import NodeSetting
from qa_server.network.tree import NodeFields
from storage.errors import AppError

REQUIRED = ("code", "level", "name_zh", "name_en")
COLUMNS = (*REQUIRED, "parent", "language", "time_zone", "desk", "web_origins", "contact_phone", "contact_email")
_YES, _NO = {"yes", "y", "true", "1", "是", "有"}, {"", "no", "n", "false", "0", "否", "无"}
_SETTINGS = {"web_origins": WEB_ORIGINS, "contact_phone": CONTACT_PHONE, "contact_email": CONTACT_EMAIL}

Outcome = Literal["new", "changed", "unchanged", "refused"]


@dataclass(frozen=True)
class Line:
    """What became of one line of the file; `reason` is a sentence (English key) for what was refused."""

    number: int
    key: str
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True)
class Wanted:
    """One line as it came in."""

    number: int
    cells: Mapping[str, str]
    has_formula: bool = False

    @property
    def code(self) -> str:
        """The code, in capitals."""
        return self.cells.get("code", "").upper()

    @property
    def parent(self) -> str:
        """The code of the node above, in capitals; empty at the top."""
        return self.cells.get("parent", "").upper()


@dataclass
class _Work:
    session: Session
    now: datetime
    nodes: dict[str, Library]
    has_desk: set[UUID]
    settings: dict[tuple[UUID, str], NodeSetting]
    lines: list[Line] = field(default_factory=list)
    # New nodes with what belongs to them; it follows when the nodes themselves are in.
    added: list[tuple[Wanted, Library, Mapping[str, object]]] = field(default_factory=list)


def import_libraries(
    session: Session, rows: Sequence[Wanted], *, now: datetime, progress: Callable[[], None] = lambda: None
) -> list[Line]:
    """Bring the tree to what the rows say; return what became of each, by line number.

    A refused row is left out, and so is what would stand below it; the others are carried out. Nodes that the file does
    not name stay as they are; nothing is closed. `progress` is called once per row.
    """
    work = _load(session, now)
    refused = _refused(rows, work.nodes)
    for row in _parents_first([row for row in rows if row.number not in refused]):
        progress()
        try:
            outcome = _put_in(work, row)
        except AppError as error:
            work.lines.append(Line(row.number, row.code, "refused", str(error.details.get("reason", error))))
        else:
            work.lines.append(Line(row.number, row.code, outcome))
    session.flush()
    for row, node, checked in work.added:
        tree.record_added(session, node, work.nodes.get(row.parent), by=None, now=now)
        _complete(work, row, node, checked)
    codes = {row.number: row.code for row in rows}
    work.lines.extend(Line(number, codes[number], "refused", reason) for number, reason in refused.items())
    for _ in refused:
        progress()
    session.flush()
    return sorted(work.lines, key=lambda line: line.number)


def _load(session: Session, now: datetime) -> _Work:
    nodes = {node.code: node for node in session.scalars(select(Library))}
    settings = {
        (row.library_id, row.key): row
        for row in session.scalars(
            select(NodeSetting).where(NodeSetting.key.in_([each.key for each in _SETTINGS.values()]))
        )
    }
    return _Work(session, now, nodes, set(session.scalars(select(Desk.library_id))), settings)


def _refused(rows: Sequence[Wanted], nodes: Mapping[str, Library]) -> dict[int, str]:
    """Return what is wrong with lines as such and with the tree they would make."""
    refused: dict[int, str] = {}
    first: dict[str, Wanted] = {}
    for row in rows:
        reason = _own_fault(row) or ("The code stands in the file twice." if row.code in first else "")
        if reason:
            refused[row.number] = reason
        else:
            first[row.code] = row
    ids = {node.id: code for code, node in nodes.items()}
    parents = {code: ids.get(node.parent_id, "") if node.parent_id else "" for code, node in nodes.items()}
    parents |= {code: row.parent for code, row in first.items()}
    for code, row in first.items():
        if (height := _height(code, parents)) is None:
            refused[row.number] = "It would stand below itself."
        elif height > MAX_DEPTH:
            refused[row.number] = "The tree would become too deep."
    _refuse_orphans(first, nodes, refused)
    return refused


def _refuse_orphans(first: Mapping[str, Wanted], nodes: Mapping[str, Library], refused: dict[int, str]) -> None:
    """Refuse what stands below nothing, again and again until nothing more falls away."""
    while True:
        standing = set(nodes) | {code for code, row in first.items() if row.number not in refused}
        orphans = [
            row for row in first.values() if row.number not in refused and row.parent and row.parent not in standing
        ]
        if not orphans:
            return
        refused.update((row.number, "The node above is not known, or its line was refused.") for row in orphans)


def _own_fault(row: Wanted) -> str:
    if row.has_formula:
        return "A cell computes something. Put in the value itself."
    if row.cells.get("level", "").lower() not in set(Level):
        return "The level is nation, region, province or library."
    if row.cells.get("desk", "").lower() not in _YES | _NO:
        return "Whether there is a desk is said by yes or no."
    try:
        tree.check_code(row.code)
        tree.check_fields(_fields(row))
    except NodeRefused as error:
        return str(error.details["reason"])
    return ""


def _height(code: str, parents: Mapping[str, str]) -> int | None:
    """Return how many nodes stand from this one up to the top, itself included; None when it stands below itself."""
    seen = {code}
    current = parents.get(code, "")
    while current and current not in seen:
        seen.add(current)
        current = parents.get(current, "")
    return None if current == code else len(seen)


def _parents_first(rows: Sequence[Wanted]) -> list[Wanted]:
    by_code = {row.code: row for row in rows}
    depth: dict[str, int] = {}

    def depth_of(code: str) -> int:
        if code not in by_code:
            return 0
        if code not in depth:
            depth[code] = 1 + depth_of(by_code[code].parent)
        return depth[code]

    return sorted(rows, key=lambda row: (depth_of(row.code), row.number))


def _put_in(work: _Work, row: Wanted) -> Outcome:
    level, fields = Level(row.cells["level"].lower()), _fields(row)
    parent = work.nodes.get(row.parent)
    node = work.nodes.get(row.code)
    # Nothing of a refused row is carried out: what may be refused is looked at before anything is written.
    checked = {key: _checked(key, row) for key in _SETTINGS if row.cells.get(key)}
    if node is None:
        # The whole tree is at hand, so that nothing is asked of the database row by row.
        tree.check_level(level, parent)
        node = tree.put_node(work.session, code=row.code, level=level, parent=parent, fields=fields, now=work.now)
        work.nodes[row.code] = node
        work.added.append((row, node, checked))
        return "new"
    if node.level != level:
        raise NodeRefused(reason="The level of a node does not change. Close it and add a new one.")
    is_moved = parent is not None and tree.move_node(work.session, node, parent, by=None, now=work.now)
    is_changed = tree.change_node(work.session, node, fields, by=None, now=work.now)
    is_completed = _complete(work, row, node, checked)
    return "changed" if is_moved or is_changed or is_completed else "unchanged"


def _checked(key: str, row: Wanted) -> object:
    cell = row.cells[key]
    value: object = cell.replace(";", " ").replace(",", " ").split() if key == "web_origins" else cell
    try:
        return _SETTINGS[key].check(value)
    except ValueError as error:
        raise NodeRefused(reason=str(error)) from None


def _complete(work: _Work, row: Wanted, node: Library, checked: Mapping[str, object]) -> bool:
    """Add the desk and the settings that the row names; say whether anything was missing."""
    is_changed = False
    if row.cells.get("desk", "").lower() in _YES and node.id not in work.has_desk:
        names = DeskFields(name_zh=f"{node.name_zh}咨询台"[:200], name_en=f"{node.name_en} desk"[:200])
        desks.add_desk(work.session, node, names, by=None, now=work.now)
        work.has_desk.add(node.id)
        is_changed = True
    for key, value in checked.items():
        held = work.settings.get((node.id, key))
        if held is None or held.value != value:
            node_settings.set_value(work.session, node.id, key, value, is_locked=False, by=None, now=work.now)
            is_changed = True
    return is_changed


def _fields(row: Wanted) -> NodeFields:
    return NodeFields(
        row.cells.get("name_zh", ""),
        row.cells.get("name_en", ""),
        row.cells.get("language", "").lower() or "zh",
        row.cells.get("time_zone", "") or "Asia/Shanghai",
    )
