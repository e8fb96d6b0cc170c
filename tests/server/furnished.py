"""An organisation in which every address leads somewhere: a phone of each role, a chart with a
finished visit, work that a lost phone brought. For tests that call every route there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask

from server.access import Route
from tests.server.office import Office, Phone, Session, new_id

ROLES = ("coordinator", "clinician", "supervisor", "administrator")


@dataclass
class Furnished:
    office: Office
    phones: dict[str, Phone]
    """A phone of each role."""
    ids: dict[str, Any]
    """What stands for each part of an address, as the routes name it."""

    def session_for(self, route: Route) -> Session:
        """Who may call a route; nobody signed in where nobody is asked."""
        for role in ROLES:
            if role in route.roles:
                return self.phones[role].session
        return Session(self.office.app.test_client(use_cookies=False), "")


def furnish(app: Flask) -> Furnished:
    office = Office.open(app)
    phones = {role: office.phone(office.add(role, "North")) for role in ROLES}
    ours = phones["coordinator"]
    patient = ours.new_patient()
    visit = ours.new(
        "visit",
        patient,
        member=ours.member,
        status="finished",
        actual_start="2026-11-21T10:05:00Z",
        actual_end="2026-11-21T10:52:00Z",
    )
    ours.sync_all()
    assert visit in ours.held, ours.refused
    lost = office.phone(ours.member)
    lost.sync_all()
    lost.new("medication", patient, name="Aspirin")
    lost_n = lost.n
    revoked = ours.session.post(f"/api/devices/{lost.device}/revoke", {})
    assert revoked.status_code == 204, revoked.text
    assert lost.send(lost.request()).status_code == 403
    return Furnished(
        office,
        phones,
        {
            "patient_id": patient,
            "record_id": patient,
            "visit_id": visit,
            "device_id": lost.device,
            "member_id": office.add("coordinator", "North"),
            "passkey_id": new_id(),
            "n": lost_n,
            "kind": "vacancy",
            "path": "index.html",
        },
    )
