"""What a model suggests at a desk, who saw which of it, and what they took."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NEW: tuple[sa.Column[object], ...] = (
    sa.Column("suggests", ID, nullable=True),
    sa.Column("hidden", sa.Integer(), nullable=True),
    sa.Column("suggests_since", sa.BigInteger(), nullable=True),
)


def upgrade() -> None:
    """No desk suggests anything yet."""
    for column in NEW:
        op.add_column("routing", column)
    op.create_table(
        "suggested",
        sa.Column("annotator", ID, nullable=False),
        sa.Column("task", ID, nullable=False),
        sa.Column("annotation", ID, nullable=False),
        sa.Column("model", ID, nullable=False),
        sa.Column("origin", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("taken_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("annotator", "task", name=op.f("pk_suggested")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Who saw what is forgotten."""
    op.drop_table("suggested")
    for column in reversed(NEW):
        op.drop_column("routing", column.name)
