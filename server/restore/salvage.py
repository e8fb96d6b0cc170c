"""POST /api/salvage: the records that a phone holds in a version that a restore took, offered for a
supervisor to look at (sync/README.md, A restored server). server/restore/offers.py lists them.

    {"device", "epoch": the new one, "records": [as held]} → 204

An offer is there for as long as it shows what nothing here accounts for (covered.py): it is not
kept where all of it is known, and withdrawn as soon as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from server.access import caller
from server.body import read_json
from server.catalogue import CATALOGUE
from server.database import begin, store
from server.epochs import Span, lost_spans
from server.problems import Problem
from server.restore.offered import uncovered
from server.retention.purged import purged_among
from server.sync.at_device import Revoked, require_device, require_epoch
from server.sync.envelope import MOST_RECORDS, is_uuid, is_whole, read_list, read_text, require
from server.sync.stored import read_counter
from server.tables import salvage
from server.who import Caller, now_ms
from sync import canonical

MEMBERS = ("id", "kind", "patient", "version", "deleted", "fields", "contested", "overruled")
LONGEST_KIND = 40


def offer_records() -> ResponseReturnValue:
    """Keeps the records that a phone holds and the restored server does not account for."""
    asker, body, now = caller(), read_json(), now_ms()
    device, epoch = body.get("device"), read_text(body, "epoch")
    require(is_uuid(device) and epoch is not None)
    offered = read_list(body.get("records"), MOST_RECORDS)
    try:
        with begin(asker.organisation) as connection:
            require_epoch(read_counter(connection, asker.organisation), str(epoch))
            require_device(connection, asker, str(device))
            spans = lost_spans(connection, asker.organisation)
            held = [record for record in offered if _is_offered(asker, record, spans)]
            rows = [
                row
                for record in _of_charts_that_may_be(connection, asker.organisation, held)
                if (row := _row(asker, str(device), record, now)) is not None
            ]
            kept = [row for row, _ in uncovered(connection, asker.organisation, rows, spans)]
    except Revoked:
        raise Problem(403, "device_revoked", wipe=True) from None
    if kept:
        with begin(asker.organisation, write=True) as connection:
            store(connection, salvage, kept, "ON CONFLICT DO NOTHING")
    return "", 204


def _is_offered(asker: Caller, record: object, spans: Sequence[Span]) -> bool:
    """Whether it is a record with a lost version, of a kind that its holder may have on a phone.
    One of a kind that only another version knows is kept too."""
    if not isinstance(record, dict) or not _is_record(record):
        return False
    kind = CATALOGUE.kinds.get(record["kind"])
    may_hold = kind is None or (asker.role in kind.read and kind.scope != "office")
    return may_hold and any(span.head < record["version"] < span.start for span in spans)


def _is_record(record: Mapping[str, Any]) -> bool:
    patient, kind = record.get("patient"), record.get("kind")
    listed = [record.get(part) for part in ("contested", "overruled")]
    return (
        is_uuid(record.get("id"))
        and (patient is None or is_uuid(patient))
        and isinstance(kind, str)
        and kind.isascii()
        and 0 < len(kind) <= LONGEST_KIND
        and is_whole(record.get("version"))
        and type(record.get("deleted")) is bool
        and isinstance(record.get("fields"), dict)
        and all(isinstance(part, dict) and _is_lists_of_writes(part) for part in listed)
    )


def _is_lists_of_writes(part: Mapping[str, Any]) -> bool:
    return all(
        isinstance(entries, list)
        and all(isinstance(entry, dict) and "value" in entry for entry in entries)
        for entries in part.values()
    )


def _of_charts_that_may_be(
    connection: Connection, organisation: str, records: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Those that are not of a chart that is gone for good."""
    patients = {record["patient"] for record in records if record["patient"]}
    purged = purged_among(connection, organisation, patients)
    return [record for record in records if record["patient"] not in purged]


def _row(asker: Caller, device: str, record: Mapping[str, Any], now: int) -> dict[str, Any] | None:
    """As it is kept; None for what could not be written down again."""
    body = {name: record[name] for name in MEMBERS}
    try:
        hashed = hashlib.sha256(canonical(body)).hexdigest()
        written = orjson.dumps(body).decode()
    except (ValueError, orjson.JSONEncodeError):
        return None
    return {
        "organisation": asker.organisation,
        "record": record["id"],
        "hash": hashed,
        "version": record["version"],
        "kind": record["kind"],
        "patient": record["patient"],
        "member": asker.member,
        "device": device,
        "body": written,
        "offered_at": now,
    }
