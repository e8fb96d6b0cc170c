"""The charts past their period, and what the office decides of them.

GET /api/office/retention → {"charts": [{"patient", "patient_name", "last_activity", "ended",
    "due_since", "due": true, "hold": {"reason", "at"} or null,
    "approvals": [{"member", "member_name", "at"}]}]}
POST /api/office/retention/ID/approve {} → 204 · 409 not_due, on_hold
POST /api/office/retention/ID/withdraw {} → 204
POST /api/office/retention/ID/hold {"reason": "…"} → 204 · 400 reason_missing · 409 already_held
POST /api/office/retention/ID/release {} → 204

Listed are the charts past their period and those on hold, which need not be `due`. A supervisor
decides of those that they supervise, which charts that nobody holds are; an administrator of all,
without being told whose they are. 404 for any other, and where there is nothing to take back.
`doorstep retention purge` takes away what two of them approved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from server.access import caller, note_call
from server.audit.names import names_of_patients
from server.body import read_json
from server.database import begin
from server.grants import supervised
from server.problems import Problem
from server.retention import standing
from server.retention.due import batches
from server.retention.standing import Kept, Standing
from server.who import Caller, now_ms

LONGEST_REASON = 500
STATUS = {"not_found": 404, "not_due": 409, "on_hold": 409, "already_held": 409}


def charts_to_purge() -> ResponseReturnValue:
    """The charts past their period or on hold; the looking is noted."""
    asker, now = caller(), now_ms()
    with begin(asker.organisation, write=True) as connection:
        note_call(connection)
    with begin(asker.organisation) as connection:
        found = standing.standings(connection, asker.organisation, now)
        own: set[str] = set()
        names: dict[str, str] = {}
        for some in batches([each.period.patient for each in found]):
            own |= _own(connection, asker, some)
            if asker.role == "supervisor":
                names |= names_of_patients(connection, asker.organisation, own.intersection(some))
    return {
        "charts": [
            _to_wire(each, names.get(each.period.patient), now)
            for each in found
            if each.period.patient in own
        ]
    }


def approve_purge(patient_id: str) -> ResponseReturnValue:
    """Approves that a chart past its period is purged."""
    by, now = caller(), now_ms()
    return _decide(
        patient_id,
        lambda connection: standing.approve(
            connection, by.organisation, patient_id, by.member, now
        ),
    )


def withdraw_approval(patient_id: str) -> ResponseReturnValue:
    """Takes the caller's own approval back."""
    by = caller()
    return _decide(
        patient_id,
        lambda connection: standing.withdraw(connection, by.organisation, patient_id, by.member),
    )


def hold_chart(patient_id: str) -> ResponseReturnValue:
    """Puts a chart on legal hold, which ends all approvals."""
    by, now = caller(), now_ms()
    reason = read_json().get("reason")
    if not isinstance(reason, str) or not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise Problem(400, "reason_missing")
    reason = reason.strip().encode("utf-8", "replace").decode().replace("\0", "?")
    return _decide(
        patient_id,
        lambda connection: standing.hold(
            connection, by.organisation, patient_id, reason, by.member, now
        ),
        reason,
    )


def release_chart(patient_id: str) -> ResponseReturnValue:
    """Ends a legal hold."""
    by = caller()
    return _decide(
        patient_id, lambda connection: standing.release(connection, by.organisation, patient_id)
    )


def _decide(
    patient: str, act: Callable[[Connection], None], detail: str | None = None
) -> ResponseReturnValue:
    by = caller()
    try:
        with begin(by.organisation, write=True) as connection:
            if not _own(connection, by, [patient]):
                raise Kept("not_found")
            act(connection)
            note_call(connection, patient=patient, detail=detail)
    except Kept as kept:
        raise Problem(STATUS[kept.code], kept.code) from None
    return "", 204


def _own(connection: Connection, asker: Caller, patients: Sequence[str]) -> set[str]:
    """Those of the charts of which the asker may decide."""
    if asker.role == "administrator":
        return set(patients)
    return supervised(connection, asker.organisation, asker.member, patients)


def _to_wire(each: Standing, name: str | None, now: int) -> dict[str, Any]:
    period, held = each.period, each.hold
    return {
        "patient": period.patient,
        "patient_name": name,
        "last_activity": period.last_activity,
        "ended": period.ended,
        "due_since": period.due_since,
        "due": period.is_over(now),
        "hold": {"reason": held.reason, "at": held.at} if held else None,
        "approvals": [
            {"member": approval.member, "member_name": approval.name, "at": approval.at}
            for approval in each.approvals
        ],
    }
