"""The working day: whether somebody takes questions and how many, and how the console behaves for them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision: str = "20261124_0008"
down_revision: str | None = "20261124_0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "working_states",
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("choice", sa.String(length=16), nullable=False, server_default="online"),
        sa.Column("chosen_at", UtcDateTime(), nullable=True),
        sa.Column("max_chats", sa.Integer(), nullable=True),
        sa.Column("idle_at", UtcDateTime(), nullable=True),
        sa.Column("is_idle_told", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.CheckConstraint(
            "choice IN ('online', 'away', 'internal', 'offline')", name=op.f("ck_working_states_choice")
        ),
        sa.CheckConstraint("max_chats BETWEEN 1 AND 50", name=op.f("ck_working_states_max_chats")),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_working_states_librarian_id_librarians")
        ),
        sa.PrimaryKeyConstraint("librarian_id", name=op.f("pk_working_states")),
    )
    op.create_index("ix_working_states_is_idle_told_idle_at", "working_states", ["is_idle_told", "idle_at"])
    op.create_table(
        "staff_preferences",
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_staff_preferences_librarian_id_librarians")
        ),
        sa.PrimaryKeyConstraint("librarian_id", name=op.f("pk_staff_preferences")),
    )


def downgrade() -> None:
    op.drop_table("staff_preferences")
    op.drop_table("working_states")
