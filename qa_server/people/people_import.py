"""Puts a list of librarians in: accounts, roles and desks, line by line. Safe to repeat; closes no account."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.network import desks
from qa_server.network.desks import MemberFields
from qa_server.network.errors import PersonRefused
from qa_server.network.library_import import Line, Wanted
from qa_server.network.models import Desk, DeskState, Library
from qa_server.people import accounts
from qa_server.people.accounts import NO_PASSWORD, PersonFields
from qa_server.people.models import Librarian, Role
from qa_server.people.rights import Grant
from storage.errors import AppError

REQUIRED = ("login", "name_zh", "name_en", "library")
COLUMNS = (*REQUIRED, "language", "roles", "desks")


def import_people(
    session: Session,
    rows: Sequence[Wanted],
    *,
    password_hashes: Mapping[str, str],
    now: datetime,
    progress: Callable[[], None] = lambda: None,
) -> list[Line]:
    """Bring the accounts to what the rows say; return what became of each, by line number.

    A new account gets the hash under its user name, or no password. Roles are added, never taken away by a file; desks
    are named by the codes of their libraries. A refused row is left out, the others are carried out.
    """
    nodes = {row.code: row.id for row in session.execute(select(Library.code, Library.id))}
    known = {person.login: person for person in session.scalars(select(Librarian))}
    seen: set[str] = set()
    lines = []
    for row in rows:
        progress()
        login = row.cells.get("login", "").lower()
        try:
            _refuse(row, login, seen)
            outcome = _put_in(session, row, known, nodes, password_hashes.get(login, NO_PASSWORD), now)
        except AppError as error:
            lines.append(Line(row.number, login, "refused", str(error.details.get("reason", error))))
        else:
            lines.append(Line(row.number, login, outcome))
        seen.add(login)
    session.flush()
    return lines


def new_logins(session: Session, rows: Sequence[Wanted]) -> list[str]:
    """Return the user names of the rows that have no account yet, once each, in the order of the file."""
    known = set(session.scalars(select(Librarian.login)))
    return [login for login in dict.fromkeys(row.cells.get("login", "").lower() for row in rows) if login not in known]


def _refuse(row: Wanted, login: str, seen: set[str]) -> None:
    if row.has_formula:
        raise PersonRefused(reason="A cell computes something. Put in the value itself.")
    if login in seen:
        raise PersonRefused(reason="The user name stands in the file twice.")


def _put_in(
    session: Session,
    row: Wanted,
    known: dict[str, Librarian],
    nodes: Mapping[str, UUID],
    password_hash: str,
    now: datetime,
) -> Literal["new", "changed", "unchanged"]:
    login = row.cells["login"].lower()
    fields = PersonFields(
        row.cells["name_zh"],
        row.cells["name_en"],
        _node(nodes, row.cells["library"]),
        row.cells.get("language", "").lower() or "zh",
    )
    grants = {_grant(nodes, text) for text in _words(row, "roles")}
    served = [_desk(session, _node(nodes, code)) for code in _words(row, "desks")]
    person = known.get(login)
    if person is not None and not person.is_active:
        raise PersonRefused(reason="This account is closed.")
    is_new = person is None
    if person is None:
        person = accounts.add_librarian(session, login, fields, password_hash=password_hash, by=None, now=now)
        known[login] = person
        is_changed = True
    else:
        is_changed = accounts.change_librarian(session, person, fields, by=None, now=now)
    held = accounts.grants_of(session, person.id)
    is_changed |= accounts.set_grants(session, person, held | grants, by=None, now=now)
    for desk in served:
        if desks.member_of(session, desk.id, person.id) is None:
            desks.set_member(session, desk, person.id, MemberFields(), by=None, now=now)
            is_changed = True
    return "new" if is_new else "changed" if is_changed else "unchanged"


def _words(row: Wanted, column: str) -> list[str]:
    return row.cells.get(column, "").replace(";", " ").replace(",", " ").split()


def _node(nodes: Mapping[str, UUID], code: str) -> UUID:
    found = nodes.get(code.upper())
    if found is None:
        raise PersonRefused(reason="There is no library with this code.")
    return found


def _grant(nodes: Mapping[str, UUID], text: str) -> Grant:
    code, _, role = text.partition(":")
    if role.lower() not in set(Role):
        raise PersonRefused(reason="A role is written like JZU:librarian.")
    return Grant(_node(nodes, code), Role(role.lower()))


def _desk(session: Session, library_id: UUID) -> Desk:
    statement = select(Desk).where(Desk.library_id == library_id, Desk.state != DeskState.CLOSED)
    found = session.scalar(statement.order_by(Desk.id).limit(1))
    if found is None:
        raise PersonRefused(reason="This library has no desk.")
    return found
