"""A running server with an organisation of three, and a phone for whoever a test asks for."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.e2e.deployment import Deployment
from tests.e2e.office import MEMBERS, Office, furnish, furnish_chart, sqlite_in
from tests.e2e.phone import CHROMIUM, Phone
from tests.e2e.proxy import Line


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def playwright_engine() -> Iterator[Playwright]:
    if not Path(CHROMIUM).exists():
        pytest.fail("Chromium is missing: apt-get install chromium")
    with sync_playwright() as engine:
        yield engine


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
