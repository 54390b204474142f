"""Table of the words of conversations, by which past and present ones are found.

Beside it each database keeps an index of its own, made by the migration: SQLite the FTS5 table `conversation_words`,
PostgreSQL a GIN index over the same words. Both are written in the transaction that writes the row.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base


class ConversationText(Base):
    """The words of one conversation, blanks between them, each once.

    `id` grows with the age of the conversation, so that the newest are found first without sorting. `seq` and `notes`
    say how many messages and internal notes the words were taken from; what is behind is taken up again.
    """

    __tablename__ = "conversation_texts"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), unique=True)
    seq: Mapped[int]
    notes: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    taken_at: Mapped[datetime]
