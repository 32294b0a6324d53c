"""Know since when a device is a person's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Change the tables."""
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("since", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Change them back."""
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("since")
