"""Which charts are gone for good. Their line in the access log is what is left of them, and keeps
them from coming again. Called by the push and by reports."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Select, select

from server.tables import access_log

PURGED = "purged"


def purged_charts(organisation: str) -> Select[tuple[str]]:
    """The ids of all charts that were purged."""
    return select(access_log.c.patient).where(
        access_log.c.organisation == organisation,
        access_log.c.what == PURGED,
        access_log.c.is_offline.is_(False),
    )


def purged_among(connection: Connection, organisation: str, patients: Collection[str]) -> set[str]:
    """Those of the ids whose charts were purged."""
    if not patients:
        return set()
    query = purged_charts(organisation).where(access_log.c.patient.in_(patients))
    return set(connection.scalars(query))
