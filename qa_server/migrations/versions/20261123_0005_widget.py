"""What readers leave beside a question, private links to their questions, and who a library's own page says they are."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision: str = "20261123_0005"
down_revision: str | None = "20261123_0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "conversation_forms",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_conversation_forms_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_conversation_forms")),
    )
    op.create_table(
        "library_secrets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.LargeBinary(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_library_secrets_library_id_libraries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_secrets")),
    )
    op.create_index(op.f("ix_library_secrets_library_id"), "library_secrets", ["library_id"])
    op.create_table(
        "reader_identities",
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("verified_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name=op.f("fk_reader_identities_library_id_libraries")
        ),
        sa.ForeignKeyConstraint(["reader_id"], ["readers.id"], name=op.f("fk_reader_identities_reader_id_readers")),
        sa.PrimaryKeyConstraint("reader_id", name=op.f("pk_reader_identities")),
    )
    op.create_table(
        "identity_nonces",
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_identity_nonces_library_id_libraries")),
        sa.ForeignKeyConstraint(["reader_id"], ["readers.id"], name=op.f("fk_identity_nonces_reader_id_readers")),
        sa.PrimaryKeyConstraint("library_id", "nonce", name=op.f("pk_identity_nonces")),
    )
    op.create_index(op.f("ix_identity_nonces_expires_at"), "identity_nonces", ["expires_at"])
    op.create_table(
        "reader_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["reader_id"], ["readers.id"], name=op.f("fk_reader_links_reader_id_readers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reader_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_reader_links_token_hash")),
    )
    op.create_index(op.f("ix_reader_links_reader_id"), "reader_links", ["reader_id"])


def downgrade() -> None:
    for table in ("reader_links", "identity_nonces", "reader_identities", "library_secrets", "conversation_forms"):
        op.drop_table(table)
