"""Each organisation apart: row-level security on PostgreSQL

A second fence behind the queries, which all name their organisation. A transaction says whose rows
it is about (server/database.py); the others are not there for it, the tables' owner included. Why
the rule is written as it is, is among the decisions in server/README.md.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

HELD = (
    *(
        "team",
        "member",
        "supervision",
        "escrow",
        "grants",
        "stand_in",
        "records",
        "changes",
        "refusals",
    ),
    *("notices", "files", "access_log", "access_link", "legal_hold", "purge_approval"),
)
SAY_WHO_IS_ASKING = ("device", "passkey", "session", "token", "invitation")

NAMED = "current_setting('doorstep.organisation', true)"
OWN = f"{{column}} = (SELECT {NAMED})"
NOBODY_NAMED_YET = f"(SELECT coalesce({NAMED}, '') = '')"
LISTING = "(SELECT current_setting('doorstep.listing', true) = 'on')"


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    for table in (*HELD, *SAY_WHO_IS_ASKING, "organisation"):
        own = OWN.format(column="id" if table == "organisation" else "organisation")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON {table} USING ({own})")
    for table in SAY_WHO_IS_ASKING:
        op.execute(f"CREATE POLICY asking ON {table} FOR SELECT USING ({NOBODY_NAMED_YET})")
    op.execute(f"CREATE POLICY listing ON organisation FOR SELECT USING ({LISTING})")


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute("DROP POLICY listing ON organisation")
    for table in SAY_WHO_IS_ASKING:
        op.execute(f"DROP POLICY asking ON {table}")
    for table in (*HELD, *SAY_WHO_IS_ASKING, "organisation"):
        op.execute(f"DROP POLICY own ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
