"""How long people worked on their tasks, the time away left out."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table; of work done before, no time is known."""
    op.create_table(
        "work_times",
        sa.Column("annotator", ID, nullable=False),
        sa.Column("task", ID, nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("moved", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("annotator", "task", name=op.f("pk_work_times")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("work_times")
