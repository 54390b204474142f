"""Tables of money: the ledger of a commission, its invoice, the payment hook of a node, words of letters.

The ledger is added to and settled, never changed otherwise: what it sums up to is how the money stands.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, Numeric, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from qa_server.commissions.models import By
from storage.base import Base, new_id, one_of


class PaymentKind(StrEnum):
    """A fee is owed (negative where a price fell), a waiver lets off, a payment came, a refund went back."""

    FEE = "fee"
    WAIVER = "waiver"
    PAYMENT = "payment"
    REFUND = "refund"


class PaymentMethod(StrEnum):
    """How money came or went; `price` and `waiver` move none."""

    TRANSFER = "transfer"
    CASH = "cash"
    CAMPUS_CARD = "campus_card"
    HOOK = "hook"
    WAIVER = "waiver"
    PRICE = "price"


class LedgerState(StrEnum):
    """A payment counts once it is confirmed. One that was given back to the last cent is called refunded."""

    PROOF_SENT = "proof_sent"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    REFUNDED = "refunded"


class CallState(StrEnum):
    """Where a call to a payment service stands. Given up: days of attempts were in vain, or the hook is gone."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


class Payment(Base):
    """One line of a commission's ledger. `amount` is that of the kind; only a fee may be negative.

    `library_id` is the library whose money it is, which a later transfer does not change.
    `reference` is the number of a receipt or transfer, `note` says why; both may hold words of people and are emptied
    at the end of retention. `settled_at` is when it began to count, or was rejected.
    """

    __tablename__ = "commission_payments"
    __table_args__ = (
        UniqueConstraint("commission_id", "client_id"),
        Index("ix_commission_payments_state_settled_at", "state", "settled_at"),
        one_of("kind", PaymentKind),
        one_of("method", PaymentMethod),
        one_of("state", LedgerState),
        one_of("by_kind", By),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    commission_id: Mapped[UUID] = mapped_column(ForeignKey("commissions.id"))
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"), index=True)
    client_id: Mapped[str | None] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12))
    method: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    amount: Mapped[Decimal] = mapped_column(Numeric(9, 2))
    currency: Mapped[str] = mapped_column(String(3))
    proof_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("commission_files.id"))
    reference: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    by_kind: Mapped[str] = mapped_column(String(12))
    librarian_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    created_at: Mapped[datetime]
    settled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    settled_at: Mapped[datetime | None]


class CommissionInvoice(Base):
    """The invoice that was issued for a commission: its number, for how much, by whom."""

    __tablename__ = "commission_invoices"

    commission_id: Mapped[UUID] = mapped_column(ForeignKey("commissions.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(60))
    amount: Mapped[Decimal] = mapped_column(Numeric(9, 2))
    currency: Mapped[str] = mapped_column(String(3))
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    issued_at: Mapped[datetime]


class PaymentHook(Base):
    """The payment service of a node and everything below it: where it is told, and what both sides sign with.

    `secret` is sealed with the key of `secret_key_id`; None there is left from before it was, and sealed soon.
    """

    __tablename__ = "payment_hooks"

    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(500), default="")
    secret: Mapped[bytes] = mapped_column(LargeBinary(200))
    secret_key_id: Mapped[str | None] = mapped_column(String(16))
    is_on: Mapped[bool] = mapped_column(default=False, server_default=false())
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))


class PaymentCall(Base):
    """A word to a payment service on its way. `next_try_at` is also the lease of whoever sends it."""

    __tablename__ = "payment_calls"
    __table_args__ = (
        Index("ix_payment_calls_state_next_try_at", "state", "next_try_at"),
        one_of("state", CallState),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"), index=True)
    commission_id: Mapped[UUID] = mapped_column(ForeignKey("commissions.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    amount: Mapped[Decimal] = mapped_column(Numeric(9, 2))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    error_code: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class PaymentNotice(Base):
    """A word from a payment service, kept so that the same event counts once. `outcome` is how it was answered."""

    __tablename__ = "payment_notices"

    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    commission_id: Mapped[UUID | None] = mapped_column(ForeignKey("commissions.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(40))
    received_at: Mapped[datetime]


class LetterWords(Base):
    """A library's own words for a letter about commissions; the nearest node up the tree decides, then ours."""

    __tablename__ = "letter_words"

    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    subject: Mapped[str] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
