"""A supervisor looks at the records that only phones still hold, and decides on each
(sync/README.md, A restored server). server/restore/salvage.py keeps them.

GET /api/office/salvage?after=… → {"offers": [{"record", "hash", "kind", "patient", "patient_name",
    "version", "fields", "deleted", "contested", "current": fields or null, "current_deleted",
    "member", "member_name", "device_name", "offered_at"}], "next": "…" or null}
POST /api/office/salvage/RECORD/HASH/take-in {} → {"accepted": true}, or {"accepted": false, "code",
    "field", "params", "message"} where it is refused for its own sake, and stays
POST /api/office/salvage/RECORD/HASH/dismiss {} → 204

What a colleague did first stands: the same again is answered the same, the contrary 409 `reviewed`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Select, and_, or_, select, update

from server.access import caller, note_call
from server.access_log import Entry, note
from server.catalogue import CATALOGUE
from server.database import begin
from server.epochs import lost_spans
from server.grants import existing_charts, supervised
from server.problems import Problem, asked_language
from server.reach import is_in_reach
from server.readable import withheld_fields, without
from server.restore.offered import Row, forget, uncovered
from server.restore.written import Refused, write_missing
from server.sync.stored import load_records, take_counter
from server.tables import device, member, salvage
from server.who import Caller, now_ms

PAGE = 100
READ_AT_ONCE = 200
PATIENT = "patient"
TAKEN_IN, DISMISSED = "taken_in", "dismissed"

_after = re.compile(r"([0-9a-f-]{36})\.([0-9]{1,16})\.([0-9a-f]{64})").fullmatch
_hash = re.compile(r"[0-9a-f]{64}").fullmatch


def offers() -> ResponseReturnValue:
    """A page of what the caller may decide on; the reading is noted for each chart."""
    asker, after = caller(), _read_after(request.args.get("after"))
    with begin(asker.organisation, write=True) as connection:
        page, more = _page(connection, asker, after)
        current = {
            each.id: orjson.loads(each.body)
            for each in load_records(
                connection, asker.organisation, _ids(page, "record") | _ids(page, "patient")
            )
        }
        names = _patient_names(connection, asker.organisation, page, current)
        charts: list[str | None] = [*sorted(_ids(page, "patient"))]
        for patient in charts or [None]:
            note_call(connection, patient=patient)
    last = page[-1] if more else None
    return {
        "offers": [_described(asker.role, row, current, names) for row in page],
        "next": f"{last['record']}.{last['version']}.{last['hash']}" if last else None,
    }


def take_in(record_id: str, hash: str) -> ResponseReturnValue:
    """Writes what an offer shows and nothing here accounts for, in the caller's own name; of a
    chart that is not there the patient too, where that is offered."""
    by, language = caller(), asked_language()
    try:
        with begin(by.organisation, write=True) as connection:
            counter = take_counter(connection, by.organisation)
            row = _to_decide(connection, by, record_id, hash)
            if row["outcome"] == DISMISSED:
                raise Problem(409, "reviewed")
            if row["outcome"] is None:
                rows = [*_patient_of(connection, by, row), row]
                for each in rows:  # first: what is accounted for and not decided is withdrawn
                    _settle(connection, by, each, TAKEN_IN)
                write_missing(connection, counter, by, rows, language)
    except Refused as refused:
        return {"accepted": False} | refused.refusal
    return {"accepted": True}


def dismiss(record_id: str, hash: str) -> ResponseReturnValue:
    """Leaves an offer out."""
    by = caller()
    with begin(by.organisation, write=True) as connection:
        take_counter(connection, by.organisation)
        row = _to_decide(connection, by, record_id, hash)
        if row["outcome"] == TAKEN_IN:
            raise Problem(409, "reviewed")
        if row["outcome"] is None:
            _settle(connection, by, row, DISMISSED)
    return "", 204


def count(connection: Connection, asker: Caller) -> int:
    """How many offers the caller may decide on."""
    open_ones = _offered(asker.organisation).where(salvage.c.outcome.is_(None))
    rows = [dict(row._mapping) for row in connection.execute(open_ones)]
    return len(_decided_by(connection, asker, rows))


def _read_after(text: str | None) -> tuple[str, int, str] | None:
    """Where the last page ended. Raises Problem 400."""
    if not text:
        return None
    found = _after(text)
    if found is None:
        raise Problem(400, "malformed")
    return found[1], int(found[2]), found[3]


def _offered(organisation: str) -> Select[*tuple[Any, ...]]:
    """The offers of an organisation with who made them and on which phone."""
    return (
        select(
            salvage,
            member.c.name.label("member_name"),
            device.c.name.label("device_name"),
        )
        .join(
            member,
            (member.c.organisation == salvage.c.organisation) & (member.c.id == salvage.c.member),
        )
        .join(
            device,
            (device.c.organisation == salvage.c.organisation) & (device.c.id == salvage.c.device),
        )
        .where(salvage.c.organisation == organisation)
    )


def _page(
    connection: Connection, asker: Caller, after: tuple[str, int, str] | None
) -> tuple[list[Row], bool]:
    """The next PAGE of what they may decide on, and whether there is more: by record, which is when
    it was begun, the newest copy first. What is accounted for by now is taken away."""
    query = (
        _offered(asker.organisation)
        .where(salvage.c.outcome.is_(None))
        .order_by(salvage.c.record, salvage.c.version.desc(), salvage.c.hash)
        .limit(READ_AT_ONCE)
    )
    spans = lost_spans(connection, asker.organisation)
    found: list[Row] = []
    while len(found) <= PAGE:
        part = query if after is None else query.where(_is_after(*after))
        rows = [dict(row._mapping) for row in connection.execute(part)]
        theirs = _decided_by(connection, asker, rows)
        left = [row for row, _ in uncovered(connection, asker.organisation, theirs, spans)]
        forget(connection, asker.organisation, but=left, of=theirs)
        found += left
        if len(rows) < READ_AT_ONCE:
            break
        after = (rows[-1]["record"], rows[-1]["version"], rows[-1]["hash"])
    return found[:PAGE], len(found) > PAGE


def _is_after(record: str, version: int, hash: str) -> Any:
    older = or_(
        salvage.c.version < version, and_(salvage.c.version == version, salvage.c.hash > hash)
    )
    return or_(salvage.c.record > record, and_(salvage.c.record == record, older))


def _decided_by(connection: Connection, asker: Caller, rows: Sequence[Row]) -> list[Row]:
    """Those that the caller decides on: of kinds that they read, and of charts that they supervise;
    of the library; and of charts that are not there, those offered by whoever works in a team of
    theirs or in none."""
    organisation, charts = asker.organisation, _ids(rows, "patient")
    there = existing_charts(connection, organisation, charts)
    supervises = asker.role == "supervisor"
    open_to_them = supervised(connection, organisation, asker.member, there) if supervises else ()
    in_reach = is_in_reach(asker) | member.c.team.is_(None)
    colleagues = set(
        connection.scalars(
            select(member.c.id).where(member.c.organisation == organisation, in_reach)
        )
    )

    def is_theirs(row: Row) -> bool:
        kind = CATALOGUE.kinds.get(row["kind"])
        if kind is None or asker.role not in kind.read:
            return False
        if row["patient"] is None:
            return True
        if row["patient"] in there:
            return row["patient"] in open_to_them
        return supervises and row["member"] in colleagues

    return [row for row in rows if is_theirs(row)]


def _to_decide(connection: Connection, by: Caller, record: str, hash: str) -> Row:
    """An offer that is or was the caller's to decide on. Raises Problem 404."""
    if _hash(hash) is None:
        raise Problem(404, "not_found")
    query = _offered(by.organisation).where(salvage.c.record == record, salvage.c.hash == hash)
    rows = [dict(row._mapping) for row in connection.execute(query)]
    theirs = _decided_by(connection, by, rows)
    if not theirs:
        raise Problem(404, "not_found")
    return theirs[0]


def _patient_of(connection: Connection, by: Caller, row: Row) -> list[Row]:
    """The offer of the patient whose chart a record is of, where the server has not that chart."""
    patient = row["patient"]
    if patient in (None, row["record"]) or existing_charts(connection, by.organisation, [patient]):
        return []
    query = (
        _offered(by.organisation)
        .where(salvage.c.record == patient, salvage.c.outcome.is_(None))
        .order_by(salvage.c.version.desc())
    )
    rows = [dict(found._mapping) for found in connection.execute(query)]
    return _decided_by(connection, by, rows)[:1]


def _settle(connection: Connection, by: Caller, row: Row, outcome: str) -> None:
    connection.execute(
        update(salvage)
        .where(
            salvage.c.organisation == by.organisation,
            salvage.c.record == row["record"],
            salvage.c.hash == row["hash"],
        )
        .values(outcome=outcome, reviewed_at=now_ms(), reviewed_by=by.member)
    )
    entry = Entry(
        what=f"salvage_{outcome}",
        member=by.member,
        device=by.device,
        patient=row["patient"],
        record=row["record"],
        subject=row["member"],
    )
    note(connection, by.organisation, [entry])


def _ids(rows: Sequence[Row], column: str) -> set[str]:
    return {row[column] for row in rows if row[column]}


def _patient_names(
    connection: Connection,
    organisation: str,
    rows: Sequence[Row],
    current: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """The names of patients as they stand, and of those who are not there, as they are offered."""
    absent = _ids(rows, "patient") - current.keys()
    query = select(salvage.c.record, salvage.c.body).where(
        salvage.c.organisation == organisation,
        salvage.c.record.in_(absent),
        salvage.c.kind == PATIENT,
    )
    bodies = {row.record: orjson.loads(row.body) for row in connection.execute(query)}
    bodies |= {id_: body for id_, body in current.items() if body["kind"] == PATIENT}
    return {id_: body["fields"].get("name") for id_, body in bodies.items()}


def _described(
    role: str, row: Row, current: Mapping[str, Mapping[str, Any]], names: Mapping[str, Any]
) -> dict[str, Any]:
    held, stands = orjson.loads(row["body"]), current.get(row["record"])
    withheld = withheld_fields(role).get(row["kind"], frozenset())
    return {
        **{name: row[name] for name in ("record", "hash", "kind", "patient", "version")},
        "patient_name": names.get(row["patient"]),
        "fields": without(withheld, held["fields"]),
        "deleted": held["deleted"],
        "contested": without(withheld, held["contested"]),
        "current": without(withheld, stands["fields"]) if stands else None,
        "current_deleted": stands["deleted"] if stands else False,
        **{name: row[name] for name in ("member", "member_name", "device_name", "offered_at")},
    }
