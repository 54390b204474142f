"""The console: desks say for themselves whether answers of trainees are read first."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261125_0015"
down_revision: str | None = "20261124_0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Every desk goes by its node until it says otherwise."""
    op.add_column("desks", sa.Column("reviews_trainees", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Let every desk go by its node."""
    op.drop_column("desks", "reviews_trainees")
