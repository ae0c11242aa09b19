"""What the last judging of each project expects of one more answer by each person."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Nothing is expected before the next judging; no budget was told of as used up."""
    op.create_table(
        "prospects",
        sa.Column("project", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_prospects_project")),
        sa.PrimaryKeyConstraint("project", name=op.f("pk_prospects")),
    )
    op.add_column(
        "pay_rates", sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    """The next judging expects anew."""
    op.drop_column("pay_rates", "told")
    op.drop_table("prospects")
