"""Tiers of people, and what they showed of what they can."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nobody has a tier yet."""
    op.add_column("seats", sa.Column("tier", ID, nullable=True))
    op.create_table(
        "tiers",
        sa.Column("project", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", ID, nullable=False),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_tiers_project")),
        sa.PrimaryKeyConstraint("project", "name", name=op.f("pk_tiers")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tierings",
        sa.Column("annotator", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("tier", ID, nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("annotator", "seq", name=op.f("pk_tierings")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "credentials",
        sa.Column("seq", SERIAL, nullable=False),
        sa.Column("annotator", ID, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("checked_by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_credentials")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_credentials_annotator"), "credentials", ["annotator"])


def downgrade() -> None:
    """Drop them all."""
    op.drop_table("credentials")
    op.drop_table("tierings")
    op.drop_table("tiers")
    op.drop_column("seats", "tier")
