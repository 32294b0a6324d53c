"""Let coordinators make classes in the browser, mentors see some of them, and phones join by a code; keep jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _of_classes() -> tuple[sa.Column[object], ...]:
    """Return the new columns of `classes`."""
    return (
        sa.Column("language", sa.String(length=10), server_default="", nullable=False),
        sa.Column("begins", sa.BigInteger(), nullable=True),
        sa.Column("region", sa.String(length=20), server_default="", nullable=False),
        sa.Column("join_code", sa.String(length=8), nullable=True),
        sa.Column("join_until", sa.BigInteger(), nullable=True),
        sa.Column("join_most", sa.Integer(), nullable=True),
    )


def upgrade() -> None:
    """Change the tables."""
    op.add_column("staff", sa.Column("coordinator", sa.Integer(), server_default="0", nullable=False))
    op.add_column("staff_classes", sa.Column("role", sa.String(length=10), server_default="trainer", nullable=False))
    for column in _of_classes():
        op.add_column("classes", column)
    op.create_index(op.f("ix_classes_join_code"), "classes", ["join_code"], unique=True)
    op.create_table(
        "jobs",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("class_id", sa.String(length=60), nullable=True),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("said", sa.Text(), server_default="", nullable=False),
        sa.Column("begun", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("who", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classes.id"], name=op.f("fk_jobs_class_id_classes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index(op.f("ix_jobs_class_id"), "jobs", ["class_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        # No samples of what commands said about people: they would outlive whoever is forgotten.
        for name in ("said", "who"):
            op.execute(f"ALTER TABLE jobs ALTER COLUMN {name} SET STATISTICS 0")


def downgrade() -> None:
    """Change them back: mentors see no class any more, since earlier versions would show them everything."""
    op.drop_table("jobs")
    op.drop_index(op.f("ix_classes_join_code"), "classes")
    # Each by itself: a table that is made anew takes with it the people who refer to it.
    for column in _of_classes():
        op.drop_column("classes", column.name)
    op.execute("DELETE FROM staff_classes WHERE role <> 'trainer'")
    op.drop_column("staff_classes", "role")
    op.drop_column("staff", "coordinator")
