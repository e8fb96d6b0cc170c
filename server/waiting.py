"""What waits for a supervisor's review: changes that a phone still brought after it was revoked, or
its member had left (sync/README.md, Review). server/reviewing.py settles them.

GET /api/office/refusals?after=… → {"refusals": [{"device", "device_name", "n", "member",
    "member_name", "patient", "patient_name", "kind", "record", "change": as sent, "code",
    "message", "refused_at"}], "next": "…" or null}, in the order in which they came
GET /api/office/refusals?outcome=dismissed → the same of what was left out, with "reviewed_at",
    "reviewed_by" and "reviewer_name": what would have begun a record stands in no history
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask import Response, request
from sqlalchemy import Connection, Select, select, tuple_

from server.access import caller, note_call
from server.audit.names import names_of
from server.body import as_sent, parse
from server.database import AnyRow, begin
from server.grants import existing_charts, supervised
from server.problems import Problem
from server.reach import is_in_reach
from server.readable import withheld_fields, without
from server.sync.envelope import LARGEST, is_uuid
from server.sync.refuse import DISMISSED, WAITING
from server.sync.stored import load_records
from server.tables import device, member, refusals
from server.who import Caller

PAGE = 100
READ_AT_ONCE = 500
LONGEST_AFTER = 80
LISTED = (WAITING, DISMISSED)
WRITES = ("set", "add", "remove")


def waiting() -> Response:
    """A page of what waits for the caller's review; the reading is noted for each chart."""
    asker, after = caller(), _read_after(request.args.get("after"))
    outcome = request.args.get("outcome", WAITING)
    if outcome not in LISTED:
        raise Problem(400, "malformed")
    with begin(asker.organisation, write=True) as connection:
        page, more = _page(connection, asker, outcome, after)
        names = _patient_names(connection, asker.organisation, page)
        reviewers = names_of(
            connection, asker.organisation, {row.reviewed_by for row in page if row.reviewed_by}
        )
        for patient in sorted({row.patient for row in page if row.patient}) or [None]:
            note_call(connection, patient=patient)
    last = page[-1] if more else None
    answer = {
        "refusals": [
            _described(row, names, asker.role) | _review_of(row, reviewers) for row in page
        ],
        "next": f"{last.refused_at}.{last.device}.{last.n}" if last else None,
    }
    return Response(as_sent(answer), mimetype="application/json")


def _read_after(text: str | None) -> tuple[int, str, int] | None:
    """Where the last page ended. Raises Problem 400."""
    if not text:
        return None
    if len(text) > LONGEST_AFTER:
        raise Problem(400, "malformed")
    at, _, rest = text.partition(".")
    id_, _, n = rest.partition(".")
    if not (at.isdecimal() and n.isdecimal() and is_uuid(id_) and text.isascii()):
        raise Problem(400, "malformed")
    if max(int(at), int(n)) > LARGEST:
        raise Problem(400, "malformed")
    return int(at), id_, int(n)


def kept_changes(organisation: str) -> Select[*tuple[Any, ...]]:
    """The refused changes of an organisation with who typed them and on which phone."""
    return (
        select(
            refusals,
            member.c.name.label("member_name"),
            member.c.role,
            member.c.team,
            device.c.name.label("device_name"),
        )
        .join(
            member,
            (member.c.organisation == refusals.c.organisation) & (member.c.id == refusals.c.member),
        )
        .join(
            device,
            (device.c.organisation == refusals.c.organisation) & (device.c.id == refusals.c.device),
        )
        .where(refusals.c.organisation == organisation)
    )


def _page(
    connection: Connection, asker: Caller, outcome: str, after: tuple[int, str, int] | None
) -> tuple[list[AnyRow], bool]:
    """The next PAGE of what they may review or reviewed, and whether there is more."""
    order = (refusals.c.refused_at, refusals.c.device, refusals.c.n)
    query = kept_changes(asker.organisation).where(refusals.c.outcome == outcome).order_by(*order)
    found: list[AnyRow] = []
    while len(found) <= PAGE:
        part = query if after is None else query.where(tuple_(*order) > tuple_(*after))
        rows = connection.execute(part.limit(READ_AT_ONCE)).all()
        found += reviewed_by(connection, asker, rows)
        if len(rows) < READ_AT_ONCE:
            break
        after = (rows[-1].refused_at, rows[-1].device, rows[-1].n)
    return found[:PAGE], len(found) > PAGE


def reviewed_by(connection: Connection, asker: Caller, rows: Sequence[AnyRow]) -> list[AnyRow]:
    """Those that the caller reviews: of a chart that they supervise; and where there is no such
    chart, a new one or the library, of whoever works in a team of theirs or in none."""
    organisation = asker.organisation
    patients = {row.patient for row in rows if row.patient}
    charts = existing_charts(connection, organisation, patients)
    open_to_them = supervised(connection, organisation, asker.member, charts)
    colleagues = set(
        connection.scalars(
            select(member.c.id).where(
                member.c.organisation == organisation,
                is_in_reach(asker) | member.c.team.is_(None),
            )
        )
    )
    return [
        row
        for row in rows
        if (row.patient in open_to_them if row.patient in charts else row.member in colleagues)
    ]


def _patient_names(
    connection: Connection, organisation: str, rows: Sequence[AnyRow]
) -> dict[str, Any]:
    """The names of patients as they stand, and as they wait to be taken in."""
    names: dict[str, Any] = {}
    for row in rows:
        fields = sent_in(row).get("set")
        if row.record is not None and row.record == row.patient and isinstance(fields, dict):
            names[row.patient] = fields.get("name")
    known = load_records(connection, organisation, {row.patient for row in rows if row.patient})
    for each in known:
        if each.kind == "patient":
            names[each.id] = orjson.loads(each.body)["fields"].get("name")
    return names


def _described(row: AnyRow, names: Mapping[str, Any], role: str) -> dict[str, Any]:
    sent, answer = sent_in(row), orjson.loads(row.answer)
    kind = sent["kind"] if isinstance(sent.get("kind"), str) else None
    withheld = withheld_fields(role).get(kind or "", frozenset())
    for part in WRITES if withheld else ():
        if isinstance(sent.get(part), dict):
            sent[part] = without(withheld, sent[part])
    return {
        "device": row.device,
        "device_name": row.device_name,
        "n": row.n,
        "member": row.member,
        "member_name": row.member_name,
        "patient": row.patient,
        "patient_name": names.get(row.patient),
        "kind": kind,
        "record": row.record,
        "change": sent,
        "code": answer["code"],
        "message": answer["message"],
        "refused_at": row.refused_at,
    }


def _review_of(row: AnyRow, names: Mapping[str, str]) -> dict[str, Any]:
    if row.reviewed_by is None:
        return {}
    return {
        "reviewed_at": row.reviewed_at,
        "reviewed_by": row.reviewed_by,
        "reviewer_name": names.get(row.reviewed_by),
    }


def sent_in(row: AnyRow) -> dict[str, Any]:
    sent: dict[str, Any] = parse(row.body.encode())
    return sent
