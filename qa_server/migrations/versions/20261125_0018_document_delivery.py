"""Document delivery: suppliers of libraries, offers to them, what is settled."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision: str = "20261125_0018"
down_revision: str | None = "20261125_0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TABLES = ("suppliers", "supply_offers", "settlement_lines")


def upgrade() -> None:
    _suppliers()
    _supply_offers()
    _settlement_lines()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _suppliers() -> None:
    op.create_table(
        "suppliers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("supplier_library_id", sa.Uuid(), nullable=True),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("agency", sa.String(length=60), nullable=False),
        sa.Column("fee_page", sa.Numeric(precision=9, scale=2), nullable=False),
        sa.Column("fee_item", sa.Numeric(precision=9, scale=2), nullable=False),
        sa.Column("subsidy_percent", sa.Integer(), nullable=False),
        sa.Column("offer_hours", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(kind = 'library') = (supplier_library_id IS NOT NULL)", name=op.f("ck_suppliers_library")),
        sa.CheckConstraint("kind IN ('library', 'paid')", name=op.f("ck_suppliers_kind")),
        sa.CheckConstraint("subsidy_percent BETWEEN 0 AND 100", name=op.f("ck_suppliers_subsidy_percent")),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_suppliers_library_id_libraries")),
        sa.ForeignKeyConstraint(
            ["supplier_library_id"], ["libraries.id"], name=op.f("fk_suppliers_supplier_library_id_libraries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppliers")),
        sa.UniqueConstraint(
            "library_id", "supplier_library_id", name=op.f("uq_suppliers_library_id_supplier_library_id")
        ),
    )
    op.create_index(op.f("ix_suppliers_library_id"), "suppliers", ["library_id"], unique=False)
    op.create_index(op.f("ix_suppliers_supplier_library_id"), "suppliers", ["supplier_library_id"], unique=False)


def _supply_offers() -> None:
    op.create_table(
        "supply_offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commission_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=9, scale=2), nullable=True),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "reason IS NULL OR reason IN ('not_held', 'in_use', 'on_order', 'poor_condition', 'copyright', 'policy', 'cost', 'not_found_as_cited', 'expired', 'other')",
            name=op.f("ck_supply_offers_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('offered', 'conditional', 'will_supply', 'delivered', 'unfilled', 'declined', 'expired', 'withdrawn')",
            name=op.f("ck_supply_offers_state"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["librarians.id"], name=op.f("fk_supply_offers_answered_by_id_librarians")
        ),
        sa.ForeignKeyConstraint(
            ["commission_id"], ["commissions.id"], name=op.f("fk_supply_offers_commission_id_commissions")
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_supply_offers_supplier_id_suppliers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_offers")),
        sa.UniqueConstraint(
            "commission_id", "round", "supplier_id", name=op.f("uq_supply_offers_commission_id_round_supplier_id")
        ),
    )
    op.create_index("ix_supply_offers_state_expires_at", "supply_offers", ["state", "expires_at"], unique=False)


def _settlement_lines() -> None:
    op.create_table(
        "settlement_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commission_id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("amount", sa.Numeric(precision=9, scale=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('fee', 'subsidy', 'reversal')", name=op.f("ck_settlement_lines_kind")),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)", name=op.f("ck_settlement_lines_reverses")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["librarians.id"], name=op.f("fk_settlement_lines_by_id_librarians")),
        sa.ForeignKeyConstraint(
            ["commission_id"], ["commissions.id"], name=op.f("fk_settlement_lines_commission_id_commissions")
        ),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name=op.f("fk_settlement_lines_library_id_libraries")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["suppliers.id"], name=op.f("fk_settlement_lines_supplier_id_suppliers")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["settlement_lines.id"], name=op.f("fk_settlement_lines_reverses_id_settlement_lines")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_lines")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_settlement_lines_reverses_id")),
    )
    op.create_index(op.f("ix_settlement_lines_commission_id"), "settlement_lines", ["commission_id"], unique=False)
    op.create_index(
        "ix_settlement_lines_library_id_settled_at", "settlement_lines", ["library_id", "settled_at"], unique=False
    )
    op.create_index(
        "ix_settlement_lines_supplier_id_settled_at", "settlement_lines", ["supplier_id", "settled_at"], unique=False
    )
