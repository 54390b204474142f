"""Tables of conversations and their numbered messages."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id


class State(StrEnum):
    """Where a question stands. Closed, withdrawn, rejected and lost end it."""

    WAITING = "waiting"
    ACTIVE = "active"
    AWAITING_READER = "awaiting_reader"
    IN_REVIEW = "in_review"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    LOST = "lost"


ENDED = frozenset({State.CLOSED, State.WITHDRAWN, State.REJECTED, State.LOST})


def told_to_reader(state: str) -> str:
    """Return the state as a reader is told it: that an answer is reviewed first is no matter of the reader's."""
    return State.ACTIVE.value if state == State.IN_REVIEW else str(state)


class Resolution(StrEnum):
    """How a question ended, chosen by the librarian who closes it (办结码)."""

    ANSWERED = "answered"
    REFERRED_HOME = "referred_home"
    REFERRED_EXPERT = "referred_expert"
    NEEDS_FOLLOW_UP = "needs_follow_up"
    READER_LEFT = "reader_left"
    OUT_OF_SCOPE = "out_of_scope"
    FOLLOW_UP_HOME = "follow_up_home"
    FOLLOW_UP_ME = "follow_up_me"
    LOST = "lost"
    PRACTICE = "practice"


class Author(StrEnum):
    """Who a message is from."""

    READER = "reader"
    LIBRARIAN = "librarian"
    SYSTEM = "system"


class Kind(StrEnum):
    """A text somebody wrote, or an event of the conversation (claimed, released, closed ...)."""

    TEXT = "text"
    EVENT = "event"


class Conversation(Base):
    """One question with its thread.

    `last_seq` is the number of the newest message; numbers run 1, 2, 3 ... in commit order. `queued_at` is the moment
    that decides the place in the queue and survives a return to it; among equals of `priority`, 0 (usual) to 9 (first).
    `promised_at` is when an answer was promised because nobody was there. `reader_seen_seq` and `staff_seen_seq` say
    how far each side has read.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("reader_id", "client_id"),
        # With the id, so that places in a queue are counted without reading rows.
        Index("ix_conversations_queue", "desk_id", "state", "priority", "queued_at", "id"),
        # The newest of a library or a desk, in order, for the search.
        Index("ix_conversations_library_id_id", "library_id", "id"),
        Index("ix_conversations_desk_id_id", "desk_id", "id"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint("read_level IS NULL OR read_level BETWEEN 1 AND 6", name="read_level"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    reader_id: Mapped[UUID] = mapped_column(ForeignKey("readers.id"))
    client_id: Mapped[str] = mapped_column(String(64))
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"), index=True)
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desks.id"))
    channel: Mapped[str] = mapped_column(String(16), default="chat")
    language: Mapped[str] = mapped_column(String(8))
    question: Mapped[str] = mapped_column(Text)
    page_url: Mapped[str | None] = mapped_column(String(2000))
    state: Mapped[str] = mapped_column(String(16), default=State.WAITING.value)
    last_seq: Mapped[int] = mapped_column(default=0)
    reader_seen_seq: Mapped[int] = mapped_column(default=0)
    staff_seen_seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    queued_at: Mapped[datetime]
    priority: Mapped[int] = mapped_column(default=0, server_default="0")
    promised_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    resolution: Mapped[str | None] = mapped_column(String(32))
    read_level: Mapped[int | None]
    rating: Mapped[int | None]
    rating_comment: Mapped[str | None] = mapped_column(Text)


class Reach(Base):
    """A desk that an open conversation is open to besides its own: by the cascade, a hand-over, or a claim.

    `reason` is cascade, hand_over or follow_up, `details` say more. While somebody holds the conversation it is shown
    to the own desk and that of the holder only: the others have `is_shown` false. Rows go when the conversation ends.
    """

    __tablename__ = "reaches"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desks.id"), primary_key=True, index=True)
    reason: Mapped[str] = mapped_column(String(16))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    is_shown: Mapped[bool] = mapped_column(default=True)
    reached_at: Mapped[datetime]


class NumberCounter(Base):
    """The last running number given to a library's conversations in a year."""

    __tablename__ = "number_counters"

    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Message(Base):
    """One numbered entry of a thread. `sender` is unique per person, so a resent client id finds the first message."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("conversation_id", "sender", "client_id"),)

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(8))
    author: Mapped[str] = mapped_column(String(16))
    sender: Mapped[str] = mapped_column(String(48))
    client_id: Mapped[str] = mapped_column(String(64))
    librarian_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    body: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class MessageVersion(Base):
    """What a message said before it was edited or deleted; `version` counts from 1. Never for readers."""

    __tablename__ = "message_versions"
    __table_args__ = (ForeignKeyConstraint(["conversation_id", "seq"], ["messages.conversation_id", "messages.seq"]),)

    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime]


class Note(Base):
    """An internal note of the staff beside a conversation. In a table of its own, so that no reader's path meets it."""

    __tablename__ = "conversation_notes"
    __table_args__ = (UniqueConstraint("librarian_id", "client_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    client_id: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    is_whisper: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Ids of the colleagues it names.
    mentions: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    created_at: Mapped[datetime]
