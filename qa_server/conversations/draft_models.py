"""Tables of articles drafted from conversations: where a draft came from, what was masked in it, who may reuse what.

An article names its conversation by `reference` alone, which says nothing to who may not see the conversation. The
originals of masks stand here and nowhere else, and go when the article is submitted, published or when they expire.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id, one_of


class SaidBy(StrEnum):
    """Who decided whether an exchange may become an article."""

    READER = "reader"
    STAFF = "staff"


class DraftOrigin(Base):
    """An article that was drafted from a conversation: the opaque reference, and the messages that were taken."""

    __tablename__ = "draft_origins"

    reference: Mapped[str] = mapped_column(String(40), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"), unique=True)
    seqs: Mapped[list[int]] = mapped_column(JSON)
    drafted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    drafted_at: Mapped[datetime]


class MaskedOriginal(Base):
    """What stood in an article where a placeholder stands now, for the curators who may put it back.

    `original` is sealed with the key of `key_id`; None there is left from before there were keys, and sealed soon.
    """

    __tablename__ = "masked_originals"
    __table_args__ = (UniqueConstraint("article_id", "placeholder"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"))
    placeholder: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(24))
    original: Mapped[str] = mapped_column(Text)
    key_id: Mapped[str | None] = mapped_column(String(16))
    is_manual: Mapped[bool]
    masked_by_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    masked_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ReuseChoice(Base):
    """Whether an exchange may become an article: what the reader said, and what the staff said, each at most once."""

    __tablename__ = "reuse_choices"
    __table_args__ = (one_of("said_by", SaidBy),)

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    said_by: Mapped[str] = mapped_column(String(8), primary_key=True)
    is_allowed: Mapped[bool]
    librarian_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    said_at: Mapped[datetime]
