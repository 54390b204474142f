"""The money of commissions: ledger, invoices, payment hooks with their calls and notices, words of letters."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision: str = "20261125_0019"
down_revision: str | None = "20261125_0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TABLES = (
    "commission_payments",
    "commission_invoices",
    "payment_hooks",
    "payment_calls",
    "payment_notices",
    "letter_words",
)


def upgrade() -> None:
    """Add the tables."""
    _commission_payments()
    _commission_invoices()
    _payment_hooks()
    _payment_calls()
    _payment_notices()
    _letter_words()


def downgrade() -> None:
    """Remove the tables with what they hold."""
    for table in reversed(_TABLES):
        op.drop_table(table)


def _commission_payments() -> None:
    op.create_table(
        "commission_payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commission_id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(length=120), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("method", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("amount", sa.Numeric(precision=9, scale=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("proof_file_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_kind", sa.String(length=12), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_by_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("by_kind IN ('reader', 'librarian', 'system')", name=op.f("ck_commission_payments_by_kind")),
        sa.CheckConstraint("kind IN ('fee', 'waiver', 'payment', 'refund')", name=op.f("ck_commission_payments_kind")),
        sa.CheckConstraint(
            "method IN ('transfer', 'cash', 'campus_card', 'hook', 'waiver', 'price')",
            name=op.f("ck_commission_payments_method"),
        ),
        sa.CheckConstraint(
            "state IN ('proof_sent', 'confirmed', 'rejected', 'refunded')", name=op.f("ck_commission_payments_state")
        ),
        sa.ForeignKeyConstraint(
            ["commission_id"], ["commissions.id"], name=op.f("fk_commission_payments_commission_id_commissions")
        ),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_commission_payments_librarian_id_librarians")
        ),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name=op.f("fk_commission_payments_library_id_libraries")
        ),
        sa.ForeignKeyConstraint(
            ["proof_file_id"],
            ["commission_files.id"],
            name=op.f("fk_commission_payments_proof_file_id_commission_files"),
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["librarians.id"], name=op.f("fk_commission_payments_settled_by_id_librarians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_payments")),
        sa.UniqueConstraint("commission_id", "client_id", name=op.f("uq_commission_payments_commission_id_client_id")),
    )
    op.create_index(op.f("ix_commission_payments_library_id"), "commission_payments", ["library_id"], unique=False)
    op.create_index(
        "ix_commission_payments_state_settled_at", "commission_payments", ["state", "settled_at"], unique=False
    )


def _commission_invoices() -> None:
    op.create_table(
        "commission_invoices",
        sa.Column("commission_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("amount", sa.Numeric(precision=9, scale=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commission_id"], ["commissions.id"], name=op.f("fk_commission_invoices_commission_id_commissions")
        ),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_commission_invoices_librarian_id_librarians")
        ),
        sa.PrimaryKeyConstraint("commission_id", name=op.f("pk_commission_invoices")),
    )


def _payment_hooks() -> None:
    op.create_table(
        "payment_hooks",
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.LargeBinary(length=64), nullable=False),
        sa.Column("is_on", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["librarians.id"], name=op.f("fk_payment_hooks_changed_by_id_librarians")
        ),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_payment_hooks_library_id_libraries")),
        sa.PrimaryKeyConstraint("library_id", name=op.f("pk_payment_hooks")),
    )


def _payment_calls() -> None:
    op.create_table(
        "payment_calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("commission_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("amount", sa.Numeric(precision=9, scale=2), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("error_code", sa.String(length=40), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'given_up')", name=op.f("ck_payment_calls_state")),
        sa.ForeignKeyConstraint(
            ["commission_id"], ["commissions.id"], name=op.f("fk_payment_calls_commission_id_commissions")
        ),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_payment_calls_library_id_libraries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_calls")),
    )
    op.create_index(op.f("ix_payment_calls_commission_id"), "payment_calls", ["commission_id"], unique=False)
    op.create_index(op.f("ix_payment_calls_library_id"), "payment_calls", ["library_id"], unique=False)
    op.create_index("ix_payment_calls_state_next_try_at", "payment_calls", ["state", "next_try_at"], unique=False)


def _payment_notices() -> None:
    op.create_table(
        "payment_notices",
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("commission_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commission_id"], ["commissions.id"], name=op.f("fk_payment_notices_commission_id_commissions")
        ),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_payment_notices_library_id_libraries")),
        sa.PrimaryKeyConstraint("library_id", "event_id", name=op.f("pk_payment_notices")),
    )
    op.create_index(op.f("ix_payment_notices_commission_id"), "payment_notices", ["commission_id"], unique=False)


def _letter_words() -> None:
    op.create_table(
        "letter_words",
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["librarians.id"], name=op.f("fk_letter_words_changed_by_id_librarians")
        ),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_letter_words_library_id_libraries")),
        sa.PrimaryKeyConstraint("library_id", "kind", "language", name=op.f("pk_letter_words")),
    )
