"""A phone as its owner uses it: Chromium with a profile on disk, driven by roles and names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Playwright, expect

from tests.e2e.proxy import Line

WORDS = Path(__file__).parents[2] / "pwa/src/words"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENT_MS = 20_000
"""How long a step of the app may take on a machine that does ten other things."""
expect.set_options(timeout=PATIENT_MS)


@dataclass
class Phone:
    """One browser profile of one member, on its own line to the server."""

    playwright: Playwright
    profile: Path
    origin: str
    line: Line
    locale: str = "en-US"
    scheme: Literal["light", "dark"] = "light"
    complaints: list[str] = field(default_factory=list)
    """What the browser itself held against the app: errors of its console and its policies."""
    context: BrowserContext | None = None
    _page: Page | None = None

    @property
    def page(self) -> Page:
        assert self._page, "the phone is switched off"
        return self._page

    def switch_on(self) -> None:
        """Start the browser on its profile and open the app, which is locked once joined."""
        self.context = self.playwright.chromium.launch_persistent_context(
            str(self.profile),
            executable_path=CHROMIUM,
            headless=True,
            args=FLAGS,
            viewport={"width": 390, "height": 844},
            locale=self.locale,
            color_scheme=self.scheme,
            timezone_id="America/New_York",
            proxy={"server": f"http://127.0.0.1:{self.line.port}", "bypass": "<-loopback>"},
        )
        self.context.set_default_timeout(PATIENT_MS)
        self._page = self.context.pages[0]
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)
        self.page.goto(f"{self.origin}/")

    def _hear(self, message: ConsoleMessage) -> None:
        # A request that fails for want of a network is no fault of the app.
        if message.type == "error" and "net::ERR" not in message.text:
            self.complaints.append(message.text)

    def switch_off(self) -> None:
        if self.context:
            self.context.close()
        self.context = self._page = None

    def join(self, link: str) -> None:
        """Open a sign-in link on an empty phone and wait for the caseload."""
        self.page.goto(link)
        expect(self.page.get_by_role("navigation").first).to_be_visible(timeout=3 * PATIENT_MS)
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.sync()
        self.open("#/today")

    def unlock(self) -> None:
        self.page.get_by_role("button", name=self.word("signin.unlock")).click()
        expect(
            self.page.get_by_role("navigation", name=self.word("shell.main_navigation"))
        ).to_be_visible()

    def reload(self) -> None:
        """What a person does who closes the app and opens it again."""
        self.page.reload()
        self.unlock()

    def open(self, route: str) -> None:
        """Go to a screen of the app, as from a link inside it."""
        self.page.evaluate("route => { location.hash = route }", route)

    def go_offline(self) -> None:
        self.line.behave("cut")
        assert self.context
        self.context.set_offline(True)

    def go_online(self, mode: str = "up", *paths: str) -> None:
        """Back in reach of a signal: the phone syncs by itself, on a line that behaves so."""
        self.line.behave(mode, *paths)
        assert self.context
        self.context.set_offline(False)

    def word(self, name: str) -> str:
        """What the app says in this phone's language under ``area.key``."""
        area, key = name.split(".")
        spoken: dict[str, str] = json.loads((WORDS / self.locale[:2] / f"{area}.json").read_text())
        return spoken[key]

    def sync(self) -> None:
        """Ask for a round trip of its own and wait until what it brought is on the phone."""
        self.open("#/sync")
        idle = self.page.get_by_role("button", name=self.word("sync.now"))
        expect(idle).to_be_enabled()
        before = self.line.arrived
        idle.click()
        self.line.wait_for("/api/sync", "answered", after=before)
        expect(idle).to_be_enabled()
        expect(self.page.get_by_text(self.word("sync.all_sent"))).to_be_visible()

    def record(self, patient: str, record: str) -> Locator:
        """The screen of one record, opened."""
        self.open(f"#/patients/{patient}/{record}")
        return self.page.get_by_role("main")

    @contextmanager
    def form(self, patient: str, record: str) -> Iterator[Locator]:
        """A record's form, opened whole; what the block wrote is saved when it is left."""
        self.record(patient, record).get_by_role("button", name="Edit").click()
        form = self.page.get_by_role("dialog")
        more = form.get_by_text("more field")
        if more.count():
            more.click()
        yield form
        form.get_by_role("button", name="Save").click()
        expect(form).to_be_hidden()

    def edit(self, patient: str, record: str, fields: Mapping[str, str]) -> None:
        """Write fields of a record by their labels."""
        with self.form(patient, record) as form:
            for label, value in fields.items():
                form.get_by_label(re.compile(f"^{re.escape(label)}\\W*(needed)?\\W*$")).fill(value)

    def delete(self, patient: str, record: str) -> None:
        """Delete a record from its screen."""
        self.record(patient, record).get_by_role("button", name="Delete").click()
        self.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(self.page.get_by_role("dialog")).to_be_hidden()

    def copies(self) -> dict[str, Any]:
        """The server's copies that lie sealed on this phone, by id: read with its own key."""
        records: list[dict[str, Any]] = self.page.evaluate(READ_SHELVES)
        return {record["id"]: record for record in records}

    def wait_for_draft(self, field: str) -> None:
        """Wait until what is being typed into a field lies in its sealed place."""
        self.page.evaluate(WAIT_FOR_DRAFT, field)


WAIT_FOR_DRAFT = """async (field) => {
  const { name } = (await indexedDB.databases()).find(({ name }) => name.startsWith('doorstep-'));
  const done = (request) => new Promise((resolve) => {
    request.onsuccess = () => resolve(request.result);
  });
  const db = await done(indexedDB.open(name));
  const isKept = (key) => key.startsWith('draft/') && key.endsWith(`/${field}`);
  while (!(await done(db.transaction('sealed').objectStore('sealed').getAllKeys())).some(isKept))
    await new Promise(requestAnimationFrame);
  db.close();
}"""

READ_SHELVES = """async () => {
  const { name } = (await indexedDB.databases()).find(({ name }) => name.startsWith('doorstep-'));
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const db = await done(indexedDB.open(name));
  const store = (name) => db.transaction(name).objectStore(name);
  const [key] = await done(store('keys').getAll());
  const places = await done(store('sealed').getAllKeys());
  const shelves = places.filter((place) => /^(chart|library)\\//.test(place));
  const records = await Promise.all(shelves.map(async (place) => {
    const sealed = new Uint8Array(await done(store('sealed').get(place)));
    const text = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: sealed.slice(0, 12), additionalData: new TextEncoder().encode(place) },
      key, sealed.slice(12));
    return JSON.parse(new TextDecoder().decode(text));
  }));
  db.close();
  return records.flat();
}"""
