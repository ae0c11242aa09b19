"""What people agree to before they answer, and what importers declare for those who did."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """No project has a statement yet, so nothing is asked of anybody."""
    op.create_table(
        "rights",
        sa.Column("project", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("activity", ID, nullable=False),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_rights_project")),
        sa.ForeignKeyConstraint(["activity"], ["activities.id"], name=op.f("fk_rights_activity")),
        sa.PrimaryKeyConstraint("project", "version", name=op.f("pk_rights")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "agreements",
        sa.Column("annotator", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("annotator", "version", name=op.f("pk_agreements")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "declarations",
        sa.Column("activity", ID, nullable=False),
        sa.Column("project", ID, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity"], ["activities.id"], name=op.f("fk_declarations_activity")
        ),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_declarations_project")),
        sa.PrimaryKeyConstraint("activity", name=op.f("pk_declarations")),
    )


def downgrade() -> None:
    """Drop them all; who agreed to what is forgotten."""
    op.drop_table("declarations")
    op.drop_table("agreements")
    op.drop_table("rights")
