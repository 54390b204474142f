"""May an exchange become an article? What the library settled, what the reader said, what colleagues said, how old."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.models import Article
from qa_server.conversations import queries
from qa_server.conversations.draft_models import DraftOrigin, ReuseChoice, SaidBy
from qa_server.conversations.models import Conversation
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from qa_server.network.node_settings import effective_all
from qa_server.network.reuse_settings import AGREED, NEVER, REUSE, REUSE_DAYS
from qa_server.people.rights import StaffMember
from storage.errors import AppError


class ConversationPrivate(AppError):
    """Somebody who may say so said that an exchange stays among those who had it."""

    code = "conversation_private"
    status = 409
    message = "This conversation is marked private: it does not become an article."


class ReuseNotAgreed(AppError):
    """The library asks its readers first, and this one has not agreed."""

    code = "reuse_not_agreed"
    status = 409
    message = "This library makes articles only of conversations whose reader agreed, and this reader has not."


class ReuseOff(AppError):
    """The library makes no articles of conversations."""

    code = "reuse_off"
    status = 409
    message = "This library makes no articles of conversations."


class PastRetention(AppError):
    """The exchange ended too long ago to be used for anything else."""

    code = "past_retention"
    status = 409
    message = "This conversation ended more than {days} days ago: it may no longer be used for an article."


@dataclass(frozen=True)
class Standing:
    """What the library settled (`masked`, `agreed`, `never`), and what reader and staff said; None for nothing."""

    rule: str
    reader: bool | None
    staff: bool | None


def require_reusable(session: Session, conversation: Conversation, *, now: datetime) -> None:
    """Raise ConversationPrivate, ReuseOff, ReuseNotAgreed or PastRetention where no article may be made of it."""
    said = _said(session, conversation.id)
    if False in said.values():
        raise ConversationPrivate()
    settled = effective_all(session, conversation.library_id, (REUSE.key, REUSE_DAYS.key))
    rule, days = settled[REUSE.key].value, settled[REUSE_DAYS.key].value
    if rule == NEVER:
        raise ReuseOff()
    if rule == AGREED and not said.get(SaidBy.READER):
        raise ReuseNotAgreed()
    if (conversation.ended_at or conversation.created_at) + timedelta(days=days) < now:
        raise PastRetention(days=days)


def choose_as_reader(place: Workplace, reader: KnownReader, conversation_id: UUID, *, is_allowed: bool) -> None:
    """Note whether the reader wants the own exchange to help others. The last word stands. Raises NotFound."""
    with place.database.write() as session:
        conversation = queries.of_reader(session, reader.id, conversation_id, lock=True)
        _choose(session, conversation.id, SaidBy.READER, is_allowed, now=place.clock())


def reader_choice(place: Workplace, reader: KnownReader, conversation_id: UUID) -> Standing:
    """Return what the reader said and what holds without a word. Raises NotFound."""
    with place.database.read() as session:
        return _standing(session, queries.of_reader(session, reader.id, conversation_id))


def mark_private(place: Workplace, person: StaffMember, conversation_id: UUID, *, is_private: bool) -> None:
    """Mark a conversation of the person's desks private, or take the staff's own mark back. Raises NotFound.

    What the reader said stays as it is: a reader's no is not taken back by anybody else.
    """
    with place.database.write() as session:
        conversation = queries.at_desks(session, person.desk_ids, conversation_id, lock=True)
        _choose(session, conversation.id, SaidBy.STAFF, not is_private, now=place.clock(), librarian_id=person.id)


def standing(place: Workplace, person: StaffMember, conversation_id: UUID) -> Standing:
    """Return what was said by whom, of a conversation of the person's desks. Raises NotFound."""
    with place.database.read() as session:
        return _standing(session, queries.at_desks(session, person.desk_ids, conversation_id))


def require_not_refused(session: Session, article: Article) -> None:
    """Raise ConversationPrivate for what `is_refused`."""
    if is_refused(session, article):
        raise ConversationPrivate()


def is_refused(session: Session, article: Article) -> bool:
    """Say whether reader or desk said no after the draft of what nobody has seen yet.

    What readers see already holds nothing of the exchange but the answer, and stays.
    """
    if article.published_revision is not None:
        return False
    origin = session.scalar(select(DraftOrigin.conversation_id).where(DraftOrigin.article_id == article.id))
    return origin is not None and False in _said(session, origin).values()


def _standing(session: Session, conversation: Conversation) -> Standing:
    said = _said(session, conversation.id)
    rule = effective_all(session, conversation.library_id, (REUSE.key,))[REUSE.key].value
    return Standing(rule, said.get(SaidBy.READER), said.get(SaidBy.STAFF))


def _said(session: Session, conversation_id: UUID) -> dict[SaidBy, bool]:
    rows = session.scalars(select(ReuseChoice).where(ReuseChoice.conversation_id == conversation_id))
    return {SaidBy(row.said_by): row.is_allowed for row in rows}


def _choose(
    session: Session,
    conversation_id: UUID,
    said_by: SaidBy,
    is_allowed: bool,
    *,
    now: datetime,
    librarian_id: UUID | None = None,
) -> None:
    row = session.get(ReuseChoice, (conversation_id, said_by.value))
    if row is None:
        row = ReuseChoice(conversation_id=conversation_id, said_by=said_by.value)
        session.add(row)
    row.is_allowed, row.librarian_id, row.said_at = is_allowed, librarian_id, now
    session.flush()
