"""What goes on in the background about mail: who is to be told of an answer, and letters on their way to the server.

Safe on several processes at once: rows are taken under locks, letters under leases.
"""

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

import structlog
from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session

from qa_server.conversations.models import ENDED, Author, Conversation, Kind, Message
from qa_server.desk.linking import mailed_link
from qa_server.desk.telling_by_mail import answer_letter, sends_mail, tells_of_answers
from qa_server.desk.workplace import Workplace
from qa_server.mail import outbox
from qa_server.mail.letters import Envelope, Tag, message_of
from qa_server.mail.models import AnswerNotice
from qa_server.mail.outbox import Taken
from qa_server.mail.server import MailNotSent, MailServer, hand_over, server_at

NOTICE = "answer"
# A reader who turns a page or loses the network for a moment is not away.
AWAY_AFTER = timedelta(seconds=60)
# At most one letter about a question within this time.
PAUSE = timedelta(minutes=10)
# Letters sent in one look, so that the other work of the background has its turn.
MAX_AT_ONCE = 20

_log = structlog.get_logger(__name__)


def write_notices(place: Workplace) -> int:
    """Put a letter into the outbox for each reader who is away and has an answer unread; return how many."""
    if not tells_of_answers(place.settings):
        return 0
    with place.database.read() as session:
        due = list(session.scalars(_due(place.clock())))
    return sum(_write_notice(place, conversation_id) for conversation_id in due)


def send_due(place: Workplace) -> int:
    """Hand the letters that are due to the mail server, one after the other; return how many it took."""
    with place.database.write() as session:
        if given_up := outbox.give_up_stale(session, place.clock()):
            _log.warning("letters given up", count=given_up)
    server = server_at(place.settings.smtp_url.get_secret_value())
    if server is None or not sends_mail(place.settings):
        return 0
    sent = 0
    for _ in range(MAX_AT_ONCE):
        with place.database.write() as session:
            taken = outbox.take_one(session, place.clock())
        if taken is None:
            break
        sent += _send(place, server, taken)
    return sent


def _send(place: Workplace, server: MailServer, taken: Taken) -> bool:
    envelope = Envelope(taken.id, place.settings.mail_from, taken.recipient, taken.created_at)
    try:
        hand_over(server, message_of(envelope, subject=taken.subject, text=taken.text, html=taken.html))
    except MailNotSent as error:
        _log.warning("letter not sent", letter=str(taken.id), code=error.error_code, attempt=taken.attempt)
        with place.database.write() as session:
            outbox.settle_failed(session, taken, error.error_code, is_final=error.is_final, now=place.clock())
        return False
    with place.database.write() as session:
        outbox.settle_sent(session, taken, place.clock())
    return True


def _due(now: datetime) -> Select[UUID]:
    return (
        select(AnswerNotice.conversation_id)
        .join(Conversation, Conversation.id == AnswerNotice.conversation_id)
        .where(
            AnswerNotice.next_at <= now,
            or_(
                (Conversation.last_seq > AnswerNotice.told_seq)
                & (Conversation.last_seq > Conversation.reader_seen_seq),
                Conversation.state.in_(ENDED),
            ),
        )
        .order_by(AnswerNotice.next_at)
        .limit(MAX_AT_ONCE)
    )


def _write_notice(place: Workplace, conversation_id: UUID) -> bool:
    if place.presence.is_present(("reader", conversation_id)):
        return False
    now = place.clock()
    with place.database.write() as session:
        locked = select(AnswerNotice).where(
            AnswerNotice.conversation_id == conversation_id, AnswerNotice.next_at <= now
        )
        notice = session.scalar(locked.with_for_update(skip_locked=True))
        if notice is None:
            return False
        conversation = session.get_one(Conversation, conversation_id)
        newest = _newest_answer(session, conversation, after=max(notice.told_seq, conversation.reader_seen_seq))
        if newest is not None and newest.created_at > now - AWAY_AFTER:
            notice.next_at = newest.created_at + AWAY_AFTER
            return False
        if newest is not None:
            _put_in(place, session, notice, conversation)
            notice.told_seq, notice.next_at = newest.seq, now + PAUSE
        if conversation.state in ENDED:
            # Nothing comes after the end: the address goes.
            session.execute(delete(AnswerNotice).where(AnswerNotice.conversation_id == conversation_id))
        elif newest is None:
            notice.told_seq = conversation.last_seq
        return newest is not None


def _newest_answer(session: Session, conversation: Conversation, *, after: int) -> Message | None:
    """Return the newest message of a librarian that the reader has neither read nor been told of."""
    written = select(func.max(Message.seq)).where(
        Message.conversation_id == conversation.id,
        Message.author == Author.LIBRARIAN,
        Message.kind == Kind.TEXT,
        Message.deleted_at.is_(None),
        Message.seq > after,
    )
    seq = session.scalar(written)
    return None if seq is None else session.get_one(Message, (conversation.id, seq))


def _put_in(place: Workplace, session: Session, notice: AnswerNotice, conversation: Conversation) -> None:
    now = place.clock()
    link = mailed_link(session, conversation, base_url=place.settings.public_url.rstrip("/"), now=now)
    letter = answer_letter(session, conversation, link=link, language=cast("Tag", notice.language))
    outbox.put_in(session, letter, kind=NOTICE, conversation_id=conversation.id, recipient=notice.address, now=now)
