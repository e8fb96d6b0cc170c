"""The records that phones offered for salvage, as far as they show what nothing here accounts for:
the rows of `salvage`. Called by this room only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection

from server.catalogue import CATALOGUE
from server.database import look_up
from server.epochs import Span, lost_spans
from server.restore.covered import Missing, missing
from server.sync.stored import load_logs
from server.tables import records, salvage

Row: TypeAlias = Mapping[str, Any]


def uncovered(
    connection: Connection,
    organisation: str,
    rows: Sequence[Row],
    spans: Sequence[Span],
) -> list[tuple[Row, Missing]]:
    """Those of the offers that show what nothing accounts for, each with that. One whose id is that
    of another record here, of another kind or chart, is none of a record that was lost."""
    ids = {row["record"] for row in rows}
    columns = ("id", "kind", "patient")
    stands = {
        id_: of for id_, *of in look_up(connection, records, "id", organisation, ids, columns)
    }
    logs = load_logs(connection, organisation, ids)
    found = []
    for row in rows:
        of = [row["kind"], row["patient"]]
        if stands.get(row["record"], of) != of:
            continue
        kind = CATALOGUE.kind_stored(row["kind"], row["patient"]).engine
        held = orjson.loads(row["body"])
        head = min(span.head for span in spans if span.head < row["version"] < span.start)
        if lacking := missing(kind, held, logs[row["record"]], head):
            found.append((row, lacking))
    return found


def withdraw_covered(connection: Connection, organisation: str, ids: Collection[str]) -> None:
    """Take away the offers of these records that show nothing any more that is not known."""
    rows = [
        dict(row._mapping)
        for row in look_up(connection, salvage, "record", organisation, ids)
        if row.outcome is None
    ]
    if not rows:
        return
    spans = lost_spans(connection, organisation)
    left = [row for row, _ in uncovered(connection, organisation, rows, spans)]
    forget(connection, organisation, of=rows, but=left)


def forget(
    connection: Connection, organisation: str, *, of: Sequence[Row], but: Sequence[Row]
) -> None:
    """Take away these offers but for some of them."""
    left = {(row["record"], row["hash"]) for row in but}
    for row in of:
        if (row["record"], row["hash"]) not in left:
            named = {"record": row["record"], "hash": row["hash"]}
            connection.execute(salvage.delete().filter_by(organisation=organisation, **named))
