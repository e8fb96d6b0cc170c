"""Tells authors which of their writes were set aside: once to each of their devices, whether or not
the chart is still theirs (sync/README.md, One round trip)."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

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
    asked = {
        "organisation": organisation,
        "member": member,
        "upto": upto.position,
        "after": after.position if after else 0,
        "since": since - KEPT_MS,
    }
    return list(connection.scalars(_BETWEEN, asked))


_BETWEEN = (
    select(notices.c.body)
    .where(
        notices.c.organisation == bindparam("organisation"),
        notices.c.member == bindparam("member"),
        notices.c.position <= bindparam("upto"),
        notices.c.position > bindparam("after"),
        notices.c.told_at >= bindparam("since"),
    )
    .order_by(notices.c.position)
)
