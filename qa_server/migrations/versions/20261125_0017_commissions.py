"""Commissions: service types, commissions with their record and files, quotes, work logs, reports."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision: str = "20261125_0017"
down_revision: str | None = "20261125_0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TABLES = (
    "commission_counters",
    "report_templates",
    "search_strategies",
    "service_types",
    "service_versions",
    "commissions",
    "commission_desks",
    "commission_entries",
    "commission_files",
    "commission_quotes",
    "work_log_entries",
    "commission_reports",
    "commission_report_remarks",
)


def upgrade() -> None:
    _commission_counters()
    _report_templates()
    _search_strategies()
    _service_types()
    _service_versions()
    _commissions()
    _commission_desks()
    _commission_entries()
    _commission_files()
    _commission_quotes()
    _work_log_entries()
    _commission_reports()
    _commission_report_remarks()
    with op.batch_alter_table("outgoing_letters") as letters:
        letters.alter_column("conversation_id", existing_type=sa.Uuid(), nullable=True)
        letters.add_column(sa.Column("commission_id", sa.Uuid(), nullable=True))
        letters.create_foreign_key(
            op.f("fk_outgoing_letters_commission_id_commissions"), "commissions", ["commission_id"], ["id"]
        )
        letters.create_index(op.f("ix_outgoing_letters_commission_id"), ["commission_id"])


def downgrade() -> None:
    op.execute("DELETE FROM outgoing_letters WHERE conversation_id IS NULL")
    with op.batch_alter_table("outgoing_letters") as letters:
        letters.drop_index(op.f("ix_outgoing_letters_commission_id"))
        letters.drop_constraint(op.f("fk_outgoing_letters_commission_id_commissions"), type_="foreignkey")
        letters.drop_column("commission_id")
        letters.alter_column("conversation_id", existing_type=sa.Uuid(), nullable=False)
    for table in reversed(_TABLES):
        op.drop_table(table)


def _commission_counters() -> None:
    op.create_table(
        "commission_counters",
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name=op.f("fk_commission_counters_library_id_libraries")
        ),
        sa.PrimaryKeyConstraint("library_id", "year", "name", name=op.f("pk_commission_counters")),
    )


def _report_templates() -> None:
    op.create_table(
        "report_templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["librarians.id"], name=op.f("fk_report_templates_by_id_librarians")),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name=op.f("fk_report_templates_library_id_libraries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_templates")),
    )
    op.create_index("ix_report_templates_library_id_code", "report_templates", ["library_id", "code"], unique=False)
    op.create_index(op.f("ix_report_templates_sha256"), "report_templates", ["sha256"], unique=False)


def _search_strategies() -> None:
    op.create_table(
        "search_strategies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("database", sa.String(length=200), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("subject", sa.String(length=2), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["librarians.id"], name=op.f("fk_search_strategies_by_id_librarians")),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name=op.f("fk_search_strategies_library_id_libraries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_strategies")),
    )
    op.create_index("ix_search_strategies_library_id_code", "search_strategies", ["library_id", "code"], unique=False)


def _service_types() -> None:
    op.create_table(
        "service_types",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_service_types_desk_id_desks")),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_service_types_library_id_libraries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_types")),
        sa.UniqueConstraint("library_id", "code", name=op.f("uq_service_types_library_id_code")),
    )
    op.create_index(op.f("ix_service_types_code"), "service_types", ["code"], unique=False)
    op.create_index(op.f("ix_service_types_library_id"), "service_types", ["library_id"], unique=False)
    op.create_index(
        "uq_service_types_shipped",
        "service_types",
        ["code"],
        unique=True,
        sqlite_where=sa.text("library_id IS NULL"),
        postgresql_where=sa.text("library_id IS NULL"),
    )


def _service_versions() -> None:
    op.create_table(
        "service_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_type_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_shipped", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'published', 'replaced')", name=op.f("ck_service_versions_state")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["librarians.id"], name=op.f("fk_service_versions_changed_by_id_librarians")
        ),
        sa.ForeignKeyConstraint(
            ["service_type_id"], ["service_types.id"], name=op.f("fk_service_versions_service_type_id_service_types")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_versions")),
        sa.UniqueConstraint("service_type_id", "number", name=op.f("uq_service_versions_service_type_id_number")),
    )


def _commissions() -> None:
    op.create_table(
        "commissions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("service_library_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=2), nullable=True),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("staff_form", sa.JSON(), nullable=False),
        sa.Column("contact", sa.JSON(), nullable=False),
        sa.Column("invoice", sa.JSON(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("route", sa.JSON(), nullable=False),
        sa.Column("contact_librarian_id", sa.Uuid(), nullable=True),
        sa.Column("searcher_id", sa.Uuid(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("look_at", UtcDateTime(), nullable=True),
        sa.Column("payment_order", sa.String(length=8), nullable=False),
        sa.Column("payment_state", sa.String(length=12), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("price", sa.Numeric(precision=9, scale=2), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("comment", sa.String(length=2000), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("reader_seen_seq", sa.Integer(), nullable=False),
        sa.Column("staff_seen_seq", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("forgotten_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "payment_state IN ('none', 'due', 'proof_sent', 'paid', 'refunded')",
            name=op.f("ck_commissions_payment_state"),
        ),
        sa.ForeignKeyConstraint(
            ["contact_librarian_id"], ["librarians.id"], name=op.f("fk_commissions_contact_librarian_id_librarians")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_commissions_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_commissions_desk_id_desks")),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_commissions_library_id_libraries")),
        sa.ForeignKeyConstraint(["reader_id"], ["readers.id"], name=op.f("fk_commissions_reader_id_readers")),
        sa.ForeignKeyConstraint(["searcher_id"], ["librarians.id"], name=op.f("fk_commissions_searcher_id_librarians")),
        sa.ForeignKeyConstraint(
            ["service_library_id"], ["libraries.id"], name=op.f("fk_commissions_service_library_id_libraries")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["service_versions.id"], name=op.f("fk_commissions_version_id_service_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commissions")),
        sa.UniqueConstraint("number", name=op.f("uq_commissions_number")),
        sa.UniqueConstraint("reader_id", "client_id", name=op.f("uq_commissions_reader_id_client_id")),
    )
    op.create_index(op.f("ix_commissions_contact_librarian_id"), "commissions", ["contact_librarian_id"], unique=False)
    op.create_index(op.f("ix_commissions_conversation_id"), "commissions", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_commissions_desk_id"), "commissions", ["desk_id"], unique=False)
    op.create_index(op.f("ix_commissions_due_at"), "commissions", ["due_at"], unique=False)
    op.create_index("ix_commissions_library_id_state", "commissions", ["library_id", "state"], unique=False)
    op.create_index(op.f("ix_commissions_look_at"), "commissions", ["look_at"], unique=False)
    op.create_index("ix_commissions_reader_id_id", "commissions", ["reader_id", "id"], unique=False)
    op.create_index(op.f("ix_commissions_searcher_id"), "commissions", ["searcher_id"], unique=False)
    op.create_index(
        "ix_commissions_service_library_id_state", "commissions", ["service_library_id", "state"], unique=False
    )
    op.create_index(op.f("ix_commissions_version_id"), "commissions", ["version_id"], unique=False)


def _commission_desks() -> None:
    op.create_table(
        "commission_desks",
        sa.Column("commission_id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("reached_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commission_id"], ["commissions.id"], name=op.f("fk_commission_desks_commission_id_commissions")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_commission_desks_desk_id_desks")),
        sa.PrimaryKeyConstraint("commission_id", "desk_id", name=op.f("pk_commission_desks")),
    )
    op.create_index(op.f("ix_commission_desks_desk_id"), "commission_desks", ["desk_id"], unique=False)


def _commission_entries() -> None:
    op.create_table(
        "commission_entries",
        sa.Column("commission_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("sender", sa.String(length=120), nullable=True),
        sa.Column("by_kind", sa.String(length=12), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=True),
        sa.Column("from_state", sa.String(length=40), nullable=True),
        sa.Column("to_state", sa.String(length=40), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("is_private", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("by_kind IN ('reader', 'librarian', 'system')", name=op.f("ck_commission_entries_by_kind")),
        sa.CheckConstraint(
            "kind IN ('transition', 'message', 'note', 'file', 'form', 'quote', 'payment', 'assignment', 'log', 'report', 'supply', 'reminder')",
            name=op.f("ck_commission_entries_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["commission_id"], ["commissions.id"], name=op.f("fk_commission_entries_commission_id_commissions")
        ),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_commission_entries_librarian_id_librarians")
        ),
        sa.PrimaryKeyConstraint("commission_id", "seq", name=op.f("pk_commission_entries")),
        sa.UniqueConstraint("commission_id", "sender", name=op.f("uq_commission_entries_commission_id_sender")),
    )
    op.create_index(op.f("ix_commission_entries_librarian_id"), "commission_entries", ["librarian_id"], unique=False)


def _commission_files() -> None:
    op.create_table(
        "commission_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commission_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=True),
        sa.Column("is_private", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("fetches_left", sa.Integer(), nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('material', 'message', 'payment_proof', 'work', 'draft', 'report', 'result')",
            name=op.f("ck_commission_files_purpose"),
        ),
        sa.ForeignKeyConstraint(
            ["commission_id"], ["commissions.id"], name=op.f("fk_commission_files_commission_id_commissions")
        ),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_commission_files_librarian_id_librarians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_files")),
    )
    op.create_index(op.f("ix_commission_files_commission_id"), "commission_files", ["commission_id"], unique=False)
    op.create_index(op.f("ix_commission_files_sha256"), "commission_files", ["sha256"], unique=False)


def _commission_quotes() -> None:
    op.create_table(
        "commission_quotes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commission_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("reckoned", sa.Numeric(precision=9, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=9, scale=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("valid_until", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('standing', 'accepted', 'declined', 'expired', 'replaced')",
            name=op.f("ck_commission_quotes_state"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["librarians.id"], name=op.f("fk_commission_quotes_by_id_librarians")),
        sa.ForeignKeyConstraint(
            ["commission_id"], ["commissions.id"], name=op.f("fk_commission_quotes_commission_id_commissions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_quotes")),
        sa.UniqueConstraint("commission_id", "number", name=op.f("uq_commission_quotes_commission_id_number")),
    )


def _work_log_entries() -> None:
    op.create_table(
        "work_log_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commission_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("database", sa.String(length=200), nullable=False),
        sa.Column("years", sa.String(length=60), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=True),
        sa.Column("chosen", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("file_ids", sa.JSON(), nullable=False),
        sa.Column("searched_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("replaced_by_id", sa.Uuid(), nullable=True),
        sa.Column("is_removed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commission_id"], ["commissions.id"], name=op.f("fk_work_log_entries_commission_id_commissions")
        ),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_work_log_entries_librarian_id_librarians")
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"],
            ["work_log_entries.id"],
            name=op.f("fk_work_log_entries_replaced_by_id_work_log_entries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_log_entries")),
        sa.UniqueConstraint("commission_id", "client_id", name=op.f("uq_work_log_entries_commission_id_client_id")),
    )
    op.create_index(op.f("ix_work_log_entries_commission_id"), "work_log_entries", ["commission_id"], unique=False)


def _commission_reports() -> None:
    op.create_table(
        "commission_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commission_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("searcher_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("signer_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(length=24), nullable=True),
        sa.Column("pdf_file_id", sa.Uuid(), nullable=True),
        sa.Column("docx_file_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("reviewed_at", UtcDateTime(), nullable=True),
        sa.Column("signed_at", UtcDateTime(), nullable=True),
        sa.Column("issued_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'in_review', 'returned', 'passed', 'signed', 'issued', 'replaced')",
            name=op.f("ck_commission_reports_state"),
        ),
        sa.ForeignKeyConstraint(
            ["commission_id"], ["commissions.id"], name=op.f("fk_commission_reports_commission_id_commissions")
        ),
        sa.ForeignKeyConstraint(
            ["docx_file_id"], ["commission_files.id"], name=op.f("fk_commission_reports_docx_file_id_commission_files")
        ),
        sa.ForeignKeyConstraint(
            ["pdf_file_id"], ["commission_files.id"], name=op.f("fk_commission_reports_pdf_file_id_commission_files")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["librarians.id"], name=op.f("fk_commission_reports_reviewer_id_librarians")
        ),
        sa.ForeignKeyConstraint(
            ["searcher_id"], ["librarians.id"], name=op.f("fk_commission_reports_searcher_id_librarians")
        ),
        sa.ForeignKeyConstraint(
            ["signer_id"], ["librarians.id"], name=op.f("fk_commission_reports_signer_id_librarians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_reports")),
        sa.UniqueConstraint("code", name=op.f("uq_commission_reports_code")),
        sa.UniqueConstraint("commission_id", "version", name=op.f("uq_commission_reports_commission_id_version")),
        sa.UniqueConstraint("number", name=op.f("uq_commission_reports_number")),
    )


def _commission_report_remarks() -> None:
    op.create_table(
        "commission_report_remarks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_by_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["librarians.id"], name=op.f("fk_commission_report_remarks_by_id_librarians")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["commission_reports.id"],
            name=op.f("fk_commission_report_remarks_report_id_commission_reports"),
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["librarians.id"], name=op.f("fk_commission_report_remarks_settled_by_id_librarians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_report_remarks")),
    )
    op.create_index(
        op.f("ix_commission_report_remarks_report_id"), "commission_report_remarks", ["report_id"], unique=False
    )
