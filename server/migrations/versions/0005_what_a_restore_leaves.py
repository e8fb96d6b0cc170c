"""What a restore leaves: epochs, changes taken back, what waits for others and what is salvaged

Revision ID: 0005
Revises: 0004
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OWN = "organisation = (SELECT current_setting('doorstep.organisation', true))"
MADE = ("epoch", "waiting_changes", "salvage")


def _id(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=36), nullable=null)


def _number(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _text(name: str, length: int | None = None, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=length) if length else sa.Text(), nullable=null)


def upgrade() -> None:
    op.create_table(
        "epoch",
        _id("organisation"),
        _number("start"),
        _id("id"),
        _number("restored_head"),
        _number("began_at"),
        _number("ended_at", null=True),
        _id("ended_by", null=True),
        sa.PrimaryKeyConstraint("organisation", "start", name="pk_epoch"),
        sa.UniqueConstraint("organisation", "id", name="uq_epoch_organisation_id"),
    )
    op.execute(
        "INSERT INTO epoch (organisation, start, id, restored_head, began_at, ended_at)"
        " SELECT id, epoch_start, epoch, restored_head, created_at, created_at FROM organisation"
    )
    op.add_column(
        "organisation",
        sa.Column("is_restoring", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("organisation", _text("folded_with", 64, null=True))
    with op.batch_alter_table("organisation") as table:
        table.alter_column("is_restoring", server_default=None)
        table.drop_column("epoch_start")
        table.drop_column("restored_head")
    op.add_column("changes", _text("seqs", null=True))
    op.create_table(
        "waiting_changes",
        _id("organisation"),
        _id("device"),
        _number("n"),
        _id("record"),
        _id("patient", null=True),
        _id("member"),
        _text("wants", 20),
        _text("body"),
        _text("digest", 64),
        _number("at"),
        _text("seqs", null=True),
        _number("since"),
        sa.PrimaryKeyConstraint("organisation", "device", "n", name="pk_waiting_changes"),
    )
    for column in ("record", "patient"):
        op.create_index(
            f"ix_waiting_changes_organisation_{column}", "waiting_changes", ["organisation", column]
        )
    op.create_table(
        "salvage",
        _id("organisation"),
        _id("record"),
        _text("hash", 64),
        _number("version"),
        _text("kind", 40),
        _id("patient", null=True),
        _id("member"),
        _id("device"),
        _text("body"),
        _number("offered_at"),
        _number("reviewed_at", null=True),
        _id("reviewed_by", null=True),
        _text("outcome", 20, null=True),
        sa.PrimaryKeyConstraint("organisation", "record", "hash", name="pk_salvage"),
    )
    op.create_index("ix_salvage_organisation_patient", "salvage", ["organisation", "patient"])
    if op.get_context().dialect.name == "postgresql":
        for name in MADE:
            op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY own ON {name} USING ({OWN})")


def downgrade() -> None:
    op.drop_table("salvage")
    op.drop_table("waiting_changes")
    op.drop_column("changes", "seqs")
    for name in ("epoch_start", "restored_head"):
        op.add_column("organisation", _number(name, null=True))
    newest = (
        "FROM epoch WHERE epoch.organisation = organisation.id AND epoch.id = organisation.epoch"
    )
    op.execute(
        f"UPDATE organisation SET epoch_start = (SELECT start {newest}),"
        f" restored_head = (SELECT restored_head {newest})"
    )
    with op.batch_alter_table("organisation") as table:
        table.alter_column("epoch_start", nullable=False)
        table.alter_column("restored_head", nullable=False)
        table.drop_column("folded_with")
        table.drop_column("is_restoring")
    op.drop_table("epoch")
