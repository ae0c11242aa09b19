"""Languages and tiers that tasks ask for, and the parts of a queue that follow from them."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """No task asks for anything but a skill yet; the parts there are follow from the skills."""
    op.add_column("users", sa.Column("languages", sa.Text(), nullable=True))
    op.add_column("seats", sa.Column("languages", sa.Text(), nullable=True))
    op.add_column("routing", sa.Column("needs", sa.Text(), nullable=True))
    op.add_column(
        "routing",
        sa.Column("routed", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "demands",
        sa.Column("task", ID, nullable=False),
        sa.Column("language", ID, nullable=True),
        sa.Column("tier", ID, nullable=True),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name=op.f("fk_demands_task")),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_demands")),
    )
    op.create_table(
        "pools",
        sa.Column("project", ID, nullable=False),
        sa.Column("key", ID, nullable=False),
        sa.Column("skill", sa.Text(), nullable=True),
        sa.Column("language", ID, nullable=True),
        sa.Column("tier", ID, nullable=True),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_pools_project")),
        sa.PrimaryKeyConstraint("project", "key", name=op.f("pk_pools")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO pools (project, key, skill) SELECT work.project, work.skill, MIN(tasks.skill)"
        " FROM work JOIN tasks ON tasks.id = work.task GROUP BY work.project, work.skill"
    )


def downgrade() -> None:
    """Drop them all; what tasks asked for is forgotten."""
    op.drop_table("pools")
    op.drop_table("demands")
    op.drop_column("routing", "routed")
    op.drop_column("routing", "needs")
    op.drop_column("seats", "languages")
    op.drop_column("users", "languages")
