"""What administrators do with the tree: look at nodes, change them, set and lock settings, read who changed what."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.conversations.text import storable
from qa_server.desk.finding import OwnerView
from qa_server.desk.rights_at import holds, node_for, require
from qa_server.desk.workplace import Workplace
from qa_server.network import node_settings, tree
from qa_server.network.changes import PAGE_CHANGES, changes_at
from qa_server.network.models import Level, Library
from qa_server.network.node_settings import Effective
from qa_server.network.queries import library_by_code, owners, path_up
from qa_server.network.setting_definitions import Definition, definition_of, definitions
from qa_server.network.tree import NodeFields
from qa_server.people.models import Librarian
from qa_server.people.rights import Right, StaffMember, nodes_with
from storage.errors import Forbidden


class NodeView(Wire):
    """A node of the tree. `children` counts the nodes right below; `may_change_tree` is about nodes below it."""

    id: UUID
    code: str
    level: Level
    parent: str | None
    name_zh: str
    name_en: str
    language: str
    time_zone: str
    state: str
    children: int
    may_change_tree: bool


class SettingView(Wire):
    """What holds at a node under one key.

    `origin` is the node that set it, None for the default; `locked_by` the node above or here that forbids others.
    """

    key: str
    kind: str
    label_zh: str
    label_en: str
    choices: list[Any]
    default: Any
    value: Any
    origin: OwnerView | None
    is_own: bool
    locked_by: OwnerView | None
    may_change: bool


class ChangeView(Wire):
    """One line of the record. `by` is None for the command line."""

    id: UUID
    library: str | None
    changed_at: datetime
    by: str | None
    subject: str
    subject_key: str
    action: str
    old: Any
    new: Any


class ChangePage(Wire):
    """Changes, newest first; `next` continues the list as `before`."""

    items: list[ChangeView]
    next: UUID | None = Field(description="The last one shown, when there may be more.")


def nodes(place: Workplace, person: StaffMember, *, below: str | None = None) -> list[NodeView]:
    """Return the nodes at which the person administers, or those right below one of them, by code.

    Raises NotFound, Forbidden.
    """
    with place.database.read() as session:
        if below is None:
            statement = select(Library).where(Library.id.in_(nodes_with(person, Right.ADMINISTER_LIBRARY)))
        else:
            parent = node_for(session, person, Right.ADMINISTER_LIBRARY, below)
            statement = select(Library).where(Library.parent_id == parent.id)
        return _node_views(session, person, session.scalars(statement.order_by(Library.code)).all())


def node(place: Workplace, person: StaffMember, code: str) -> NodeView:
    """Return one node at which the person administers. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        return _node_views(session, person, [node_for(session, person, Right.ADMINISTER_LIBRARY, code)])[0]


def add_node(
    place: Workplace, person: StaffMember, *, code: str, level: Level, parent: str, fields: NodeFields
) -> NodeView:
    """Add a node below one whose tree the person may change. Raises NotFound, Forbidden, NodeRefused, CodeTaken."""
    with place.database.write() as session:
        above = node_for(session, person, Right.ADMINISTER_TREE, parent)
        added = tree.add_node(
            session,
            code=code.upper(),
            level=level,
            parent=above,
            fields=_clean(fields),
            by=person.id,
            now=place.clock(),
        )
        return _node_views(session, person, [added])[0]


def change_node(place: Workplace, person: StaffMember, code: str, fields: NodeFields) -> NodeView:
    """Change a node's names, language and time zone. Raises NotFound, Forbidden, NodeRefused."""
    with place.database.write() as session:
        found = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        tree.change_node(session, found, _clean(fields), by=person.id, now=place.clock())
        return _node_views(session, person, [found])[0]


def move_node(place: Workplace, person: StaffMember, code: str, *, parent: str) -> NodeView:
    """Put a node below another; takes the right at both places. Raises NotFound, Forbidden, NodeRefused."""
    with place.database.write() as session:
        found = library_by_code(session, code)
        if found.parent_id is None:
            raise Forbidden()
        require(session, person, Right.ADMINISTER_TREE, found.parent_id)
        above = node_for(session, person, Right.ADMINISTER_TREE, parent)
        tree.move_node(session, found, above, by=person.id, now=place.clock())
        return _node_views(session, person, [found])[0]


def settings_of(place: Workplace, person: StaffMember, code: str) -> list[SettingView]:
    """Return everything that may be set at a node, with what holds and where it comes from, by key.

    Raises NotFound, Forbidden.
    """
    with place.database.read() as session:
        found = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        known = definitions()
        held = node_settings.effective_all(session, found.id, [each.key for each in known])
        return _setting_views(session, found, [(each, held[each.key]) for each in known])


def set_setting(
    place: Workplace, person: StaffMember, code: str, key: str, value: Any, *, is_locked: bool
) -> SettingView:
    """Set a key at a node and perhaps lock it for everything below.

    Raises NotFound, Forbidden, SettingUnknown, SettingInvalid, SettingLocked.
    """
    with place.database.write() as session:
        found = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        held = node_settings.set_value(
            session, found.id, key, _storable(value), is_locked=is_locked, by=person.id, now=place.clock()
        )
        return _setting_views(session, found, [(definition_of(key), held)])[0]


def clear_setting(place: Workplace, person: StaffMember, code: str, key: str) -> SettingView:
    """Let a node inherit a key again. Raises NotFound, Forbidden, SettingUnknown, SettingLocked."""
    with place.database.write() as session:
        found = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        held = node_settings.clear_value(session, found.id, key, by=person.id, now=place.clock())
        return _setting_views(session, found, [(definition_of(key), held)])[0]


def changes(place: Workplace, person: StaffMember, code: str, *, before: UUID | None = None) -> ChangePage:
    """Return who changed what at a node, newest first. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        found = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        rows = changes_at(session, [found.id], before=before, limit=PAGE_CHANGES + 1)
        shown = rows[:PAGE_CHANGES]
        names = _names(session, {row.changed_by for row in shown if row.changed_by}, person.language)
        items = [
            ChangeView(
                id=row.id,
                library=found.code,
                changed_at=row.changed_at,
                by=names.get(row.changed_by) if row.changed_by else None,
                subject=row.subject,
                subject_key=row.subject_key,
                action=row.action,
                old=row.old,
                new=row.new,
            )
            for row in shown
        ]
        return ChangePage(items=items, next=shown[-1].id if len(rows) > len(shown) else None)


def _node_views(session: Session, person: StaffMember, found: Collection[Library]) -> list[NodeView]:
    ids = [each.id for each in found]
    counted = select(Library.parent_id, func.count()).where(Library.parent_id.in_(ids)).group_by(Library.parent_id)
    children = {row[0]: row[1] for row in session.execute(counted)}
    codes = owners(session, {each.parent_id for each in found if each.parent_id})
    return [
        NodeView(
            id=each.id,
            code=each.code,
            level=Level(each.level),
            parent=codes[each.parent_id].code if each.parent_id in codes else None,
            name_zh=each.name_zh,
            name_en=each.name_en,
            language=each.language,
            time_zone=each.time_zone,
            state=each.state,
            children=children.get(each.id, 0),
            may_change_tree=holds(session, person, Right.ADMINISTER_TREE, each.id),
        )
        for each in found
    ]


def _setting_views(
    session: Session, found: Library, held: Collection[tuple[Definition, Effective]]
) -> list[SettingView]:
    names = owners(session, path_up(session, found.id))
    shown = {node_id: OwnerView(code=o.code, name_zh=o.name_zh, name_en=o.name_en) for node_id, o in names.items()}
    return [
        SettingView(
            key=definition.key,
            kind=definition.kind,
            label_zh=definition.label_zh,
            label_en=definition.label_en,
            choices=list(definition.choices),
            default=definition.default,
            value=effective.value,
            origin=shown[effective.origin] if effective.origin else None,
            is_own=effective.origin == found.id,
            locked_by=shown[effective.is_locked_by] if effective.is_locked_by else None,
            may_change=effective.is_locked_by in (None, found.id),
        )
        for definition, effective in held
    ]


def _names(session: Session, ids: Collection[UUID], language: str) -> dict[UUID, str]:
    rows = session.execute(select(Librarian.id, Librarian.name_zh, Librarian.name_en).where(Librarian.id.in_(ids)))
    return {row.id: row.name_zh if language == "zh" else row.name_en for row in rows}


def _clean(fields: NodeFields) -> NodeFields:
    return NodeFields(
        storable(fields.name_zh).strip(),
        storable(fields.name_en).strip(),
        fields.language,
        fields.time_zone,
    )


def _storable(value: Any) -> Any:
    """Make every text in a JSON value safe for every database."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {storable(str(key)): _storable(each) for key, each in value.items()}
    return value
