"""Tables of document delivery: whom a library asks and in what order, what each was offered, what is settled."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id, one_of


class SupplierKind(StrEnum):
    """A library of the network, as in an alliance, or a service outside that is asked by hand and paid."""

    LIBRARY = "library"
    PAID = "paid"


class OfferState(StrEnum):
    """How one supplier stands to one request; at most one of a commission's offers is under way."""

    OFFERED = "offered"
    CONDITIONAL = "conditional"
    WILL_SUPPLY = "will_supply"
    DELIVERED = "delivered"
    UNFILLED = "unfilled"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class UnfilledReason(StrEnum):
    """Why a supplier could not help; names as in ISO 18626's list of reasons where it has one."""

    NOT_HELD = "not_held"
    IN_USE = "in_use"
    ON_ORDER = "on_order"
    POOR_CONDITION = "poor_condition"
    COPYRIGHT = "copyright"
    POLICY = "policy"
    COST = "cost"
    NOT_FOUND_AS_CITED = "not_found_as_cited"
    EXPIRED = "expired"
    OTHER = "other"


class SettlementKind(StrEnum):
    """What one library owes another for a delivery, and what is paid to it from elsewhere."""

    FEE = "fee"
    SUBSIDY = "subsidy"
    REVERSAL = "reversal"


class Supplier(Base):
    """One of those that a library asks for documents, in the order of `position`.

    A library's own holdings come before all of them and are no row here. `fee_page` and `fee_item` are what it charges
    the asking library; `subsidy_percent` of that is paid by the network. `offer_hours` None: as the service says.
    `agency` is its identifier in ISO 18626, such as an ISIL.
    """

    __tablename__ = "suppliers"
    __table_args__ = (
        UniqueConstraint("library_id", "supplier_library_id"),
        one_of("kind", SupplierKind),
        CheckConstraint("(kind = 'library') = (supplier_library_id IS NOT NULL)", name="library"),
        CheckConstraint("subsidy_percent BETWEEN 0 AND 100", name="subsidy_percent"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    supplier_library_id: Mapped[UUID | None] = mapped_column(ForeignKey("libraries.id"), index=True)
    name_zh: Mapped[str] = mapped_column(String(200), default="")
    name_en: Mapped[str] = mapped_column(String(200), default="")
    agency: Mapped[str] = mapped_column(String(60), default="")
    fee_page: Mapped[Decimal] = mapped_column(Numeric(9, 2), default=Decimal(0))
    fee_item: Mapped[Decimal] = mapped_column(Numeric(9, 2), default=Decimal(0))
    subsidy_percent: Mapped[int] = mapped_column(default=0)
    offer_hours: Mapped[int | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class SupplyOffer(Base):
    """One request offered to one supplier. `round` grows each time a commission is dispatched anew."""

    __tablename__ = "supply_offers"
    __table_args__ = (
        UniqueConstraint("commission_id", "round", "supplier_id"),
        Index("ix_supply_offers_state_expires_at", "state", "expires_at"),
        one_of("state", OfferState),
        one_of("reason", UnfilledReason, optional=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    commission_id: Mapped[UUID] = mapped_column(ForeignKey("commissions.id"))
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("suppliers.id"))
    round: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(Text, default="")
    cost: Mapped[Decimal | None] = mapped_column(Numeric(9, 2))
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))


class SettlementLine(Base):
    """One line of what libraries owe each other. Never changed: what was wrong is reversed by a further line."""

    __tablename__ = "settlement_lines"
    __table_args__ = (
        Index("ix_settlement_lines_library_id_settled_at", "library_id", "settled_at"),
        Index("ix_settlement_lines_supplier_id_settled_at", "supplier_id", "settled_at"),
        one_of("kind", SettlementKind),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reverses"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    commission_id: Mapped[UUID] = mapped_column(ForeignKey("commissions.id"), index=True)
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"))
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("suppliers.id"))
    kind: Mapped[str] = mapped_column(String(12))
    amount: Mapped[Decimal] = mapped_column(Numeric(9, 2))
    currency: Mapped[str] = mapped_column(String(3))
    pages: Mapped[int | None]
    settled_at: Mapped[datetime]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    # Unique: of two who take the same line back at once, the database lets one through.
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("settlement_lines.id"), unique=True)
