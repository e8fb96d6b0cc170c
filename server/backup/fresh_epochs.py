"""A new epoch for every organisation of a database that was restored (sync/README.md, "A restored
server"), and an end to every way in that had ended since the backup.

The starts that were given are noted in DOORSTEP_HOME too, where the database that counted in them
may be lost: two restores from one backup never give a number twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select, update
from uuid6 import uuid7

from server.access_log import Entry, note
from server.database import end_deeds, enter, see_organisations
from server.epochs import next_start
from server.tables import attempt, challenge, epoch, invitation, organisation, session
from server.whole_file import write_whole

FILE = "epochs"


@dataclass(frozen=True, slots=True)
class Begun:
    """An organisation's new epoch: its numbers come after `start`, the backup's end at `head`."""

    organisation: str
    name: str
    head: int
    start: int


def begin_epochs(
    connection: Connection, home: Path, heads: Mapping[str, int], now: int, detail: str
) -> Sequence[Begun]:
    """Begin an epoch in each organisation, beyond the backup's numbers and beyond `heads`, those
    that the replaced database had given, as far as they are known. `detail` goes into the access
    log. The transaction must be one of begin(None)."""
    see_organisations(connection)
    rows = connection.execute(select(organisation.c.id, organisation.c.name, organisation.c.head))
    noted = _noted(home)
    begun = []
    for row in sorted(rows, key=lambda row: row.name):
        known = [row.head, heads.get(row.id, 0), noted.get(row.id, 0)]
        begun.append(Begun(row.id, row.name, row.head, next_start(known, now)))
    for each in begun:
        enter(connection, each.organisation)
        _begin(connection, each, now)
        entry = Entry(what="restored", detail=f"{detail}, up to {each.head}")
        note(connection, each.organisation, [entry])
        end_deeds(connection)
    for table in (challenge, attempt):
        connection.execute(table.delete())
    _note(home, noted | {each.organisation: each.start for each in begun})
    return begun


def _begin(connection: Connection, each: Begun, now: int) -> None:
    id_ = str(uuid7())
    connection.execute(
        epoch.insert(),
        {
            "organisation": each.organisation,
            "start": each.start,
            "id": id_,
            "restored_head": each.head,
            "began_at": now,
        },
    )
    connection.execute(
        update(organisation)
        .where(organisation.c.id == each.organisation)
        .values(head=each.start, epoch=id_, is_restoring=True)
    )
    for table in (session, invitation):
        connection.execute(table.delete().where(table.c.organisation == each.organisation))


def _note(home: Path, starts: Mapping[str, int]) -> None:
    write_whole(home / FILE, "".join(f"{id_} {start}\n" for id_, start in sorted(starts.items())))


def _noted(home: Path) -> dict[str, int]:
    """Raises ValueError, a sentence, for a file that is not as we write it."""
    path = home / FILE
    if not path.exists():
        return {}
    try:
        lines = [line.split(" ") for line in path.read_text("utf-8").splitlines()]
        return {id_: int(start) for id_, start in lines}
    except ValueError:
        raise ValueError(f"{path} is not as it was written; put it back or take it away") from None
