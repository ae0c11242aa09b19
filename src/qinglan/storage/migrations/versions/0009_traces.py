"""What a withdrawal leaves outside the tables: releases, reports and files that rest on it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables; earlier withdrawals are to be finished, for more is scrubbed now."""
    op.create_table(
        "stale_releases",
        sa.Column("release", ID, nullable=False),
        sa.Column("withdrawal", ID, nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["release"], ["releases.id"], name=op.f("fk_stale_releases_release")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawal"], ["withdrawals.id"], name=op.f("fk_stale_releases_withdrawal")
        ),
        sa.PrimaryKeyConstraint("release", "withdrawal", name=op.f("pk_stale_releases")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "redactions",
        sa.Column("report", ID, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report"], ["reports.id"], name=op.f("fk_redactions_report")),
        sa.PrimaryKeyConstraint("report", name=op.f("pk_redactions")),
    )
    op.create_table(
        "written",
        sa.Column("project", ID, nullable=False),
        sa.Column("path", ID, nullable=False),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_written_project")),
        sa.PrimaryKeyConstraint("project", "path", name=op.f("pk_written")),
        sqlite_with_rowid=False,
    )
    op.execute("UPDATE withdrawals SET scrubbed = (1 = 0)")


def downgrade() -> None:
    """Drop the tables; stale releases and models are used again."""
    for name in ("written", "redactions", "stale_releases"):
        op.drop_table(name)
