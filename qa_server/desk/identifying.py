"""Readers whom their library's page has signed in: its signed statement is checked, and kept once the reader agrees."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Library
from qa_server.network.queries import library_by_code
from qa_server.people.errors import IdentityRefused
from qa_server.people.identity_tokens import Identity, audience_of, verify
from qa_server.people.reader_models import IdentityNonce, LibrarySecret, ReaderIdentity
from qa_server.people.reader_queries import nonce_used, secrets_of
from qa_server.people.tokens import new_token

# A replaced secret is believed for so long, so that a library can change it on its servers one after the other.
OVERLAP = timedelta(hours=24)


class IdentityView(Wire):
    """Who the statement is about."""

    name: str
    details: dict[str, str]


def check(place: Workplace, code: str, token: str, *, network: str) -> IdentityView:
    """Return who a page's token is about; keeps nothing. Raises NotFound, IdentityRefused, TooManyRequests."""
    place.rates.spend("search", network)
    with place.database.read() as session:
        identity = _verified(place, session, library_by_code(session, code), token)
    return IdentityView(name=identity.name, details=identity.details)


def tell(place: Workplace, reader: KnownReader, token: str) -> IdentityView:
    """Keep who the reader is, for the librarians of the reader's own library. A token works once, for one reader.

    Repeating it is harmless. Raises IdentityRefused.
    """
    try:
        return _tell(place, reader, token)
    except IntegrityError:
        # The same token came twice at once; the second look finds the first one's trace.
        return _tell(place, reader, token)


def take_back(place: Workplace, reader: KnownReader) -> None:
    """Forget who the reader is. Safe to repeat."""
    with place.database.write() as session:
        session.execute(delete(ReaderIdentity).where(ReaderIdentity.reader_id == reader.id))


def new_secret(session: Session, library_id: UUID, *, now: datetime) -> str:
    """Make a library a new secret and return it; it is told once. The one before works for another day."""
    own = LibrarySecret.library_id == library_id
    session.execute(delete(LibrarySecret).where(own, LibrarySecret.expires_at <= now))
    session.execute(
        update(LibrarySecret).where(own, LibrarySecret.expires_at.is_(None)).values(expires_at=now + OVERLAP)
    )
    made = new_token()
    session.add(LibrarySecret(library_id=library_id, secret=made.encode(), created_at=now, expires_at=None))
    return made


def _tell(place: Workplace, reader: KnownReader, token: str) -> IdentityView:
    with place.database.write() as session:
        library = session.get_one(Library, reader.library_id)
        identity = _verified(place, session, library, token)
        _spend(place, session, reader, library.id, identity)
        row = session.get(ReaderIdentity, reader.id) or ReaderIdentity(reader_id=reader.id)
        row.library_id, row.subject, row.name = library.id, identity.subject, identity.name
        row.details, row.verified_at = identity.details, place.clock()
        session.add(row)
        return IdentityView(name=identity.name, details=identity.details)


def _spend(place: Workplace, session: Session, reader: KnownReader, library_id: UUID, identity: Identity) -> None:
    used = nonce_used(session, library_id, identity.nonce)
    if used is not None and used.reader_id != reader.id:
        raise IdentityRefused(reason="The token was used before.")
    if used is None:
        session.execute(delete(IdentityNonce).where(IdentityNonce.expires_at < place.clock() - timedelta(minutes=5)))
        session.add(
            IdentityNonce(
                library_id=library_id, nonce=identity.nonce, reader_id=reader.id, expires_at=identity.expires_at
            )
        )
        session.flush()


def _verified(place: Workplace, session: Session, library: Library, token: str) -> Identity:
    now = place.clock()
    held = secrets_of(session, library.id, now)
    if not held:
        raise IdentityRefused(reason="This library has no secret for signing yet.")
    return verify(token, held, audience=audience_of(library.code), now=now)
