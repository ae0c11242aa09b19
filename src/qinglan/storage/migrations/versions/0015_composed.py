"""Overlap that follows agreement, and later versions of a guideline."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Overlap stays as it was; no guideline has a second version yet."""
    op.add_column("routing", sa.Column("most", sa.Integer(), nullable=True))
    op.create_table(
        "revisions",
        sa.Column("project", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("guideline", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("touches", sa.Text(), nullable=False),
        sa.Column("answers", sa.BigInteger(), nullable=False),
        sa.Column("activity", ID, nullable=False),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_revisions_project")),
        sa.ForeignKeyConstraint(
            ["guideline"], ["guidelines.id"], name=op.f("fk_revisions_guideline")
        ),
        sa.ForeignKeyConstraint(
            ["activity"], ["activities.id"], name=op.f("fk_revisions_activity")
        ),
        sa.PrimaryKeyConstraint("project", "version", name=op.f("pk_revisions")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop both; the versions' words stay among the guidelines."""
    op.drop_table("revisions")
    op.drop_column("routing", "most")
