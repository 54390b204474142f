"""Accounts of librarians, for administrators: open, change, roles, password. Hashing happens outside transactions."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.conversations.text import storable
from qa_server.desk.rights_at import account_for, node_for
from qa_server.desk.workplace import Workplace
from qa_server.network.errors import PersonRefused
from qa_server.network.models import Library, LibraryState
from qa_server.network.queries import library_by_code, path_up
from qa_server.people import accounts
from qa_server.people.accounts import MIN_PASSWORD_CHARACTERS, NO_PASSWORD, PersonFields
from qa_server.people.models import Librarian, Role, RoleGrant
from qa_server.people.passwords import MAX_PASSWORD_CHARACTERS, hash_password
from qa_server.people.rights import Grant, Right, StaffMember, may_give
from storage.errors import Forbidden


class RoleAt(Wire):
    """A role and the code of the node where it is held."""

    library: str
    role: Role


class AccountView(Wire):
    """A librarian's account."""

    login: str
    name_zh: str
    name_en: str
    library: str
    language: str
    is_active: bool
    has_password: bool
    roles: list[RoleAt]


@dataclass(frozen=True)
class AccountFields:
    """What a librarian is called, the code of the home library, and the language."""

    name_zh: str
    name_en: str
    library: str
    language: str


def accounts_at(place: Workplace, person: StaffMember, code: str) -> list[AccountView]:
    """Return the accounts of a node, closed ones last, by user name. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        node = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        statement = select(Librarian).where(Librarian.library_id == node.id)
        found = session.scalars(statement.order_by(Librarian.is_active.desc(), Librarian.login)).all()
        return _views(session, found)


def open_account(
    place: Workplace, person: StaffMember, login: str, fields: AccountFields, *, password: str | None
) -> AccountView:
    """Open an account at a node; without a password nobody can sign in with it yet.

    Blocks for one Argon2 hash. Raises NotFound, Forbidden, PersonRefused.
    """
    password_hash = NO_PASSWORD if password is None else _hashed(password)
    with place.database.write() as session:
        wanted = _fields(session, person, fields)
        added = accounts.add_librarian(
            session, login.lower(), wanted, password_hash=password_hash, by=person.id, now=place.clock()
        )
        return _views(session, [added])[0]


def change_account(place: Workplace, person: StaffMember, login: str, fields: AccountFields) -> AccountView:
    """Change names, home library and language. Raises NotFound, Forbidden, PersonRefused."""
    with place.database.write() as session:
        found = account_for(session, person, login)
        accounts.change_librarian(session, found, _fields(session, person, fields), by=person.id, now=place.clock())
        return _views(session, [found])[0]


def set_password(place: Workplace, person: StaffMember, login: str, password: str) -> None:
    """Give an account a password and sign it out everywhere. Blocks for one Argon2 hash.

    Raises NotFound, Forbidden, PersonRefused.
    """
    password_hash = _hashed(password)
    with place.database.write() as session:
        found = account_for(session, person, login)
        accounts.set_password_hash(session, found, password_hash, by=person.id, now=place.clock())


def set_roles(place: Workplace, person: StaffMember, login: str, roles: Sequence[RoleAt]) -> AccountView:
    """Let somebody hold exactly these roles. Each one given or taken has to be in the person's power.

    Raises NotFound, Forbidden, PersonRefused.
    """
    with place.database.write() as session:
        found = account_for(session, person, login)
        if not found.is_active:
            raise PersonRefused(reason="This account is closed.")
        wanted = {Grant(library_by_code(session, each.library).id, each.role) for each in roles}
        for grant in wanted ^ accounts.grants_of(session, found.id):
            if not may_give(person, grant.role, path_up(session, grant.library_id)):
                raise Forbidden()
        accounts.set_grants(session, found, wanted, by=person.id, now=place.clock())
        return _views(session, [found])[0]


def _fields(session: Session, person: StaffMember, fields: AccountFields) -> PersonFields:
    node = node_for(session, person, Right.ADMINISTER_LIBRARY, fields.library)
    if node.state == LibraryState.CLOSED:
        raise PersonRefused(reason="The library is closed.")
    return PersonFields(storable(fields.name_zh), storable(fields.name_en), node.id, fields.language)


def _hashed(password: str) -> str:
    if not MIN_PASSWORD_CHARACTERS <= len(password) <= MAX_PASSWORD_CHARACTERS:
        raise PersonRefused(reason="A password has 8 to 256 characters.")
    return hash_password(storable(password))


def _views(session: Session, found: Sequence[Librarian]) -> list[AccountView]:
    ids = [each.id for each in found]
    grants: dict[UUID, list[RoleAt]] = {}
    rows = session.execute(
        select(RoleGrant.librarian_id, RoleGrant.role, Library.code)
        .join(Library, Library.id == RoleGrant.library_id)
        .where(RoleGrant.librarian_id.in_(ids))
        .order_by(Library.code, RoleGrant.role)
    )
    for row in rows:
        grants.setdefault(row.librarian_id, []).append(RoleAt(library=row.code, role=Role(row.role)))
    homes = {each.library_id for each in found}
    codes = {row.id: row.code for row in session.execute(select(Library.id, Library.code).where(Library.id.in_(homes)))}
    return [
        AccountView(
            login=each.login,
            name_zh=each.name_zh,
            name_en=each.name_en,
            library=codes[each.library_id],
            language=each.language,
            is_active=each.is_active,
            has_password=each.password_hash != NO_PASSWORD,
            roles=grants.get(each.id, []),
        )
        for each in found
    ]
