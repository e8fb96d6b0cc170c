"""Puts a backup in the place of a PostgreSQL database's tables, in one transaction.

The tables that were there move into a schema of their own, `replaced_…`, which nobody reads who
serves. Ours are made anew by the migrations, up to the backup's revision; its rows are copied in;
the migrations go on to ours. Whoever asks meanwhile waits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from server import schema
from server.backup import dumped
from server.backup.contents import Contents
from server.backup.dumped import Rows, driver_of
from server.backup.embedded import Tell
from server.backup.failed import Failed
from server.backup.fresh_epochs import Begun, begin_epochs
from server.database import begin, see_organisations
from server.tables import METADATA

REVISION = "alembic_version"
OURS = (*METADATA.tables, REVISION)
KEPT = "replaced_"
"""How the schemas are named in which what was replaced is kept."""
TRIES = 5
"""To have all tables at once: who reads one and wants another may hold up whoever wants both."""


def heads_of_present() -> Mapping[str, int] | None:
    """The counter of each organisation there is; None where it cannot be read."""
    try:
        with begin(None) as connection:
            return _heads(connection, _tables(connection))
    except ProgrammingError:
        return None


def replace(
    contents: Contents, home: Path, kept: str, now: int, detail: str, tell: Tell
) -> tuple[Sequence[Begun], bool]:
    """The epochs that began, and whether there was something to keep, in a schema of that name.
    Raises Failed, and then the database is as it was."""
    with _told(), begin(None, write=True) as connection:
        tables = _tables(connection)
        _require_ours(connection, tables)
        _lock(connection, tables)
        heads = _heads(connection, tables)
        granted = _granted(connection, tables)
        _set_aside(connection, tables, kept)
        schema.upgrade(connection, contents.revision)
        with schema.unfenced(connection):
            _fill(connection, contents.path, tell)
        schema.upgrade(connection)
        for statement in granted:
            connection.execute(text(statement))
        begun = begin_epochs(connection, home, heads, now, detail)
        _analyze(connection)
    return begun, bool(tables)


def _tables(connection: Connection) -> list[str]:
    """Those of our tables that there are."""
    query = text(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname = ANY(:ours)"
        " AND relnamespace = current_schema()::regnamespace ORDER BY relname"
    )
    return list(connection.scalars(query, {"ours": [*OURS]}))


def _require_ours(connection: Connection, tables: Sequence[str]) -> None:
    """Raise Failed for a role that may not, and for tables that we do not know all of."""
    may = text(
        "SELECT has_schema_privilege(current_schema(), 'CREATE')"
        " AND has_database_privilege(current_database(), 'CREATE')"
        " AND (SELECT coalesce(bool_and(pg_has_role(relowner, 'USAGE')), true) FROM pg_class"
        " WHERE relname = ANY(:ours) AND relnamespace = current_schema()::regnamespace)"
    )
    if not connection.scalars(may, {"ours": [*OURS]}).one():
        user = driver_of(connection).info.user
        raise Failed(
            f"The role {user} may not restore: DATABASE_URL must name the one that owns the tables"
            " and may make schemas, as `doorstep migrate` is run by."
        )
    stored = schema.stored_revision(connection)
    if tables and stored is not None and stored not in schema.known_revisions():
        raise Failed(
            "The database was made by a newer Doorstep; restore with that version, or into an"
            " empty database."
        )


def _lock(connection: Connection, tables: Sequence[str]) -> None:
    """Have every table for ourselves. A push takes the organisation's first, and so do we."""
    if not tables:
        return
    first = sorted(tables, key=lambda name: (name != "organisation", name))
    for tries_left in reversed(range(TRIES)):
        try:
            with connection.begin_nested():
                connection.execute(text(f"LOCK TABLE {', '.join(first)} IN ACCESS EXCLUSIVE MODE"))
            return
        except DBAPIError as error:
            if not isinstance(error.orig, psycopg.errors.DeadlockDetected) or not tries_left:
                raise


def _heads(connection: Connection, tables: Sequence[str]) -> dict[str, int]:
    if "organisation" not in tables:
        return {}
    see_organisations(connection)
    return {
        row.id: row.head for row in connection.execute(text("SELECT id, head FROM organisation"))
    }


def _granted(connection: Connection, tables: Sequence[str]) -> list[str]:
    """What gives others again what they may do with our tables, as statements."""
    query = text(
        "SELECT format('GRANT %s ON %I TO %s', privilege_type, relname,"
        " CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)"
        " FROM pg_class, aclexplode(relacl)"
        " WHERE relname = ANY(:tables) AND relnamespace = current_schema()::regnamespace"
        " AND grantee <> relowner"
    )
    known = [name for name in tables if name in METADATA.tables]
    return list(connection.scalars(query, {"tables": known}))


def _set_aside(connection: Connection, tables: Sequence[str], kept: str) -> None:
    if not tables:
        return
    connection.execute(text(f"CREATE SCHEMA {kept}"))
    for name in tables:
        connection.execute(text(f"ALTER TABLE {name} SET SCHEMA {kept}"))


def _analyze(connection: Connection) -> None:
    """Count the new tables: until then a planner guesses, and reads whole organisations."""
    connection.execute(text(f"ANALYZE {', '.join(sorted(METADATA.tables))}"))


def _fill(connection: Connection, path: Path, tell: Tell) -> None:
    """Copy every table's rows. Raises Failed for a backup whose tables are not those of its own
    revision."""
    looking = inspect(connection)
    lacking = {
        name: {column["name"] for column in looking.get_columns(name)}
        for name in looking.get_table_names()
        if name != REVISION
    }
    tables = len(lacking)
    for rows in dumped.read_rows(path):
        if rows.table == REVISION:
            for _ in rows.lines:
                pass
        elif set(rows.columns) == lacking.pop(rows.table, None):
            _copy(connection, rows)
            tell(tables - len(lacking), tables)
        else:
            raise Failed(f"{path} is no backup of Doorstep: its table {rows.table} is not ours.")
    if lacking:
        raise Failed(f"{path} is no backup of Doorstep: it has no {', '.join(sorted(lacking))}.")


def _copy(connection: Connection, rows: Rows) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(rows.table), sql.SQL(", ").join(map(sql.Identifier, rows.columns))
    )
    with driver_of(connection).cursor() as cursor, cursor.copy(statement) as copy:
        for line in rows.lines:
            copy.write(line)


@contextmanager
def _told() -> Iterator[None]:
    """Say what the database said, without the row at which it said so."""
    try:
        yield
    except (DBAPIError, psycopg.Error) as error:
        found = error.orig if isinstance(error, DBAPIError) else error
        said = found.diag.message_primary if isinstance(found, psycopg.Error) else None
        reason = said or str(found).strip().partition("\n")[0]
        raise Failed(f"The database could not be replaced, and is as it was: {reason}.") from error
