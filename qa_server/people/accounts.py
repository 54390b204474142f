"""Accounts of librarians: opening, changing, roles, closing. Written down like every change of the network."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qa_server.network.changes import Change, record_change
from qa_server.network.errors import PersonRefused
from qa_server.people.models import Librarian, Role, RoleGrant, StaffSession
from qa_server.people.rights import Grant

# Never the hash of a password: nobody can sign in with it until a password is set.
NO_PASSWORD = "!"  # noqa: S105 - the opposite of one
# A password that people choose themselves, NIST SP 800-63B.
MIN_PASSWORD_CHARACTERS = 8
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


@dataclass(frozen=True)
class PersonFields:
    """What a librarian is called, where the person works and in which language."""

    name_zh: str
    name_en: str
    library_id: UUID
    language: str


def add_librarian(
    session: Session, login: str, fields: PersonFields, *, password_hash: str, by: UUID | None, now: datetime
) -> Librarian:
    """Open an account. Raises PersonRefused for a login that is taken or not in the right form, and for bad fields."""
    if not _LOGIN.fullmatch(login):
        raise PersonRefused(reason="A user name has 2 to 64 small letters, digits, dots, hyphens and underscores.")
    if session.scalar(select(Librarian.id).where(Librarian.login == login)) is not None:
        raise PersonRefused(reason="This user name is taken.")
    _check(fields)
    person = Librarian(
        login=login,
        name_zh=fields.name_zh.strip(),
        name_en=fields.name_en.strip(),
        library_id=fields.library_id,
        language=fields.language,
        password_hash=password_hash,
        is_active=True,
        created_at=now,
    )
    session.add(person)
    session.flush()
    change = Change(fields.library_id, "person", login, "added", None, _written(person))
    record_change(session, change, by=by, now=now)
    return person


def change_librarian(
    session: Session, person: Librarian, fields: PersonFields, *, by: UUID | None, now: datetime
) -> bool:
    """Change names, library and language; say whether anything differed. Raises PersonRefused."""
    _check(fields)
    old = _written(person)
    person.name_zh, person.name_en = fields.name_zh.strip(), fields.name_en.strip()
    person.library_id, person.language = fields.library_id, fields.language
    new = _written(person)
    if old == new:
        return False
    record_change(session, Change(fields.library_id, "person", person.login, "changed", old, new), by=by, now=now)
    session.flush()
    return True


def set_password_hash(session: Session, person: Librarian, password_hash: str, *, by: UUID, now: datetime) -> None:
    """Give an account another password and end its sessions. The hash is made outside the transaction."""
    person.password_hash = password_hash
    end_sessions(session, person.id)
    change = Change(person.library_id, "person", person.login, "password_set", None, None)
    record_change(session, change, by=by, now=now)


def grants_of(session: Session, librarian_id: UUID) -> set[Grant]:
    """Return the roles somebody holds, and where."""
    rows = session.execute(select(RoleGrant.library_id, RoleGrant.role).where(RoleGrant.librarian_id == librarian_id))
    return {Grant(row.library_id, Role(row.role)) for row in rows}


def set_grants(
    session: Session, person: Librarian, grants: Collection[Grant], *, by: UUID | None, now: datetime
) -> bool:
    """Let somebody hold exactly these roles; say whether anything differed."""
    old, new = grants_of(session, person.id), set(grants)
    if old == new:
        return False
    for grant in old - new:
        session.execute(
            delete(RoleGrant).where(
                RoleGrant.librarian_id == person.id,
                RoleGrant.library_id == grant.library_id,
                RoleGrant.role == grant.role,
            )
        )
    session.add_all(
        RoleGrant(librarian_id=person.id, library_id=grant.library_id, role=grant.role) for grant in new - old
    )
    session.flush()
    change = Change(person.library_id, "person", person.login, "roles", _grants_written(old), _grants_written(new))
    record_change(session, change, by=by, now=now)
    return True


def close_account(session: Session, person: Librarian, *, by: UUID | None, now: datetime) -> None:
    """Let somebody sign in no longer and hold no role. Safe to repeat; what the person wrote stays."""
    if not person.is_active:
        return
    person.is_active = False
    end_sessions(session, person.id)
    set_grants(session, person, (), by=by, now=now)
    change = Change(person.library_id, "person", person.login, "removed", {"is_active": True}, {"is_active": False})
    record_change(session, change, by=by, now=now)


def end_sessions(session: Session, librarian_id: UUID) -> None:
    """Sign somebody out everywhere."""
    session.execute(delete(StaffSession).where(StaffSession.librarian_id == librarian_id))


def _check(fields: PersonFields) -> None:
    if not all(0 < len(name.strip()) <= 100 for name in (fields.name_zh, fields.name_en)):
        raise PersonRefused(reason="A librarian needs a Chinese and an English name of at most 100 characters.")
    if fields.language not in ("zh", "en"):
        raise PersonRefused(reason="The language is zh or en.")


def _written(person: Librarian) -> dict[str, object]:
    return {
        "name_zh": person.name_zh,
        "name_en": person.name_en,
        "library": str(person.library_id),
        "language": person.language,
    }


def _grants_written(grants: Collection[Grant]) -> list[str]:
    return sorted(f"{grant.library_id}:{grant.role}" for grant in grants)
