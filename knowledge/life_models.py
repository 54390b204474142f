"""Tables of an article's life: what happened to it, what people say of it, who edits it, why it has to be looked at."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id, one_of

MAX_COMMENT_CHARACTERS = 2_000


class ReasonKind(StrEnum):
    """Why somebody has to look at a published article again."""

    ENDS_SOON = "ends_soon"
    ENDED = "ended"
    HELPS_LESS = "helps_less"
    DEAD_LINK = "dead_link"
    SOURCE_CHANGED = "source_changed"
    LAYER_CHANGED = "layer_changed"
    NOT_FOUND = "not_found"
    ASKED = "asked"


class ArticleEvent(Base):
    """One step of an article's life, kept for good. `by_id` is None for what a timer did."""

    __tablename__ = "article_events"
    __table_args__ = (Index("ix_article_events_article_id_happened_at", "article_id", "happened_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"))
    kind: Mapped[str] = mapped_column(String(24))
    by_id: Mapped[UUID | None]
    note: Mapped[str | None] = mapped_column(String(500))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    happened_at: Mapped[datetime]


class ArticleComment(Base):
    """What staff say to one another about an article; the first of a thread has no `thread_id` and may be resolved."""

    __tablename__ = "article_comments"
    __table_args__ = (Index("ix_article_comments_article_id_created_at", "article_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"))
    thread_id: Mapped[UUID | None] = mapped_column(ForeignKey("article_comments.id"), index=True)
    revision_number: Mapped[int]
    author_id: Mapped[UUID]
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[UUID | None]


class KeptText(Base):
    """What somebody wrote and could not save because another was quicker: kept until it is merged or given up."""

    __tablename__ = "kept_texts"

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    librarian_id: Mapped[UUID] = mapped_column(primary_key=True)
    base_revision: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    change_note: Mapped[str | None] = mapped_column(String(500))
    kept_at: Mapped[datetime]


class ArticleEditor(Base):
    """Somebody who has an article's form open; gone when `seen_at` has become old."""

    __tablename__ = "article_editors"

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    librarian_id: Mapped[UUID] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)


class ArticleLayer(Base):
    """An article that stands in for another owner's on the same topic, and the revision of it that was looked at."""

    __tablename__ = "article_layers"

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    based_on_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"), index=True)
    based_on_revision: Mapped[int]
    looked_at: Mapped[datetime]
    looked_by_id: Mapped[UUID]


class ReviewReason(Base):
    """Why an article has to be looked at again; at most one of a kind is open. `outcome` says how it was settled."""

    __tablename__ = "review_reasons"
    __table_args__ = (
        one_of("kind", ReasonKind),
        Index(
            "uq_review_reasons_open",
            "article_id",
            "kind",
            unique=True,
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index("ix_review_reasons_settled_at", "settled_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"))
    kind: Mapped[str] = mapped_column(String(24))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    noted_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[UUID | None]
    outcome: Mapped[str | None] = mapped_column(String(24))


class KnowledgeTimer(Base):
    """Work that comes round; whichever process holds the lease does it. `lease_until` ends a hold that died."""

    __tablename__ = "knowledge_timers"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
