"""Table of claims: who holds a question, as a lease."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id


class Claim(Base):
    """One librarian's hold of one question.

    A claim is a lease: `lease_until` is moved on while the holder is connected; `answer_due_at` is the moment by which
    the first answer must be given and is emptied by it. Past either, the sweeper gives the question back to its queue.
    At most one claim of a conversation is open; the index says so to the database.
    """

    __tablename__ = "claims"
    __table_args__ = (
        Index(
            "uq_claims_open_conversation_id",
            "conversation_id",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
        Index("ix_claims_conversation_id", "conversation_id"),
        Index("ix_claims_librarian_id_released_at", "librarian_id", "released_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    claimed_at: Mapped[datetime]
    lease_until: Mapped[datetime]
    answer_due_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    release_reason: Mapped[str | None] = mapped_column(String(32))
