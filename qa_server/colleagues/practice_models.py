"""Tables of practice: made-up questions that look like real ones. Apart from conversations, so that no queue, figure,
search or letter ever meets them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base


class Practice(Base):
    """One practice of a librarian with a case, or with a colleague (`player_id`) who plays the reader.

    `step` is the next line of the case; it is said when `speaks_at` has come. Ids are made by `practice_id`, which
    tells them from those of conversations.
    """

    __tablename__ = "practices"
    __table_args__ = (
        Index("ix_practices_librarian_id_started_at", "librarian_id", "started_at"),
        Index("ix_practices_speaks_at", "speaks_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    player_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"), index=True)
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desks.id"), index=True)
    case_key: Mapped[str | None] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8))
    question: Mapped[str] = mapped_column(Text)
    last_seq: Mapped[int] = mapped_column(default=0)
    step: Mapped[int] = mapped_column(default=0)
    line: Mapped[str | None] = mapped_column(Text)
    speaks_at: Mapped[datetime | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    feedback: Mapped[str] = mapped_column(Text, default="")
    feedback_by: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    feedback_at: Mapped[datetime | None]


class PracticeMessage(Base):
    """One numbered message of a practice. `librarian_id` wrote it; None for a line of the case."""

    __tablename__ = "practice_messages"
    __table_args__ = (UniqueConstraint("practice_id", "sender", "client_id"),)

    practice_id: Mapped[UUID] = mapped_column(ForeignKey("practices.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    author: Mapped[str] = mapped_column(String(16))
    sender: Mapped[str] = mapped_column(String(48))
    client_id: Mapped[str] = mapped_column(String(64))
    librarian_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
