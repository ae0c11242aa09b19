"""Programs that ask: tokens, and what became of the requests they may send again."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables; no program can ask until somebody makes a token."""
    op.create_table(
        "tokens",
        sa.Column("id", ID, nullable=False),
        sa.Column("digest", ID, nullable=False),
        sa.Column("user", ID, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.Text(), nullable=True),
        sa.Column("activity", ID, nullable=False),
        sa.Column("ended_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name=op.f("fk_tokens_user")),
        sa.ForeignKeyConstraint(["activity"], ["activities.id"], name=op.f("fk_tokens_activity")),
        sa.ForeignKeyConstraint(["ended_by"], ["activities.id"], name=op.f("fk_tokens_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
    )
    op.create_index("ix_tokens_user", "tokens", ["user"])
    op.create_table(
        "outcomes",
        sa.Column("token", ID, nullable=False),
        sa.Column("key", ID, nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["token"], ["tokens.id"], name=op.f("fk_outcomes_token")),
        sa.PrimaryKeyConstraint("token", "key", name=op.f("pk_outcomes")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_outcomes_until", "outcomes", ["until"])


def downgrade() -> None:
    """Drop the tables; every program needs a new token."""
    op.drop_table("outcomes")
    op.drop_table("tokens")
