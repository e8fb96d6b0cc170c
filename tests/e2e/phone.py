"""A phone as its owner uses it: Chromium with a profile on disk, driven by roles and names."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    Playwright,
    Request,
    expect,
)

from tests.e2e.authenticator import Authenticator
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
PASSPHRASE = "marigold anvil seventeen harbour"
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
    seals: bool = False
    """Its authenticator gives a secret with a passkey (PRF): no passphrase is needed. It forgets
    its passkeys when the browser ends, as a real one does not."""
    complaints: list[str] = field(default_factory=list)
    """What the browser itself held against the app: errors of its console and its policies, and
    requests to anywhere else."""
    passkeys: list[dict[str, Any]] = field(default_factory=list)
    """What its authenticator holds whenever it is switched on."""
    scripts: list[str] = field(default_factory=list)
    """Run in each of its pages before the app is there (tests/e2e/inside.py)."""
    told: list[Any] = field(default_factory=list)
    """What those scripts told, in order."""
    on_told: Callable[[Any], None] | None = None
    context: BrowserContext | None = None
    _page: Page | None = None
    _authenticator: Authenticator | None = None

    @property
    def authenticator(self) -> Authenticator:
        assert self._authenticator, "the phone is switched off"
        return self._authenticator

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
        if self.scripts:
            self.context.expose_binding("tell", lambda _, what: self._take(what))
        for script in self.scripts:
            self.context.add_init_script(script)
        self._page = self.context.pages[0]
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)
        self.context.on("request", self._watch)
        self._authenticator = Authenticator(self.context.new_cdp_session(self.page), self.seals)
        self._authenticator.take(self.passkeys)
        self.page.goto(f"{self.origin}/")

    def _hear(self, message: ConsoleMessage) -> None:
        # A request that fails for want of a network is no fault of the app.
        if message.type == "error" and "net::ERR" not in message.text:
            self.complaints.append(message.text)

    def _take(self, what: Any) -> None:
        self.told.append(what)
        if self.on_told:
            self.on_told(what)

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "blob:", "data:")):
            self.complaints.append(f"a request to {request.url}")

    def switch_off(self) -> None:
        if self.context:
            self.context.close()
        self.context = self._page = self._authenticator = None

    def processes(self) -> list[int]:
        """Those of this profile's browser, the one that holds all the others first."""
        mark = f"--user-data-dir={self.profile}".encode()
        found = []
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if folder.name.isdigit() and mark in (folder / "cmdline").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
        return sorted(found)

    def kill(self, processes: Iterable[int]) -> None:
        """End the browser at once, as an empty battery would."""
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def bury(self) -> None:
        """After it was killed: wait until nothing of it is left, so that it can be switched on."""
        while self.processes():
            time.sleep(0.01)
        with contextlib.suppress(Error):
            self.switch_off()
        self.context = self._page = self._authenticator = None

    def join(self, link: str, passphrase: str = PASSPHRASE) -> None:
        """Open an invitation, make a passkey, seal the phone with it or with a passphrase, and
        wait for the caseload."""
        self.page.goto(link)
        self.press("signin.create_passkey")
        if not self.seals:
            self.choose_passphrase(passphrase)
        self.wait_for_caseload()

    def press(self, word: str) -> None:
        self.page.get_by_role("button", name=self.word(word), exact=True).click()

    def choose_passphrase(self, passphrase: str) -> None:
        self.page.get_by_role("radio", name=self.word("signin.choose_own")).check()
        self.page.get_by_label(self.word("signin.passphrase"), exact=True).fill(passphrase)
        self.page.get_by_label(self.word("signin.choose_again"), exact=True).fill(passphrase)
        self.press("signin.choose_save")

    def wait_for_caseload(self) -> None:
        expect(self.page.get_by_role("navigation").first).to_be_visible(timeout=3 * PATIENT_MS)
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.sync()
        self.open("#/today")

    def unlock(self, passphrase: str = PASSPHRASE) -> None:
        """With the passkey where it opens the store, else with the passphrase."""
        if not self.seals:
            self.page.get_by_label(self.word("signin.passphrase"), exact=True).fill(passphrase)
        self.press("signin.unlock")
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
        """The server's copies that lie sealed on this phone, by id: read with its passphrase."""
        records: list[dict[str, Any]] = self.page.evaluate(READ_SHELVES, PASSPHRASE)
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

READ_SHELVES = """async (passphrase) => {
  const { name } = (await indexedDB.databases()).find(({ name }) => name.startsWith('doorstep-'));
  const bytes = (text) => new TextEncoder().encode(text);
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const db = await done(indexedDB.open(name));
  const store = (name) => db.transaction(name).objectStore(name);
  const { salt, rounds, wrapped } = await done(store('keys').get('passphrase'));
  const base = await crypto.subtle.importKey(
    'raw', bytes(passphrase), 'PBKDF2', false, ['deriveKey']);
  const opener = await crypto.subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds },
    base, { name: 'AES-GCM', length: 256 }, false, ['unwrapKey']);
  const place = `key/${name.slice('doorstep-'.length)}/passphrase`;
  const key = await crypto.subtle.unwrapKey(
    'raw', wrapped.slice(12), opener,
    { name: 'AES-GCM', iv: wrapped.slice(0, 12), additionalData: bytes(place) },
    'AES-GCM', false, ['decrypt']);
  const places = await done(store('sealed').getAllKeys());
  const shelves = places.filter((place) => /^(chart|library)\\//.test(place));
  const records = await Promise.all(shelves.map(async (place) => {
    const sealed = new Uint8Array(await done(store('sealed').get(place)));
    const text = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: sealed.slice(0, 12), additionalData: bytes(place) },
      key, sealed.slice(12));
    return JSON.parse(new TextDecoder().decode(text));
  }));
  db.close();
  return records.flat();
}"""
