"""All checks, in the order in which one is of use to the next."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from server.check import here
from server.check.database import check_clock, check_fence, check_schema
from server.check.finding import Finding, fail
from server.check.organisations import check_organisation
from server.database import begin, see_organisations
from server.server_key import FILE, NoServerKey, is_here
from server.settings import Settings
from server.tables import organisation
from server.who import now_ms


def run(settings: Settings) -> Iterator[Finding]:
    """Every finding. What cannot be asked without a database is left out where there is none."""
    now = now_ms()
    yield here.check_settings(settings)
    yield here.check_server_key(settings)
    yield from here.check_disk(settings)
    yield here.check_fonts()
    yield here.check_backups(settings, now)
    try:
        yield from _database(settings, now)
    except DBAPIError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        yield fail("database", f"It cannot be reached or read: {reason}.")


def _database(settings: Settings, now: int) -> Iterator[Finding]:
    found = check_schema()
    yield found
    if found.level != "ok":
        return
    with begin(None) as connection:
        yield from check_fence(connection)
        see_organisations(connection)
        ids = connection.scalars(select(organisation.c.id).order_by(organisation.c.name)).all()
    yield check_clock()
    if not ids:
        yield fail("organisation", "There is none yet. Run `doorstep init` first.")
    elif not is_here():
        yield fail(
            "server key",
            "The database was used with a server key that is not here: put back the one that there"
            f" was, as {settings.home / FILE} or in SERVER_KEY.",
        )
        return
    for id_ in ids:
        try:
            with begin(id_) as connection:
                yield from check_organisation(connection, id_, settings.home, now)
        except NoServerKey:
            return  # said by the check of the key
