"""The ledger of unanswered questions, look-alike articles, and what was merged into what."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision: str = "20261124_0012"
down_revision: str | None = "20261124_0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "knowledge_tasks",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=True),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.Column("position", UtcDateTime(), nullable=True),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_knowledge_tasks")),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("encoder", sa.String(length=200), nullable=False),
        sa.Column("centre", sa.LargeBinary(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("open_count", sa.Integer(), nullable=False),
        sa.Column("first_asked_at", UtcDateTime(), nullable=False),
        sa.Column("last_asked_at", UtcDateTime(), nullable=False),
        sa.Column("reopened_at", UtcDateTime(), nullable=True),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'in_work', 'closed', 'merged')", name=op.f("ck_ledger_entries_state")),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["ledger_entries.id"], name=op.f("fk_ledger_entries_merged_into_id_ledger_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
    )
    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_entries_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index("ix_ledger_entries_state_last_asked_at", ["state", "last_asked_at"], unique=False)

    op.create_table(
        "question_vectors",
        sa.Column("words_hash", sa.String(length=64), nullable=False),
        sa.Column("encoder", sa.String(length=200), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("words_hash", "encoder", name=op.f("pk_question_vectors")),
    )
    op.create_table(
        "article_merges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("state_before", sa.String(length=16), nullable=False),
        sa.Column("before_revision", sa.Integer(), nullable=False),
        sa.Column("published_before", sa.Integer(), nullable=True),
        sa.Column("after_revision", sa.Integer(), nullable=False),
        sa.Column("merged_by_id", sa.Uuid(), nullable=False),
        sa.Column("merged_at", UtcDateTime(), nullable=False),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_merges_article_id_articles")),
        sa.ForeignKeyConstraint(["survivor_id"], ["articles.id"], name=op.f("fk_article_merges_survivor_id_articles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_merges")),
    )
    with op.batch_alter_table("article_merges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_article_merges_article_id"), ["article_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_article_merges_merged_at"), ["merged_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_article_merges_survivor_id"), ["survivor_id"], unique=False)

    op.create_table(
        "article_sketches",
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.Column("compared_revision", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_sketches_article_id_articles")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_sketches")),
    )
    op.create_table(
        "duplicate_pairs",
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("text_closeness", sa.Double(), nullable=False),
        sa.Column("meaning_closeness", sa.Double(), nullable=True),
        sa.Column("closeness", sa.Double(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'dismissed', 'merged')", name=op.f("ck_duplicate_pairs_state")),
        sa.CheckConstraint("first_id <> second_id", name=op.f("ck_duplicate_pairs_two_articles")),
        sa.ForeignKeyConstraint(["first_id"], ["articles.id"], name=op.f("fk_duplicate_pairs_first_id_articles")),
        sa.ForeignKeyConstraint(["second_id"], ["articles.id"], name=op.f("fk_duplicate_pairs_second_id_articles")),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_duplicate_pairs")),
    )
    with op.batch_alter_table("duplicate_pairs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duplicate_pairs_second_id"), ["second_id"], unique=False)
        batch_op.create_index("ix_duplicate_pairs_state_closeness", ["state", "closeness"], unique=False)

    op.create_table(
        "ledger_closings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=True),
        sa.Column("node_ids", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("tested", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.Column("closed_by_id", sa.Uuid(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("undone_reason", sa.String(length=32), nullable=True),
        sa.CheckConstraint("kind IN ('answered', 'wont_answer')", name=op.f("ck_ledger_closings_kind")),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_ledger_closings_article_id_articles")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entries.id"], name=op.f("fk_ledger_closings_entry_id_ledger_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_closings")),
    )
    with op.batch_alter_table("ledger_closings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_closings_article_id"), ["article_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_closings_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "ledger_shares",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("open_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entries.id"], name=op.f("fk_ledger_shares_entry_id_ledger_entries")
        ),
        sa.PrimaryKeyConstraint("entry_id", "library_id", name=op.f("pk_ledger_shares")),
    )
    with op.batch_alter_table("ledger_shares", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_shares_library_id"), ["library_id"], unique=False)

    op.create_table(
        "ledger_weeks",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entries.id"], name=op.f("fk_ledger_weeks_entry_id_ledger_entries")
        ),
        sa.PrimaryKeyConstraint("entry_id", "library_id", "week", name=op.f("pk_ledger_weeks")),
    )
    with op.batch_alter_table("ledger_weeks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_weeks_week"), ["week"], unique=False)

    op.create_table(
        "merge_moves",
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "kind IN ('verdict', 'proposal', 'redirect', 'variant', 'closing', 'test_question')",
            name=op.f("ck_merge_moves_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["article_merges.id"], name=op.f("fk_merge_moves_merge_id_article_merges")
        ),
        sa.PrimaryKeyConstraint("merge_id", "kind", "row_id", name=op.f("pk_merge_moves")),
    )
    op.create_table(
        "unanswered_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=True),
        sa.Column("words_hash", sa.String(length=64), nullable=True),
        sa.Column("article_id", sa.Uuid(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("closeness", sa.Double(), nullable=True),
        sa.Column("closing_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "source IN ('search', 'asked', 'suggested', 'verdict')", name=op.f("ck_unanswered_questions_source")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_unanswered_questions_article_id_articles")
        ),
        sa.ForeignKeyConstraint(
            ["closing_id"], ["ledger_closings.id"], name=op.f("fk_unanswered_questions_closing_id_ledger_closings")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entries.id"], name=op.f("fk_unanswered_questions_entry_id_ledger_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unanswered_questions")),
        sa.UniqueConstraint("mark", name=op.f("uq_unanswered_questions_mark")),
    )
    with op.batch_alter_table("unanswered_questions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unanswered_questions_asked_at"), ["asked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_unanswered_questions_closing_id"), ["closing_id"], unique=False)
        batch_op.create_index("ix_unanswered_questions_entry_id_library_id", ["entry_id", "library_id"], unique=False)
        batch_op.create_index("ix_unanswered_questions_library_id_asked_at", ["library_id", "asked_at"], unique=False)
        batch_op.create_index(
            "ix_unanswered_questions_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("entry_id IS NULL AND words IS NOT NULL"),
            postgresql_where=sa.text("entry_id IS NULL AND words IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_unanswered_questions_words_hash"), ["words_hash"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("unanswered_questions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unanswered_questions_words_hash"))
        batch_op.drop_index(
            "ix_unanswered_questions_waiting",
            sqlite_where=sa.text("entry_id IS NULL AND words IS NOT NULL"),
            postgresql_where=sa.text("entry_id IS NULL AND words IS NOT NULL"),
        )
        batch_op.drop_index("ix_unanswered_questions_library_id_asked_at")
        batch_op.drop_index("ix_unanswered_questions_entry_id_library_id")
        batch_op.drop_index(batch_op.f("ix_unanswered_questions_closing_id"))
        batch_op.drop_index(batch_op.f("ix_unanswered_questions_asked_at"))

    op.drop_table("unanswered_questions")
    op.drop_table("merge_moves")
    with op.batch_alter_table("ledger_weeks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_weeks_week"))

    op.drop_table("ledger_weeks")
    with op.batch_alter_table("ledger_shares", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_shares_library_id"))

    op.drop_table("ledger_shares")
    with op.batch_alter_table("ledger_closings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_closings_entry_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_closings_article_id"))

    op.drop_table("ledger_closings")
    with op.batch_alter_table("duplicate_pairs", schema=None) as batch_op:
        batch_op.drop_index("ix_duplicate_pairs_state_closeness")
        batch_op.drop_index(batch_op.f("ix_duplicate_pairs_second_id"))

    op.drop_table("duplicate_pairs")
    op.drop_table("article_sketches")
    with op.batch_alter_table("article_merges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_article_merges_survivor_id"))
        batch_op.drop_index(batch_op.f("ix_article_merges_merged_at"))
        batch_op.drop_index(batch_op.f("ix_article_merges_article_id"))

    op.drop_table("article_merges")
    op.drop_table("question_vectors")
    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_entries_state_last_asked_at")
        batch_op.drop_index(batch_op.f("ix_ledger_entries_owner_id"))

    op.drop_table("ledger_entries")
    op.drop_table("knowledge_tasks")
