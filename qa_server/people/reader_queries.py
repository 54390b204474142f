"""Reading what is known about readers beyond their token."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qa_server.people.models import Reader
from qa_server.people.reader_models import IdentityNonce, LibrarySecret, ReaderIdentity, ReaderLink
from qa_server.people.tokens import hash_token


def reader_by_link(session: Session, token: str, now: datetime) -> Reader | None:
    """Return the reader whose questions a private link opens, or None when it has ended or never was."""
    return session.scalar(
        select(Reader)
        .join(ReaderLink, ReaderLink.reader_id == Reader.id)
        .where(ReaderLink.token_hash == hash_token(token), ReaderLink.expires_at > now)
    )


def identity_of(session: Session, reader_id: UUID) -> ReaderIdentity | None:
    """Return who a reader agreed to be, or None."""
    return session.get(ReaderIdentity, reader_id)


def secrets_of(session: Session, library_id: UUID, now: datetime) -> Sequence[bytes]:
    """Return the secrets that a library's pages may sign with now, newest first."""
    statement = select(LibrarySecret.secret).where(
        LibrarySecret.library_id == library_id,
        or_(LibrarySecret.expires_at.is_(None), LibrarySecret.expires_at > now),
    )
    return session.scalars(statement.order_by(LibrarySecret.id.desc())).all()


def nonce_used(session: Session, library_id: UUID, nonce: str) -> IdentityNonce | None:
    """Return the use of an identity token, or None."""
    return session.get(IdentityNonce, (library_id, nonce))
