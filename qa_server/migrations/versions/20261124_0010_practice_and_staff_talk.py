"""Trainees and their mentors, the talk among colleagues, notices, practice, and reasons of supervisors."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision: str = "20261124_0010"
down_revision: str | None = "20261124_0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "practices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=True),
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("case_key", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("line", sa.Text(), nullable=True),
        sa.Column("speaks_at", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("feedback", sa.Text(), nullable=False),
        sa.Column("feedback_by", sa.Uuid(), nullable=True),
        sa.Column("feedback_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_practices_desk_id_desks")),
        sa.ForeignKeyConstraint(["feedback_by"], ["librarians.id"], name=op.f("fk_practices_feedback_by_librarians")),
        sa.ForeignKeyConstraint(["librarian_id"], ["librarians.id"], name=op.f("fk_practices_librarian_id_librarians")),
        sa.ForeignKeyConstraint(["player_id"], ["librarians.id"], name=op.f("fk_practices_player_id_librarians")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practices")),
    )
    op.create_index(op.f("ix_practices_desk_id"), "practices", ["desk_id"], unique=False)
    op.create_index("ix_practices_librarian_id_started_at", "practices", ["librarian_id", "started_at"], unique=False)
    op.create_index(op.f("ix_practices_player_id"), "practices", ["player_id"], unique=False)
    op.create_index("ix_practices_speaks_at", "practices", ["speaks_at"], unique=False)
    op.create_table(
        "staff_rooms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("pair", sa.String(length=65), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("(desk_id IS NULL) <> (pair IS NULL)", name=op.f("ck_staff_rooms_kind")),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_staff_rooms_desk_id_desks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_rooms")),
        sa.UniqueConstraint("desk_id", name=op.f("uq_staff_rooms_desk_id")),
        sa.UniqueConstraint("pair", name=op.f("uq_staff_rooms_pair")),
    )
    op.create_table(
        "practice_messages",
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("author", sa.String(length=16), nullable=False),
        sa.Column("sender", sa.String(length=48), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_practice_messages_librarian_id_librarians")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["practices.id"],
            name=op.f("fk_practice_messages_practice_id_practices"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("practice_id", "seq", name=op.f("pk_practice_messages")),
        sa.UniqueConstraint(
            "practice_id", "sender", "client_id", name=op.f("uq_practice_messages_practice_id_sender_client_id")
        ),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_id", sa.Uuid(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("is_unattended", sa.Boolean(), nullable=False),
        sa.Column("look_at", UtcDateTime(), nullable=True),
        sa.Column("submitted_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("sent_seq", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'approved', 'edited', 'returned', 'withdrawn')", name=op.f("ck_reviews_state")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["librarians.id"], name=op.f("fk_reviews_answered_by_librarians")),
        sa.ForeignKeyConstraint(["asked_id"], ["librarians.id"], name=op.f("fk_reviews_asked_id_librarians")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_reviews_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_reviews_desk_id_desks")),
        sa.ForeignKeyConstraint(["librarian_id"], ["librarians.id"], name=op.f("fk_reviews_librarian_id_librarians")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint(
            "conversation_id",
            "librarian_id",
            "client_id",
            name=op.f("uq_reviews_conversation_id_librarian_id_client_id"),
        ),
    )
    op.create_index("ix_reviews_state_look_at", "reviews", ["state", "look_at"], unique=False)
    op.create_table(
        "staff_messages",
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_staff_messages_librarian_id_librarians")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["staff_rooms.id"], name=op.f("fk_staff_messages_room_id_staff_rooms")),
        sa.PrimaryKeyConstraint("room_id", "seq", name=op.f("pk_staff_messages")),
        sa.UniqueConstraint(
            "room_id", "librarian_id", "client_id", name=op.f("uq_staff_messages_room_id_librarian_id_client_id")
        ),
    )
    op.create_index("ix_staff_messages_created_at", "staff_messages", ["created_at"], unique=False)
    op.create_index("ix_staff_messages_room_id_version", "staff_messages", ["room_id", "version"], unique=False)
    op.create_table(
        "staff_notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("practice_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_staff_notices_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["from_id"], ["librarians.id"], name=op.f("fk_staff_notices_from_id_librarians")),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_staff_notices_librarian_id_librarians")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practices.id"], name=op.f("fk_staff_notices_practice_id_practices"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["room_id"], ["staff_rooms.id"], name=op.f("fk_staff_notices_room_id_staff_rooms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notices")),
        sa.UniqueConstraint("librarian_id", "source", name=op.f("uq_staff_notices_librarian_id_source")),
    )
    op.create_index("ix_staff_notices_librarian_id_seen_at", "staff_notices", ["librarian_id", "seen_at"], unique=False)
    op.create_table(
        "staff_room_marks",
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("seen_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_staff_room_marks_librarian_id_librarians")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["staff_rooms.id"], name=op.f("fk_staff_room_marks_room_id_staff_rooms")),
        sa.PrimaryKeyConstraint("room_id", "librarian_id", name=op.f("pk_staff_room_marks")),
    )
    with op.batch_alter_table("conversation_notes") as batch:
        batch.add_column(sa.Column("mentions", sa.JSON(), server_default="[]", nullable=False))

    with op.batch_alter_table("desk_members") as batch:
        batch.add_column(sa.Column("mentor_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("trainee_until", sa.Date(), nullable=True))
        batch.create_foreign_key(batch.f("fk_desk_members_mentor_id_librarians"), "librarians", ["mentor_id"], ["id"])

    with op.batch_alter_table("supervision_entries") as batch:
        batch.add_column(sa.Column("priority", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("reason", sa.String(length=300), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("supervision_entries") as batch:
        batch.drop_column("reason")
        batch.drop_column("priority")

    with op.batch_alter_table("desk_members") as batch:
        batch.drop_constraint(batch.f("fk_desk_members_mentor_id_librarians"), type_="foreignkey")
        batch.drop_column("trainee_until")
        batch.drop_column("mentor_id")

    with op.batch_alter_table("conversation_notes") as batch:
        batch.drop_column("mentions")

    op.drop_table("staff_room_marks")
    op.drop_table("staff_notices")
    op.drop_table("staff_messages")
    op.drop_table("reviews")
    op.drop_table("practice_messages")
    op.drop_table("staff_rooms")
    op.drop_table("practices")
