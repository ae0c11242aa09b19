"""The desk: queues, leases, drafts, and gold apart from them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    """A count or a time."""
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def points(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    """A foreign key under the name that the tables' convention gives it."""
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    """Create the tables; a project has no desk until its lead opens one."""
    op.create_table(
        "routing",
        sa.Column("project", ID, nullable=False),
        sa.Column("overlap", sa.Integer(), nullable=False),
        sa.Column("gold_per_mille", sa.Integer(), nullable=False),
        sa.Column("lease_seconds", sa.Integer(), nullable=False),
        sa.Column("stop_after", sa.Integer(), nullable=False),
        number("tail"),
        points("routing", "project", "projects"),
        sa.PrimaryKeyConstraint("project", name=op.f("pk_routing")),
    )
    op.create_table(
        "work",
        sa.Column("task", ID, nullable=False),
        sa.Column("project", ID, nullable=False),
        sa.Column("skill", ID, nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        number("rank"),
        number("wanted", nullable=True),
        number("given"),
        number("held"),
        number("reports"),
        sa.Column("state", ID, nullable=False),
        points("work", "task", "tasks"),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_work")),
    )
    for name, columns in (
        ("ix_work_open", ["project", "lane", "rank"]),
        ("ix_work_open_skill", ["project", "skill", "lane", "rank"]),
    ):
        some = sa.text("state = 'open'")
        op.create_index(name, "work", columns, sqlite_where=some, postgresql_where=some)
    op.create_table(
        "gold",
        sa.Column("task", ID, nullable=False),
        sa.Column("project", ID, nullable=False),
        sa.Column("skill", ID, nullable=False),
        number("rank"),
        points("gold", "task", "tasks"),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_gold")),
    )
    op.create_index("ix_gold_project_rank", "gold", ["project", "rank"])
    op.create_table(
        "seats",
        sa.Column("annotator", ID, nullable=False),
        sa.Column("project", ID, nullable=False),
        sa.Column("skills", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        number("turns"),
        sa.Column("passed", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("activity", ID, nullable=True),
        points("seats", "activity", "activities"),
        points("seats", "annotator", "annotators"),
        points("seats", "project", "projects"),
        sa.PrimaryKeyConstraint("annotator", name=op.f("pk_seats")),
    )
    op.create_table(
        "assignments",
        sa.Column("annotator", ID, nullable=False),
        sa.Column("task", ID, nullable=False),
        sa.Column("project", ID, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("standing", ID, nullable=False),
        number("until"),
        number("moved"),
        sa.Column("annotation", ID, nullable=True),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("late", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        points("assignments", "annotation", "annotations"),
        points("assignments", "annotator", "annotators"),
        points("assignments", "task", "tasks"),
        sa.PrimaryKeyConstraint("annotator", "task", name=op.f("pk_assignments")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_assignments_annotator_standing_moved", "assignments", ["annotator", "standing", "moved"]
    )
    leased = sa.text("standing = 'leased'")
    op.create_index(
        "ix_assignments_leased", "assignments", ["project", "until"],
        sqlite_where=leased, postgresql_where=leased,
    )  # fmt: skip
    op.create_table(
        "drafts",
        sa.Column("annotator", ID, nullable=False),
        sa.Column("task", ID, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        number("saved"),
        sa.ForeignKeyConstraint(
            ["annotator", "task"], ["assignments.annotator", "assignments.task"],
            name=op.f("fk_drafts_annotator_task"),
        ),
        sa.PrimaryKeyConstraint("annotator", "task", name=op.f("pk_drafts")),
        sqlite_with_rowid=False,
    )  # fmt: skip


def downgrade() -> None:
    """Drop the tables of the desk; answers stay where they are."""
    for table in ("drafts", "assignments", "seats", "gold", "work", "routing"):
        op.drop_table(table)
