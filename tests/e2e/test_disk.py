"""The search through a profile finds what an app leaves unsealed, wherever a browser puts it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.e2e.disk import find_in_profile
from tests.e2e.phone import CHROMIUM, FLAGS

LEAVE_TRACES = """async () => {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const opening = indexedDB.open('careless', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('notes');
  const db = await done(opening);
  const put = (key, value) => new Promise((resolve) => {
    const writing = db.transaction('notes', 'readwrite', { durability: 'strict' });
    writing.objectStore('notes').put(value, key);
    writing.oncomplete = resolve;
  });
  const noise = (length) => Array.from({ length }, () => Math.random().toString(36)).join(' ');
  await put('small', { name: 'Small Trace' });
  await put('wide', { name: 'Wide Trace \\u63a7' });
  await put('packed', { name: 'Packed or not a Trace. '.repeat(9000) + 'Packed Trace' });
  await put('huge', { name: 'Huge Trace ' + noise(200000) });
  await put('bytes', new TextEncoder().encode('Bytes Trace').buffer);
  await put('blob', new Blob(['Blob Trace']));
  await put('early', { name: 'Early Trace' });
  // More than a log holds, so that its first part goes into tables.
  for (let round = 0; round < 250; round += 1) await put(`noise ${round}`, noise(2500));
  db.close();
  localStorage.setItem('name', 'Local Trace');
  await (await caches.open('careless')).put('/x', new Response('Shelf Trace'));
  await fetch('/cached').then((answer) => answer.text());
}"""

TRACES = [
    *("Small Trace", "Wide Trace \u63a7", "Packed Trace", "Huge Trace", "Bytes Trace"),
    *("Blob Trace", "Early Trace", "Local Trace", "Shelf Trace", "Address-Trace"),
    *("Fragment-Trace", "Title Trace", "Cached Trace"),
]


class Careless(BaseHTTPRequestHandler):
    """A site that leaves what it knows in every place that a browser has."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Cache-Control", "max-age=1000")
        self.end_headers()
        self.wfile.write(b"<title>Title Trace</title>Cached Trace")

    def log_message(self, *_: object) -> None:
        """Nothing is written of a request."""


@pytest.fixture
def careless() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Careless)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_search_finds_every_trace_and_nothing_that_is_not_there(
    playwright_engine: Playwright, careless: str, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    context = playwright_engine.chromium.launch_persistent_context(
        str(profile), executable_path=CHROMIUM, headless=True, args=FLAGS
    )
    page = context.pages[0]
    page.goto(f"{careless}/page?name=Address-Trace#Fragment-Trace")
    page.evaluate(LEAVE_TRACES)
    context.close()
    found = find_in_profile(profile, [*TRACES, "Absent Trace"])
    assert {trace for trace, places in found.items() if not places} == {"Absent Trace"}
    assert any("unpacked" in place for place in found["Packed Trace"])
    assert all("as it is" not in place for place in found["Packed Trace"])
    assert any("table" in place for place in found["Early Trace"])
