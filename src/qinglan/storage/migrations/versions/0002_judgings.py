"""A judging that was cut off can be told from one that came to its end.

What a judging sets aside is said by its verdicts alone: the copies among the rows set aside
could disagree with them after a crash.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the table of judgings; drop what the verdicts say already."""
    op.create_table(
        "judgings",
        sa.Column("project", ID, nullable=False),
        sa.Column("activity", ID, nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["activity"], ["activities.id"], name=op.f("fk_judgings_activity")),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_judgings_project")),
        sa.PrimaryKeyConstraint("project", name=op.f("pk_judgings")),
    )
    op.execute("DELETE FROM set_aside WHERE stage = 'judge'")


def downgrade() -> None:
    """Drop the table; the next judging sets aside anew."""
    op.drop_table("judgings")
