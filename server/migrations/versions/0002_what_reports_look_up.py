"""What reports look up

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("status", "due", "owner", "date"):
        op.add_column("records", sa.Column(name, sa.Text(), nullable=True))
    op.create_index(
        "ix_records_reported",
        "records",
        ["organisation", "kind", "status", "due"],
        sqlite_where=sa.text("status IS NOT NULL"),
        postgresql_where=sa.text("status IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_records_reported", "records")
    for name in ("date", "owner", "due", "status"):
        op.drop_column("records", name)
