"""Tables of routing: who holds a question, where it goes next, and why it went where it is."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id


class Claim(Base):
    """One librarian's hold of one question.

    A claim is a lease: `lease_until` is moved on while the holder is connected; `answer_due_at` is the moment by which
    the first answer must be given and is emptied by it. Past either, the sweeper gives the question back to its queue.
    At most one claim of a conversation is open; the index says so to the database. `desk_id` is the desk through which
    it was taken, None in rows from before there were several.
    """

    __tablename__ = "claims"
    __table_args__ = (
        Index(
            "uq_claims_open_conversation_id",
            "conversation_id",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
        Index("ix_claims_conversation_id", "conversation_id"),
        Index("ix_claims_librarian_id_released_at", "librarian_id", "released_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    desk_id: Mapped[UUID | None] = mapped_column(ForeignKey("desks.id"))
    claimed_at: Mapped[datetime]
    lease_until: Mapped[datetime]
    answer_due_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    release_reason: Mapped[str | None] = mapped_column(String(32))


class Route(Base):
    """The way of one waiting question through its library's cascade; the row is its timer.

    `plan` is the cascade as it was laid out when the question was asked; `next_step` counts from 0. Whichever process
    takes the row when `due_at` has come moves it on under the conversation's lock: a process that dies loses nothing.
    """

    __tablename__ = "routes"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)
    subject: Mapped[str | None] = mapped_column(String(8))
    promise_hours: Mapped[int]
    next_step: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime | None] = mapped_column(index=True)


class Assignment(Base):
    """One decision about a question, kept for good: what was reached or who was chosen, and the reasons.

    `action` is asked, reached, offered, claimed, nobody_there, handed_over, given_back or closed.
    """

    __tablename__ = "assignments"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    action: Mapped[str] = mapped_column(String(16))
    desk_id: Mapped[UUID | None] = mapped_column(ForeignKey("desks.id"))
    librarian_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    reasons: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    decided_at: Mapped[datetime]


class Offer(Base):
    """A question shown to one librarian before the others of a desk, until `expires_at`; anybody there may claim it.

    `outcome` is accepted, declined, expired or withdrawn; None while it stands.
    """

    __tablename__ = "offers"
    __table_args__ = (
        Index(
            "uq_offers_open_conversation_id_desk_id",
            "conversation_id",
            "desk_id",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
        Index("ix_offers_librarian_id_offered_at", "librarian_id", "offered_at"),
        Index("ix_offers_outcome_expires_at", "outcome", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desks.id"))
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(16))
    answered_at: Mapped[datetime | None]


class HandOver(Base):
    """A hand-over of a held question, offered until it is answered or `expires_at`; the sender holds it till then.

    `kind` is person, desk, library, expert, up, home or asked_back. For asked_back the holder answers and
    `to_librarian_id` asked; otherwise that person, or anybody of `to_desk_id`. At most one per conversation is open.
    """

    __tablename__ = "hand_overs"
    __table_args__ = (
        CheckConstraint(
            "state IN ('offered', 'accepted', 'declined', 'returned', 'expired', 'withdrawn')", name="state"
        ),
        Index(
            "uq_hand_overs_open_conversation_id",
            "conversation_id",
            unique=True,
            sqlite_where=text("state = 'offered'"),
            postgresql_where=text("state = 'offered'"),
        ),
        Index("ix_hand_overs_state_expires_at", "state", "expires_at"),
        Index("ix_hand_overs_conversation_id", "conversation_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    kind: Mapped[str] = mapped_column(String(16))
    from_librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    from_desk_id: Mapped[UUID] = mapped_column(ForeignKey("desks.id"))
    to_desk_id: Mapped[UUID] = mapped_column(ForeignKey("desks.id"))
    to_librarian_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    reason: Mapped[str] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(Text)
    is_warm: Mapped[bool]
    state: Mapped[str] = mapped_column(String(16))
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    answer_note: Mapped[str] = mapped_column(Text, default="")


class Duty(Base):
    """What somebody still owes a reader: by whom (a desk, perhaps one person of it) and by when.

    `kind` is follow_up_home, follow_up_me, refer_expert or promised. An overdue duty climbs: `desk_id` becomes the next
    desk up the tree, `climbed` counts. `state` is open, taken (somebody works on it) or done.
    """

    __tablename__ = "duties"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'taken', 'done')", name="state"),
        Index("ix_duties_state_due_at", "state", "due_at"),
        Index("ix_duties_desk_id_state", "desk_id", "state"),
        Index("ix_duties_conversation_id", "conversation_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    kind: Mapped[str] = mapped_column(String(16))
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"))
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desks.id"))
    librarian_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    hours: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    promised_at: Mapped[datetime]
    climbed: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))


class PresenceSpan(Base):
    """A stretch of time a librarian was connected, moved on by the sweeper; hours staffed are counted from it."""

    __tablename__ = "presence_spans"
    __table_args__ = (Index("ix_presence_spans_librarian_id_until", "librarian_id", "until"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    since: Mapped[datetime] = mapped_column(index=True)
    until: Mapped[datetime]


class SupervisionEntry(Base):
    """That a supervisor watched, whispered in, took over or put first a conversation. Never changed, never deleted.

    `priority` and `reason` are set where the place in the queue was changed.
    """

    __tablename__ = "supervision_entries"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    action: Mapped[str] = mapped_column(String(16))
    holder_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    priority: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    happened_at: Mapped[datetime]
