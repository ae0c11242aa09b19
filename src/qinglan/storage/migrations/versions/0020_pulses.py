"""How far each project was, now and then."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
COUNTS = ("tasks", "answers", "judged", "accepted")
FIGURES = ("agreement", "agreement_low", "agreement_high", "error", "spent", "currency")


def upgrade() -> None:
    """Create the table; of the time before it no curve is drawn."""
    op.create_table(
        "pulses",
        sa.Column("project", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in COUNTS),
        *(sa.Column(name, sa.Text(), nullable=True) for name in FIGURES),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_pulses_project")),
        sa.PrimaryKeyConstraint("project", "at", name=op.f("pk_pulses")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("pulses")
