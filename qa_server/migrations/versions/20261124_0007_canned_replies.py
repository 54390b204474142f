"""Canned replies at nodes, desks and persons, their use, and what the closing sheet says."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision: str = "20261124_0007"
down_revision: str | None = "20261123_0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "canned_replies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=True),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("librarian_id", sa.Uuid(), nullable=True),
        sa.Column("shortcut", sa.String(length=32), nullable=False),
        sa.Column("title_zh", sa.String(length=100), nullable=False),
        sa.Column("title_en", sa.String(length=100), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=8), nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("resolution", sa.String(length=32), nullable=True),
        sa.Column("read_level", sa.Integer(), nullable=True),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(CASE WHEN library_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN desk_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN librarian_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_canned_replies_one_holder"),
        ),
        sa.CheckConstraint(
            "read_level IS NULL OR read_level BETWEEN 1 AND 6", name=op.f("ck_canned_replies_read_level")
        ),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_canned_replies_library_id_libraries")),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_canned_replies_desk_id_desks")),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_canned_replies_librarian_id_librarians")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["librarians.id"], name=op.f("fk_canned_replies_changed_by_librarians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_replies")),
        sa.UniqueConstraint("library_id", "shortcut", name=op.f("uq_canned_replies_library_id_shortcut")),
        sa.UniqueConstraint("desk_id", "shortcut", name=op.f("uq_canned_replies_desk_id_shortcut")),
        sa.UniqueConstraint("librarian_id", "shortcut", name=op.f("uq_canned_replies_librarian_id_shortcut")),
    )
    op.create_table(
        "reply_uses",
        sa.Column("reply_id", sa.Uuid(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_used_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["canned_replies.id"], name=op.f("fk_reply_uses_reply_id_canned_replies")
        ),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_reply_uses_librarian_id_librarians")
        ),
        sa.PrimaryKeyConstraint("reply_id", "librarian_id", name=op.f("pk_reply_uses")),
    )
    op.create_index(op.f("ix_reply_uses_librarian_id"), "reply_uses", ["librarian_id"])
    op.create_table(
        "closing_sheets",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=8), nullable=True),
        sa.Column("filled_at", UtcDateTime(), nullable=False),
        sa.Column("filled_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_closing_sheets_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["filled_by"], ["librarians.id"], name=op.f("fk_closing_sheets_filled_by_librarians")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_closing_sheets")),
    )
    op.create_table(
        "closing_codes",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["closing_sheets.conversation_id"],
            name=op.f("fk_closing_codes_conversation_id_closing_sheets"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", "code", name=op.f("pk_closing_codes")),
    )
    op.create_index(op.f("ix_closing_codes_code"), "closing_codes", ["code"])


def downgrade() -> None:
    op.drop_table("closing_codes")
    op.drop_table("closing_sheets")
    op.drop_table("reply_uses")
    op.drop_table("canned_replies")
