"""A token that a program made knows by which token it was asked for, and ends with it."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Tokens so far were made by people."""
    with op.batch_alter_table("tokens") as change:
        change.add_column(sa.Column("parent", ID, nullable=True))


def downgrade() -> None:
    """Tokens made by programs stay in use until their last day."""
    with op.batch_alter_table("tokens") as change:
        change.drop_column("parent")
