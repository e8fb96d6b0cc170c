"""Who may open what: passkeys, escrow, the chained log, holds

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_link",
        sa.Column("organisation", sa.String(length=36), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "number", name=op.f("pk_access_link")),
    )
    op.create_table(
        "attempt",
        sa.Column("bucket", sa.String(length=64), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "began_at", name=op.f("pk_attempt")),
    )
    op.create_table(
        "challenge",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_challenge")),
    )
    op.create_table(
        "escrow",
        sa.Column("organisation", sa.String(length=36), nullable=False),
        sa.Column("device", sa.String(length=36), nullable=False),
        sa.Column("member", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("released_at", sa.BigInteger(), nullable=True),
        sa.Column("released_to", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("organisation", "device", name=op.f("pk_escrow")),
    )
    op.create_table(
        "legal_hold",
        sa.Column("organisation", sa.String(length=36), nullable=False),
        sa.Column("patient", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("member", sa.String(length=36), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "patient", name=op.f("pk_legal_hold")),
    )
    op.create_table(
        "passkey",
        sa.Column("organisation", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("member", sa.String(length=36), nullable=False),
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("transports", sa.Text(), nullable=False),
        sa.Column("is_backed_up", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_passkey")),
    )
    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkey_credential"), ["credential"], unique=True)
        batch_op.create_index(
            batch_op.f("ix_passkey_organisation_member"), ["organisation", "member"], unique=False
        )

    op.create_table(
        "purge_approval",
        sa.Column("organisation", sa.String(length=36), nullable=False),
        sa.Column("patient", sa.String(length=36), nullable=False),
        sa.Column("member", sa.String(length=36), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation", "patient", "member", name=op.f("pk_purge_approval")
        ),
    )
    op.create_table(
        "stand_in",
        sa.Column("organisation", sa.String(length=36), nullable=False),
        sa.Column("record", sa.String(length=36), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("member", sa.String(length=36), nullable=False),
        sa.Column("for_member", sa.String(length=36), nullable=True),
        sa.Column("for_team", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "record", name=op.f("pk_stand_in")),
    )
    op.create_index(op.f("ix_stand_in_organisation_member"), "stand_in", ["organisation", "member"])
    op.create_index(
        "ix_records_patients",
        "records",
        ["organisation", "id"],
        sqlite_where=sa.text("kind = 'patient'"),
        postgresql_where=sa.text("kind = 'patient'"),
    )
    op.execute("UPDATE access_log SET link = 0 WHERE link IS NULL")
    with op.batch_alter_table("access_log", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subject", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("detail", sa.Text(), nullable=True))
        batch_op.alter_column("member", existing_type=sa.VARCHAR(length=36), nullable=True)
        batch_op.alter_column("patient", existing_type=sa.VARCHAR(length=36), nullable=True)
        batch_op.alter_column(
            "link", existing_type=sa.INTEGER(), type_=sa.BigInteger(), nullable=False
        )
        batch_op.create_index(
            batch_op.f("ix_access_log_organisation_link"), ["organisation", "link"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_access_log_organisation_member_at"),
            ["organisation", "member", "at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_access_log_organisation_at"), ["organisation", "at"], unique=False
        )
        batch_op.create_index(
            "ix_access_log_subject",
            ["organisation", "subject", "at"],
            sqlite_where=sa.text("subject IS NOT NULL"),
            postgresql_where=sa.text("subject IS NOT NULL"),
        )

    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased_at", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("basis", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.Text(), nullable=True))

    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("invited_by", sa.String(length=36), nullable=True))

    with op.batch_alter_table("refusals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("reviewed_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("reviewed_by", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("outcome", sa.String(length=20), nullable=True))
        batch_op.create_index(
            "ix_refusals_waiting",
            ["organisation", "refused_at"],
            sqlite_where=sa.text("outcome = 'waiting'"),
            postgresql_where=sa.text("outcome = 'waiting'"),
        )
    revoked = """answer LIKE '{"code":"device_revoked"%'"""
    op.execute(f"UPDATE refusals SET outcome = 'waiting' WHERE {revoked}")

    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("passkey", sa.String(length=36), nullable=True))
        batch_op.add_column(
            sa.Column("is_recovery", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.alter_column("is_recovery", server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM access_log WHERE member IS NULL OR patient IS NULL")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_column("is_recovery")
        batch_op.drop_column("passkey")

    with op.batch_alter_table("refusals", schema=None) as batch_op:
        batch_op.drop_index("ix_refusals_waiting")
        batch_op.drop_column("outcome")
        batch_op.drop_column("reviewed_by")
        batch_op.drop_column("reviewed_at")
        batch_op.drop_column("at")

    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_column("invited_by")

    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_column("reason")
        batch_op.drop_column("basis")

    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_column("erased_at")

    with op.batch_alter_table("access_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_log_organisation_member_at"))
        batch_op.drop_index("ix_access_log_subject")
        batch_op.drop_index(batch_op.f("ix_access_log_organisation_at"))
        batch_op.drop_index(batch_op.f("ix_access_log_organisation_link"))
        batch_op.alter_column(
            "link", existing_type=sa.BigInteger(), type_=sa.INTEGER(), nullable=True
        )
        batch_op.alter_column("patient", existing_type=sa.VARCHAR(length=36), nullable=False)
        batch_op.alter_column("member", existing_type=sa.VARCHAR(length=36), nullable=False)
        batch_op.drop_column("detail")
        batch_op.drop_column("subject")

    op.drop_index("ix_records_patients", table_name="records")
    op.drop_index(op.f("ix_stand_in_organisation_member"), table_name="stand_in")
    op.drop_table("stand_in")
    op.drop_table("purge_approval")
    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passkey_organisation_member"))
        batch_op.drop_index(batch_op.f("ix_passkey_credential"))

    op.drop_table("passkey")
    op.drop_table("legal_hold")
    op.drop_table("escrow")
    op.drop_table("challenge")
    op.drop_table("attempt")
    op.drop_table("access_link")
