"""Table of the web addresses that articles name, and how they were found when last looked at."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id, one_of

MAX_ADDRESS_CHARACTERS = 2_000


class LinkState(StrEnum):
    """How an address stands: not looked at yet, answers, does not answer several times running, not to be looked at."""

    UNKNOWN = "unknown"
    ALIVE = "alive"
    DEAD = "dead"
    SKIPPED = "skipped"


class ArticleLink(Base):
    """One address of one article. `is_source` marks those of its sources, whose content is watched by its hash."""

    __tablename__ = "article_links"
    __table_args__ = (
        one_of("state", LinkState),
        UniqueConstraint("article_id", "address_hash"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"))
    address: Mapped[str] = mapped_column(String(MAX_ADDRESS_CHARACTERS))
    address_hash: Mapped[str] = mapped_column(String(64))
    is_source: Mapped[bool]
    state: Mapped[str] = mapped_column(String(16), default=LinkState.UNKNOWN)
    failures: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None]
    content_hash: Mapped[str | None] = mapped_column(String(64))
    checked_at: Mapped[datetime | None]
    next_check_at: Mapped[datetime] = mapped_column(index=True)
