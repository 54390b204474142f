"""Tables of duplicates: sketches of articles' words, pairs that look alike, and what was merged into what."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id, one_of


class PairState(StrEnum):
    """What became of two articles that look alike."""

    OPEN = "open"
    DISMISSED = "dismissed"
    MERGED = "merged"


class MoveKind(StrEnum):
    """What a merge moved from one article to another, so that it can be moved back."""

    VERDICT = "verdict"
    PROPOSAL = "proposal"
    REDIRECT = "redirect"
    VARIANT = "variant"
    CLOSING = "closing"
    TEST_QUESTION = "test_question"


class ArticleSketch(Base):
    """A short stand-in for an article's words: least hashes (uint32 bytes) of the pieces of its newest revision.

    `compared_revision` is the revision that has been compared with all others, negative where only its text was, None
    before the first time.
    """

    __tablename__ = "article_sketches"

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    revision_number: Mapped[int]
    sketch: Mapped[bytes] = mapped_column(LargeBinary)
    compared_revision: Mapped[int | None]


class DuplicatePair(Base):
    """Two articles of one language that look alike, the smaller id first.

    `text_closeness` is the share of common pieces of text (0..1), `meaning_closeness` the cosine of their questions,
    None where none was measured. What was dismissed stays so.
    """

    __tablename__ = "duplicate_pairs"
    __table_args__ = (
        one_of("state", PairState),
        CheckConstraint("first_id <> second_id", name="two_articles"),
        Index("ix_duplicate_pairs_state_closeness", "state", "closeness"),
    )

    first_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    second_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"), primary_key=True, index=True)
    text_closeness: Mapped[float]
    meaning_closeness: Mapped[float | None]
    closeness: Mapped[float]
    state: Mapped[str] = mapped_column(String(16), default=PairState.OPEN)
    found_at: Mapped[datetime]
    decided_by_id: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]


class ArticleMerge(Base):
    """One article went into another, kept for good: who, when, how both stood before, and whether it was undone.

    `before_revision` is the survivor's newest revision before, `after_revision` the one that the merge wrote.
    """

    __tablename__ = "article_merges"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"), index=True)
    survivor_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"), index=True)
    state_before: Mapped[str] = mapped_column(String(16))
    before_revision: Mapped[int]
    published_before: Mapped[int | None]
    after_revision: Mapped[int]
    merged_by_id: Mapped[UUID]
    merged_at: Mapped[datetime] = mapped_column(index=True)
    undone_by_id: Mapped[UUID | None]
    undone_at: Mapped[datetime | None]


class MergeMove(Base):
    """One row that a merge moved. `was` is what stood there before, where that is not the merged article."""

    __tablename__ = "merge_moves"
    __table_args__ = (one_of("kind", MoveKind),)

    merge_id: Mapped[UUID] = mapped_column(ForeignKey("article_merges.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    row_id: Mapped[UUID] = mapped_column(primary_key=True)
    was: Mapped[str | None] = mapped_column(String(200))
