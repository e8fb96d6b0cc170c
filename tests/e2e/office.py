"""An organisation of three, and a supervisor's program that writes and reads beside the phones."""

from __future__ import annotations

import json
import re
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.deployment import Deployment

MEMBERS = {
    "ana": ("Ana Ferrer", "coordinator"),
    "ben": ("Ben Okoye", "clinician"),
    "sue": ("Sue Lindqvist", "supervisor"),
}


@dataclass
class Office:
    """The server, and a supervisor's program that writes and reads beside the phones."""

    deployment: Deployment
    members: dict[str, str]
    device: str = ""
    n: int = 0
    head: int = 0
    chart: dict[str, str] = field(default_factory=dict)

    def call(self, path: str, body: Any = None, *, member: str = "sue") -> Any:
        request = urllib.request.Request(
            self.deployment.origin + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.deployment.tokens[member]}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def write(self, *changes: dict[str, Any]) -> dict[str, Any]:
        """Push changes as the supervisor's program; they must all be accepted."""
        if not self.device:
            self.device = self.call("/api/devices", {"name": "office"})["device"]
        numbered = []
        for change in changes:
            self.n += 1
            numbered.append({"n": self.n, "at": 1, "seen": 0} | change)
        answer: dict[str, Any] = self.call(
            "/api/sync",
            {
                "protocol": 1,
                "device": self.device,
                "now": 1,
                "epoch": None,
                "cursor": None,
                "changes": numbered,
            },
        )
        assert answer["refused"] == []
        self.head = max([self.head, *(change["seq"] for change in answer["accepted"])])
        return answer

    def history(self, record: str, member: str = "sue") -> list[dict[str, Any]]:
        changes: list[dict[str, Any]] = self.call(f"/api/records/{record}/history", member=member)[
            "changes"
        ]
        return changes

    def records(self, member: str) -> dict[str, dict[str, Any]]:
        """Every record that a member's new phone would hold, by id."""
        device = self.call("/api/devices", {"name": "reader"}, member=member)["device"]
        held: dict[str, dict[str, Any]] = {}
        epoch = cursor = None
        more = True
        while more:
            answer = self.call(
                "/api/sync",
                {"protocol": 1, "device": device, "now": 1, "epoch": epoch, "cursor": cursor},
                member=member,
            )
            held |= {record["id"]: record for record in answer["records"]}
            epoch, cursor, more = answer["epoch"], answer["cursor"], answer["more"]
        return held

    def assign(self, patient: str, member: str) -> str:
        """Give a member a chart; the assignment's id."""
        record = new_id()
        self.write(
            {
                "record": record,
                "kind": "assignment",
                "patient": patient,
                "set": {"status": "active", "member": self.members[member]},
            }
        )
        return record

    def write_patient(self, given: str, family: str, **fields: Any) -> str:
        """A new patient, on the waitlist until assigned; their id."""
        patient = new_id()
        self.write(
            {
                "record": patient,
                "kind": "patient",
                "patient": patient,
                "set": {"name": {"given": given, "family": family}} | fields,
            }
        )
        return patient

    def invitation(self, member: str) -> str:
        """A fresh sign-in link."""
        printed = self.deployment.doorstep("invite", f"{member}@example.org")
        found = re.search(r"http\S+", printed)
        assert found, printed
        return found.group()


def new_id() -> str:
    return str(uuid.uuid4())


def furnish(deployment: Deployment) -> None:
    """Make an organisation of three by the command line, with a token each."""
    deployment.doorstep(
        "init", "Hillside Care", "--email", "root@example.org", "--administrator", "Rita Root"
    )
    for name, (full, role) in MEMBERS.items():
        email = f"{name}@example.org"
        deployment.doorstep(
            "member", "add", email, "--name", full, "--role", role, "--team", "North"
        )
        deployment.tokens[name] = deployment.doorstep("token", "create", email).strip()


def sqlite_in(home: Path) -> str:
    return f"sqlite:///{home / 'doorstep.sqlite3'}"


def furnish_chart(office: Office) -> None:
    """One chart, held by Ana and Ben."""
    patient = new_id()
    office.chart = {"patient": patient} | {
        kind: new_id() for kind in ("medication", "goal", "task", "visit")
    }
    chart = office.chart
    in_chart = {"patient": patient}
    office.write(
        {
            "record": patient,
            "kind": "patient",
            "set": {
                "name": {"given": "Rosa", "family": "Delgado"},
                "birth_date": "1941-03-05",
                "language": "es",
            },
            "add": {"telecom": [{"system": "phone", "value": "617-555-0101"}]},
        }
        | in_chart,
        {
            "record": chart["medication"],
            "kind": "medication",
            "set": {
                "name": "Lisinopril",
                "dose": "5 mg",
                "status": "active",
                "timing": "once a day",
            },
        }
        | in_chart,
        {
            "record": chart["goal"],
            "kind": "goal",
            "set": {"description": "Walk to the corner shop and back.", "priority": "medium"},
        }
        | in_chart,
        {
            "record": chart["task"],
            "kind": "task",
            "set": {"description": "Order a shower chair", "status": "requested"},
        }
        | in_chart,
        {
            "record": chart["visit"],
            "kind": "visit",
            "set": {
                "member": office.members["ben"],
                "status": "in-progress",
                "note_how": "Walks with a stick. Sleeps badly. Eats well.",
            },
        }
        | in_chart,
    )
    for member in ("ana", "ben"):
        chart[f"{member}'s assignment"] = office.assign(patient, member)
