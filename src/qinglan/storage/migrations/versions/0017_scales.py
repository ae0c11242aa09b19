"""What a verdict of a measuring kind rests on, and what labels and criteria are called."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the column and the table; verdicts that are there rest on nothing more than they say."""
    op.add_column("verdicts", sa.Column("estimates", sa.Text(), nullable=True))
    op.create_table(
        "schemes",
        sa.Column("project", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("activity", ID, nullable=False),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_schemes_project")),
        sa.ForeignKeyConstraint(["activity"], ["activities.id"], name=op.f("fk_schemes_activity")),
        sa.PrimaryKeyConstraint("project", "version", name=op.f("pk_schemes")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop them, and with them the figures that verdicts of measuring kinds rest on."""
    op.drop_table("schemes")
    op.drop_column("verdicts", "estimates")
