"""The secrets of payment services are sealed: which key opens each."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261125_0020"
down_revision: str | None = "20261125_0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Tell with which key a secret is sealed; what is clear so far is sealed by the running service."""
    op.add_column("payment_hooks", sa.Column("secret_key_id", sa.String(length=16), nullable=True))


def downgrade() -> None:
    """Switch services with a sealed secret off: the earlier program cannot open it, so a new one has to be made."""
    hooks = sa.table("payment_hooks", sa.column("is_on", sa.Boolean()), sa.column("secret_key_id", sa.String()))
    op.execute(hooks.update().where(hooks.c.secret_key_id.is_not(None)).values(is_on=sa.false()))
    op.drop_column("payment_hooks", "secret_key_id")
