"""Content can be withdrawn: whose it was, and tombstones in its place."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "withdrawals",
        sa.Column("id", ID, nullable=False),
        sa.Column("project", ID, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("targets", sa.Text(), nullable=False),
        sa.Column("time", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("scrubbed", sa.Boolean(), nullable=False),
        sa.Column("activity", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["activity"], ["activities.id"], name=op.f("fk_withdrawals_activity")
        ),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_withdrawals_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawals")),
    )
    op.create_index(op.f("ix_withdrawals_project"), "withdrawals", ["project"], unique=False)
    op.create_table(
        "tombstones",
        sa.Column("type", ID, nullable=False),
        sa.Column("record", ID, nullable=False),
        sa.Column("withdrawal", ID, nullable=False),
        sa.Column("commitment", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["withdrawal"], ["withdrawals.id"], name=op.f("fk_tombstones_withdrawal")
        ),
        sa.PrimaryKeyConstraint("type", "record", name=op.f("pk_tombstones")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop them; what was erased stays erased."""
    op.drop_table("tombstones")
    op.drop_table("withdrawals")
