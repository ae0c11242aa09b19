"""Rulings of reviewers, and which answers somebody has seen in the office."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables; nothing was ruled, and nobody is kept from a task for what they saw."""
    op.create_table(
        "rulings",
        sa.Column("seq", SERIAL, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("project", ID, nullable=False),
        sa.Column("task", ID, nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("annotation", ID, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("considered", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("activity", ID, nullable=False),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_rulings_project")),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name=op.f("fk_rulings_task")),
        sa.ForeignKeyConstraint(
            ["annotation"], ["annotations.id"], name=op.f("fk_rulings_annotation")
        ),
        sa.ForeignKeyConstraint(["activity"], ["activities.id"], name=op.f("fk_rulings_activity")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_rulings")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rulings_project_task_seq", "rulings", ["project", "task", "seq"])
    op.create_table(
        "sightings",
        sa.Column("annotator", ID, nullable=False),
        sa.Column("task", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("annotator", "task", name=op.f("pk_sightings")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop the tables, and the rulings with them."""
    op.drop_table("sightings")
    op.drop_table("rulings")
