"""How Alembic runs our revisions: on the connection that server/schema.py hands over."""

from __future__ import annotations

from alembic import context

from server.schema import unfence
from server.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite cannot alter a table in place
    compare_type=True,
    on_version_apply=lambda **_: unfence(connection),  # a step may have fenced tables in
)
with context.begin_transaction():
    context.run_migrations()
