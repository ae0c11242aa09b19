"""Reports of evaluations, and the looks that they took at held-out sets."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the three tables."""
    op.create_table(
        "held_out_items",
        sa.Column("held_out", ID, nullable=False),
        sa.Column("item", ID, nullable=False),
        sa.PrimaryKeyConstraint("held_out", "item", name=op.f("pk_held_out_items")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_held_out_items_item"), "held_out_items", ["item"], unique=False)
    op.create_table(
        "looks",
        sa.Column("report", ID, nullable=False),
        sa.Column("held_out", ID, nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("time", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("activity", ID, nullable=False),
        sa.ForeignKeyConstraint(["activity"], ["activities.id"], name=op.f("fk_looks_activity")),
        sa.PrimaryKeyConstraint("report", name=op.f("pk_looks")),
    )
    op.create_index(op.f("ix_looks_held_out"), "looks", ["held_out"], unique=False)
    op.create_table(
        "reports",
        sa.Column("id", ID, nullable=False),
        sa.Column("release", ID, nullable=False),
        sa.Column("split", sa.Text(), nullable=False),
        sa.Column("held_out", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=True),
        sa.Column("plan", ID, nullable=False),
        sa.Column("made", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("activity", ID, nullable=False),
        sa.ForeignKeyConstraint(["activity"], ["activities.id"], name=op.f("fk_reports_activity")),
        sa.ForeignKeyConstraint(["id"], ["looks.report"], name=op.f("fk_reports_id")),
        sa.ForeignKeyConstraint(["release"], ["releases.id"], name=op.f("fk_reports_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index(op.f("ix_reports_plan"), "reports", ["plan"], unique=False)


def downgrade() -> None:
    """Drop them."""
    for table in ("reports", "looks", "held_out_items"):
        op.drop_table(table)
