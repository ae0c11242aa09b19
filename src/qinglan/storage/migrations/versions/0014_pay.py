"""What an accepted answer is paid, and what may be spent."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table; nothing is paid until somebody sets a rate."""
    op.create_table(
        "pay_rates",
        sa.Column("project", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("currency", ID, nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.Column("budget", sa.Text(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.Text(), nullable=False),
        sa.Column("answers", sa.BigInteger(), nullable=False),
        sa.Column("activity", ID, nullable=False),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_pay_rates_project")),
        sa.ForeignKeyConstraint(
            ["activity"], ["activities.id"], name=op.f("fk_pay_rates_activity")
        ),
        sa.PrimaryKeyConstraint("project", "version", name=op.f("pk_pay_rates")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop the table; what was agreed to be paid stays in the projects' histories."""
    op.drop_table("pay_rates")
