"""The outbox: letters are put in with the use case that causes them, and taken out by one process at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Update, delete, func, select, update
from sqlalchemy.orm import Session

from qa_server.mail.letters import Letter, as_html, as_text
from qa_server.mail.models import LetterState, OutgoingLetter
from storage.database import Database

# Longer than handing over one letter may take in all; a process that died gives its letter back by it.
LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=1)
# The doctor speaks of letters that have been waiting for this long.
STUCK_AFTER = timedelta(hours=1)
# That a letter went is kept this long, for limits and for the doctor; its words and address are gone before.
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Taken:
    """A letter that this process is to send now. `attempt` counts from 1 and names who holds the lease."""

    id: UUID
    attempt: int
    recipient: str
    subject: str
    text: str
    html: str
    created_at: datetime


def put_in(
    session: Session,
    letter: Letter,
    *,
    kind: str,
    recipient: str,
    now: datetime,
    conversation_id: UUID | None = None,
    commission_id: UUID | None = None,
) -> OutgoingLetter:
    """Add a letter, sent once the caller's transaction has been committed. `recipient` has to be deliverable."""
    row = OutgoingLetter(
        kind=kind,
        conversation_id=conversation_id,
        commission_id=commission_id,
        recipient=recipient,
        language=letter.language,
        subject=letter.subject,
        text=as_text(letter),
        html=as_html(letter),
        next_try_at=now,
        created_at=now,
    )
    session.add(row)
    return row


def count_since(session: Session, *, kind: str, conversation_id: UUID, since: datetime) -> int:
    """Return how many letters of a kind were put in for a conversation after a moment."""
    found = select(func.count()).select_from(OutgoingLetter)
    mine = found.where(OutgoingLetter.conversation_id == conversation_id, OutgoingLetter.kind == kind)
    return session.scalar(mine.where(OutgoingLetter.created_at > since)) or 0


def take_one(session: Session, now: datetime) -> Taken | None:
    """Lease the letter that has been due the longest, or None. No other process gets it before the lease ends."""
    due = (
        select(OutgoingLetter)
        .where(OutgoingLetter.state == LetterState.WAITING, OutgoingLetter.next_try_at <= now)
        .order_by(OutgoingLetter.next_try_at, OutgoingLetter.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = session.scalar(due)
    if row is None:
        return None
    row.attempts += 1
    row.next_try_at = now + LEASE
    return Taken(row.id, row.attempts, row.recipient, row.subject, row.text, row.html, row.created_at)


def settle_sent(session: Session, taken: Taken, now: datetime) -> None:
    """Note that the mail server has a letter."""
    _settle(session, taken, LetterState.SENT, None, now)


def settle_failed(session: Session, taken: Taken, error_code: str, *, is_final: bool, now: datetime) -> None:
    """Note that an attempt failed: try again after a growing pause, unless the refusal is final or the day is over."""
    if is_final:
        _settle(session, taken, LetterState.REFUSED, error_code, now)
    elif now - taken.created_at >= GIVE_UP_AFTER:
        _settle(session, taken, LetterState.GIVEN_UP, error_code, now)
    else:
        pause = min(FIRST_PAUSE * 2 ** min(taken.attempt - 1, 10), LONGEST_PAUSE)
        session.execute(_held(taken).values(next_try_at=now + pause, error_code=error_code))


def give_up_stale(session: Session, now: datetime) -> int:
    """Settle what nobody could send for a day and longer, as when mail was switched off, and forget old letters."""
    stale = update(OutgoingLetter).where(
        OutgoingLetter.state == LetterState.WAITING, OutgoingLetter.created_at <= now - GIVE_UP_AFTER - LEASE
    )
    code = func.coalesce(OutgoingLetter.error_code, "never_tried")
    given_up = session.execute(stale.values(_emptied(LetterState.GIVEN_UP, now) | {"error_code": code}))
    session.execute(delete(OutgoingLetter).where(OutgoingLetter.settled_at <= now - KEPT))
    return int(getattr(given_up, "rowcount", 0))


def given_up(session: Session) -> Sequence[tuple[str, int]]:
    """Return how many letters were given up, by what the last attempt met."""
    counted = select(OutgoingLetter.error_code, func.count()).where(OutgoingLetter.state == LetterState.GIVEN_UP)
    rows = session.execute(counted.group_by(OutgoingLetter.error_code).order_by(OutgoingLetter.error_code))
    return [(code or "never_tried", count) for code, count in rows]


def forget_given_up(database: Database) -> None:
    """Remove what is left of letters that were given up, once somebody has read of them."""
    with database.write() as session:
        session.execute(delete(OutgoingLetter).where(OutgoingLetter.state == LetterState.GIVEN_UP))


def count_stuck(session: Session, now: datetime) -> int:
    """Return how many letters have been waiting for more than STUCK_AFTER."""
    waiting = select(func.count()).select_from(OutgoingLetter).where(OutgoingLetter.state == LetterState.WAITING)
    return session.scalar(waiting.where(OutgoingLetter.created_at <= now - STUCK_AFTER)) or 0


def _settle(session: Session, taken: Taken, state: LetterState, error_code: str | None, now: datetime) -> None:
    session.execute(_held(taken).values(_emptied(state, now) | {"error_code": error_code}))


def _held(taken: Taken) -> Update:
    # Whoever lost the lease meanwhile changes nothing.
    return update(OutgoingLetter).where(
        OutgoingLetter.id == taken.id,
        OutgoingLetter.attempts == taken.attempt,
        OutgoingLetter.state == LetterState.WAITING,
    )


def _emptied(state: LetterState, now: datetime) -> dict[str, object]:
    return {"state": state.value, "settled_at": now, "recipient": "", "subject": "", "text": "", "html": ""}
