"""Settings at the nodes of the tree: what holds for a library and where it comes from, setting, locking, clearing.

Nearer wins, except that a locked value holds for everything below it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.network.changes import Change, record_change
from qa_server.network.errors import SettingInvalid, SettingLocked
from qa_server.network.models import Library
from qa_server.network.queries import path_up, paths_up
from qa_server.network.setting_definitions import definition_of
from qa_server.network.setting_models import NodeSetting

# Ids asked for in one statement; both databases bound how many a statement may carry.
_CHUNK = 500


@dataclass(frozen=True)
class Effective:
    """What holds at a node. `origin` is the node that set it, None for the default; `is_locked_by` who locked it."""

    value: Any
    origin: UUID | None
    is_locked_by: UUID | None


def effective(session: Session, library_id: UUID, key: str) -> Effective:
    """Return what holds for a node. Raises SettingUnknown."""
    return effective_for(session, [library_id], key)[library_id]


def effective_for(
    session: Session,
    library_ids: Collection[UUID],
    key: str,
    *,
    paths: Mapping[UUID, Sequence[UUID]] | None = None,
) -> dict[UUID, Effective]:
    """Return what holds for each of these nodes, in a few statements for any number. Raises SettingUnknown.

    `paths` are their ways up, where the caller knows them already.
    """
    default = definition_of(key).default
    paths = paths_up(session, library_ids) if paths is None else paths
    nodes = {node for path in paths.values() for node in path}
    rows = {row.library_id: row for row in _rows(session, nodes, key)}
    return {
        library: _resolve([rows[node] for node in reversed(paths.get(library, ())) if node in rows], default)
        for library in library_ids
    }


def effective_all(
    session: Session, library_id: UUID, keys: Iterable[str], *, path: Sequence[UUID] | None = None
) -> dict[str, Effective]:
    """Return what holds for a node under each of these keys; `path` is its way up where it is known already.

    Raises SettingUnknown.
    """
    path = path_up(session, library_id) if path is None else path
    found: dict[str, list[NodeSetting]] = {}
    by_node = {node: place for place, node in enumerate(reversed(path))}
    rows = session.scalars(select(NodeSetting).where(NodeSetting.library_id.in_(path))).all()
    for row in sorted(rows, key=lambda row: by_node[row.library_id]):
        found.setdefault(row.key, []).append(row)
    return {key: _resolve(found.get(key, []), definition_of(key).default) for key in keys}


def set_value(
    session: Session,
    library_id: UUID,
    key: str,
    value: Any,
    *,
    is_locked: bool,
    by: UUID | None,
    now: datetime,
) -> Effective:
    """Set a key at a node, and perhaps lock it there. Writes the change down; setting the same again writes nothing.

    Raises SettingUnknown, SettingInvalid, SettingLocked.
    """
    definition = definition_of(key)
    try:
        checked = definition.check(value)
    except ValueError as error:
        raise SettingInvalid(key=key, reason=str(error)) from None
    _refuse_locked(session, library_id, key)
    row = _row(session, library_id, key)
    old = None if row is None else {"value": row.value, "is_locked": row.is_locked}
    new = {"value": checked, "is_locked": is_locked}
    if old != new:
        if row is None:
            row = NodeSetting(library_id=library_id, key=key)
            session.add(row)
        row.value, row.is_locked, row.changed_at, row.changed_by = checked, is_locked, now, by
        record_change(session, Change(library_id, "setting", key, "set", old, new), by=by, now=now)
        session.flush()
    return effective(session, library_id, key)


def clear_value(session: Session, library_id: UUID, key: str, *, by: UUID | None, now: datetime) -> Effective:
    """Let a node inherit a key again. Safe to repeat. Raises SettingUnknown, SettingLocked."""
    definition_of(key)
    _refuse_locked(session, library_id, key)
    row = _row(session, library_id, key)
    if row is not None:
        old = {"value": row.value, "is_locked": row.is_locked}
        session.delete(row)
        record_change(session, Change(library_id, "setting", key, "cleared", old, None), by=by, now=now)
        session.flush()
    return effective(session, library_id, key)


def _refuse_locked(session: Session, library_id: UUID, key: str) -> None:
    above = path_up(session, library_id)[1:]
    locks = select(NodeSetting.library_id).where(
        NodeSetting.library_id.in_(above), NodeSetting.key == key, NodeSetting.is_locked
    )
    locked = session.scalars(locks).first()
    if locked is not None:
        by = session.get_one(Library, locked)
        named = {"by_zh": f"{by.name_zh} ({by.code})", "by_en": f"{by.name_en} ({by.code})"}
        raise SettingLocked(by=named["by_zh"], **named, library=by.code)


def _row(session: Session, library_id: UUID, key: str) -> NodeSetting | None:
    return session.scalar(select(NodeSetting).where(NodeSetting.library_id == library_id, NodeSetting.key == key))


def _rows(session: Session, nodes: Collection[UUID], key: str) -> Iterable[NodeSetting]:
    ordered = list(nodes)
    for start in range(0, len(ordered), _CHUNK):
        chunk = ordered[start : start + _CHUNK]
        yield from session.scalars(select(NodeSetting).where(NodeSetting.key == key, NodeSetting.library_id.in_(chunk)))


def _resolve(from_the_top: list[NodeSetting], default: Any) -> Effective:
    holds = Effective(default, None, None)
    for row in from_the_top:
        holds = Effective(row.value, row.library_id, row.library_id if row.is_locked else None)
        if row.is_locked:
            break
    return holds
