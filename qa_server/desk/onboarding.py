"""How a library joins: it applies, the centre checks and approves, and it gets a node, a desk and a line to embed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.conversations.text import storable
from qa_server.desk.rights_at import holds
from qa_server.desk.workplace import Workplace
from qa_server.network import desks, node_settings, tree
from qa_server.network.changes import Change, record_change
from qa_server.network.desks import DeskFields
from qa_server.network.errors import ApplicationRefused, NodeRefused, SettingInvalid
from qa_server.network.models import Level, Library, LibraryState
from qa_server.network.queries import library_by_code, owners, subtree
from qa_server.network.setting_definitions import CONTACT_EMAIL, WEB_ORIGINS
from qa_server.network.setting_models import Application
from qa_server.network.tree import NodeFields
from qa_server.people.rights import Right, StaffMember, nodes_with
from storage.errors import NotFound

_OPEN = ("applied", "checked")


@dataclass(frozen=True)
class ApplicationFields:
    """What a library says of itself; `parent` is the code of the centre it wants to join below."""

    parent: str
    code: str
    name_zh: str
    name_en: str
    language: str
    time_zone: str
    web_origins: tuple[str, ...]
    contact_name: str
    contact_email: str
    note: str


class ApplicationReceipt(Wire):
    """What an applicant gets: the number under which the centre finds the application."""

    id: UUID
    state: str


class ApplicationView(Wire):
    """An application as the centre sees it. `findings` are sentences (English keys) about what stands in the way."""

    id: UUID
    parent: str
    code: str
    name_zh: str
    name_en: str
    language: str
    time_zone: str
    web_origins: list[str]
    contact_name: str
    contact_email: str
    note: str
    state: str
    findings: list[str]
    created_at: datetime
    decided_at: datetime | None
    decision_note: str | None


class Centre(Wire):
    """A node below which libraries may join."""

    code: str
    name_zh: str
    name_en: str


class Joined(Wire):
    """A library that has joined: its code, its desk, and the line to put on its pages."""

    code: str
    desk_id: UUID
    embed_code: str


def centres(place: Workplace) -> list[Centre]:
    """Return the nodes below which libraries may join, by level from the top and by code. Public."""
    with place.database.read() as session:
        found = session.scalars(
            select(Library)
            .where(Library.level != Level.LIBRARY, Library.state == LibraryState.ACTIVE)
            .order_by(Library.code)
        )
        ordered = sorted(found, key=lambda each: list(Level).index(Level(each.level)))
        return [Centre(code=each.code, name_zh=each.name_zh, name_en=each.name_en) for each in ordered]


def apply(place: Workplace, fields: ApplicationFields, *, network: str) -> ApplicationReceipt:
    """Take an application from anybody; the same code below the same centre twice gives the first one.

    Raises NotFound for an unknown centre, TooManyRequests, ApplicationRefused.
    """
    place.rates.spend("application", network)
    _refuse_incomplete(fields)
    with place.database.write() as session:
        parent = library_by_code(session, storable(fields.parent))
        if parent.level == Level.LIBRARY:
            raise ApplicationRefused(reason="A library joins below a centre.")
        code = storable(fields.code).upper()
        earlier = session.scalar(
            select(Application).where(
                Application.parent_id == parent.id, Application.code == code, Application.state.in_(_OPEN)
            )
        )
        if earlier is None:
            earlier = _row(fields, parent, code, place.clock())
            session.add(earlier)
            session.flush()
        return ApplicationReceipt(id=earlier.id, state=earlier.state)


def applications(place: Workplace, person: StaffMember, *, is_open: bool = True) -> list[ApplicationView]:
    """Return applications to join below the nodes whose tree the person may change, oldest first."""
    with place.database.read() as session:
        nodes = subtree(session, nodes_with(person, Right.ADMINISTER_TREE))
        statement = select(Application).where(Application.parent_id.in_(nodes))
        state = Application.state.in_(_OPEN) if is_open else Application.state.not_in(_OPEN)
        return [_view(session, row) for row in session.scalars(statement.where(state).order_by(Application.id))]


def check(place: Workplace, person: StaffMember, application_id: UUID) -> ApplicationView:
    """Look at an application; without findings it counts as checked. Safe to repeat. Raises NotFound."""
    with place.database.write() as session:
        row = _open_one(session, person, application_id)
        row.state = "applied" if _findings(session, row) else "checked"
        return _view(session, row)


def decline(place: Workplace, person: StaffMember, application_id: UUID, *, note: str) -> ApplicationView:
    """Turn an application down with the reason. Raises NotFound, ApplicationRefused."""
    with place.database.write() as session:
        row = _open_one(session, person, application_id)
        if not note.strip():
            raise ApplicationRefused(reason="Say why.")
        _decide(session, row, "declined", storable(note), by=person.id, now=place.clock())
        return _view(session, row)


def approve(place: Workplace, person: StaffMember, application_id: UUID, *, base_url: str) -> Joined:
    """Make a node and an open desk of a checked application; return the line for its pages.

    `base_url` is the address readers use. Raises NotFound, ApplicationRefused with what stands in the way, CodeTaken.
    """
    with place.database.write() as session:
        row = _open_one(session, person, application_id)
        if row.state != "checked" or _findings(session, row):
            raise ApplicationRefused(reason="It has not been checked, or the check found something.")
        now = place.clock()
        node = tree.add_node(
            session,
            code=row.code,
            level=Level.LIBRARY,
            parent=session.get_one(Library, row.parent_id),
            fields=NodeFields(row.name_zh, row.name_en, row.language, row.time_zone),
            by=person.id,
            now=now,
        )
        names = DeskFields(name_zh=f"{row.name_zh}咨询台"[:200], name_en=f"{row.name_en} desk"[:200])
        desk = desks.add_desk(session, node, names, by=person.id, now=now)
        for key, value in ((WEB_ORIGINS.key, list(row.web_origins)), (CONTACT_EMAIL.key, row.contact_email)):
            node_settings.set_value(session, node.id, key, value, is_locked=False, by=person.id, now=now)
        row.library_id = node.id
        _decide(session, row, "approved", "", by=person.id, now=now)
        return Joined(code=node.code, desk_id=desk.id, embed_code=embed_code(base_url, node))


def embed_code(base_url: str, library: Library) -> str:
    """Return the one line that puts a library's desk on a page."""
    source = f"{base_url.rstrip('/')}/widget/v1/wenjin.js"
    return f'<script type="module" src="{source}" data-library="{library.code}"></script>'


def embed_code_of(place: Workplace, code: str, *, base_url: str) -> str:
    """Return the line for the pages of a library. Raises NotFound."""
    with place.database.read() as session:
        return embed_code(base_url, library_by_code(session, code))


def _refuse_incomplete(fields: ApplicationFields) -> None:
    """Refuse what the centre could do nothing with, and what is longer than a form of ours lets through."""
    wanted = (fields.code, fields.name_zh, fields.name_en, fields.contact_name, fields.contact_email)
    if not all(text.strip() for text in wanted):
        raise ApplicationRefused(reason="Give the code, both names of the library, your name and your e-mail address.")
    too_long = (
        len(fields.code) > 8
        or max(len(fields.name_zh), len(fields.name_en)) > 200
        or len(fields.time_zone) > 64
        or len(fields.contact_name) > 100
        or len(fields.contact_email) > 254
        or len(fields.note) > 4_000
        or len(fields.web_origins) > 50
    )
    if too_long:
        raise ApplicationRefused(reason="One of the fields is longer than it may be.")


def _row(fields: ApplicationFields, parent: Library, code: str, now: datetime) -> Application:
    return Application(
        parent_id=parent.id,
        code=storable(code)[:8],
        name_zh=storable(fields.name_zh).strip(),
        name_en=storable(fields.name_en).strip(),
        language=fields.language,
        time_zone=storable(fields.time_zone),
        web_origins=[storable(each) for each in fields.web_origins],
        contact_name=storable(fields.contact_name),
        contact_email=storable(fields.contact_email),
        note=storable(fields.note),
        state="applied",
        created_at=now,
    )


def _open_one(session: Session, person: StaffMember, application_id: UUID) -> Application:
    row = session.scalar(select(Application).where(Application.id == application_id).with_for_update())
    if row is None or not holds(session, person, Right.ADMINISTER_TREE, row.parent_id):
        raise NotFound()
    if row.state not in _OPEN:
        raise ApplicationRefused(reason="It has been decided already.")
    return row


def _findings(session: Session, row: Application) -> list[str]:
    found: list[str] = []
    if session.scalar(select(Library.id).where(Library.code == row.code)) is not None:
        found.append("The code is in use already.")
    names = select(Library.id).where((Library.name_zh == row.name_zh) | (Library.name_en == row.name_en))
    if session.scalars(names).first() is not None:
        found.append("A node of the network has the same name.")
    if "@" not in row.contact_email.strip("@"):
        found.append("The e-mail address of the contact is not complete.")
    found.extend(_refusals(session, row))
    return found


def _refusals(session: Session, row: Application) -> list[str]:
    """Return what the tree and the settings themselves would refuse."""
    found: list[str] = []
    try:
        tree.check_code(row.code)
        tree.check_place(session, Level.LIBRARY, session.get_one(Library, row.parent_id))
        tree.check_fields(NodeFields(row.name_zh, row.name_en, row.language, row.time_zone))
    except NodeRefused as error:
        found.append(str(error.details["reason"]))
    try:
        WEB_ORIGINS.check(list(row.web_origins))
    except (ValueError, SettingInvalid) as error:
        found.append(str(error))
    return found


def _decide(session: Session, row: Application, state: str, note: str, *, by: UUID, now: datetime) -> None:
    old = {"state": row.state}
    row.state, row.decision_note, row.decided_by, row.decided_at = state, note, by, now
    change = Change(row.parent_id, "application", row.code, state, old, {"state": state, "note": note})
    record_change(session, change, by=by, now=now)
    session.flush()


def _view(session: Session, row: Application) -> ApplicationView:
    return ApplicationView(
        id=row.id,
        parent=owners(session, [row.parent_id])[row.parent_id].code,
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        language=row.language,
        time_zone=row.time_zone,
        web_origins=list(row.web_origins),
        contact_name=row.contact_name,
        contact_email=row.contact_email,
        note=row.note,
        state=row.state,
        findings=_findings(session, row) if row.state in _OPEN else [],
        created_at=row.created_at,
        decided_at=row.decided_at,
        decision_note=row.decision_note,
    )
