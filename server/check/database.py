"""The database: reached, of this version's schema, fenced, and of one clock with this host."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, func, select, text

from server import schema
from server.backup import into_postgresql, into_sqlite
from server.check.finding import Finding, fail, ok, warn
from server.database import begin, db, enter, is_bound, is_sqlite, see_organisations
from server.said import said_duration
from server.tables import device, organisation
from server.who import now_ms

CLOCK_WARN_MS = 5_000
CLOCK_FAIL_MS = 60_000
"""Beyond it phones' clocks are taken for wrong where ours is."""


def check_schema() -> Finding:
    """Raises SQLAlchemy's OperationalError where the database cannot be reached."""
    try:
        if is_sqlite(db.engine) and not into_sqlite.database_file().exists():
            raise schema.OldSchema(schema.EMPTY)  # to look would make the file
        schema.require_current()
    except schema.OldSchema as error:
        return fail("schema", str(error))
    return ok("schema", f"Of this version: {schema.needed_revision()}.")


def check_fence(connection: Connection) -> Iterator[Finding]:
    """Row-level security, on PostgreSQL, for the role that this command was given."""
    if is_sqlite(connection):
        return
    user = connection.scalars(text("SELECT current_user")).one()
    if is_bound(connection):
        yield ok("role", f"{user} is bound by row-level security.")
    else:
        yield warn("role", f"{user} passes row-level security: serve with one that does not.")
    named = "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, :kept)"
    for kept in connection.scalars(text(named), {"kept": into_postgresql.KEPT}):
        yield warn(
            "disk", f"The schema {kept} was replaced by a restore; drop it when that is over."
        )


def check_clock() -> Finding:
    """Against the database's, and against contacts that our own clock wrote down."""
    ahead = _ahead_of_database()
    if abs(ahead) > CLOCK_WARN_MS:
        said = f"This host's clock and the database's are {said_duration(abs(ahead))} apart."
        return (fail if abs(ahead) > CLOCK_FAIL_MS else warn)("clock", said)
    latest = _latest_contact()
    back = (latest or 0) - now_ms()
    if back > CLOCK_FAIL_MS:
        return fail(
            "clock",
            f"A phone was in touch {said_duration(back)} after now: the clock was set back, or was"
            " wrong then.",
        )
    return ok("clock", "Not before anything that has happened.")


def _ahead_of_database() -> int:
    with begin(None) as connection:
        if is_sqlite(connection):
            return 0
        told = connection.scalars(text("SELECT extract(epoch FROM clock_timestamp()) * 1000")).one()
        return now_ms() - int(told)


def _latest_contact() -> int | None:
    with begin(None) as connection:
        see_organisations(connection)
        latest = []
        for id_ in connection.scalars(select(organisation.c.id)).all():
            enter(connection, id_)
            query = select(func.max(device.c.last_contact)).where(device.c.organisation == id_)
            latest.append(connection.scalars(query).one())
    return max((moment for moment in latest if moment is not None), default=None)
