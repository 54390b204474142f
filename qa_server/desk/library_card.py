"""The library card beside a chat: what to know about another library, who answers for each line, what is wrong."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.conversations.text import storable
from qa_server.desk.finding import OwnerView
from qa_server.desk.opening_hours import HoursNow, hours_now
from qa_server.desk.rights_at import holds, node_for
from qa_server.desk.workplace import Workplace
from qa_server.network import cards
from qa_server.network.card_models import CardLine, CardReport, LibraryCard
from qa_server.network.cards import LineFields, LineKind
from qa_server.network.changes import Change, record_change
from qa_server.network.models import Library
from qa_server.network.node_settings import effective_all
from qa_server.network.queries import library_by_code, owners, path_up, subtree
from qa_server.network.schedules import schedule_of
from qa_server.network.setting_definitions import CONTACT_EMAIL, CONTACT_PAGE, CONTACT_PHONE
from qa_server.people.models import Librarian
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import Right, StaffMember, nodes_with
from storage.errors import Forbidden, NotFound


class CardLineView(Wire):
    """A line of a card. `origin` is the node it comes from; `is_stale`: not checked for too long."""

    key: str
    kind: LineKind
    text_zh: str
    text_en: str
    origin: OwnerView
    is_own: bool
    owner_login: str
    owner_zh: str
    owner_en: str
    checked_at: datetime
    is_stale: bool


class Contacts(Wire):
    """How to reach a library; empty where nothing is set."""

    phone: str
    email: str
    page: str


class CardView(Wire):
    """A library's card, for staff only.

    `state` is draft, submitted, approved or sent_back; with `is_usable` others may be asked to answer for the library.
    `missing_keys` are lines every card needs.
    """

    code: str
    name_zh: str
    name_en: str
    time_zone: str
    hours: HoursNow
    contacts: Contacts
    state: str
    note: str
    is_fresh: bool
    is_usable: bool
    missing_keys: list[str]
    fresh_days: int
    lines: list[CardLineView]
    may_edit: bool
    may_approve: bool


class WaitingCard(Wire):
    """A library whose card waits for approval."""

    code: str
    name_zh: str
    name_en: str


class ReportView(Wire):
    """Somebody found a line wrong."""

    id: UUID
    library: str
    key: str
    text: str
    reporter_zh: str
    reporter_en: str
    owner_login: str | None
    created_at: datetime


def card(place: Workplace, person: StaffMember, code: str) -> CardView:
    """Return the card of any library, with its hours today; all staff may read it. Raises NotFound."""
    with place.database.read() as session:
        return _view(session, person, library_by_code(session, code), place.clock())


def set_line(
    place: Workplace, person: StaffMember, code: str, key: str, fields: LineFields, *, owner: str | None
) -> CardView:
    """Write a line of a node's own card; without an owner the person answers for it.

    Raises NotFound, Forbidden, CardRefused.
    """
    with place.database.write() as session:
        node = node_for(session, person, Right.EDIT_CARD, code)
        owner_id = _owner(session, owner) if owner else person.id
        clean = LineFields(fields.kind, storable(fields.text_zh), storable(fields.text_en))
        cards.set_line(session, node.id, key, clean, owner_id=owner_id, by=person.id, now=place.clock())
        return _view(session, person, node, place.clock())


def check_line(place: Workplace, person: StaffMember, code: str, key: str) -> CardView:
    """Say that a line is still right: its owner, or who may edit the card. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        node = library_by_code(session, code)
        line = cards.own_line(session, node.id, key)
        if line.owner_id != person.id and not holds(session, person, Right.EDIT_CARD, node.id):
            raise Forbidden()
        cards.check_line(session, node.id, key, by=person.id, now=place.clock())
        return _view(session, person, node, place.clock())


def remove_line(place: Workplace, person: StaffMember, code: str, key: str) -> CardView:
    """Take a line of a node's own card away. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        node = node_for(session, person, Right.EDIT_CARD, code)
        cards.remove_line(session, node.id, key, by=person.id, now=place.clock())
        return _view(session, person, node, place.clock())


def decide(
    place: Workplace,
    person: StaffMember,
    code: str,
    decision: Literal["submit", "approve", "send_back"],
    *,
    note: str = "",
) -> CardView:
    """Submit a card (who may edit it), approve it or send it back (the centre above the library).

    Raises NotFound, Forbidden, CardRefused.
    """
    with place.database.write() as session:
        node = library_by_code(session, code)
        now = place.clock()
        if decision == "submit" and holds(session, person, Right.EDIT_CARD, node.id):
            cards.submit_card(session, node.id, by=person.id, now=now)
        elif decision == "approve" and _may_approve(session, person, node):
            cards.approve_card(session, node.id, by=person.id, now=now)
        elif decision == "send_back" and _may_approve(session, person, node):
            cards.send_card_back(session, node.id, storable(note), by=person.id, now=now)
        else:
            raise Forbidden()
        return _view(session, person, node, now)


def waiting_cards(place: Workplace, person: StaffMember) -> list[WaitingCard]:
    """Return the libraries whose submitted cards the person may approve, by code."""
    with place.database.read() as session:
        statement = (
            select(Library)
            .join(LibraryCard, LibraryCard.library_id == Library.id)
            .where(LibraryCard.state == "submitted")
            .order_by(Library.code)
        )
        found = [node for node in session.scalars(statement) if _may_approve(session, person, node)]
        return [WaitingCard(code=node.code, name_zh=node.name_zh, name_en=node.name_en) for node in found]


def report_error(place: Workplace, person: StaffMember, code: str, key: str, text: str) -> ReportView:
    """Tell the owner of a line that it is wrong; anybody on the staff may. Raises NotFound, CardRefused."""
    with place.database.write() as session:
        node = library_by_code(session, code)
        report = cards.report_error(session, node.id, key, storable(text), reporter_id=person.id, now=place.clock())
        change = Change(node.id, "card_report", key, "added", None, None)
        record_change(session, change, by=person.id, now=place.clock())
        return _report_views(session, [report])[0]


def reports(place: Workplace, person: StaffMember) -> list[ReportView]:
    """Return open reports on the person's own lines and on cards the person may edit, oldest first."""
    with place.database.read() as session:
        nodes = subtree(session, nodes_with(person, Right.EDIT_CARD))
        return _report_views(session, cards.reports_for(session, person.id, nodes))


def resolve(place: Workplace, person: StaffMember, report_id: UUID, *, answer: str) -> None:
    """Close a report with what was done: the line's owner, or who may edit the card. Raises NotFound."""
    with place.database.write() as session:
        report = session.get(CardReport, report_id)
        if report is None:
            raise NotFound()
        if report.owner_id != person.id and not holds(session, person, Right.EDIT_CARD, report.library_id):
            raise NotFound()
        cards.resolve_report(session, report, storable(answer), by=person.id, now=place.clock())
        change = Change(report.library_id, "card_report", report.key, "resolved", None, None)
        record_change(session, change, by=person.id, now=place.clock())


def _may_approve(session: Session, person: StaffMember, node: Library) -> bool:
    """The right is held above the library: nobody approves the card of the own node by a role held only there."""
    above = node.parent_id or node.id
    return holds(session, person, Right.APPROVE_CARD, above)


def _owner(session: Session, login: str) -> UUID:
    found = session.scalar(select(Librarian.id).where(Librarian.login == login.lower(), Librarian.is_active))
    if found is None:
        raise NotFound()
    return found


def _view(session: Session, person: StaffMember, node: Library, now: datetime) -> CardView:
    standing = cards.standing_of(session, node.id, now=now)
    contacts = effective_all(session, node.id, [CONTACT_PHONE.key, CONTACT_EMAIL.key, CONTACT_PAGE.key])
    row = session.get(LibraryCard, node.id)
    return CardView(
        code=node.code,
        name_zh=node.name_zh,
        name_en=node.name_en,
        time_zone=node.time_zone,
        hours=hours_now(schedule_of(session, node.id, around=now), now),
        contacts=Contacts(
            phone=contacts[CONTACT_PHONE.key].value,
            email=contacts[CONTACT_EMAIL.key].value,
            page=contacts[CONTACT_PAGE.key].value,
        ),
        state=standing.state,
        note=row.note if row else "",
        is_fresh=standing.is_fresh,
        is_usable=standing.is_usable,
        missing_keys=list(standing.missing_keys),
        fresh_days=standing.fresh_days,
        lines=_line_views(session, node, standing.stale_keys),
        may_edit=holds(session, person, Right.EDIT_CARD, node.id),
        may_approve=_may_approve(session, person, node),
    )


def _line_views(session: Session, node: Library, stale: Collection[str]) -> list[CardLineView]:
    lines: list[CardLine] = cards.lines_of(session, node.id)
    names = owners(session, path_up(session, node.id))
    people = librarians_by_id(session, {line.owner_id for line in lines})
    views = []
    for line in lines:
        origin, owner = names[line.library_id], people[line.owner_id]
        views.append(
            CardLineView(
                key=line.key,
                kind=line.kind,
                text_zh=line.text_zh,
                text_en=line.text_en,
                origin=OwnerView(code=origin.code, name_zh=origin.name_zh, name_en=origin.name_en),
                is_own=line.library_id == node.id,
                owner_login=owner.login,
                owner_zh=owner.name_zh,
                owner_en=owner.name_en,
                checked_at=line.checked_at,
                is_stale=line.library_id == node.id and line.key in stale,
            )
        )
    return views


def _report_views(session: Session, found: Collection[CardReport]) -> list[ReportView]:
    codes = owners(session, {each.library_id for each in found})
    ids = {each.reporter_id for each in found} | {each.owner_id for each in found if each.owner_id}
    people = librarians_by_id(session, ids)
    return [
        ReportView(
            id=each.id,
            library=codes[each.library_id].code,
            key=each.key,
            text=each.text,
            reporter_zh=people[each.reporter_id].name_zh,
            reporter_en=people[each.reporter_id].name_en,
            owner_login=people[each.owner_id].login if each.owner_id else None,
            created_at=each.created_at,
        )
        for each in found
    ]
