"""Every screen on the demo's caseload, in both languages, light and dark.

The browser has nothing to complain of, axe finds no barrier (WCAG 2.2 AA), and nothing is wider
than the phone. The pictures are left in test-results/ for whoever wants to look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Playwright, expect

from tests.e2e.conftest import sqlite_in
from tests.e2e.deployment import ROOT, Deployment
from tests.e2e.phone import Phone
from tests.e2e.proxy import Line

AXE = ROOT / "pwa/node_modules/axe-core/axe.min.js"
PICTURES = ROOT / "test-results"
TABS = ("summary", "plan", "medications", "health", "needs", "people", "papers", "timeline")
WIDTH = 390


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Deployment, dict[str, str]]]:
    """The demo organisation on a server, and its sign-in link a role."""
    home = tmp_path_factory.mktemp("demo")
    deployment = Deployment(home, sqlite_in(home))
    deployment.doorstep("migrate")
    printed = deployment.doorstep("demo")
    deployment.start()
    yield deployment, {role.lower(): link for role, link in LINKS.findall(printed)}
    deployment.stop()


LINKS = re.compile(r"^(\w+):.*(http\S+)$", re.MULTILINE)


def look(phone: Phone, route: str, picture: str) -> None:
    """Open a screen, wait until it stands still, and hold it to what every screen must be."""
    phone.open(route)
    page = phone.page
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.screenshot(path=PICTURES / f"{picture}.png")
    found: list[dict[str, Any]] = page.evaluate(FIND_BARRIERS)
    assert found == [], f"{route}: {found}"
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH, route


FIND_BARRIERS = """async () => (await axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
})).violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }))"""


@pytest.mark.parametrize(
    ("locale", "scheme"), [("en-US", "light"), ("es-US", "dark")], ids=["english", "spanish-dark"]
)
def test_every_screen_is_whole(
    playwright_engine: Playwright,
    demo: tuple[Deployment, dict[str, str]],
    tmp_path: Path,
    locale: str,
    scheme: Literal["light", "dark"],
) -> None:
    deployment, links = demo
    line = Line(("127.0.0.1", deployment.port))
    phone = Phone(playwright_engine, tmp_path, deployment.origin, line, locale, scheme)
    phone.switch_on()
    try:
        phone.join(links["coordinator"])
        phone.page.evaluate(AXE.read_text())
        PICTURES.mkdir(exist_ok=True)
        screens = {name: f"#/{name}" for name in ("today", "patients", "tasks", "review", "more")}
        screens |= {"sync": "#/sync", "settings": "#/settings"}
        patient = contested_patient(phone)
        screens |= {f"chart-{tab}": f"#/patients/{patient}?tab={tab}" for tab in TABS}
        screens["visit"] = f"#/visits/{finished_visit(phone)}"
        screens["summary"] = f"{screens['visit']}/summary"
        for name, route in screens.items():
            look(phone, route, f"{name}-{locale}-{scheme}")
        phone.go_offline()
        for name in ("today", "sync"):
            look(phone, screens[name], f"{name}-offline-{locale}-{scheme}")
        assert phone.complaints == []
    finally:
        phone.switch_off()
        line.close()


def contested_patient(phone: Phone) -> str:
    """A patient one of whose medications is contested."""
    return next(
        str(record["patient"])
        for record in phone.copies().values()
        if record["kind"] == "medication" and "dose" in record["contested"]
    )


def finished_visit(phone: Phone) -> str:
    return next(
        str(record["id"])
        for record in phone.copies().values()
        if record["kind"] == "visit" and record["fields"].get("status") == "finished"
    )
