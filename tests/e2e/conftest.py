"""An organisation of three on a real server, and a phone for whoever a test asks for."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.e2e.deployment import Deployment
from tests.e2e.phone import CHROMIUM, Phone
from tests.e2e.proxy import Line

MEMBERS = {
    "ana": ("Ana Ferrer", "coordinator"),
    "ben": ("Ben Okoye", "clinician"),
    "sue": ("Sue Lindqvist", "supervisor"),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.browser)


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


@pytest.fixture(scope="session")
def playwright_engine() -> Iterator[Playwright]:
    if not Path(CHROMIUM).exists():
        pytest.fail("Chromium is missing: apt-get install chromium")
    with sync_playwright() as engine:
        yield engine


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


@dataclass
class Morning:
    """The organisation with one chart, and a phone of each member that has joined: all at rest,
    made once and copied for each test."""

    office: Office
    phones: dict[str, Phone]


def lasting_port() -> int:
    """A port outside those that the system gives away by itself: profiles are of this origin, and
    nobody else may come to have it while no server runs."""
    for port in range(20_000 + os.getpid() % 10_000, 32_000):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")


@pytest.fixture(scope="session")
def morning(playwright_engine: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Morning:
    home = tmp_path_factory.mktemp("morning")
    deployment = Deployment(home / "home", sqlite_in(home / "home"), lasting_port())
    deployment.home.mkdir()
    deployment.doorstep("migrate")
    furnish(deployment)
    deployment.start()
    office = Office(deployment, {})
    office.members = {name: office.call("/api/me", member=name)["member"] for name in MEMBERS}
    furnish_chart(office)
    line = Line(("127.0.0.1", deployment.port))
    phones: dict[str, Phone] = {}
    for name in MEMBERS:
        phone = Phone(playwright_engine, home / name, deployment.origin, line)
        phone.switch_on()
        phone.join(office.invitation(name))
        phone.passkeys = phone.authenticator.passkeys()
        phone.switch_off()
        phones[name] = phone
    line.close()
    deployment.stop()
    return Morning(office, phones)


@pytest.fixture
def deployment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Deployment]:
    """A running server; on PostgreSQL where a test's parameter says so."""
    home = tmp_path / "home"
    with contextlib.ExitStack() as stack:
        if getattr(request, "param", "sqlite") == "postgresql":
            home.mkdir()
            cluster = request.getfixturevalue("postgres_cluster")
            deployment = Deployment(home, stack.enter_context(cluster.copied("doorstep")))
            furnish(deployment)
        else:
            kept = request.getfixturevalue("morning").office.deployment
            shutil.copytree(kept.home, home)
            deployment = Deployment(home, sqlite_in(home), kept.port, tokens=kept.tokens)
        deployment.start()
        stack.callback(deployment.stop)
        yield deployment


@pytest.fixture
def office(deployment: Deployment, morning: Morning) -> Office:
    """The organisation with one chart, held by Ana and Ben."""
    if is_copied(deployment, morning):
        return replace(morning.office, deployment=deployment, chart=dict(morning.office.chart))
    office = Office(deployment, {})
    office.members = {name: office.call("/api/me", member=name)["member"] for name in MEMBERS}
    furnish_chart(office)
    return office


def is_copied(deployment: Deployment, morning: Morning) -> bool:
    return deployment.port == morning.office.deployment.port


@pytest.fixture
def switch_on(
    playwright_engine: Playwright, office: Office, morning: Morning, tmp_path: Path
) -> Iterator[Callable[..., Phone]]:
    """``switch_on("ana")``: a phone that Ana has joined with, her caseload on it."""
    phones: list[Phone] = []
    joined_before = set(morning.phones) if is_copied(office.deployment, morning) else set()

    def switch_on(
        member: str,
        *,
        joined: bool = True,
        locale: str = "en-US",
        seals: bool = False,
        scripts: Sequence[str] = (),
    ) -> Phone:
        phone = Phone(
            playwright_engine,
            tmp_path / f"{member}-{len(phones)}",
            office.deployment.origin,
            Line(("127.0.0.1", office.deployment.port)),
            locale,
            seals=seals,
            scripts=list(scripts),
        )
        phones.append(phone)
        kept = morning.phones.get(member) if joined and not seals and locale == "en-US" else None
        if kept and member in joined_before:
            joined_before.remove(member)  # a second phone of theirs is another
            shutil.copytree(kept.profile, phone.profile, ignore=CACHES)
            phone.passkeys = kept.passkeys
            phone.switch_on()
            phone.unlock()
            phone.wait_for_caseload()
            return phone
        phone.switch_on()
        if joined:
            phone.join(office.invitation(member))
        return phone

    yield switch_on
    for phone in phones:
        phone.switch_off()
        phone.line.close()


CACHES = shutil.ignore_patterns("Cache", "Code Cache", "*Cache_*", "GPUCache", "Dawn*Cache")


@pytest.fixture
def ana(switch_on: Callable[..., Phone]) -> Phone:
    return switch_on("ana")


@pytest.fixture
def ben(switch_on: Callable[..., Phone]) -> Phone:
    return switch_on("ben")
