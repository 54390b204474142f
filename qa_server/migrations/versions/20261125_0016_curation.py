"""Curation: masked words are sealed, duplicates of a harvest can be drafted, old verdicts become counts."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261125_0016"
down_revision: str | None = "20261125_0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Tell with which key masked words are sealed; what is clear so far is sealed by the running service."""
    op.add_column("masked_originals", sa.Column("key_id", sa.String(length=16), nullable=True))
    op.add_column("harvested_records", sa.Column("likeness", sa.Double(), nullable=True))
    op.add_column("harvested_records", sa.Column("content", sa.JSON(), nullable=True))
    op.create_table(
        "verdict_counts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("is_helpful", sa.Boolean(), nullable=False),
        sa.Column("verdicts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "library_id", "article_id", "is_helpful", name=op.f("pk_verdict_counts")),
    )
    op.create_index(op.f("ix_verdict_counts_article_id"), "verdict_counts", ["article_id"])


def downgrade() -> None:
    """Forget sealed words: without their keys' names nothing opens them."""
    op.drop_table("verdict_counts")
    op.execute(sa.text("DELETE FROM masked_originals WHERE key_id IS NOT NULL"))
    op.drop_column("masked_originals", "key_id")
    op.drop_column("harvested_records", "content")
    op.drop_column("harvested_records", "likeness")
