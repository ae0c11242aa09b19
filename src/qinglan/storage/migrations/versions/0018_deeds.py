"""What an activity was about, where no project's history says it, and the order of activities."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table; of what was done before it nothing more is known than before."""
    op.create_table(
        "deeds",
        sa.Column("activity", ID, nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["activity"], ["activities.id"], name=op.f("fk_deeds_activity")),
        sa.PrimaryKeyConstraint("activity", name=op.f("pk_deeds")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_activities_started_id"), "activities", ["started", "id"])


def downgrade() -> None:
    """Drop both."""
    op.drop_index(op.f("ix_activities_started_id"), "activities")
    op.drop_table("deeds")
