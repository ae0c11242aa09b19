"""Trust by gold, lessons before real work, notices, flags and appeals, signs of behaviour."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MARKS = ("least", "aim", "calibration", "floor", "passing")


def upgrade() -> None:
    """Create the tables; desks that are open have no marks, so nothing is judged unasked."""
    for name in MARKS:
        op.add_column("routing", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("gold", sa.Column("key", sa.Text(), nullable=True))
    op.execute("UPDATE gold SET key = (SELECT value FROM answer_keys k WHERE k.task = gold.task)")
    for name in ("seen", "since"):
        column = sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
        op.add_column("seats", column)
    column = sa.Column("admitted", sa.Boolean(), nullable=False, server_default=sa.true())
    op.add_column("seats", column)
    op.add_column("assignments", sa.Column("taken", sa.BigInteger(), nullable=True))
    op.create_table(
        "gold_answers",
        sa.Column("annotator", ID, nullable=False),
        sa.Column("task", ID, nullable=False),
        sa.Column("project", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("annotator", "task", name=op.f("pk_gold_answers")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_gold_answers_annotator_at", "gold_answers", ["annotator", "at"])
    op.create_table(
        "lessons",
        sa.Column("task", ID, nullable=False),
        sa.Column("project", ID, nullable=False),
        sa.Column("part", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name=op.f("fk_lessons_task")),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_lessons")),
    )
    op.create_index("ix_lessons_project_part_place", "lessons", ["project", "part", "place"])
    op.create_table(
        "lesson_answers",
        sa.Column("annotator", ID, nullable=False),
        sa.Column("task", ID, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("annotator", "task", name=op.f("pk_lesson_answers")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notices",
        sa.Column("annotator", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("annotator", "version", name=op.f("pk_notices")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "flags",
        sa.Column("id", ID, nullable=False),
        sa.Column("project", ID, nullable=False),
        sa.Column("annotator", ID, nullable=False),
        sa.Column("other", ID, nullable=True),
        sa.Column("kind", ID, nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
    )
    op.create_index("ix_flags_project_annotator", "flags", ["project", "annotator"])
    op.create_table(
        "flag_words",
        sa.Column("flag", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("what", ID, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["flag"], ["flags.id"], name=op.f("fk_flag_words_flag")),
        sa.PrimaryKeyConstraint("flag", "seq", name=op.f("pk_flag_words")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "behaviour",
        sa.Column("annotator", ID, nullable=False),
        sa.Column("task", ID, nullable=False),
        sa.Column("pasted", sa.BigInteger(), nullable=False),
        sa.Column("typed", sa.BigInteger(), nullable=False),
        sa.Column("away", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("annotator", "task", name=op.f("pk_behaviour")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop what was learnt of people, and what they said to it."""
    for table in (
        "behaviour", "flag_words", "flags", "notices", "lesson_answers", "lessons", "gold_answers",
    ):  # fmt: skip
        op.drop_table(table)
    with op.batch_alter_table("assignments") as batch:
        batch.drop_column("taken")
    with op.batch_alter_table("seats") as batch:
        for name in ("seen", "since", "admitted"):
            batch.drop_column(name)
    with op.batch_alter_table("gold") as batch:
        batch.drop_column("key")
    with op.batch_alter_table("routing") as batch:
        for name in MARKS:
            batch.drop_column(name)
