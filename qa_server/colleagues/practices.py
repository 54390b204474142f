"""Practice as records: starting, numbered messages, ending, feedback, forgetting. Callers hold the row's lock."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from qa_server.colleagues.cases import Case, case_named, reply, seconds_to_type
from qa_server.colleagues.practice_models import Practice, PracticeMessage
from qa_server.colleagues.talk_models import StaffNotice
from qa_server.conversations.models import Author
from storage.base import new_id
from storage.errors import NotFound

# Messages in one page of a thread, as in conversations.
PAGE_MESSAGES = 200
# Practices in one list.
PAGE_PRACTICES = 50
# Lines said in one round of the timer.
LIMIT = 100
# The version digit of an id (RFC 9562): conversations have 7, what applications make themselves 8.
_VERSION = 8


def practice_id() -> UUID:
    """Return a fresh id that no conversation can have."""
    return UUID(int=new_id().int & ~(0xF << 76) | _VERSION << 76)


def is_practice(conversation_id: UUID) -> bool:
    """Say by its id alone whether this is practice."""
    return conversation_id.version == _VERSION


def start(
    session: Session,
    librarian_id: UUID,
    desk_id: UUID,
    *,
    language: str,
    question: str,
    case: Case | None,
    player_id: UUID | None,
    now: datetime,
) -> Practice:
    """Begin a practice with the question as message 1."""
    made = Practice(
        id=practice_id(),
        librarian_id=librarian_id,
        desk_id=desk_id,
        player_id=player_id,
        case_key=case.key if case else None,
        language=language,
        question=question,
        last_seq=0,
        step=0,
        started_at=now,
        feedback="",
    )
    session.add(made)
    session.flush()
    add(session, made, Author.READER, player_id, client_id=new_id().hex, body=question, now=now)
    return made


def add(
    session: Session,
    practice: Practice,
    author: Author,
    librarian_id: UUID | None,
    *,
    client_id: str,
    body: str,
    now: datetime,
) -> PracticeMessage:
    """Add a message under the next number; one of the librarian makes the case think about its next line."""
    practice.last_seq += 1
    message = PracticeMessage(
        practice_id=practice.id,
        seq=practice.last_seq,
        author=author.value,
        sender=librarian_id.hex if librarian_id else "case",
        client_id=client_id,
        librarian_id=librarian_id,
        body=body,
        created_at=now,
    )
    session.add(message)
    case = case_named(practice.case_key)
    if author is Author.LIBRARIAN and case is not None and practice.line is None:
        practice.line = reply(case.steps, practice.step, body)
        practice.step += 1
        practice.speaks_at = now + timedelta(seconds=seconds_to_type(practice.line)) if practice.line else None
    session.flush()
    return message


def said_under(session: Session, practice_id: UUID, librarian_id: UUID, client_id: str) -> PracticeMessage | None:
    """Return what this person said under a client id, or None."""
    return session.scalar(
        select(PracticeMessage).where(
            PracticeMessage.practice_id == practice_id,
            PracticeMessage.sender == librarian_id.hex,
            PracticeMessage.client_id == client_id,
        )
    )


def one(session: Session, practice_id: UUID, *, lock: bool = False) -> Practice:
    """Return a practice; the caller checks who asks. `lock` holds its row until the end. Raises NotFound."""
    statement = select(Practice).where(Practice.id == practice_id)
    found = session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise NotFound()
    return found


def messages_after(session: Session, practice_id: UUID, after_seq: int) -> Sequence[PracticeMessage]:
    """Return messages numbered above a number, in order, at most one page."""
    statement = select(PracticeMessage).where(PracticeMessage.practice_id == practice_id)
    later = statement.where(PracticeMessage.seq > after_seq).order_by(PracticeMessage.seq)
    return session.scalars(later.limit(PAGE_MESSAGES)).all()


def of_person(session: Session, librarian_id: UUID) -> Sequence[Practice]:
    """Return the newest practices of a person, as who answers or who plays the reader, newest first."""
    mine = or_(Practice.librarian_id == librarian_id, Practice.player_id == librarian_id)
    return session.scalars(
        select(Practice).where(mine).order_by(Practice.started_at.desc(), Practice.id.desc()).limit(PAGE_PRACTICES)
    ).all()


def ended_at_desks(session: Session, desk_ids: Sequence[UUID], *, besides: UUID) -> Sequence[Practice]:
    """Return the newest ended practices of others at these desks, those without feedback first."""
    statement = select(Practice).where(
        Practice.desk_id.in_(desk_ids), Practice.librarian_id != besides, Practice.ended_at.is_not(None)
    )
    ordered = statement.order_by(Practice.feedback_at.is_not(None), Practice.started_at.desc(), Practice.id.desc())
    return session.scalars(ordered.limit(PAGE_PRACTICES)).all()


def due(session: Session, now: datetime) -> Sequence[UUID]:
    """Return the practices in which a case speaks now, oldest first."""
    statement = select(Practice.id).where(Practice.speaks_at <= now, Practice.ended_at.is_(None))
    return session.scalars(statement.order_by(Practice.speaks_at).limit(LIMIT)).all()


def end(session: Session, practice: Practice, *, now: datetime) -> None:
    """End a practice. Safe to repeat."""
    if practice.ended_at is None:
        practice.ended_at, practice.line, practice.speaks_at = now, None, None
        session.flush()


def forget(session: Session, ids: Sequence[UUID]) -> None:
    """Delete practices with everything said in them and the notices about them."""
    session.execute(delete(StaffNotice).where(StaffNotice.practice_id.in_(ids)))
    session.execute(delete(PracticeMessage).where(PracticeMessage.practice_id.in_(ids)))
    session.execute(delete(Practice).where(Practice.id.in_(ids)))
