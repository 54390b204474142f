"""The life of an article: visibility and dates, comments, layers, reasons to look again, test questions, links."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision: str = "20261124_0011"
down_revision: str | None = "20261124_0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_ROLES_BEFORE = (
    "role IN ('librarian', 'dispatcher', 'curator', 'library_administrator', "
    "'centre_administrator', 'network_administrator')"
)
_ROLES = _ROLES_BEFORE.replace("'curator'", "'editor', 'curator'")
# Written out: a check beside a new column is the one kind that SQLite adds without making the table anew.
_VISIBILITY = (
    "ALTER TABLE articles ADD COLUMN visibility VARCHAR(16) DEFAULT 'public' NOT NULL "
    "CONSTRAINT ck_articles_visibility CHECK (visibility IN ('public', 'signed_in', 'staff'))"
)
_ARTICLE_COLUMNS = ("valid_from", "shows_past", "starts_at", "submitted_at", "assigned_reviewer_id", "publish_at")
_FACETS = ("service_topic", "question_type", "clc_class", "visibility", "valid_from", "valid_until")
# What every revision had so far is what its article has.
_COPY_FACETS = (
    "UPDATE article_revisions SET (service_topic, question_type, clc_class, valid_until) = "
    "(SELECT service_topic, question_type, clc_class, valid_until FROM articles "
    "WHERE articles.id = article_revisions.article_id)"
)


def upgrade() -> None:
    _widen_articles()
    _let_editors_be(_ROLES)
    op.create_table(
        "article_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_events_article_id_articles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_events")),
    )
    op.create_index(
        "ix_article_events_article_id_happened_at", "article_events", ["article_id", "happened_at"], unique=False
    )
    op.create_table(
        "article_comments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=True),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_comments_article_id_articles")),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["article_comments.id"], name=op.f("fk_article_comments_thread_id_article_comments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_comments")),
    )
    op.create_index(
        "ix_article_comments_article_id_created_at", "article_comments", ["article_id", "created_at"], unique=False
    )
    op.create_index(op.f("ix_article_comments_thread_id"), "article_comments", ["thread_id"], unique=False)
    op.create_table(
        "kept_texts",
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("change_note", sa.String(length=500), nullable=True),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_kept_texts_article_id_articles")),
        sa.PrimaryKeyConstraint("article_id", "librarian_id", name=op.f("pk_kept_texts")),
    )
    op.create_table(
        "article_editors",
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_editors_article_id_articles")),
        sa.PrimaryKeyConstraint("article_id", "librarian_id", name=op.f("pk_article_editors")),
    )
    op.create_index(op.f("ix_article_editors_seen_at"), "article_editors", ["seen_at"], unique=False)
    op.create_table(
        "article_layers",
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("based_on_id", sa.Uuid(), nullable=False),
        sa.Column("based_on_revision", sa.Integer(), nullable=False),
        sa.Column("looked_at", UtcDateTime(), nullable=False),
        sa.Column("looked_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_layers_article_id_articles")),
        sa.ForeignKeyConstraint(["based_on_id"], ["articles.id"], name=op.f("fk_article_layers_based_on_id_articles")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_layers")),
    )
    op.create_index(op.f("ix_article_layers_based_on_id"), "article_layers", ["based_on_id"], unique=False)
    op.create_table(
        "review_reasons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_by_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.CheckConstraint(
            "kind IN ('ends_soon', 'ended', 'helps_less', 'dead_link', 'source_changed', 'layer_changed', "
            "'not_found', 'asked')",
            name=op.f("ck_review_reasons_kind"),
        ),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_review_reasons_article_id_articles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_reasons")),
    )
    op.create_index("ix_review_reasons_settled_at", "review_reasons", ["settled_at"], unique=False)
    op.create_index(
        "uq_review_reasons_open",
        "review_reasons",
        ["article_id", "kind"],
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "knowledge_timers",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_knowledge_timers")),
    )
    op.create_table(
        "article_trials",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("top", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("top BETWEEN 1 AND 10", name=op.f("ck_article_trials_top")),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_trials_article_id_articles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_trials")),
    )
    op.create_index(
        "ix_article_trials_article_id_removed_at", "article_trials", ["article_id", "removed_at"], unique=False
    )
    op.create_table(
        "trial_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=True),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("ran_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("cause IN ('night', 'publication', 'hand')", name=op.f("ck_trial_runs_cause")),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_trial_runs_article_id_articles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_runs")),
    )
    op.create_index(op.f("ix_trial_runs_article_id"), "trial_runs", ["article_id"], unique=False)
    op.create_index("ix_trial_runs_ran_at", "trial_runs", ["ran_at"], unique=False)
    op.create_table(
        "trial_results",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("trial_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("has_passed", sa.Boolean(), nullable=False),
        sa.Column("best_article_id", sa.Uuid(), nullable=True),
        sa.Column("ran_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["best_article_id"], ["articles.id"], name=op.f("fk_trial_results_best_article_id_articles")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["trial_runs.id"], name=op.f("fk_trial_results_run_id_trial_runs")),
        sa.ForeignKeyConstraint(
            ["trial_id"], ["article_trials.id"], name=op.f("fk_trial_results_trial_id_article_trials")
        ),
        sa.PrimaryKeyConstraint("run_id", "trial_id", name=op.f("pk_trial_results")),
    )
    op.create_index("ix_trial_results_trial_id_ran_at", "trial_results", ["trial_id", "ran_at"], unique=False)
    op.create_table(
        "article_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=2000), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("is_source", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("checked_at", UtcDateTime(), nullable=True),
        sa.Column("next_check_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('unknown', 'alive', 'dead', 'skipped')", name=op.f("ck_article_links_state")),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_links_article_id_articles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_links")),
        sa.UniqueConstraint("article_id", "address_hash", name=op.f("uq_article_links_article_id_address_hash")),
    )
    op.create_index(op.f("ix_article_links_next_check_at"), "article_links", ["next_check_at"], unique=False)
    op.create_table(
        "article_images",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_images_article_id_articles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_images")),
    )
    op.create_index(op.f("ix_article_images_article_id"), "article_images", ["article_id"], unique=False)
    op.create_index(op.f("ix_article_images_sha256"), "article_images", ["sha256"], unique=False)


def downgrade() -> None:
    op.execute("DELETE FROM role_grants WHERE role = 'editor'")
    _let_editors_be(_ROLES_BEFORE)
    op.drop_table("article_images")
    op.drop_table("article_links")
    op.drop_table("trial_results")
    op.drop_table("trial_runs")
    op.drop_table("article_trials")
    op.drop_table("knowledge_timers")
    op.drop_table("review_reasons")
    op.drop_table("article_layers")
    op.drop_table("article_editors")
    op.drop_table("kept_texts")
    op.drop_table("article_comments")
    op.drop_table("article_events")
    op.drop_index(op.f("ix_articles_publish_at"), table_name="articles")
    op.drop_index(op.f("ix_articles_starts_at"), table_name="articles")
    for name in reversed(_FACETS):
        op.drop_column("article_revisions", name)
    for name in (*_ARTICLE_COLUMNS, "scheduled_by_id", "visibility"):
        op.drop_column("articles", name)


def _widen_articles() -> None:
    # Column by column: a batch would make the table anew on SQLite and lose its checks.
    op.execute(_VISIBILITY)
    op.add_column("articles", sa.Column("valid_from", UtcDateTime(), nullable=True))
    op.add_column("articles", sa.Column("shows_past", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("articles", sa.Column("starts_at", UtcDateTime(), nullable=True))
    op.add_column("articles", sa.Column("submitted_at", UtcDateTime(), nullable=True))
    op.add_column("articles", sa.Column("assigned_reviewer_id", sa.Uuid(), nullable=True))
    op.add_column("articles", sa.Column("publish_at", UtcDateTime(), nullable=True))
    op.add_column("articles", sa.Column("scheduled_by_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_articles_starts_at"), "articles", ["starts_at"])
    op.create_index(op.f("ix_articles_publish_at"), "articles", ["publish_at"])
    topic = sa.Column("service_topic", sa.String(length=24), server_default="other", nullable=False)
    question_type = sa.Column("question_type", sa.String(length=16), server_default="fact", nullable=False)
    visibility = sa.Column("visibility", sa.String(length=16), server_default="public", nullable=False)
    for column in (topic, question_type, visibility):
        op.add_column("article_revisions", column)
    op.add_column("article_revisions", sa.Column("clc_class", sa.String(length=1), nullable=True))
    op.add_column("article_revisions", sa.Column("valid_from", UtcDateTime(), nullable=True))
    op.add_column("article_revisions", sa.Column("valid_until", UtcDateTime(), nullable=True))
    op.execute(_COPY_FACETS)
    op.execute("UPDATE articles SET submitted_at = updated_at WHERE state = 'in_review'")


def _let_editors_be(roles: str) -> None:
    check = sa.CheckConstraint(roles, name=op.f("ck_role_grants_role"))
    if op.get_bind().dialect.name == "sqlite":
        # Made anew: SQLite neither drops a check nor does the batch carry one over.
        with op.batch_alter_table("role_grants", recreate="always", table_args=(check,)):
            pass
        return
    op.drop_constraint(op.f("ck_role_grants_role"), "role_grants", type_="check")
    op.create_check_constraint(op.f("ck_role_grants_role"), "role_grants", roles)
