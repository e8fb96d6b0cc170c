"""What a device has not seen: the records past its cursor, in order of place, of the charts that
its member holds and of the library (sync/README.md, Access).

A record's place is (max(position, held since), id). One chart is therefore sent in two ways:

    position ─────────────── held since ────────────── head
      what is older than the grant  │  what moved since
      comes at the grant's place,   │  comes at its own position
      in order of id                │

Bodies are stored as the wire carries them, and decoded only where a field is withheld.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from server.readable import body_for
from server.sync.cursor import END, Cursor
from server.sync.places import Held, Placed, Places, Reader
from server.tables import grants, organisation

MOST_BYTES = 1_000_000
"""About how much a page of records weighs; one record always goes."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer's worth of records."""

    bodies: Sequence[str]
    forget: Sequence[str]
    cursor: Cursor
    more: bool
    epoch: str
    """Of the history that the snapshot is of."""


def pull(connection: Connection, reader: Reader, after: Cursor | None, limit: int) -> Page:
    """The next page after a cursor (None: from nothing), all from the connection's one snapshot."""
    head, epoch = connection.execute(_HEAD, {"organisation": reader.organisation}).one()
    end = Cursor(head, END)
    if after == end:
        return Page((), (), end, more=False, epoch=epoch)
    start = after or Cursor(0, "")
    held, lost = charts_of(connection, reader, start.position)
    found = Places(connection, reader, start, head, limit).records(held)
    page = _cut(found, limit)
    more = len(page) < len(found)
    return Page(
        [body_for(reader.role, each.kind, each.body) for each in page],
        sorted(lost) if after else (),
        Cursor(page[-1].place, page[-1].id) if more else end,
        more,
        epoch,
    )


def charts_of(connection: Connection, reader: Reader, position: int) -> tuple[list[Held], set[str]]:
    """The charts held, and those of which a grant ended after `position` and that are not held.

    A grant that ended before `position` could only move the beginning of a run that began before
    it too, which no cursor there can tell: it is not read.
    """
    asked = {"organisation": reader.organisation, "member": reader.member, "position": position}
    rows = connection.execute(_GRANTS, asked)
    runs: dict[str, list[tuple[int, int | None]]] = {}
    for patient, began, ended in rows:
        runs.setdefault(patient, []).append((began, ended))
    held: list[Held] = []
    lost: set[str] = set()
    for patient, grants_of_chart in runs.items():
        if any(ended is None for _, ended in grants_of_chart):
            held.append(Held(patient, _held_since(grants_of_chart)))
        elif any(ended is not None and ended > position for _, ended in grants_of_chart):
            lost.add(patient)
    return held, lost


_HEAD = select(organisation.c.head, organisation.c.epoch).where(
    organisation.c.id == bindparam("organisation")
)
_GRANTS = (
    select(grants.c.patient, grants.c.began, grants.c.ended)
    .where(
        grants.c.organisation == bindparam("organisation"),
        grants.c.member == bindparam("member"),
        grants.c.began.is_not(None),
        grants.c.ended.is_(None) | (grants.c.ended >= bindparam("position")),
    )
    .order_by(grants.c.patient, grants.c.began.desc())
)


def _held_since(spans: Sequence[tuple[int, int | None]]) -> int:
    """Where the unbroken run of spans, of which one has no end, began."""
    since = min(began for began, ended in spans if ended is None)
    for began, ended in sorted(spans, reverse=True):
        if began < since and (ended is None or ended >= since):
            since = began
    return since


def _cut(found: Sequence[Placed], limit: int) -> Sequence[Placed]:
    """The first `limit` of them, and no more than weigh MOST_BYTES; at least one."""
    weight = 0
    for count, each in enumerate(found[:limit]):
        weight += len(each.body.encode())
        if weight > MOST_BYTES and count:
            return found[:count]
    return found[:limit]
