"""Tables of commissions: the commission itself, its numbered record, its files, the desks that see it."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id, one_of


class EntryKind(StrEnum):
    """What an entry of the record tells of."""

    TRANSITION = "transition"
    MESSAGE = "message"
    NOTE = "note"
    FILE = "file"
    FORM = "form"
    QUOTE = "quote"
    PAYMENT = "payment"
    ASSIGNMENT = "assignment"
    LOG = "log"
    REPORT = "report"
    SUPPLY = "supply"
    REMINDER = "reminder"


class By(StrEnum):
    """Who did it."""

    READER = "reader"
    LIBRARIAN = "librarian"
    SYSTEM = "system"


class PaymentState(StrEnum):
    """How the money stands: nothing to pay, to be paid, a proof was sent, paid, given back."""

    NONE = "none"
    DUE = "due"
    PROOF_SENT = "proof_sent"
    PAID = "paid"
    REFUNDED = "refunded"


class FilePurpose(StrEnum):
    """What a file is for. Notes of the work, templates and unreviewed reports are for staff alone."""

    MATERIAL = "material"
    MESSAGE = "message"
    PAYMENT_PROOF = "payment_proof"
    WORK = "work"
    DRAFT = "draft"
    REPORT = "report"
    RESULT = "result"


class Commission(Base):
    """One commission of a reader.

    `library_id` is the library that the reader applied to and that stays the contact; `service_library_id` the one
    that does the work. `state` is one of the states of the definition in `version_id`. `revision` grows with every
    change, and refuses a change made on an older sight. `marks` is the clock: [mark, moment] in order, and of a rework
    its days. `last_seq` is the number of the newest entry of the record. What says who the reader is (`contact`,
    `invoice`, `form`) is emptied at the end of retention, when `forgotten_at` is set.
    """

    __tablename__ = "commissions"
    __table_args__ = (
        UniqueConstraint("reader_id", "client_id"),
        Index("ix_commissions_service_library_id_state", "service_library_id", "state"),
        Index("ix_commissions_library_id_state", "library_id", "state"),
        Index("ix_commissions_reader_id_id", "reader_id", "id"),
        one_of("payment_state", PaymentState),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    client_id: Mapped[str] = mapped_column(String(64))
    reader_id: Mapped[UUID] = mapped_column(ForeignKey("readers.id"))
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"))
    service_library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("service_versions.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(40))
    revision: Mapped[int] = mapped_column(default=1)
    language: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(300), default="")
    subject: Mapped[str | None] = mapped_column(String(2))
    form: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    staff_form: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    contact: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    invoice: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    desk_id: Mapped[UUID | None] = mapped_column(ForeignKey("desks.id"), index=True)
    route: Mapped[list[str]] = mapped_column(JSON, default=list)
    contact_librarian_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"), index=True)
    searcher_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"), index=True)
    days: Mapped[int | None]
    marks: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    # The next moment at which a timer has something to look at: intake that goes on, a reminder, an expiry, an end.
    look_at: Mapped[datetime | None] = mapped_column(index=True)
    payment_order: Mapped[str] = mapped_column(String(8), default="after")
    payment_state: Mapped[str] = mapped_column(String(12), default=PaymentState.NONE.value)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    price: Mapped[Decimal | None] = mapped_column(Numeric(9, 2))
    stars: Mapped[int | None]
    comment: Mapped[str | None] = mapped_column(String(2000))
    last_seq: Mapped[int] = mapped_column(default=0)
    reader_seen_seq: Mapped[int] = mapped_column(default=0)
    staff_seen_seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    forgotten_at: Mapped[datetime | None]


class CommissionEntry(Base):
    """One numbered entry of a commission's record: who did what, when and why. Never changed, never removed.

    `sender` is who and which try, unique in a commission, so that what is sent twice is kept once. `is_private` entries
    are for staff alone: no reader's path returns them.
    """

    __tablename__ = "commission_entries"
    __table_args__ = (
        UniqueConstraint("commission_id", "sender"),
        one_of("kind", EntryKind),
        one_of("by_kind", By),
    )

    commission_id: Mapped[UUID] = mapped_column(ForeignKey("commissions.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(40), default="")
    sender: Mapped[str | None] = mapped_column(String(120))
    by_kind: Mapped[str] = mapped_column(String(12))
    librarian_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"), index=True)
    from_state: Mapped[str | None] = mapped_column(String(40))
    to_state: Mapped[str | None] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    is_private: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]


class CommissionDesk(Base):
    """A desk that a commission has reached: its members see it."""

    __tablename__ = "commission_desks"

    commission_id: Mapped[UUID] = mapped_column(ForeignKey("commissions.id"), primary_key=True)
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desks.id"), primary_key=True, index=True)
    reached_at: Mapped[datetime]


class CommissionFile(Base):
    """A file of a commission; it lies under its hash. Results may be fetched until `expires_at`, so many times."""

    __tablename__ = "commission_files"
    __table_args__ = (one_of("purpose", FilePurpose),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    commission_id: Mapped[UUID] = mapped_column(ForeignKey("commissions.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(16))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int]
    librarian_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    is_private: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    fetches_left: Mapped[int | None]
    removed_at: Mapped[datetime | None]


class CommissionCounter(Base):
    """The last running number given in a year under a name: to a library's commissions, or to its reports."""

    __tablename__ = "commission_counters"

    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    last: Mapped[int]
