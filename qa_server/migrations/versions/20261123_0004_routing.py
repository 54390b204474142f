"""Routing: the way of a waiting question, hand-overs, duties, offers, presence, supervision."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision: str = "20261123_0004"
down_revision: str | None = "20261123_0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("conversations") as batch:
        batch.add_column(sa.Column("priority", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("promised_at", UtcDateTime(), nullable=True))
        batch.drop_index("ix_conversations_desk_id_state_queued_at")
        batch.create_index("ix_conversations_queue", ["desk_id", "state", "priority", "queued_at", "id"])
    with op.batch_alter_table("conversation_notes") as batch:
        batch.add_column(sa.Column("is_whisper", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("claims") as batch:
        batch.add_column(sa.Column("desk_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(op.f("fk_claims_desk_id_desks"), "desks", ["desk_id"], ["id"])
    op.create_table(
        "reaches",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("reached_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_reaches_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_reaches_desk_id_desks")),
        sa.PrimaryKeyConstraint("conversation_id", "desk_id", name=op.f("pk_reaches")),
    )
    op.create_index(op.f("ix_reaches_desk_id"), "reaches", ["desk_id"], unique=False)
    op.create_table(
        "routes",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("subject", sa.String(length=8), nullable=True),
        sa.Column("promise_hours", sa.Integer(), nullable=False),
        sa.Column("next_step", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_routes_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_routes")),
    )
    op.create_index(op.f("ix_routes_due_at"), "routes", ["due_at"], unique=False)
    op.create_table(
        "assignments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("librarian_id", sa.Uuid(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_assignments_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_assignments_desk_id_desks")),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_assignments_librarian_id_librarians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    op.create_index(op.f("ix_assignments_conversation_id"), "assignments", ["conversation_id"], unique=False)
    op.create_table(
        "offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_offers_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_offers_desk_id_desks")),
        sa.ForeignKeyConstraint(["librarian_id"], ["librarians.id"], name=op.f("fk_offers_librarian_id_librarians")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
    )
    op.create_index("ix_offers_librarian_id_offered_at", "offers", ["librarian_id", "offered_at"], unique=False)
    op.create_index("ix_offers_outcome_expires_at", "offers", ["outcome", "expires_at"], unique=False)
    op.create_index(
        "uq_offers_open_conversation_id_desk_id",
        "offers",
        ["conversation_id", "desk_id"],
        unique=True,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "hand_overs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("from_librarian_id", sa.Uuid(), nullable=False),
        sa.Column("from_desk_id", sa.Uuid(), nullable=False),
        sa.Column("to_desk_id", sa.Uuid(), nullable=False),
        sa.Column("to_librarian_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_warm", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answer_note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('offered', 'accepted', 'declined', 'returned', 'expired', 'withdrawn')",
            name=op.f("ck_hand_overs_state"),
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["librarians.id"], name=op.f("fk_hand_overs_answered_by_librarians")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_hand_overs_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["from_desk_id"], ["desks.id"], name=op.f("fk_hand_overs_from_desk_id_desks")),
        sa.ForeignKeyConstraint(
            ["from_librarian_id"], ["librarians.id"], name=op.f("fk_hand_overs_from_librarian_id_librarians")
        ),
        sa.ForeignKeyConstraint(["to_desk_id"], ["desks.id"], name=op.f("fk_hand_overs_to_desk_id_desks")),
        sa.ForeignKeyConstraint(
            ["to_librarian_id"], ["librarians.id"], name=op.f("fk_hand_overs_to_librarian_id_librarians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_overs")),
    )
    op.create_index("ix_hand_overs_conversation_id", "hand_overs", ["conversation_id"], unique=False)
    op.create_index("ix_hand_overs_state_expires_at", "hand_overs", ["state", "expires_at"], unique=False)
    op.create_index(
        "uq_hand_overs_open_conversation_id",
        "hand_overs",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text("state = 'offered'"),
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_table(
        "duties",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=True),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("promised_at", UtcDateTime(), nullable=False),
        sa.Column("climbed", sa.Integer(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'taken', 'done')", name=op.f("ck_duties_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_duties_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_duties_desk_id_desks")),
        sa.ForeignKeyConstraint(["done_by"], ["librarians.id"], name=op.f("fk_duties_done_by_librarians")),
        sa.ForeignKeyConstraint(["librarian_id"], ["librarians.id"], name=op.f("fk_duties_librarian_id_librarians")),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_duties_library_id_libraries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duties")),
    )
    op.create_index("ix_duties_conversation_id", "duties", ["conversation_id"], unique=False)
    op.create_index("ix_duties_desk_id_state", "duties", ["desk_id", "state"], unique=False)
    op.create_index("ix_duties_state_due_at", "duties", ["state", "due_at"], unique=False)
    op.create_table(
        "presence_spans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_presence_spans_librarian_id_librarians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence_spans")),
    )
    op.create_index("ix_presence_spans_librarian_id_until", "presence_spans", ["librarian_id", "until"], unique=False)
    op.create_index(op.f("ix_presence_spans_since"), "presence_spans", ["since"], unique=False)
    op.create_table(
        "supervision_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=True),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_supervision_entries_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["librarians.id"], name=op.f("fk_supervision_entries_holder_id_librarians")
        ),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_supervision_entries_librarian_id_librarians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_entries")),
    )
    op.create_index(
        op.f("ix_supervision_entries_conversation_id"), "supervision_entries", ["conversation_id"], unique=False
    )


def downgrade() -> None:
    for table in (
        "supervision_entries",
        "presence_spans",
        "duties",
        "hand_overs",
        "offers",
        "assignments",
        "routes",
        "reaches",
    ):
        op.drop_table(table)
    with op.batch_alter_table("claims") as batch:
        batch.drop_constraint(op.f("fk_claims_desk_id_desks"), type_="foreignkey")
        batch.drop_column("desk_id")
    with op.batch_alter_table("conversation_notes") as batch:
        batch.drop_column("is_whisper")
    with op.batch_alter_table("conversations") as batch:
        batch.drop_index("ix_conversations_queue")
        batch.create_index("ix_conversations_desk_id_state_queued_at", ["desk_id", "state", "queued_at"])
        batch.drop_column("promised_at")
        batch.drop_column("priority")
