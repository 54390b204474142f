"""Changes to people: new readers, sessions of staff, counted failures."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from qa_server.people.models import Reader, SignInFailure, StaffSession
from qa_server.people.tokens import hash_token, new_token


def add_reader(session: Session, *, library_id: UUID, language: str, now: datetime) -> tuple[Reader, str]:
    """Add an anonymous reader; return the row and the token, which is told once and never stored."""
    token = new_token()
    reader = Reader(token_hash=hash_token(token), library_id=library_id, language=language, created_at=now)
    session.add(reader)
    session.flush()
    return reader, token


def add_staff_session(session: Session, *, librarian_id: UUID, now: datetime, lifetime: timedelta) -> str:
    """Open a session and return the token for its cookie."""
    token = new_token()
    session.add(
        StaffSession(
            token_hash=hash_token(token),
            librarian_id=librarian_id,
            csrf_token=new_token(),
            created_at=now,
            seen_at=now,
            expires_at=now + lifetime,
        )
    )
    return token


def end_staff_session(session: Session, token: str) -> None:
    """Forget the session behind this cookie. Safe to repeat."""
    session.execute(delete(StaffSession).where(StaffSession.token_hash == hash_token(token)))


def count_failure(session: Session, *, login: str, network: str, now: datetime) -> None:
    """Remember a refused sign-in, and forget those older than a day."""
    session.add(SignInFailure(login=login.lower()[:64], network=network, failed_at=now))
    session.execute(delete(SignInFailure).where(SignInFailure.failed_at < now - timedelta(days=1)))


def forget_failures(session: Session, *, login: str, network: str) -> None:
    """Forget the refused tries of a login from a network, after it has signed in there."""
    session.execute(delete(SignInFailure).where(SignInFailure.login == login.lower(), SignInFailure.network == network))
