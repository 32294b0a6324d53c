"""Add codes to cards, for phones without a camera."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Change the tables."""
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code", sa.LargeBinary(length=32), nullable=True))


def downgrade() -> None:
    """Change them back: codes end, square codes stay."""
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.drop_column("code")
