"""Reading people: by token, by session, by login."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from qa_server.network.models import DeskMember
from qa_server.people.models import Librarian, Reader, Role, RoleGrant, SignInFailure, StaffSession
from qa_server.people.rights import Grant, StaffMember
from qa_server.people.tokens import hash_token

# Made once, and columns instead of an object: whoever connects is looked up by it.
_BY_TOKEN = select(Reader.id, Reader.library_id, Reader.language).where(Reader.token_hash == bindparam("token_hash"))


def reader_by_token(session: Session, token: str) -> tuple[UUID, UUID, str] | None:
    """Return id, library and language of the reader who holds this token, or None."""
    found = session.execute(_BY_TOKEN, {"token_hash": hash_token(token)}).one_or_none()
    return None if found is None else (found.id, found.library_id, found.language)


def librarian_by_login(session: Session, login: str) -> Librarian | None:
    """Return the active librarian with this login, in any case, or None."""
    return session.scalar(select(Librarian).where(Librarian.login == login.lower(), Librarian.is_active))


def librarians_by_id(session: Session, ids: Collection[UUID]) -> dict[UUID, Librarian]:
    """Return librarians, also those whose account is closed, by id; unknown ids are left out."""
    return {each.id: each for each in session.scalars(select(Librarian).where(Librarian.id.in_(ids)))}


def staff_session(session: Session, token: str) -> StaffSession | None:
    """Return the session behind a staff cookie, expired or not, or None."""
    return session.scalar(select(StaffSession).where(StaffSession.token_hash == hash_token(token)))


def staff_member(session: Session, librarian_id: UUID, *, csrf_token: str) -> StaffMember | None:
    """Return the active librarian with roles and desks as they are now, or None."""
    person = session.get(Librarian, librarian_id)
    if person is None or not person.is_active:
        return None
    grants = session.execute(
        select(RoleGrant.library_id, RoleGrant.role).where(RoleGrant.librarian_id == librarian_id)
    ).all()
    desks = session.scalars(select(DeskMember.desk_id).where(DeskMember.librarian_id == librarian_id))
    return StaffMember(
        id=person.id,
        login=person.login,
        name_zh=person.name_zh,
        name_en=person.name_en,
        language=person.language,
        library_id=person.library_id,
        grants=tuple(Grant(row.library_id, Role(row.role)) for row in grants),
        desk_ids=frozenset(desks),
        csrf_token=csrf_token,
    )


def failures_since(session: Session, login: str, network: str, since: datetime) -> tuple[int, datetime | None]:
    """Return how many sign-ins with this login from this network were refused since then, and the newest moment."""
    count, newest = session.execute(
        select(func.count(), func.max(SignInFailure.failed_at)).where(
            SignInFailure.login == login.lower(), SignInFailure.network == network, SignInFailure.failed_at >= since
        )
    ).one()
    return count, newest
