"""GET /api/office/records/KIND?after=ID: the records that never reach a phone.

→ {"records": […as the wire carries them], "next": id or null}, in order of id, deleted ones left
out. The kinds are those whose scope is office in GET /api/catalogue; they are written by
POST /api/sync like any other, and no pull brings them back.
"""

from __future__ import annotations

import orjson
from flask import Response, request
from sqlalchemy import select

from server.access import caller, note_call
from server.catalogue import CATALOGUE
from server.database import begin
from server.problems import Problem
from server.readable import body_for
from server.sync.envelope import is_uuid
from server.tables import records

PAGE = 200


def office_records(kind: str) -> Response:
    """A page of the office's own records of one kind; the reading is noted."""
    reader, after = caller(), request.args.get("after", "")
    declared = CATALOGUE.kinds.get(kind)
    if declared is None or declared.scope != "office" or reader.role not in declared.read:
        raise Problem(404, "not_found")
    if after and not is_uuid(after):
        raise Problem(400, "malformed")
    with begin(reader.organisation, write=True) as connection:
        rows = connection.execute(
            select(records.c.id, records.c.body)
            .where(
                records.c.organisation == reader.organisation,
                records.c.patient.is_(None),
                records.c.kind == kind,
                records.c.deleted.is_(False),
                records.c.id > after,
            )
            .order_by(records.c.id)
            .limit(PAGE + 1)
        ).all()
        note_call(connection, detail=kind)
    page = rows[:PAGE]
    answer = {
        "records": [orjson.Fragment(body_for(reader.role, kind, row.body)) for row in page],
        "next": page[-1].id if len(rows) > PAGE else None,
    }
    return Response(orjson.dumps(answer), mimetype="application/json")
