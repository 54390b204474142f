"""Tables of canned replies (常用语): texts kept at a node, a desk or by a person, and who used them how often."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id


class Category(StrEnum):
    """The moment of a conversation that a reply is for, in the order of a conversation."""

    GREETING = "greeting"
    HOLDING = "holding"
    CLARIFYING = "clarifying"
    ANSWER = "answer"
    REFERRING = "referring"
    CLOSING = "closing"
    OTHER = "other"


class CannedReply(Base):
    """One reply, of exactly one node, desk or person; a shortcut stands there once.

    Titles and texts are in Chinese and English, at least one text is there. With a `resolution` it is a macro: sending
    it closes the conversation with this code, READ level, subject and descriptive codes. `hours` are for what the code
    leaves to do. `version` grows with every change.
    """

    __tablename__ = "canned_replies"
    __table_args__ = (
        UniqueConstraint("library_id", "shortcut"),
        UniqueConstraint("desk_id", "shortcut"),
        UniqueConstraint("librarian_id", "shortcut"),
        CheckConstraint(
            "(CASE WHEN library_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN desk_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN librarian_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_holder",
        ),
        CheckConstraint("read_level IS NULL OR read_level BETWEEN 1 AND 6", name="read_level"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    library_id: Mapped[UUID | None] = mapped_column(ForeignKey("libraries.id"))
    desk_id: Mapped[UUID | None] = mapped_column(ForeignKey("desks.id"))
    librarian_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    shortcut: Mapped[str] = mapped_column(String(32))
    title_zh: Mapped[str] = mapped_column(String(100))
    title_en: Mapped[str] = mapped_column(String(100))
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str | None] = mapped_column(String(8))
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    resolution: Mapped[str | None] = mapped_column(String(32))
    read_level: Mapped[int | None]
    hours: Mapped[int | None]
    codes: Mapped[list[str]] = mapped_column(JSON, default=list)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))


class ReplyUse(Base):
    """How often one librarian used one reply. A row for each, so that a whole desk does not wait for one number."""

    __tablename__ = "reply_uses"

    reply_id: Mapped[UUID] = mapped_column(ForeignKey("canned_replies.id"), primary_key=True)
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"), primary_key=True, index=True)
    count: Mapped[int]
    last_used_at: Mapped[datetime]
