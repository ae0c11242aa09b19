"""Keys that are claimed or disputed, and not (or no longer) taken for right."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table; no key that is here is disputed by that."""
    op.create_table(
        "claims",
        sa.Column("task", ID, nullable=False),
        sa.Column("project", ID, nullable=False),
        sa.Column("state", ID, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("writer", ID, nullable=True),
        sa.Column("need", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("moved", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name=op.f("fk_claims_task")),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_claims")),
    )
    op.create_index(op.f("ix_claims_project_state_task"), "claims", ["project", "state", "task"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("claims")
