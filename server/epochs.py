"""The unbroken histories of an organisation, and the numbers that restores took from changes
(sync/README.md, "A restored server").

    epoch 1  0 ──────────── restored head ─ ─ ─ lost ─ ─ ┐
    epoch 2                                              start ───────── …

A number says by itself of which epoch it is: each begins at a multiple of SPACING that none before
it can have reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from server.tables import epoch, organisation

SPACING = 2**32
"""Numbers of one epoch. Readers of JSON keep 2^53 of them exactly: that is two million epochs."""

FIRST_HOUR_MS = 1_735_689_600_000
"""The beginning of 2025, from which the hours are counted that number epochs."""

HOUR_MS = 3_600_000


class Span(NamedTuple):
    """Numbers that a restore took away: `head` < number < `start`."""

    head: int
    start: int


def next_start(heads: Sequence[int], now: int) -> int:
    """Where an epoch starts that begins at this moment, beyond every counter that is known of.

    What the replaced database had counted may be lost with it: an epoch begins therefore no lower
    than the hour says, so that two restores from one backup do not give a number twice.
    """
    least = max(heads) // SPACING + 1
    return max(least, (now - FIRST_HOUR_MS) // HOUR_MS) * SPACING


def add_first(connection: Connection, organisation_id: str, id_: str, now: int) -> None:
    """Write down the history with which an organisation begins."""
    row = {"organisation": organisation_id, "start": 0, "id": id_, "restored_head": 0}
    connection.execute(epoch.insert(), row | {"began_at": now, "ended_at": now})


def lost_spans(connection: Connection, organisation_id: str) -> list[Span]:
    """What each restore took away, the oldest first."""
    rows = connection.execute(
        select(epoch.c.restored_head, epoch.c.start)
        .where(epoch.c.organisation == organisation_id, epoch.c.start > 0)
        .order_by(epoch.c.start)
    )
    return [Span(*row) for row in rows]


def lost_to(connection: Connection, organisation_id: str, known: str) -> Span:
    """What was taken from whoever knows the history up to the epoch of that id: of the numbers in
    this span they have some that changed their meaning. An epoch that is not known here was lost
    itself, with the one restore that is."""
    spans = lost_spans(connection, organisation_id)
    known_start = connection.scalar(
        select(epoch.c.start).where(epoch.c.organisation == organisation_id, epoch.c.id == known)
    )
    missed = [span for span in spans if known_start is None or span.start > known_start]
    current = connection.scalars(
        select(epoch.c.start)
        .join(organisation, organisation.c.epoch == epoch.c.id)
        .where(epoch.c.organisation == organisation_id, organisation.c.id == organisation_id)
    ).one()
    return Span(min((span.head for span in missed), default=current), current)
