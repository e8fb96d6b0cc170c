"""What phones offered after a restore and what cannot be folded until a grant, a record or a
creating change is back: the rows of `waiting_changes`. Called by this room only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, select

from server.body import as_sent
from server.database import AnyRow, look_up, store
from server.sync.offer import Author, Offer
from server.tables import waiting_changes
from sync import Change

Wants = Literal["grant", "record"]


def row_of(author: Author, offer: Offer, change: Change, wants: Wants, now: int) -> dict[str, Any]:
    """A change that waits, as it is kept: whole, as sent, with its `at` as it will be stored."""
    return {
        "organisation": author.organisation,
        "device": author.device,
        "n": offer.n,
        "record": offer.record,
        "patient": offer.patient,
        "member": author.member,
        "wants": wants,
        "body": as_sent(offer.sent),
        "digest": offer.digest,
        "at": change.at,
        "seqs": orjson.dumps(change.seqs).decode() if change.seqs else None,
        "since": now,
    }


def keep(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Let changes wait, or wait on for something else."""
    known = "ON CONFLICT (organisation, device, n) DO UPDATE SET wants = excluded.wants"
    store(connection, waiting_changes, rows, known)


def drop(connection: Connection, organisation: str, device: str, numbers: Collection[int]) -> None:
    """These changes of a device wait no longer."""
    if numbers:
        connection.execute(
            waiting_changes.delete().where(
                waiting_changes.c.organisation == organisation,
                waiting_changes.c.device == device,
                waiting_changes.c.n.in_(numbers),
            )
        )


def of_device(
    connection: Connection, organisation: str, device: str, first: int, last: int
) -> dict[int, AnyRow]:
    """What waits of a device between two n, by n."""
    rows = connection.execute(
        select(waiting_changes).where(
            waiting_changes.c.organisation == organisation,
            waiting_changes.c.device == device,
            waiting_changes.c.n.between(first, last),
        )
    )
    return {row.n: row for row in rows}


def all_of(connection: Connection, organisation: str) -> Sequence[AnyRow]:
    """All that waits in an organisation."""
    query = select(waiting_changes).where(waiting_changes.c.organisation == organisation)
    return connection.execute(query).all()


def unblocked(
    connection: Connection,
    organisation: str,
    records: Collection[str],
    charts: Collection[str],
    *,
    any_grant: bool,
) -> list[AnyRow]:
    """What may have waited for one of these records, for anything in one of these charts, or where
    `any_grant`, for whatever grant."""
    rows = [
        *look_up(connection, waiting_changes, "record", organisation, records),
        *look_up(connection, waiting_changes, "patient", organisation, charts),
    ]
    if any_grant:
        wanting = select(waiting_changes).where(
            waiting_changes.c.organisation == organisation, waiting_changes.c.wants == "grant"
        )
        rows += connection.execute(wanting).all()
    return list({(row.device, row.n): row for row in rows}.values())
