"""Tables of what the closing sheet says beyond the code and the READ level: the subject and the descriptive codes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base


class ClosingSheet(Base):
    """The CLC subject of a conversation as its librarian gave it at the end. A later closing writes it anew."""

    __tablename__ = "closing_sheets"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    subject: Mapped[str | None] = mapped_column(String(8))
    filled_at: Mapped[datetime]
    filled_by: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))


class ClosingCode(Base):
    """One descriptive code of a conversation; what it means stands in the setting of the home library."""

    __tablename__ = "closing_codes"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("closing_sheets.conversation_id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(24), primary_key=True, index=True)
