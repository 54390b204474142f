"""Private links: a reader's questions on another device, without an account. The link is the key; it can be revoked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import segno
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from qa_server.commissions.models import Commission
from qa_server.conversations.models import Conversation
from qa_server.conversations.schemas import Wire
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import LinksRevoked
from qa_server.network.models import Library
from qa_server.people.reader_models import ReaderLink
from qa_server.people.tokens import hash_token, new_token
from storage.after_commit import after_commit
from storage.errors import AppError

LINK_DAYS = 180
# A reader has a few devices; more links at once are a sign of something else.
MAX_LINKS = 10
# Of those that letters carried the newest stay, so that a few letters back still open.
MAX_MAILED_LINKS = 5
# What follows this in the address stays in the browser: fragments are never sent to a server.
FRAGMENT = "my="


class TooManyLinks(AppError):
    """The reader has made as many links as one person can use."""

    code = "too_many_links"
    status = 409
    message = "You have made {limit} links. Switch the old ones off first."


class PrivateLink(Wire):
    """A link, told once. `qr` are the rows of its QR code, 1 for a dark square."""

    url: str
    qr: list[str]
    expires_at: datetime


class LinkCount(Wire):
    """How many links open this reader's questions."""

    links: int


def make_link(place: Workplace, reader: KnownReader, *, base_url: str) -> PrivateLink:
    """Make a link that opens the reader's questions. `base_url` has no slash at its end. Raises TooManyLinks."""
    token, now = new_token(), place.clock()
    expires_at = now + timedelta(days=LINK_DAYS)
    with place.database.write() as session:
        session.execute(delete(ReaderLink).where(ReaderLink.reader_id == reader.id, ReaderLink.expires_at <= now))
        own = select(func.count()).where(ReaderLink.reader_id == reader.id, ReaderLink.is_mailed.is_(False))
        count = session.scalar(own.select_from(ReaderLink))
        if (count or 0) >= MAX_LINKS:
            raise TooManyLinks(limit=MAX_LINKS)
        code = session.get_one(Library, reader.library_id).code
        session.add(
            ReaderLink(reader_id=reader.id, token_hash=hash_token(token), created_at=now, expires_at=expires_at)
        )
    url = _address(base_url, code, token)
    return PrivateLink(url=url, qr=qr_rows(url), expires_at=expires_at)


def mailed_link(session: Session, conversation: Conversation, *, base_url: str, now: datetime) -> str:
    """Add a link for a letter to the conversation's reader and return its address; the oldest mailed ones end."""
    token = _mailed_token(session, conversation.reader_id, now)
    return _address(base_url, session.get_one(Library, conversation.library_id).code, token)


def mailed_commission_link(session: Session, commission: Commission, *, base_url: str, now: datetime) -> str:
    """Add a link for a letter about a commission and return its address, like `mailed_link`."""
    token = _mailed_token(session, commission.reader_id, now)
    code = session.get_one(Library, commission.library_id).code
    return f"{base_url}/services/{code}/c/{commission.id}#{FRAGMENT}{token}"


def _mailed_token(session: Session, reader_id: UUID, now: datetime) -> str:
    token = new_token()
    mailed = select(ReaderLink.id).where(ReaderLink.reader_id == reader_id, ReaderLink.is_mailed.is_(True))
    surplus = session.scalars(mailed.order_by(ReaderLink.id.desc()).offset(MAX_MAILED_LINKS - 1)).all()
    session.execute(delete(ReaderLink).where(ReaderLink.id.in_(surplus)))
    link = ReaderLink(reader_id=reader_id, token_hash=hash_token(token), created_at=now, is_mailed=True)
    link.expires_at = now + timedelta(days=LINK_DAYS)
    session.add(link)
    return token


def count_links(place: Workplace, reader: KnownReader) -> LinkCount:
    """Return how many links work now."""
    with place.database.read() as session:
        counted = select(func.count()).where(ReaderLink.reader_id == reader.id, ReaderLink.expires_at > place.clock())
        return LinkCount(links=session.scalar(counted.select_from(ReaderLink)) or 0)


def revoke_links(place: Workplace, reader: KnownReader) -> None:
    """Switch every link of the reader off, and end what is connected by one. Safe to repeat."""
    with place.database.write() as session:
        session.execute(delete(ReaderLink).where(ReaderLink.reader_id == reader.id))
        after_commit(session, lambda: place.bus.publish(LinksRevoked(reader_id=reader.id)))


def _address(base_url: str, code: str, token: str) -> str:
    return f"{base_url}/ask/{code}#{FRAGMENT}{token}"


def qr_rows(text: str) -> list[str]:
    """Return the rows of a QR code of medium error correction, 1 for a dark square, without the quiet zone."""
    matrix: Sequence[bytearray] = segno.make(text, error="m", micro=False).matrix
    return ["".join("1" if square else "0" for square in row) for row in matrix]
