"""An organisation in which every address leads somewhere: a phone of each role, a chart with a
finished visit, two changes that a lost phone brought, a restore that is open and took two changes
of the patient. For tests that call every route there is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask

from server.access import Route
from server.tables import salvage
from tests.server.office import Office, Phone, Session, new_id
from tests.server.restore.backups import Backup, epoch_of, rows_of

ROLES = ("coordinator", "clinician", "supervisor", "administrator")
FURTHEST = {
    "POST /api/patients/search": "supervisor",  # finds by a part of a name
    "POST /api/charts/<patient_id>/open": "clinician",  # does not hold the chart yet
}


@dataclass
class Furnished:
    office: Office
    phones: dict[str, Phone]
    """A phone of each role."""
    ids: dict[str, Any]
    """What stands for each part of an address, as the routes name it."""

    def session_for(self, route: Route) -> Session:
        """Who may call a route and get the furthest there; nobody where nobody is asked."""
        for role in (FURTHEST.get(route.endpoint, ""), *ROLES):
            if role in route.roles:
                return self.phones[role].session
        return Session(self.office.app.test_client(use_cookies=False), "")

    def ids_for(self, route: Route) -> dict[str, Any]:
        """What there is for each part of a route's address."""
        parts = re.findall(r"<(?:\w+:)?(\w+)>", route.path)
        other = {"n": self.ids["n"] + 1, "hash": self.ids["older_hash"]}
        ids = self.ids | (other if route.path.endswith("/dismiss") else {})
        return {part: ids[part] for part in parts}

    def address(self, route: Route) -> str:
        """A route's address of something that there is."""
        return re.sub(
            r"<(?:\w+:)?(\w+)>", lambda part: str(self.ids_for(route)[part[1]]), route.path
        )


def salvaged(office: Office, phone: Phone, patient: str) -> tuple[str, str]:
    """Let a restore take two changes of a patient that a phone still holds: the hashes of the two
    copies that it offers."""
    backup = Backup(office)
    for pronouns in ("they", "she"):
        phone.change(patient, "patient", patient, set={"pronouns": pronouns})
        phone.sync()
        held = {"device": phone.device, "records": [phone.held[patient]]}
        if pronouns == "they":
            older = held
    backup.restore()
    for offered in (older, held):
        answer = phone.session.post("/api/salvage", offered | {"epoch": epoch_of(office)})
        assert answer.status_code == 204, answer.text
    phone.epoch = phone.cursor = None
    phone.sync_all()
    hashes = [row[1] for row in rows_of(office, salvage, "version", "hash")]
    assert len(hashes) == 2
    return hashes[0], hashes[1]


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
    first_lost = lost.n + 1
    lost.new("medication", patient, name="Aspirin")
    lost.new("medication", patient, name="Ibuprofen")
    revoked = ours.session.post(f"/api/devices/{lost.device}/revoke", {})
    assert revoked.status_code == 204, revoked.text
    assert lost.send(lost.request()).status_code == 403
    older, newer = salvaged(office, ours, patient)
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
            "n": first_lost,
            "hash": newer,
            "older_hash": older,
            "kind": "vacancy",
            "path": "index.html",
        },
    )
