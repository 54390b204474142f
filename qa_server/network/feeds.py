"""Secret addresses of calendar feeds. The calendar program holds the token, the database only its hash."""

from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from qa_server.network.errors import ShiftRefused
from qa_server.network.roster_models import CalendarFeed

# 32 random bytes: cannot be guessed, so a fast hash is enough.
_TOKEN_BYTES = 32
# Feeds of one person that work at a time: telephone, office, home and some more.
MAX_FEEDS = 5


def new_feed(session: Session, librarian_id: UUID, *, now: datetime) -> tuple[CalendarFeed, str]:
    """Make a feed; return it and its token, which is told once. Raises ShiftRefused when there are too many."""
    working = select(func.count()).where(CalendarFeed.librarian_id == librarian_id, CalendarFeed.revoked_at.is_(None))
    if (session.scalar(working) or 0) >= MAX_FEEDS:
        raise ShiftRefused(reason="You have five calendar addresses already. Take one back first.")
    token = token_urlsafe(_TOKEN_BYTES)
    feed = CalendarFeed(librarian_id=librarian_id, token_hash=_hash(token), created_at=now)
    session.add(feed)
    session.flush()
    return feed, token


def feed_owner(session: Session, token: str) -> UUID | None:
    """Return whose duties a token shows, or None for one that is unknown or taken back."""
    statement = select(CalendarFeed.librarian_id).where(
        CalendarFeed.token_hash == _hash(token), CalendarFeed.revoked_at.is_(None)
    )
    return session.scalar(statement)


def feeds_of(session: Session, librarian_id: UUID) -> list[CalendarFeed]:
    """Return somebody's working feeds, oldest first."""
    statement = select(CalendarFeed).where(CalendarFeed.librarian_id == librarian_id, CalendarFeed.revoked_at.is_(None))
    return list(session.scalars(statement.order_by(CalendarFeed.id)))


def revoke_feeds(session: Session, librarian_id: UUID, *, now: datetime, feed_id: UUID | None = None) -> None:
    """Take back one feed or all of somebody's. Safe to repeat."""
    theirs = [CalendarFeed.librarian_id == librarian_id, CalendarFeed.revoked_at.is_(None)]
    if feed_id is not None:
        theirs.append(CalendarFeed.id == feed_id)
    session.execute(update(CalendarFeed).where(*theirs).values(revoked_at=now))


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
