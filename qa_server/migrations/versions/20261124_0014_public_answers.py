"""What is public and when it changed, and what is harvested from elsewhere."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision: str = "20261124_0014"
down_revision: str | None = "20261124_0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "public_records",
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("service_topic", sa.String(length=24), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("datestamp", UtcDateTime(), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_public_records_article_id_articles")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_public_records")),
        sa.UniqueConstraint("number", name=op.f("uq_public_records_number")),
    )
    op.create_index("ix_public_records_datestamp_number", "public_records", ["datestamp", "number"])
    op.create_index("ix_public_records_library_id_datestamp", "public_records", ["library_id", "datestamp"])
    op.create_table(
        "public_record_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("change_number", sa.BigInteger(), nullable=False),
        sa.Column("closed_mark", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_record_state")),
    )
    _create_harvest_sources()
    _create_harvest_runs()
    _create_harvested_records()


def _create_harvest_sources() -> None:
    op.create_table(
        "harvest_sources",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("set_spec", sa.String(length=200), nullable=False),
        sa.Column("metadata_prefix", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("service_topic", sa.String(length=24), nullable=False),
        sa.Column("every_hours", sa.Integer(), nullable=False),
        sa.Column("next_run_at", UtcDateTime(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("harvested_until", sa.String(length=20), nullable=True),
        sa.Column("asked_from", sa.String(length=20), nullable=True),
        sa.Column("resumption_token", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_harvest_sources_library_id_libraries")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["librarians.id"], name=op.f("fk_harvest_sources_created_by_librarians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harvest_sources")),
        sa.UniqueConstraint(
            "library_id", "address", "set_spec", name=op.f("uq_harvest_sources_library_id_address_set_spec")
        ),
    )
    op.create_index(op.f("ix_harvest_sources_next_run_at"), "harvest_sources", ["next_run_at"])


def _create_harvest_runs() -> None:
    op.create_table(
        "harvest_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("responded_at", sa.String(length=20), nullable=True),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("drafted", sa.Integer(), nullable=False),
        sa.Column("revised", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint("state IN ('running', 'finished', 'broken')", name=op.f("ck_harvest_runs_state")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["harvest_sources.id"], name=op.f("fk_harvest_runs_source_id_harvest_sources")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harvest_runs")),
    )
    op.create_index("ix_harvest_runs_source_id_started_at", "harvest_runs", ["source_id", "started_at"])


def _create_harvested_records() -> None:
    op.create_table(
        "harvested_records",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("identifier_hash", sa.String(length=64), nullable=False),
        sa.Column("identifier", sa.String(length=500), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=True),
        sa.Column("duplicate_of_id", sa.Uuid(), nullable=True),
        sa.Column("datestamp", sa.String(length=20), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('drafted', 'duplicate', 'changed', 'deleted', 'refused')",
            name=op.f("ck_harvested_records_state"),
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["harvest_sources.id"], name=op.f("fk_harvested_records_source_id_harvest_sources")
        ),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_harvested_records_article_id_articles")),
        sa.ForeignKeyConstraint(
            ["duplicate_of_id"], ["articles.id"], name=op.f("fk_harvested_records_duplicate_of_id_articles")
        ),
        sa.PrimaryKeyConstraint("source_id", "identifier_hash", name=op.f("pk_harvested_records")),
    )
    op.create_index(op.f("ix_harvested_records_article_id"), "harvested_records", ["article_id"])
    op.create_index("ix_harvested_records_source_id_state", "harvested_records", ["source_id", "state"])


def downgrade() -> None:
    for table in ("harvested_records", "harvest_runs", "harvest_sources", "public_record_state", "public_records"):
        op.drop_table(table)
