"""The database's schema: which revision it has, which one this code needs, and the way there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from server.database import begin, is_sqlite

MIGRATIONS = Path(__file__).parent / "migrations"
EMPTY = "The database is empty. Run `doorstep migrate` first."


class OldSchema(RuntimeError):
    """The database is not of the revision that this code was written for."""


def needed_revision() -> str | None:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def known_revisions() -> frozenset[str]:
    scripts = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    return frozenset(script.revision for script in scripts)


def stored_revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def require_current() -> None:
    """Raise OldSchema unless the database has exactly the revision that this code needs."""
    with begin(None) as connection:
        stored = stored_revision(connection)
    if stored == needed_revision():
        return
    if stored is None:
        raise OldSchema(EMPTY)
    if stored in known_revisions():
        raise OldSchema("The database is older than this Doorstep. Run `doorstep migrate` first.")
    raise OldSchema("The database was made by a newer Doorstep. Start that version instead.")


def migrate() -> str | None:
    """Bring the database to the revision that this code needs; the revision it had before."""
    with begin(None, write=True) as connection:
        before = stored_revision(connection)
        if before != needed_revision():
            upgrade(connection)
    return before


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the database to a revision, with all else that the transaction does or not at all."""
    with unfenced(connection):
        command.upgrade(alembic_on(connection), revision)


def alembic_on(connection: Connection) -> Config:
    """What Alembic needs to take our steps on a connection (migrations/env.py)."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def unfenced(connection: Connection) -> Iterator[None]:
    """A migration moves rows of every organisation: for it alone, in its own transaction, row-level
    security does not bind the tables' owner."""
    unfence(connection)
    yield
    for table in _fenced_tables(connection):
        connection.execute(text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))


def unfence(connection: Connection) -> None:
    """Within `unfenced`: also what a step on the way has fenced in, for the steps after it."""
    for table in _fenced_tables(connection):
        connection.execute(text(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"))


def _fenced_tables(connection: Connection) -> list[str]:
    if is_sqlite(connection):
        return []
    named = "SELECT relname FROM pg_class WHERE relrowsecurity AND pg_table_is_visible(oid)"
    return list(connection.scalars(text(named)))
