"""Who is told when something happens, what is yet to be told, and how each try went."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("due IS NOT NULL")


def upgrade() -> None:
    """Create the tables; nobody is told anything until a lead says whom."""
    op.create_table(
        "webhooks",
        sa.Column("id", ID, nullable=False),
        sa.Column("project", ID, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.Text(), nullable=True),
        sa.Column("activity", ID, nullable=False),
        sa.Column("ended_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_webhooks_project")),
        sa.ForeignKeyConstraint(["activity"], ["activities.id"], name=op.f("fk_webhooks_activity")),
        sa.ForeignKeyConstraint(["ended_by"], ["activities.id"], name=op.f("fk_webhooks_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index("ix_webhooks_project", "webhooks", ["project"])
    op.create_table(
        "deliveries",
        sa.Column("seq", SERIAL, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("webhook", ID, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["webhook"], ["webhooks.id"], name=op.f("fk_deliveries_webhook")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("id", name=op.f("uq_deliveries_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deliveries_webhook_seq", "deliveries", ["webhook", "seq"])
    op.create_index(
        "ix_deliveries_waiting", "deliveries", ["webhook", "due"],
        sqlite_where=WAITING, postgresql_where=WAITING,
    )  # fmt: skip
    op.create_table(
        "delivery_tries",
        sa.Column("delivery", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery"], ["deliveries.id"], name=op.f("fk_delivery_tries_delivery")
        ),
        sa.PrimaryKeyConstraint("delivery", "number", name=op.f("pk_delivery_tries")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop the tables; what was not told yet stays untold."""
    for table in ("delivery_tries", "deliveries", "webhooks"):
        op.drop_table(table)
