"""People who sign in: users, sessions, invites, and attempts at the door."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables; nobody can sign in until the owner follows the first link."""
    op.create_table(
        "users",
        sa.Column("name", ID, nullable=False),
        sa.Column("role", ID, nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_users")),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", ID, nullable=False),
        sa.Column("user", ID, nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name=op.f("fk_sessions_user")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sessions")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sessions_user", "sessions", ["user"])
    op.create_table(
        "invites",
        sa.Column("digest", ID, nullable=False),
        sa.Column("name", ID, nullable=False),
        sa.Column("role", ID, nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_invites")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_invites_name", "invites", ["name"])
    op.create_table(
        "attempts",
        sa.Column("place", ID, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_attempts")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop the tables; everybody has to be invited anew."""
    for table in ("attempts", "invites", "sessions", "users"):
        op.drop_table(table)
