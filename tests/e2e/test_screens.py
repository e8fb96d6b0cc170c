"""Every screen on the demo's caseload, in both languages, light and dark.

The browser has nothing to complain of, axe finds no barrier (WCAG 2.2 AA), and nothing is wider
than the phone. The pictures are left in test-results/ for whoever wants to look.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Playwright, expect

from tests.e2e.deployment import ROOT, Deployment
from tests.e2e.office import sqlite_in
from tests.e2e.phone import PASSPHRASE, Phone
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
    """Open a screen and hold it to what every screen must be."""
    phone.open(route)
    hold(phone, picture)


def hold(phone: Phone, picture: str) -> None:
    """Wait until the page stands still; a picture of it; no barrier, and no wider than a phone."""
    page = phone.page
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    expect(page.get_by_text(phone.word("parts.loading"), exact=True)).to_have_count(0)
    page.screenshot(path=PICTURES / f"{picture}.png")
    found: list[dict[str, Any]] = page.evaluate(FIND_BARRIERS)
    assert found == [], f"{picture}: {found}"
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH, picture


FIND_BARRIERS = """async () => (await axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
})).violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }))"""


in_both = pytest.mark.parametrize(
    ("locale", "scheme"), [("en-US", "light"), ("es-US", "dark")], ids=["english", "spanish-dark"]
)
Scheme = Literal["light", "dark"]


@pytest.fixture
def phone(
    playwright_engine: Playwright,
    demo: tuple[Deployment, dict[str, str]],
    tmp_path: Path,
    locale: str,
    scheme: Scheme,
) -> Iterator[Phone]:
    deployment, _ = demo
    line = Line(("127.0.0.1", deployment.port))
    phone = Phone(playwright_engine, tmp_path, deployment.origin, line, locale, scheme)
    PICTURES.mkdir(exist_ok=True)
    phone.switch_on()
    yield phone
    phone.switch_off()
    line.close()
    assert phone.complaints == []


@pytest.fixture
def look_at(phone: Phone, locale: str, scheme: Scheme) -> Callable[[dict[str, str]], None]:
    def look_at(screens: dict[str, str]) -> None:
        for name, route in screens.items():
            look(phone, route, f"{name}-{locale}-{scheme}")

    return look_at


@in_both
def test_every_screen_is_whole(
    phone: Phone, demo: tuple[Deployment, dict[str, str]], look_at: Callable[..., None]
) -> None:
    phone.join(demo[1]["coordinator"])
    screens = {name: f"#/{name}" for name in ("today", "patients", "tasks", "review", "more")}
    screens |= {"sync": "#/sync", "settings": "#/settings", "security": "#/settings/security"}
    patient = contested_patient(phone)
    screens |= {f"chart-{tab}": f"#/patients/{patient}?tab={tab}" for tab in TABS}
    screens |= {"chart-access": f"#/patients/{patient}/access", "open": "#/office/open"}
    screens["visit"] = f"#/visits/{finished_visit(phone)}"
    screens["summary"] = f"{screens['visit']}/summary"
    look_at(screens)
    phone.go_offline()
    look_at({f"{name}-offline": screens[name] for name in ("today", "sync", "chart-access")})


@in_both
def test_every_room_of_the_office_is_whole(
    phone: Phone, demo: tuple[Deployment, dict[str, str]], look_at: Callable[..., None]
) -> None:
    phone.join(demo[1]["supervisor"])
    rooms = ("people", "devices", "lost", "openings", "access", "retention", "open", "restore")
    look_at({f"office-{room}": f"#/office/{room}" for room in rooms})


@in_both
def test_every_way_in_is_whole(
    phone: Phone, demo: tuple[Deployment, dict[str, str]], locale: str, scheme: Scheme
) -> None:
    page = phone.page

    def look(name: str) -> None:
        hold(phone, f"{name}-{locale}-{scheme}")

    look("sign-in")
    page.goto(demo[1]["clinician"])
    expect(page.get_by_role("button", name=phone.word("signin.try_demo"))).to_be_enabled()
    look("welcome")
    phone.press("signin.try_demo")
    expect(page.get_by_role("button", name=phone.word("signin.choose_take"))).to_be_visible()
    look("passphrase-suggested")
    phone.choose_passphrase(PASSPHRASE)
    phone.wait_for_caseload()
    page.reload()
    look("locked")
    page.get_by_label(phone.word("signin.passphrase"), exact=True).fill("none of these four words")
    phone.press("signin.unlock")
    expect(page.get_by_text(phone.word("signin.unlock_wrong"))).to_be_visible()
    look("locked-wrong")
    page.goto(f"{phone.origin}/#/join/no-such-invitation-exists-here-000000000000")
    expect(page.get_by_text(phone.word("signin.used_title"))).to_be_visible()
    look("used")
    assert "403" in phone.complaints.pop()  # the browser's own word on a refused link


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
