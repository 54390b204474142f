"""Learning from use: what readers said of answers, and the wordings proposed for articles."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.base import UtcDateTime

revision: str = "20261123_0002"
down_revision: str | None = "20261122_0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "wording_proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("words_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("confirmed_words", sa.String(length=300), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'confirmed', 'rejected')", name=op.f("ck_wording_proposals_state")),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_wording_proposals_article_id_articles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording_proposals")),
        sa.UniqueConstraint("article_id", "words_hash", name=op.f("uq_wording_proposals_article_id_words_hash")),
    )
    with op.batch_alter_table("wording_proposals", schema=None) as batch_op:
        batch_op.create_index("ix_wording_proposals_state_article_id", ["state", "article_id"], unique=False)

    op.create_table(
        "answer_verdicts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("is_helpful", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=True),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("source IN ('reader', 'librarian')", name=op.f("ck_answer_verdicts_source")),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_answer_verdicts_article_id_articles")),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["wording_proposals.id"],
            name=op.f("fk_answer_verdicts_proposal_id_wording_proposals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_verdicts")),
        sa.UniqueConstraint("mark", name=op.f("uq_answer_verdicts_mark")),
    )
    with op.batch_alter_table("answer_verdicts", schema=None) as batch_op:
        batch_op.create_index("ix_answer_verdicts_article_id_said_at", ["article_id", "said_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_answer_verdicts_proposal_id"), ["proposal_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("answer_verdicts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_verdicts_proposal_id"))
        batch_op.drop_index("ix_answer_verdicts_article_id_said_at")

    op.drop_table("answer_verdicts")
    with op.batch_alter_table("wording_proposals", schema=None) as batch_op:
        batch_op.drop_index("ix_wording_proposals_state_article_id")

    op.drop_table("wording_proposals")
