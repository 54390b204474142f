"""Tables of the ledger: what readers asked and no answer met, gathered by meaning, and how each was closed.

No reader stands here: `mark` is a hash that only tells a repetition. Words are kept while retention allows, counts for
good. Libraries and people are opaque ids.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.content import MAX_QUESTION_CHARACTERS
from storage.base import Base, new_id, one_of

MAX_REASON_CHARACTERS = 500


class QuestionSource(StrEnum):
    """How it was seen that nothing answered: a search, a question to a librarian, a reader's no."""

    SEARCH = "search"
    ASKED = "asked"
    SUGGESTED = "suggested"
    VERDICT = "verdict"


class EntryState(StrEnum):
    """Where an entry stands: nobody works on it, somebody does, nothing is open, or it went into another entry."""

    OPEN = "open"
    IN_WORK = "in_work"
    CLOSED = "closed"
    MERGED = "merged"


class ClosingKind(StrEnum):
    """How questions were settled: an article answers them now, or nobody will, for a reason."""

    ANSWERED = "answered"
    WONT_ANSWER = "wont_answer"


class LedgerEntry(Base):
    """Questions that mean the same. `centre` is the sum (float32 bytes) of the vectors of `members` questions.

    `node_id` is the lowest node above all libraries with open questions: its curators answer for the entry, or the one
    of them who is `owner_id`. `asked` and `open_count` count all libraries; those of one are in its LedgerShare.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        one_of("state", EntryState),
        Index("ix_ledger_entries_state_last_asked_at", "state", "last_asked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    state: Mapped[str] = mapped_column(String(16), default=EntryState.OPEN)
    node_id: Mapped[UUID | None]
    owner_id: Mapped[UUID | None] = mapped_column(index=True)
    encoder: Mapped[str] = mapped_column(String(200))
    centre: Mapped[bytes] = mapped_column(LargeBinary)
    members: Mapped[int] = mapped_column(default=0)
    asked: Mapped[int] = mapped_column(default=0)
    open_count: Mapped[int] = mapped_column(default=0)
    first_asked_at: Mapped[datetime]
    last_asked_at: Mapped[datetime]
    reopened_at: Mapped[datetime | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_entries.id"))
    created_at: Mapped[datetime]


class LedgerShare(Base):
    """What one library's readers asked of an entry: how often in all, how much of it is open."""

    __tablename__ = "ledger_shares"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entries.id"), primary_key=True)
    library_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    asked: Mapped[int] = mapped_column(default=0)
    open_count: Mapped[int] = mapped_column(default=0)


class LedgerWeek(Base):
    """How often one library's readers asked it in a week, by that week's Monday (UTC)."""

    __tablename__ = "ledger_weeks"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entries.id"), primary_key=True)
    library_id: Mapped[UUID] = mapped_column(primary_key=True)
    week: Mapped[date] = mapped_column(Date, primary_key=True, index=True)
    asked: Mapped[int] = mapped_column(default=0)


class LedgerClosing(Base):
    """One act of closing: what was tested, how much of it the article was found for, and why the rest may stand.

    It holds for the libraries below `node_ids`, the nodes where the person had the right. `undone_at` with
    `undone_reason` says when it stopped to hold: taken back, or the article is no longer shown.
    """

    __tablename__ = "ledger_closings"
    __table_args__ = (one_of("kind", ClosingKind),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entries.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    article_id: Mapped[UUID | None] = mapped_column(ForeignKey("articles.id"), index=True)
    node_ids: Mapped[list[str]] = mapped_column(JSON)
    reason: Mapped[str | None] = mapped_column(String(MAX_REASON_CHARACTERS))
    tested: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)
    settled: Mapped[int] = mapped_column(default=0)
    closed_by_id: Mapped[UUID]
    closed_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_reason: Mapped[str | None] = mapped_column(String(32))


_IS_WAITING = text("entry_id IS NULL AND words IS NOT NULL")


class UnansweredQuestion(Base):
    """One question that met no answer. Without `words` (personal details, too long ago) it is only counted.

    It waits without `entry_id` until it has been given to an entry; `closeness` (-1..1) is how near it lies to the
    middle of that entry. `closing_id` says what settled it; without, it is open.
    """

    __tablename__ = "unanswered_questions"
    __table_args__ = (
        one_of("source", QuestionSource),
        Index("ix_unanswered_questions_entry_id_library_id", "entry_id", "library_id"),
        Index("ix_unanswered_questions_library_id_asked_at", "library_id", "asked_at"),
        Index("ix_unanswered_questions_waiting", "id", sqlite_where=_IS_WAITING, postgresql_where=_IS_WAITING),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    mark: Mapped[str] = mapped_column(String(64), unique=True)
    source: Mapped[str] = mapped_column(String(16))
    library_id: Mapped[UUID]
    language: Mapped[str] = mapped_column(String(8))
    words: Mapped[str | None] = mapped_column(String(MAX_QUESTION_CHARACTERS))
    words_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    article_id: Mapped[UUID | None] = mapped_column(ForeignKey("articles.id"))
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_entries.id"))
    closeness: Mapped[float | None]
    closing_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_closings.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)


class QuestionVector(Base):
    """The vector of asked words by one encoder (float16 bytes), once however often they were asked."""

    __tablename__ = "question_vectors"

    words_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    encoder: Mapped[str] = mapped_column(String(200), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)


class KnowledgeTask(Base):
    """A task of the background that one process at a time does: who holds it until when, and how far it has come.

    `round` counts what was done to the entries, so that a process notices that another one has worked meanwhile.
    """

    __tablename__ = "knowledge_tasks"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    holder: Mapped[str | None] = mapped_column(String(64))
    held_until: Mapped[datetime | None]
    position: Mapped[datetime | None]
    round: Mapped[int] = mapped_column(BigInteger, default=0)
