"""Pictures that tasks, answers and guidelines show."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """No text shows a picture of the workspace yet: there was none."""
    op.create_table(
        "pictures",
        sa.Column("id", ID, nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("waiting", sa.BigInteger(), nullable=True),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("activity", ID, nullable=False),
        sa.ForeignKeyConstraint(["activity"], ["activities.id"], name=op.f("fk_pictures_activity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
    )
    op.create_index(op.f("ix_pictures_owner_at"), "pictures", ["owner", "at"])
    waiting = sa.text("waiting IS NOT NULL")
    op.create_index(
        "ix_pictures_waiting", "pictures", ["waiting"], sqlite_where=waiting,
        postgresql_where=waiting,
    )  # fmt: skip
    op.create_table(
        "picture_bodies",
        sa.Column("picture", ID, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["picture"], ["pictures.id"], name=op.f("fk_picture_bodies_picture")
        ),
        sa.PrimaryKeyConstraint("picture", name=op.f("pk_picture_bodies")),
    )
    op.create_table(
        "picture_uses",
        sa.Column("picture", ID, nullable=False),
        sa.Column("record", ID, nullable=False),
        sa.ForeignKeyConstraint(["picture"], ["pictures.id"], name=op.f("fk_picture_uses_picture")),
        sa.PrimaryKeyConstraint("picture", "record", name=op.f("pk_picture_uses")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_picture_uses_record"), "picture_uses", ["record"])


def downgrade() -> None:
    """Drop them all; texts keep their references, which then lead nowhere."""
    op.drop_table("picture_uses")
    op.drop_table("picture_bodies")
    op.drop_table("pictures")
