"""Tables of the library card (馆情卡): what others must know to answer for a library. Staff only, never for readers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id


class CardLine(Base):
    """One line of a node's card, inherited by nodes below that have no line of the same key.

    `owner_id` answers for it; `checked_at` is when it was last found right.
    """

    __tablename__ = "card_lines"
    __table_args__ = (
        UniqueConstraint("library_id", "key"),
        CheckConstraint("kind IN ('fact', 'fault', 'paste')", name="kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"))
    key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(8))
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"), index=True)
    checked_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class LibraryCard(Base):
    """Where a library's card stands: draft, submitted to the centre, approved by it, or sent back with a note."""

    __tablename__ = "library_cards"
    __table_args__ = (CheckConstraint("state IN ('draft', 'submitted', 'approved', 'sent_back')", name="state"),)

    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    note: Mapped[str] = mapped_column(Text, default="")


class CardReport(Base):
    """Somebody found a card wrong. It goes to the owner of the line; the administrators of the node see it too."""

    __tablename__ = "card_reports"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'resolved')", name="state"),
        Index("ix_card_reports_library_id_state", "library_id", "state"),
        Index("ix_card_reports_owner_id_state", "owner_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"))
    key: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    reporter_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    state: Mapped[str] = mapped_column(String(16), default="open")
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    answer: Mapped[str | None] = mapped_column(Text)
