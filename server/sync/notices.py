"""Tells authors which of their writes were set aside: once to each of their devices, whether or not
the chart is still theirs (sync/README.md, One round trip)."""

from __future__ import annotations

from sqlalchemy import Connection, select

from server.sync.cursor import Cursor
from server.tables import notices

KEPT_MS = 30 * 24 * 3600 * 1000
"""How far back from its enrolment, or from a pull from nothing, a device is told."""


def notices_between(
    connection: Connection,
    organisation: str,
    member: str,
    after: Cursor | None,
    upto: Cursor,
    since: int,
) -> list[str]:
    """What a cursor passes on its way, each as the wire carries it.

    `since` is when the device was enrolled, or when it pulls from nothing. A first pull of many
    pages has a cursor from the second on, and what is long over is not for a new phone.
    """
    query = (
        select(notices.c.body)
        .where(
            notices.c.organisation == organisation,
            notices.c.member == member,
            notices.c.position <= upto.position,
            notices.c.position > (after.position if after else 0),
            notices.c.told_at >= since - KEPT_MS,
        )
        .order_by(notices.c.position)
    )
    return list(connection.scalars(query))
