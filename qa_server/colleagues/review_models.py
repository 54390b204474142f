"""Table of answers of trainees that a mentor reads before the reader does. No path of a reader meets it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id


class ReviewState(StrEnum):
    """What became of an answer: waits; sent as it was; sent with changes; given back; taken back or overtaken."""

    PENDING = "pending"
    APPROVED = "approved"
    EDITED = "edited"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class Review(Base):
    """An answer written by a trainee. It becomes a numbered message only when a mentor sends it: `sent_seq` then.

    `asked_id` is the mentor who is asked before the others, until `look_at`; with `is_open` all mentors of the desk
    are. `is_unattended` says that none of them is there. `look_at` is the timer; None once it is answered.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("conversation_id", "librarian_id", "client_id"),
        CheckConstraint("state IN ('pending', 'approved', 'edited', 'returned', 'withdrawn')", name="state"),
        Index("ix_reviews_state_look_at", "state", "look_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desks.id"))
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    client_id: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), default=ReviewState.PENDING.value)
    asked_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    is_open: Mapped[bool] = mapped_column(default=False)
    is_unattended: Mapped[bool] = mapped_column(default=False)
    look_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    comment: Mapped[str] = mapped_column(Text, default="")
    sent_seq: Mapped[int | None]
