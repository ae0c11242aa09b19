"""The first schema.

A migration says what the tables were at its time, so it repeats them and imports nothing of ours.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "activities",
        sa.Column("id", ID, nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("started", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
    )
    op.create_table(
        "origins",
        sa.Column("id", ID, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("family", sa.Text(), nullable=True),
        sa.Column("part", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_origins")),
    )
    op.create_table(
        "guidelines",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("activity", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["activity"], ["activities.id"], name=op.f("fk_guidelines_activity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guidelines")),
    )
    op.create_table(
        "links",
        sa.Column("commitment", ID, nullable=False),
        sa.Column("output", ID, nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("activity", ID, nullable=False),
        sa.ForeignKeyConstraint(["activity"], ["activities.id"], name=op.f("fk_links_activity")),
        sa.PrimaryKeyConstraint("commitment", name=op.f("pk_links")),
    )
    op.create_index(op.f("ix_links_output"), "links", ["output"], unique=False)
    op.create_table(
        "samples",
        sa.Column("id", ID, nullable=False),
        sa.Column("origin", ID, nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("activity", ID, nullable=False),
        sa.ForeignKeyConstraint(["activity"], ["activities.id"], name=op.f("fk_samples_activity")),
        sa.ForeignKeyConstraint(["origin"], ["origins.id"], name=op.f("fk_samples_origin")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_samples")),
    )
    op.create_table(
        "projects",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("guideline", ID, nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("activity", ID, nullable=True),
        sa.ForeignKeyConstraint(["activity"], ["activities.id"], name=op.f("fk_projects_activity")),
        sa.ForeignKeyConstraint(
            ["guideline"], ["guidelines.id"], name=op.f("fk_projects_guideline")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("name", name=op.f("uq_projects_name")),
    )
    op.create_table(
        "annotators",
        sa.Column("id", ID, nullable=False),
        sa.Column("project", ID, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("origin", ID, nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("activity", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["activity"], ["activities.id"], name=op.f("fk_annotators_activity")
        ),
        sa.ForeignKeyConstraint(["origin"], ["origins.id"], name=op.f("fk_annotators_origin")),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_annotators_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotators")),
    )
    op.create_index(op.f("ix_annotators_project_id"), "annotators", ["project", "id"], unique=False)
    op.create_table(
        "history",
        sa.Column("project", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("prev", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_history_project")),
        sa.PrimaryKeyConstraint("project", "seq", name=op.f("pk_history")),
    )
    op.create_table(
        "imports",
        sa.Column("project", ID, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("done_rows", sa.BigInteger(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_imports_project")),
        sa.PrimaryKeyConstraint("project", "sha256", "mapping", name=op.f("pk_imports")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "releases",
        sa.Column("id", ID, nullable=False),
        sa.Column("project", ID, nullable=False),
        sa.Column("name", ID, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("built", sa.Text(), nullable=False),
        sa.Column("permit", sa.Text(), nullable=False),
        sa.Column("history", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("activity", ID, nullable=False),
        sa.ForeignKeyConstraint(["activity"], ["activities.id"], name=op.f("fk_releases_activity")),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_releases_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("project", "name", name=op.f("uq_releases_project_name")),
    )
    op.create_table(
        "set_aside",
        sa.Column("seq", SERIAL, nullable=False),
        sa.Column("project", ID, nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("line", sa.BigInteger(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("activity", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["activity"], ["activities.id"], name=op.f("fk_set_aside_activity")
        ),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_set_aside_project")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_set_aside")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_set_aside_project_stage_reason"),
        "set_aside",
        ["project", "stage", "reason"],
        unique=False,
    )
    op.create_table(
        "tasks",
        sa.Column("id", ID, nullable=False),
        sa.Column("project", ID, nullable=False),
        sa.Column("guideline", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=True),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("activity", ID, nullable=False),
        sa.ForeignKeyConstraint(["activity"], ["activities.id"], name=op.f("fk_tasks_activity")),
        sa.ForeignKeyConstraint(["guideline"], ["guidelines.id"], name=op.f("fk_tasks_guideline")),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_tasks_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_project_id"), "tasks", ["project", "id"], unique=False)
    op.create_table(
        "annotations",
        sa.Column("id", ID, nullable=False),
        sa.Column("project", ID, nullable=False),
        sa.Column("task", ID, nullable=False),
        sa.Column("annotator", ID, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("supersedes", ID, nullable=True),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("value_reason", sa.Text(), nullable=True),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("activity", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["activity"], ["activities.id"], name=op.f("fk_annotations_activity")
        ),
        sa.ForeignKeyConstraint(
            ["annotator"], ["annotators.id"], name=op.f("fk_annotations_annotator")
        ),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_annotations_project")),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["annotations.id"], name=op.f("fk_annotations_supersedes")
        ),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name=op.f("fk_annotations_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotations")),
    )
    op.create_index(
        op.f("ix_annotations_project_task_id"),
        "annotations",
        ["project", "task", "id"],
        unique=False,
    )
    op.create_index(
        "uq_annotations_supersedes",
        "annotations",
        ["supersedes"],
        unique=True,
        sqlite_where=sa.text("supersedes IS NOT NULL"),
        postgresql_where=sa.text("supersedes IS NOT NULL"),
    )
    op.create_table(
        "answer_keys",
        sa.Column("task", ID, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("activity", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["activity"], ["activities.id"], name=op.f("fk_answer_keys_activity")
        ),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name=op.f("fk_answer_keys_task")),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_answer_keys")),
    )
    op.create_table(
        "task_samples",
        sa.Column("task", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sample", ID, nullable=False),
        sa.ForeignKeyConstraint(["sample"], ["samples.id"], name=op.f("fk_task_samples_sample")),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name=op.f("fk_task_samples_task")),
        sa.PrimaryKeyConstraint("task", "position", name=op.f("pk_task_samples")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_task_samples_sample"), "task_samples", ["sample"], unique=False)
    op.create_table(
        "checks",
        sa.Column("annotation", ID, nullable=False),
        sa.Column("verifier", ID, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("activity", ID, nullable=False),
        sa.ForeignKeyConstraint(["activity"], ["activities.id"], name=op.f("fk_checks_activity")),
        sa.ForeignKeyConstraint(
            ["annotation"], ["annotations.id"], name=op.f("fk_checks_annotation")
        ),
        sa.PrimaryKeyConstraint("annotation", "verifier", name=op.f("pk_checks")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "verdicts",
        sa.Column("seq", SERIAL, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("task", ID, nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("probability", sa.Text(), nullable=True),
        sa.Column("annotation", ID, nullable=True),
        sa.Column("votes", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("activity", ID, nullable=False),
        sa.ForeignKeyConstraint(["activity"], ["activities.id"], name=op.f("fk_verdicts_activity")),
        sa.ForeignKeyConstraint(
            ["annotation"], ["annotations.id"], name=op.f("fk_verdicts_annotation")
        ),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name=op.f("fk_verdicts_task")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_verdicts")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_verdicts_id_seq"), "verdicts", ["id", "seq"], unique=False)
    op.create_index(
        "uq_verdicts_current",
        "verdicts",
        ["task"],
        unique=True,
        sqlite_where=sa.text("current = 1"),
        postgresql_where=sa.text("current"),
    )


def downgrade() -> None:
    """Drop every table."""
    for table in (
        "verdicts",
        "checks",
        "task_samples",
        "answer_keys",
        "annotations",
        "tasks",
        "set_aside",
        "releases",
        "imports",
        "history",
        "annotators",
        "projects",
        "samples",
        "links",
        "guidelines",
        "origins",
        "activities",
    ):
        op.drop_table(table)
