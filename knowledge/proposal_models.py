"""Tables of what use teaches: who said an answer helped or not, and the wordings that came of it.

No reader stands here: `mark` is a hash of a secret that is not kept, so that nobody can say later who it was.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.content import MAX_QUESTION_CHARACTERS
from storage.base import Base, new_id, one_of


class ProposalState(StrEnum):
    """What curators made of a wording."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class VerdictSource(StrEnum):
    """Who judged: the reader who asked, or a librarian by sending the answer to one."""

    READER = "reader"
    LIBRARIAN = "librarian"


class WordingProposal(Base):
    """Words that readers used for what an article answers, once per article however they are spaced or punctuated."""

    __tablename__ = "wording_proposals"
    __table_args__ = (
        one_of("state", ProposalState),
        UniqueConstraint("article_id", "words_hash"),
        Index("ix_wording_proposals_state_article_id", "state", "article_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"))
    words: Mapped[str] = mapped_column(String(MAX_QUESTION_CHARACTERS))
    words_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), default=ProposalState.OPEN)
    confirmed_words: Mapped[str | None] = mapped_column(String(MAX_QUESTION_CHARACTERS))
    decided_by_id: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class AnswerVerdict(Base):
    """One yes or no to "did this answer it?", for the revision that was read.

    `words` are kept for a no alone: what was asked and not answered. They are None where they held personal details.
    """

    __tablename__ = "answer_verdicts"
    __table_args__ = (
        one_of("source", VerdictSource),
        Index("ix_answer_verdicts_article_id_said_at", "article_id", "said_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"))
    revision_number: Mapped[int]
    library_id: Mapped[UUID]
    source: Mapped[str] = mapped_column(String(16))
    is_helpful: Mapped[bool]
    words: Mapped[str | None] = mapped_column(String(MAX_QUESTION_CHARACTERS))
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("wording_proposals.id"), index=True)
    mark: Mapped[str] = mapped_column(String(64), unique=True)
    said_at: Mapped[datetime]


class VerdictCount(Base):
    """How many readers of one node said yes, or no, to an article on a day (UTC): what is left of old verdicts.

    No reference: a removed article was judged.
    """

    __tablename__ = "verdict_counts"
    __table_args__ = (Index("ix_verdict_counts_article_id", "article_id"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    library_id: Mapped[UUID] = mapped_column(primary_key=True)
    article_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_helpful: Mapped[bool] = mapped_column(primary_key=True)
    verdicts: Mapped[int]
