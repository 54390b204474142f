"""Tables of test questions: what readers ask that must lead to an article, and whether it did."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.content import MAX_QUESTION_CHARACTERS
from storage.base import Base, new_id, one_of


class TrialCause(StrEnum):
    """What set a run off."""

    NIGHT = "night"
    PUBLICATION = "publication"
    HAND = "hand"


class Trial(Base):
    """A test question of an article, asked as a reader of `library_id`; it passes among the first `top` answers."""

    __tablename__ = "article_trials"
    __table_args__ = (
        CheckConstraint("top BETWEEN 1 AND 10", name="top"),
        Index("ix_article_trials_article_id_removed_at", "article_id", "removed_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"))
    words: Mapped[str] = mapped_column(String(MAX_QUESTION_CHARACTERS))
    library_id: Mapped[UUID]
    top: Mapped[int]
    added_by_id: Mapped[UUID]
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class TrialRun(Base):
    """One time that test questions were asked; `article_id` is the one whose publication set it off."""

    __tablename__ = "trial_runs"
    __table_args__ = (
        one_of("cause", TrialCause),
        Index("ix_trial_runs_ran_at", "ran_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    cause: Mapped[str] = mapped_column(String(16))
    article_id: Mapped[UUID | None] = mapped_column(ForeignKey("articles.id"), index=True)
    mode: Mapped[str] = mapped_column(String(8))
    asked: Mapped[int]
    failed: Mapped[int]
    ran_at: Mapped[datetime]


class TrialResult(Base):
    """How one test question did in one run: `rank` from 1 among the answers, None when it was not among them.

    `best_article_id` is what came first instead.
    """

    __tablename__ = "trial_results"
    __table_args__ = (Index("ix_trial_results_trial_id_ran_at", "trial_id", "ran_at"),)

    run_id: Mapped[UUID] = mapped_column(ForeignKey("trial_runs.id"), primary_key=True)
    trial_id: Mapped[UUID] = mapped_column(ForeignKey("article_trials.id"), primary_key=True)
    rank: Mapped[int | None]
    has_passed: Mapped[bool]
    best_article_id: Mapped[UUID | None] = mapped_column(ForeignKey("articles.id"))
    ran_at: Mapped[datetime]
