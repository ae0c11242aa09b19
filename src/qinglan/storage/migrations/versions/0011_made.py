"""How many answers each verb made is counted as they come, and no longer by walking them."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COUNTS = (
    "SELECT a.project, 'made.' || v.verb, 0, count(*) FROM annotations a "
    "JOIN activities v ON v.id = a.activity GROUP BY a.project, v.verb",
)
"""What each count is, in words that both engines know."""


def upgrade() -> None:
    """Count what is there."""
    for count in COUNTS:
        op.execute(f"INSERT INTO tallies (project, name, slot, n) {count}")


def downgrade() -> None:
    """Forget these counts."""
    op.execute("DELETE FROM tallies WHERE name LIKE 'made.%'")
