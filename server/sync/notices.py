"""Tells authors which of their writes were set aside: once to each of their devices, whether or not
the chart is still theirs (sync/README.md, One round trip)."""

from __future__ import annotations

from sqlalchemy import Connection, select

from server.sync.cursor import Cursor
from server.tables import notices

KEPT_MS = 30 * 24 * 3600 * 1000
"""How far back a device that pulls from nothing is told."""


def notices_between(
    connection: Connection,
    organisation: str,
    member: str,
    after: Cursor | None,
    upto: Cursor,
    now: int,
) -> list[str]:
    """What a cursor passes on its way, each as the wire carries it."""
    query = (
        select(notices.c.body)
        .where(
            notices.c.organisation == organisation,
            notices.c.member == member,
            notices.c.position <= upto.position,
            notices.c.position > (after.position if after else 0),
        )
        .order_by(notices.c.position)
    )
    if after is None:
        query = query.where(notices.c.told_at >= now - KEPT_MS)
    return list(connection.scalars(query))
