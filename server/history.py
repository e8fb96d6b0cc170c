"""GET /api/records/ID/history: every change of one record in order of seq, refused ones after, and
what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from flask import Response
from sqlalchemy import Connection, select

from server.access import caller, note_call, read_chart
from server.body import as_sent, parse
from server.catalogue import CATALOGUE
from server.database import AnyRow, begin
from server.problems import Problem
from server.readable import without
from server.sync.stored import change_of
from server.tables import changes, records, refusals
from sync import Change, Kind, State, set_aside, show

WRITES = ("set", "add", "remove", "delete")
REVIEW = ("reviewed_by", "reviewed_at")


def history(record_id: str) -> Response:
    """The changes of a record, for those who may read it; the reading is noted."""
    reader = caller()
    with begin(reader.organisation, write=True) as connection:
        record = connection.execute(
            select(records.c.kind, records.c.patient, records.c.state).where(
                records.c.organisation == reader.organisation, records.c.id == record_id
            )
        ).first()
        if record is None:
            raise Problem(404, "not_found")
        kind = CATALOGUE.kind_stored(record.kind, record.patient)
        if reader.role not in kind.read:
            raise Problem(404, "not_found")
        if record.patient is not None:
            read_chart(connection, record.patient, record_id)
        else:
            note_call(connection, record=record_id)
        entries = [
            *_accepted(connection, reader.organisation, record_id, kind.engine, record.state),
            *_refused(connection, reader.organisation, record_id),
        ]
        if withheld := kind.withheld_from(reader.role):
            entries = list(_of_other_fields(entries, withheld))
    return Response(as_sent({"changes": entries}), mimetype="application/json")


def _accepted(
    connection: Connection, organisation: str, record_id: str, kind: Kind, state: str
) -> Iterator[dict[str, Any]]:
    rows = connection.execute(
        select(changes, *(refusals.c[name] for name in REVIEW))
        .outerjoin(
            refusals,
            (refusals.c.organisation == changes.c.organisation)
            & (refusals.c.device == changes.c.device)
            & (refusals.c.n == changes.c.n),
        )
        .where(changes.c.organisation == organisation, changes.c.record == record_id)
        .order_by(changes.c.seq)
    )
    outcomes = Outcomes(kind, State.from_json(orjson.loads(state)))
    for row in rows:
        body = orjson.loads(row.body)
        yield {
            "seq": row.seq,
            "member": row.member,
            "device": row.device,
            "at": row.at,
            "seen": row.seen,
            **{name: body[name] for name in WRITES if name in body},
            "outcome": outcomes.of(change_of(row)),
            **_review_of(row),
        }


def _refused(connection: Connection, organisation: str, record_id: str) -> Iterator[dict[str, Any]]:
    rows = connection.execute(
        select(refusals)
        .where(
            refusals.c.organisation == organisation,
            refusals.c.record == record_id,
            refusals.c.outcome.is_distinct_from("accepted"),  # it is among the accepted
        )
        .order_by(refusals.c.refused_at, refusals.c.n)
    )
    for row in rows:
        sent = parse(row.body.encode())
        yield {
            "seq": None,
            "member": row.member,
            "device": row.device,
            "at": sent.get("at"),
            "seen": sent.get("seen"),
            **{name: sent[name] for name in WRITES if sent.get(name) is not None},
            "outcome": "refused",
            "code": orjson.loads(row.answer)["code"],
            **_review_of(row),
        }


def _review_of(row: AnyRow) -> dict[str, Any]:
    """Who looked at what a revoked phone brought, where somebody did, beside who typed it."""
    return {name: getattr(row, name) for name in REVIEW} if row.reviewed_by else {}


def _of_other_fields(
    entries: Iterable[dict[str, Any]], withheld: frozenset[str]
) -> Iterator[dict[str, Any]]:
    """The changes without what they wrote of these fields; what wrote nothing else is left out."""
    for entry in entries:
        writes = {
            name: without(withheld, entry[name])
            for name in ("set", "add", "remove")
            if isinstance(entry.get(name), dict)
        }
        if "delete" in entry or any(writes.values()):
            yield entry | writes


class Outcomes:
    """What became of each change of one record, as the record stands."""

    def __init__(self, kind: Kind, state: State) -> None:
        shown = show(kind, state)
        self.contested = {entry["seq"] for entries in shown.contested.values() for entry in entries}
        self.overruled = {entry["seq"] for entries in shown.overruled.values() for entry in entries}
        self.set_aside = {(each.device, each.n) for each in set_aside(kind, state)}
        self.live = {
            write.seq
            for by_field in (state.writes, state.adds)
            for writes in by_field.values()
            for write in writes
        }
        self.live |= {write.seq for write in state.deletion.deletions}

    def of(self, change: Change) -> str:
        """contested or overruled, where any of its writes is; applied, where one of them stands or
        it took something away; superseded, once all that it wrote was written anew."""
        if change.seq in self.contested:
            return "contested"
        if change.seq in self.overruled or (change.device, change.n) in self.set_aside:
            return "overruled"
        takes_away = bool(change.remove) or change.delete is False
        return "applied" if change.seq in self.live or takes_away else "superseded"
