"""Finding conversations by their words, saved views, the record of reads, wall screens."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision: str = "20261124_0009"
down_revision: str | None = "20261124_0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# The least time that an entry is kept; the setting audit_keep_days begins here.
_KEPT_DAYS = 180

_SQLITE_GUARDS = (
    """CREATE TRIGGER audit_entries_stay BEFORE UPDATE ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'the record is never changed'); END""",
    f"""CREATE TRIGGER audit_entries_kept BEFORE DELETE ON audit_entries
    WHEN OLD.happened_at > datetime('now', '-{_KEPT_DAYS} days')
    BEGIN SELECT RAISE(ABORT, 'the record is never changed'); END""",
    """CREATE TRIGGER network_changes_stay BEFORE UPDATE ON network_changes
    BEGIN SELECT RAISE(ABORT, 'the record is never changed'); END""",
    """CREATE TRIGGER network_changes_kept BEFORE DELETE ON network_changes
    BEGIN SELECT RAISE(ABORT, 'the record is never changed'); END""",
)
_POSTGRES_GUARDS = (
    """CREATE FUNCTION refuse_change_of_record() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the record is never changed'; END $$""",
    """CREATE TRIGGER audit_entries_stay BEFORE UPDATE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_record()""",
    f"""CREATE TRIGGER audit_entries_kept BEFORE DELETE ON audit_entries
    FOR EACH ROW WHEN (OLD.happened_at > now() - interval '{_KEPT_DAYS} days')
    EXECUTE FUNCTION refuse_change_of_record()""",
    """CREATE TRIGGER network_changes_stay BEFORE UPDATE OR DELETE ON network_changes
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_record()""",
)
_POSTGRES_TRIGGERS = (
    ("audit_entries_stay", "audit_entries"),
    ("audit_entries_kept", "audit_entries"),
    ("network_changes_stay", "network_changes"),
)


def upgrade() -> None:
    _texts()
    _record()
    _views()
    _displays()
    op.create_index("ix_conversations_library_id_id", "conversations", ["library_id", "id"])
    op.create_index("ix_conversations_desk_id_id", "conversations", ["desk_id", "id"])
    if _is_sqlite():
        # Contentless: the words themselves stand in conversation_texts. Without positions it is half as large.
        op.execute(
            "CREATE VIRTUAL TABLE conversation_words USING fts5(words, content='', tokenize='ascii', detail=none)"
        )
        for guard in _SQLITE_GUARDS:
            op.execute(guard)
        return
    # Lexemes as they are: no parser of PostgreSQL looks at the words, which differ by locale.
    op.execute(
        "CREATE INDEX ix_conversation_texts_words ON conversation_texts "
        "USING gin (array_to_tsvector(string_to_array(words, ' ')))"
    )
    for guard in _POSTGRES_GUARDS:
        op.execute(guard)


def downgrade() -> None:
    if _is_sqlite():
        op.execute("DROP TABLE conversation_words")
        op.execute("DROP TRIGGER network_changes_stay")
        op.execute("DROP TRIGGER network_changes_kept")
    else:
        for name, table in _POSTGRES_TRIGGERS:
            op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute("DROP FUNCTION refuse_change_of_record()")
    op.drop_index("ix_conversations_desk_id_id", "conversations")
    op.drop_index("ix_conversations_library_id_id", "conversations")
    for table in ("display_links", "saved_view_choices", "saved_views", "audit_entries", "conversation_texts"):
        op.drop_table(table)


def _texts() -> None:
    op.create_table(
        "conversation_texts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("notes", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_conversation_texts_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_texts")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_conversation_texts_conversation_id")),
    )


def _record() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=True),
        sa.Column("librarian_id", sa.Uuid(), nullable=True),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("subject_key", sa.String(length=80), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_audit_entries_library_id_libraries")),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_audit_entries_librarian_id_librarians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_library_id_id", "audit_entries", ["library_id", "id"])
    op.create_index("ix_audit_entries_librarian_id_subject_key", "audit_entries", ["librarian_id", "subject_key"])


def _views() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("library_id", sa.Uuid(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("desk_id IS NULL OR library_id IS NULL", name=op.f("ck_saved_views_shared_once")),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_saved_views_librarian_id_librarians")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_saved_views_desk_id_desks")),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_saved_views_library_id_libraries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
    for column in ("librarian_id", "desk_id", "library_id"):
        op.create_index(op.f(f"ix_saved_views_{column}"), "saved_views", [column])
    op.create_table(
        "saved_view_choices",
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("view_id", sa.Uuid(), nullable=False),
        sa.Column("is_pinned", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("is_default", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_saved_view_choices_librarian_id_librarians")
        ),
        sa.ForeignKeyConstraint(
            ["view_id"],
            ["saved_views.id"],
            name=op.f("fk_saved_view_choices_view_id_saved_views"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("librarian_id", "view_id", name=op.f("pk_saved_view_choices")),
    )
    op.create_index(op.f("ix_saved_view_choices_view_id"), "saved_view_choices", ["view_id"])


def _displays() -> None:
    op.create_table(
        "display_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_display_links_library_id_libraries")),
        sa.ForeignKeyConstraint(["created_by"], ["librarians.id"], name=op.f("fk_display_links_created_by_librarians")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_display_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_display_links_token_hash")),
    )
    op.create_index(op.f("ix_display_links_library_id"), "display_links", ["library_id"])


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
