"""Tables of outgoing mail: letters on their way, and the open questions whose readers want to hear by mail."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id


class LetterState(StrEnum):
    """Where a letter stands. Refused: this address takes none. Given up: a day of attempts was in vain."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    GIVEN_UP = "given_up"


class OutgoingLetter(Base):
    """A letter to send. Address, subject and texts are emptied once it is settled: only that it went is kept.

    `next_try_at` is also the lease: whoever takes a letter moves it on, so that nobody else takes it meanwhile.
    """

    __tablename__ = "outgoing_letters"
    __table_args__ = (
        Index("ix_outgoing_letters_state_next_try_at", "state", "next_try_at"),
        CheckConstraint("state IN ('waiting', 'sent', 'refused', 'given_up')", name="state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(16))
    # What it is about: a conversation, a commission, or neither.
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    commission_id: Mapped[UUID | None] = mapped_column(ForeignKey("commissions.id"), index=True)
    recipient: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), default=LetterState.WAITING.value)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    error_code: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class AnswerNotice(Base):
    """A reader wants to hear by mail of answers to a question. `told_seq` is the newest message told of so far."""

    __tablename__ = "answer_notices"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8))
    told_seq: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(index=True)
