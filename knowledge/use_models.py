"""Tables of use: counters per day and node. No words that anybody wrote, and nobody who wrote them."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, one_of


class UseKind(StrEnum):
    """What happened to an article: among the hits, shown as the answer, opened by a reader, sent by a librarian."""

    FOUND = "found"
    SHOWN = "shown"
    OPENED = "opened"
    SENT = "sent"


class ArticleUse(Base):
    """How often an article was used on a day (UTC) by readers of one node. No reference: a removed article was used."""

    __tablename__ = "article_uses"
    __table_args__ = (
        one_of("kind", UseKind),
        Index("ix_article_uses_article_id", "article_id"),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    library_id: Mapped[UUID] = mapped_column(primary_key=True)
    article_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    uses: Mapped[int]


class SearchUse(Base):
    """How many searches of one node's readers ended so on a day (UTC); `bucket_ms` bounds their time from above."""

    __tablename__ = "search_uses"

    day: Mapped[date] = mapped_column(primary_key=True)
    library_id: Mapped[UUID] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(String(12), primary_key=True)
    mode: Mapped[str] = mapped_column(String(8), primary_key=True)
    bucket_ms: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    searches: Mapped[int]
