"""Charts opened by somebody to whom they are not given: with a reason in an emergency, or by the
supervisor of their team.

POST /api/charts/ID/open {"reason": "On call; the daughter phoned"} → 201 {"until": ms}
GET /api/office/openings?after= → {"openings": [{"id", "at", "until", "member", "member_name",
    "patient", "patient_name", "reason"}], "next"}, the newest first

The chart comes with the next sync and leaves after 24 hours. A coordinator or clinician may open
any chart of the organisation and must say why; a supervisor needs no reason, for charts of their
teams alone. A chart that is theirs already is not opened (409 `already_yours`), but one that they
had opened may be again, and stays for 24 hours more. Every opening is in the access log.
"""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select, tuple_
from uuid6 import uuid7

from server import limits
from server.access import caller, note_call
from server.audit.names import names_of, names_of_patients
from server.audit.pages import Place, asked_place
from server.body import read_json
from server.claims import OPENING
from server.database import AnyRow, begin
from server.grants import DAY_MS, existing_charts, in_force, supervised, supervises
from server.problems import Problem
from server.sync.stored import advance_counter, take_counter
from server.tables import grants
from server.who import Caller, now_ms

LONGEST_REASON = 500
PAGE = 50
LOOKED_AT_ONCE = 500


def open_chart(patient_id: str) -> ResponseReturnValue:
    """Opens a chart to the caller for 24 hours; noted with the reason."""
    asker = caller()
    limits.count("opening", account=asker.member)
    reason = _reason(asker)
    now = now_ms()
    with begin(asker.organisation, write=True) as connection:
        counter = take_counter(connection, asker.organisation)
        _require_openable(connection, asker, patient_id, now)
        connection.execute(
            grants.insert(),
            {
                "organisation": asker.organisation,
                "id": str(uuid7()),
                "member": asker.member,
                "patient": patient_id,
                "source": OPENING,
                "reason": reason,
                "starts_at": now,
                "ends_at": now + DAY_MS,
                "began": counter.head + 1,
            },
        )
        advance_counter(connection, asker.organisation, counter.head + 1)
        note_call(connection, patient=patient_id, detail=reason)
    return {"until": now + DAY_MS}, 201


def of_office() -> ResponseReturnValue:
    """The openings of charts that the caller supervises, the newest first; the asking is noted."""
    asker, after = caller(), asked_place()
    with begin(asker.organisation) as connection:
        found: list[AnyRow] = []
        while len(found) <= PAGE:
            rows = _page(connection, asker.organisation, after)
            charts = {row.patient for row in rows}
            theirs = supervised(connection, asker.organisation, asker.member, charts)
            found += [row for row in rows if row.patient in theirs]
            if len(rows) < LOOKED_AT_ONCE:
                break
            after = Place(rows[-1].starts_at, rows[-1].id)
        page = found[:PAGE]
        patients = names_of_patients(connection, asker.organisation, {r.patient for r in page})
        members = names_of(connection, asker.organisation, {r.member for r in page})
    with begin(asker.organisation, write=True) as connection:
        note_call(connection)
    following = Place(page[-1].starts_at, page[-1].id) if len(found) > PAGE else None
    return {
        "openings": [_to_wire(row, patients, members) for row in page],
        "next": str(following) if following else None,
    }


def _reason(asker: Caller) -> str | None:
    """Why, as said. Raises Problem 400 where it must be said and is not."""
    reason = read_json().get("reason")
    said = reason.strip() if isinstance(reason, str) else ""
    is_fit = len(said) <= LONGEST_REASON and "\0" not in said
    if not is_fit or (not said and asker.role != "supervisor"):
        raise Problem(400, "reason_missing")
    return said.encode("utf-8", "replace").decode() or None


def _require_openable(connection: Connection, asker: Caller, patient: str, now: int) -> None:
    """Raises Problem 404 for a chart that is not there or not theirs to open, and 409 for one that
    they hold by more than an opening."""
    here = asker.organisation
    if not existing_charts(connection, here, [patient]) or (
        asker.role == "supervisor" and not supervises(connection, here, asker.member, patient)
    ):
        raise Problem(404, "not_found")
    sources = connection.scalars(
        select(grants.c.source).where(
            grants.c.organisation == here,
            grants.c.member == asker.member,
            grants.c.patient == patient,
            in_force(now),
        )
    )
    if set(sources) - {OPENING}:
        raise Problem(409, "already_yours")


def _page(connection: Connection, organisation: str, after: Place | None) -> list[AnyRow]:
    query = (
        select(grants)
        .where(grants.c.organisation == organisation, grants.c.source == OPENING)
        .order_by(grants.c.starts_at.desc(), grants.c.id.desc())
        .limit(LOOKED_AT_ONCE)
    )
    if after is not None:
        query = query.where(tuple_(grants.c.starts_at, grants.c.id) < tuple_(after.at, after.id))
    return list(connection.execute(query))


def _to_wire(row: AnyRow, patients: dict[str, str], members: dict[str, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "at": row.starts_at,
        "until": row.ends_at if row.ended_at is None else row.ended_at,
        "member": row.member,
        "member_name": members.get(row.member),
        "patient": row.patient,
        "patient_name": patients.get(row.patient),
        "reason": row.reason,
    }
