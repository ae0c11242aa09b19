"""Running counts: asking how much there is no longer walks the tables."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

COUNTS = (
    "SELECT project, 'tasks', 0, count(*) FROM tasks GROUP BY project",
    "SELECT project, 'annotators', 0, count(*) FROM annotators GROUP BY project",
    "SELECT project, 'annotations', 0, count(*) FROM annotations GROUP BY project",
    "SELECT project, 'releases', 0, count(*) FROM releases GROUP BY project",
    "SELECT project, 'superseded', 0, count(*) FROM annotations WHERE supersedes IS NOT NULL "
    "GROUP BY project",
    "SELECT t.project, 'samples', 0, count(DISTINCT u.sample) FROM tasks t "
    "JOIN task_samples u ON u.task = t.id GROUP BY t.project",
    "SELECT t.project, 'keys', 0, count(*) FROM tasks t "
    "JOIN answer_keys k ON k.task = t.id GROUP BY t.project",
    "SELECT a.project, 'checks.' || c.outcome, 0, count(*) FROM annotations a "
    "JOIN checks c ON c.annotation = a.id GROUP BY a.project, c.outcome",
    "SELECT t.project, 'verdicts.' || coalesce(v.reason, 'accepted'), 0, count(*) FROM tasks t "
    "JOIN verdicts v ON v.task = t.id WHERE v.current GROUP BY t.project, v.reason",
    "SELECT project, 'aside.' || stage || '.' || reason, 0, count(*) FROM set_aside "
    "GROUP BY project, stage, reason",
)
"""What each count is, in words that both engines know."""


def upgrade() -> None:
    """Create the table and count what is there."""
    op.create_table(
        "tallies",
        sa.Column("project", ID, nullable=False),
        sa.Column("name", ID, nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("project", "name", "slot", name=op.f("pk_tallies")),
        sqlite_with_rowid=False,
    )
    for count in COUNTS:
        op.execute(f"INSERT INTO tallies (project, name, slot, n) {count}")


def downgrade() -> None:
    """Drop the table; counts are made from the others again."""
    op.drop_table("tallies")
