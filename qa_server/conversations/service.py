"""Changes to conversations: opening, numbered messages, reading marks, ending. Callers hold the row's lock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_server.conversations.errors import ConversationEnded, ConversationNotEnded
from qa_server.conversations.models import (
    ENDED,
    Author,
    Conversation,
    Kind,
    Message,
    MessageVersion,
    NumberCounter,
    Resolution,
    State,
)
from storage.base import new_id

SYSTEM_SENDER = "system"


@dataclass(frozen=True)
class Question:
    """What a reader asks, and from where. `text` is clean; `subject` is a CLC class such as D or TP3."""

    text: str
    client_id: str
    language: str
    page_url: str | None = None
    subject: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Writer:
    """Who posts. `sender` is unique per person."""

    author: Author
    sender: str
    librarian_id: UUID | None = None


@dataclass(frozen=True)
class Event:
    """Something that happened to a conversation, told in its thread."""

    name: str
    librarian_id: UUID | None = None
    details: dict[str, Any] = field(default_factory=dict)


def reader_writer(reader_id: UUID) -> Writer:
    """Return the reader as a writer."""
    return Writer(Author.READER, f"reader:{reader_id.hex}")


def librarian_writer(librarian_id: UUID) -> Writer:
    """Return the librarian as a writer."""
    return Writer(Author.LIBRARIAN, f"librarian:{librarian_id.hex}", librarian_id)


def open_conversation(
    session: Session, question: Question, *, reader_id: UUID, library: tuple[UUID, str], desk_id: UUID, now: datetime
) -> Conversation:
    """Open a waiting conversation with the question as message 1. `library` is id and code, for the number."""
    library_id, code = library
    conversation = Conversation(
        number=_next_number(session, library_id, code, now.year),
        reader_id=reader_id,
        client_id=question.client_id,
        library_id=library_id,
        desk_id=desk_id,
        language=question.language,
        question=question.text,
        page_url=question.page_url,
        state=State.WAITING,
        last_seq=0,
        reader_seen_seq=0,
        staff_seen_seq=0,
        created_at=now,
        queued_at=now,
    )
    session.add(conversation)
    session.flush()
    writer = reader_writer(reader_id)
    append_text(session, conversation, writer, client_id=question.client_id, body=question.text, now=now)
    return conversation


def append_text(
    session: Session, conversation: Conversation, writer: Writer, *, client_id: str, body: str, now: datetime
) -> Message:
    """Add a message under the next number, inside a larger change. The author has read up to the own message."""
    message = _append(session, conversation, writer, kind=Kind.TEXT, client_id=client_id, body=body, now=now)
    mark_seen(conversation, writer.author, message.seq)
    return message


def record(session: Session, conversation: Conversation, event: Event, *, now: datetime) -> Message:
    """Add an event to the thread under the next number."""
    message = _append(
        session,
        conversation,
        Writer(Author.SYSTEM, SYSTEM_SENDER, event.librarian_id),
        kind=Kind.EVENT,
        client_id=new_id().hex,
        body="",
        now=now,
    )
    message.details = {"event": event.name, **event.details}
    return message


def edit(session: Session, message: Message, body: str, *, now: datetime) -> None:
    """Give a message a new text and keep the old one in its history."""
    _keep_version(session, message, now)
    message.body = body
    message.edited_at = now


def erase(session: Session, message: Message, *, now: datetime) -> None:
    """Take a message's text away and keep it in its history; the number stays."""
    _keep_version(session, message, now)
    message.body = ""
    message.deleted_at = now


def record_change(
    session: Session, conversation: Conversation, writer: Writer, event: Event, *, client_id: str, now: datetime
) -> Message:
    """Add the event of an edit or a deletion under the sender's own client id, so that a resend finds it."""
    message = _append(session, conversation, writer, kind=Kind.EVENT, client_id=client_id, body="", now=now)
    message.details = {"event": event.name, **event.details}
    return message


def mark_seen(conversation: Conversation, author: Author, seq: int) -> bool:
    """Move one side's reading mark forward, never back and never past the last message; say whether it moved."""
    name = "reader_seen_seq" if author is Author.READER else "staff_seen_seq"
    bounded = min(seq, conversation.last_seq)
    if bounded <= getattr(conversation, name):
        return False
    setattr(conversation, name, bounded)
    return True


def end(
    conversation: Conversation, state: State, *, resolution: Resolution | None, read_level: int | None, now: datetime
) -> None:
    """End an open conversation in this state. Raises ConversationEnded when it is over already."""
    if conversation.state in ENDED:
        raise ConversationEnded()
    conversation.state = state
    conversation.promised_at = None
    conversation.resolution = resolution
    conversation.read_level = read_level
    conversation.ended_at = now


def reopen(conversation: Conversation, *, now: datetime) -> None:
    """Let an ended conversation go on: it waits again, in a queue of its own age."""
    conversation.state = State.WAITING
    conversation.resolution = conversation.read_level = conversation.ended_at = None
    conversation.queued_at = now


def rate(conversation: Conversation, stars: int, comment: str | None) -> None:
    """Store the reader's judgement, 1 (bad) to 5 (good); it may be changed. Raises ConversationNotEnded."""
    if conversation.state not in ENDED:
        raise ConversationNotEnded()
    conversation.rating = stars
    conversation.rating_comment = comment


def _append(
    session: Session,
    conversation: Conversation,
    writer: Writer,
    *,
    kind: Kind,
    client_id: str,
    body: str,
    now: datetime,
) -> Message:
    conversation.last_seq += 1
    message = Message(
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        kind=kind,
        author=writer.author,
        sender=writer.sender,
        client_id=client_id,
        librarian_id=writer.librarian_id,
        body=body,
        details={},
        created_at=now,
    )
    session.add(message)
    session.flush()
    return message


def _keep_version(session: Session, message: Message, now: datetime) -> None:
    key = (MessageVersion.conversation_id == message.conversation_id, MessageVersion.seq == message.seq)
    count = session.scalar(select(func.count()).select_from(MessageVersion).where(*key)) or 0
    session.add(
        MessageVersion(
            conversation_id=message.conversation_id,
            seq=message.seq,
            version=count + 1,
            body=message.body,
            replaced_at=now,
        )
    )


def _next_number(session: Session, library_id: UUID, code: str, year: int) -> str:
    counter = session.get(NumberCounter, (library_id, year), with_for_update=True)
    if counter is None:
        counter = NumberCounter(library_id=library_id, year=year, last=0)
        session.add(counter)
    counter.last += 1
    session.flush()
    return f"{code}-{year}-{counter.last:06d}"
