"""Drafts from conversations with masked details, imports of articles, counters of use."""

import secrets
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision: str = "20261124_0013"
down_revision: str | None = "20261124_0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OLD_ORIGIN = "conversation:"


def upgrade() -> None:
    _drafts()
    _imports()
    _uses()
    _make_origins_opaque()


def downgrade() -> None:
    _name_conversations_again()
    for table in (
        "search_uses",
        "article_uses",
        "article_import_rows",
        "article_imports",
        "reuse_choices",
        "masked_originals",
        "draft_origins",
    ):
        op.drop_table(table)


def _drafts() -> None:
    op.create_table(
        "draft_origins",
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("seqs", sa.JSON(), nullable=False),
        sa.Column("drafted_by_id", sa.Uuid(), nullable=True),
        sa.Column("drafted_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_draft_origins_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_draft_origins_article_id_articles")),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["librarians.id"], name=op.f("fk_draft_origins_drafted_by_id_librarians")
        ),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_draft_origins")),
        sa.UniqueConstraint("article_id", name=op.f("uq_draft_origins_article_id")),
    )
    op.create_index(op.f("ix_draft_origins_conversation_id"), "draft_origins", ["conversation_id"])
    op.create_table(
        "masked_originals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("placeholder", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("is_manual", sa.Boolean(), nullable=False),
        sa.Column("masked_by_id", sa.Uuid(), nullable=False),
        sa.Column("masked_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_masked_originals_article_id_articles")),
        sa.ForeignKeyConstraint(
            ["masked_by_id"], ["librarians.id"], name=op.f("fk_masked_originals_masked_by_id_librarians")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_masked_originals")),
        sa.UniqueConstraint("article_id", "placeholder", name=op.f("uq_masked_originals_article_id_placeholder")),
    )
    op.create_index(op.f("ix_masked_originals_expires_at"), "masked_originals", ["expires_at"])
    op.create_table(
        "reuse_choices",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("said_by", sa.String(length=8), nullable=False),
        sa.Column("is_allowed", sa.Boolean(), nullable=False),
        sa.Column("librarian_id", sa.Uuid(), nullable=True),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("said_by IN ('reader', 'staff')", name=op.f("ck_reuse_choices_said_by")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_reuse_choices_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(
            ["librarian_id"], ["librarians.id"], name=op.f("fk_reuse_choices_librarian_id_librarians")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "said_by", name=op.f("pk_reuse_choices")),
    )


def _imports() -> None:
    op.create_table(
        "article_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_format", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("total_rows", sa.Integer(), nullable=False),
        sa.Column("done_rows", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('reading', 'read', 'checking', 'checked', 'running', 'done', 'undoing', 'undone', 'cancelled')",
            name=op.f("ck_article_imports_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_imports")),
    )
    op.create_index("ix_article_imports_library_id_created_at", "article_imports", ["library_id", "created_at"])
    op.create_index(op.f("ix_article_imports_state"), "article_imports", ["state"])
    op.create_table(
        "article_import_rows",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("like_article_id", sa.Uuid(), nullable=True),
        sa.Column("like_number", sa.Integer(), nullable=True),
        sa.Column("likeness", sa.Double(), nullable=True),
        sa.Column("article_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN"
            " ('new', 'duplicate', 'near', 'invalid', 'drafted', 'skipped', 'undone', 'kept')",
            name=op.f("ck_article_import_rows_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["article_imports.id"], name=op.f("fk_article_import_rows_import_id_article_imports")
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_article_import_rows")),
    )
    op.create_index(
        "ix_article_import_rows_import_id_outcome", "article_import_rows", ["import_id", "outcome", "number"]
    )


def _uses() -> None:
    op.create_table(
        "article_uses",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('found', 'shown', 'opened', 'sent')", name=op.f("ck_article_uses_kind")),
        sa.PrimaryKeyConstraint("day", "library_id", "article_id", "kind", name=op.f("pk_article_uses")),
    )
    op.create_index("ix_article_uses_article_id", "article_uses", ["article_id"])
    op.create_table(
        "search_uses",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("bucket_ms", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "library_id", "outcome", "mode", "bucket_ms", name=op.f("pk_search_uses")),
    )


_ARTICLES = sa.table(
    "articles", sa.column("id", sa.Uuid()), sa.column("origin"), sa.column("created_at", UtcDateTime())
)
_CONVERSATIONS = sa.table("conversations", sa.column("id", sa.Uuid()))
_ORIGINS = sa.table(
    "draft_origins",
    sa.column("reference"),
    sa.column("conversation_id", sa.Uuid()),
    sa.column("article_id", sa.Uuid()),
    sa.column("seqs", sa.JSON()),
    sa.column("drafted_at", UtcDateTime()),
)


def _make_origins_opaque() -> None:
    connection = op.get_bind()
    known = set(connection.scalars(sa.select(_CONVERSATIONS.c.id)))
    found = sa.select(_ARTICLES.c.id, _ARTICLES.c.origin, _ARTICLES.c.created_at)
    for row in connection.execute(found.where(_ARTICLES.c.origin.startswith(_OLD_ORIGIN))).all():
        reference = "draft-" + secrets.token_hex(12)
        conversation = _uuid(row.origin.removeprefix(_OLD_ORIGIN))
        if conversation in known:
            values = {"reference": reference, "conversation_id": conversation, "article_id": row.id, "seqs": []}
            connection.execute(_ORIGINS.insert().values(**values, drafted_at=row.created_at))
        connection.execute(_ARTICLES.update().where(_ARTICLES.c.id == row.id).values(origin=reference))


def _name_conversations_again() -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(_ORIGINS.c.article_id, _ORIGINS.c.conversation_id)).all():
        origin = f"{_OLD_ORIGIN}{row.conversation_id}"
        connection.execute(_ARTICLES.update().where(_ARTICLES.c.id == row.article_id).values(origin=origin))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
