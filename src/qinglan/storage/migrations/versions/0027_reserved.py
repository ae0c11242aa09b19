"""Slots that are reserved for people who stand high enough, and who does."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
RESERVED = sa.text("state = 'reserved'")
NEW: tuple[tuple[str, sa.Column[object]], ...] = (
    ("routing", sa.Column("reserved", sa.Integer(), nullable=False, server_default="0")),
    ("routing", sa.Column("reserved_for", ID, nullable=True)),
    ("routing", sa.Column("by_gain", sa.Boolean(), nullable=False, server_default=sa.false())),
    ("routing", sa.Column("reserving", sa.Boolean(), nullable=False, server_default=sa.false())),
    ("work", sa.Column("reserved", sa.Integer(), nullable=False, server_default="0")),
    ("work", sa.Column("seniors", sa.BigInteger(), nullable=False, server_default="0")),
    ("assignments", sa.Column("senior", sa.Boolean(), nullable=False, server_default=sa.false())),
    ("seats", sa.Column("keen", sa.Boolean(), nullable=False, server_default=sa.true())),
)


def upgrade() -> None:
    """No slot is reserved yet."""
    for table, column in NEW:
        op.add_column(table, column)
    for name, columns in (
        ("ix_work_reserved", ["project", "lane", "rank"]),
        ("ix_work_reserved_skill", ["project", "skill", "lane", "rank"]),
    ):
        op.create_index(name, "work", columns, sqlite_where=RESERVED, postgresql_where=RESERVED)


def downgrade() -> None:
    """What is reserved is for everybody again; tasks that waited are open."""
    op.execute("UPDATE work SET state = 'open' WHERE state = 'reserved'")
    op.drop_index("ix_work_reserved_skill", table_name="work")
    op.drop_index("ix_work_reserved", table_name="work")
    for table, column in reversed(NEW):
        op.drop_column(table, column.name)
