"""Hours, shifts, settings, cards and applications; what desks and their members are."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision: str = "20261123_0003"
down_revision: str | None = "20261123_0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Added column by column, never by copying the table: on SQLite a copy drops the old table, which rows of other tables
# refer to. Both databases take checks and references inside ADD COLUMN; {json}, {moment} and {id} are types that differ.
_COLUMNS = {
    "libraries": {
        "state": "VARCHAR(16) DEFAULT 'active' NOT NULL CONSTRAINT ck_libraries_state CHECK (state IN ('active', 'closed'))",
        "closed_at": "{moment}",
    },
    "desks": {
        "kind": "VARCHAR(16) DEFAULT 'general' NOT NULL CONSTRAINT ck_desks_kind CHECK (kind IN ('general', 'subject', 'alliance', 'centre'))",
        "state": "VARCHAR(16) DEFAULT 'open' NOT NULL CONSTRAINT ck_desks_state CHECK (state IN ('open', 'paused', 'closed'))",
        "mode": "VARCHAR(16) DEFAULT 'offer_all' NOT NULL CONSTRAINT ck_desks_mode CHECK (mode IN ('offer_all', 'least_loaded', 'round_robin'))",
        "alliance_id": "{id} CONSTRAINT fk_desks_alliance_id_alliances REFERENCES alliances (id)",
        "clc_classes": "{json} DEFAULT '[]' NOT NULL",
        "languages": "{json} DEFAULT '[]' NOT NULL",
        "min_staff": "INTEGER DEFAULT 1 NOT NULL CONSTRAINT ck_desks_min_staff CHECK (min_staff BETWEEN 1 AND 50)",
    },
    "desk_members": {
        "role": "VARCHAR(16) DEFAULT 'member' NOT NULL CONSTRAINT ck_desk_members_role CHECK (role IN ('member', 'expert', 'trainee'))",
        "clc_classes": "{json} DEFAULT '[]' NOT NULL",
        "languages": "{json} DEFAULT '[]' NOT NULL",
        "max_chats": "INTEGER DEFAULT 3 NOT NULL CONSTRAINT ck_desk_members_max_chats CHECK (max_chats BETWEEN 1 AND 50)",
    },
}


def upgrade() -> None:
    dialect = op.get_bind().dialect
    types: dict[str, sa.types.TypeEngine[Any]] = {"json": sa.JSON(), "moment": UtcDateTime(), "id": sa.Uuid()}
    written = {name: kind.compile(dialect=dialect) for name, kind in types.items()}
    for table, columns in _COLUMNS.items():
        for name, definition in columns.items():
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {definition.format(**written)}")
    op.create_index(op.f("ix_desks_alliance_id"), "desks", ["alliance_id"])
    op.create_table(
        "special_days",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("intervals", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_special_days_library_id_libraries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_days")),
        sa.UniqueConstraint("library_id", "day", name=op.f("uq_special_days_library_id_day")),
    )
    op.create_table(
        "weekly_hours",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts_minute", sa.Integer(), nullable=False),
        sa.Column("ends_minute", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ends_minute > starts_minute AND ends_minute <= 2880", name=op.f("ck_weekly_hours_ends_minute")
        ),
        sa.CheckConstraint("starts_minute BETWEEN 0 AND 1439", name=op.f("ck_weekly_hours_starts_minute")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_weekly_hours_weekday")),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_weekly_hours_library_id_libraries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_hours")),
    )
    with op.batch_alter_table("weekly_hours", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_weekly_hours_library_id"), ["library_id"], unique=False)

    op.create_table(
        "absences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_absences_ends_on")),
        sa.ForeignKeyConstraint(["librarian_id"], ["librarians.id"], name=op.f("fk_absences_librarian_id_librarians")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absences_librarian_id"), ["librarian_id"], unique=False)

    op.create_table(
        "applications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("web_origins", sa.JSON(), nullable=False),
        sa.Column("contact_name", sa.String(length=100), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("library_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('applied', 'checked', 'approved', 'declined')", name=op.f("ck_applications_state")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["librarians.id"], name=op.f("fk_applications_decided_by_librarians")),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_applications_library_id_libraries")),
        sa.ForeignKeyConstraint(["parent_id"], ["libraries.id"], name=op.f("fk_applications_parent_id_libraries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
    )
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.create_index("ix_applications_parent_id_state", ["parent_id", "state"], unique=False)

    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_calendar_feeds_librarian_id_librarians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    with op.batch_alter_table("calendar_feeds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_feeds_librarian_id"), ["librarian_id"], unique=False)

    op.create_table(
        "card_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('fact', 'fault', 'paste')", name=op.f("ck_card_lines_kind")),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_card_lines_library_id_libraries")),
        sa.ForeignKeyConstraint(["owner_id"], ["librarians.id"], name=op.f("fk_card_lines_owner_id_librarians")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_lines")),
        sa.UniqueConstraint("library_id", "key", name=op.f("uq_card_lines_library_id_key")),
    )
    with op.batch_alter_table("card_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_card_lines_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "card_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'resolved')", name=op.f("ck_card_reports_state")),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_card_reports_library_id_libraries")),
        sa.ForeignKeyConstraint(["owner_id"], ["librarians.id"], name=op.f("fk_card_reports_owner_id_librarians")),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["librarians.id"], name=op.f("fk_card_reports_reporter_id_librarians")
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by"], ["librarians.id"], name=op.f("fk_card_reports_resolved_by_librarians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_reports")),
    )
    with op.batch_alter_table("card_reports", schema=None) as batch_op:
        batch_op.create_index("ix_card_reports_library_id_state", ["library_id", "state"], unique=False)
        batch_op.create_index("ix_card_reports_owner_id_state", ["owner_id", "state"], unique=False)

    op.create_table(
        "library_cards",
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'sent_back')", name=op.f("ck_library_cards_state")
        ),
        sa.ForeignKeyConstraint(["changed_by"], ["librarians.id"], name=op.f("fk_library_cards_changed_by_librarians")),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_library_cards_library_id_libraries")),
        sa.PrimaryKeyConstraint("library_id", name=op.f("pk_library_cards")),
    )
    op.create_table(
        "network_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("subject_key", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("old", sa.JSON(), nullable=False),
        sa.Column("new", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["librarians.id"], name=op.f("fk_network_changes_changed_by_librarians")
        ),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_network_changes_library_id_libraries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_changes")),
    )
    with op.batch_alter_table("network_changes", schema=None) as batch_op:
        batch_op.create_index("ix_network_changes_library_id_changed_at", ["library_id", "changed_at"], unique=False)

    op.create_table(
        "node_settings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by"], ["librarians.id"], name=op.f("fk_node_settings_changed_by_librarians")),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_node_settings_library_id_libraries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_node_settings")),
        sa.UniqueConstraint("library_id", "key", name=op.f("uq_node_settings_library_id_key")),
    )
    op.create_table(
        "roster_exceptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_minute", sa.Integer(), nullable=False),
        sa.Column("ends_minute", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('added', 'removed')", name=op.f("ck_roster_exceptions_kind")),
        sa.CheckConstraint(
            "ends_minute > starts_minute AND ends_minute <= 2880", name=op.f("ck_roster_exceptions_ends_minute")
        ),
        sa.CheckConstraint("starts_minute BETWEEN 0 AND 1439", name=op.f("ck_roster_exceptions_starts_minute")),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_roster_exceptions_desk_id_desks")),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_roster_exceptions_librarian_id_librarians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_exceptions")),
    )
    with op.batch_alter_table("roster_exceptions", schema=None) as batch_op:
        batch_op.create_index("ix_roster_exceptions_desk_id_day", ["desk_id", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_roster_exceptions_librarian_id"), ["librarian_id"], unique=False)

    op.create_table(
        "roster_slots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts_minute", sa.Integer(), nullable=False),
        sa.Column("ends_minute", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "ends_minute > starts_minute AND ends_minute <= 2880", name=op.f("ck_roster_slots_ends_minute")
        ),
        sa.CheckConstraint("starts_minute BETWEEN 0 AND 1439", name=op.f("ck_roster_slots_starts_minute")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_roster_slots_weekday")),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_roster_slots_desk_id_desks")),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_roster_slots_librarian_id_librarians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_slots")),
    )
    with op.batch_alter_table("roster_slots", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_slots_desk_id"), ["desk_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_roster_slots_librarian_id"), ["librarian_id"], unique=False)

    op.create_table(
        "shift_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_minute", sa.Integer(), nullable=False),
        sa.Column("ends_minute", sa.Integer(), nullable=False),
        sa.Column("to_librarian_id", sa.Uuid(), nullable=True),
        sa.Column("return_day", sa.Date(), nullable=True),
        sa.Column("return_starts_minute", sa.Integer(), nullable=True),
        sa.Column("return_ends_minute", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('swap', 'hand_back')", name=op.f("ck_shift_requests_kind")),
        sa.CheckConstraint(
            "state IN ('open', 'taken', 'released', 'declined', 'withdrawn')", name=op.f("ck_shift_requests_state")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["librarians.id"], name=op.f("fk_shift_requests_decided_by_librarians")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_shift_requests_desk_id_desks")),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_shift_requests_librarian_id_librarians")
        ),
        sa.ForeignKeyConstraint(
            ["to_librarian_id"], ["librarians.id"], name=op.f("fk_shift_requests_to_librarian_id_librarians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_requests")),
    )
    with op.batch_alter_table("shift_requests", schema=None) as batch_op:
        batch_op.create_index("ix_shift_requests_desk_id_state", ["desk_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_shift_requests_librarian_id"), ["librarian_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shift_requests_to_librarian_id"), ["to_librarian_id"], unique=False)


def downgrade() -> None:
    op.drop_table("shift_requests")
    op.drop_table("roster_slots")
    op.drop_table("roster_exceptions")
    op.drop_table("node_settings")
    op.drop_table("network_changes")
    op.drop_table("library_cards")
    op.drop_table("card_reports")
    op.drop_table("card_lines")
    op.drop_table("calendar_feeds")
    op.drop_table("applications")
    op.drop_table("absences")
    op.drop_table("weekly_hours")
    op.drop_table("special_days")
    op.drop_index(op.f("ix_desks_alliance_id"), table_name="desks")
    for table, columns in _COLUMNS.items():
        for name in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
