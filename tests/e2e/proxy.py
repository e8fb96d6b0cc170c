"""A loopback forward proxy between one phone and the server, which can be told to misbehave.

The browser is started with it as its proxy, so the origin stays the server's own while each phone
has a line of its own:

    phone A ── Line A ──┐
                        ├── gunicorn
    phone B ── Line B ──┘
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

CAPTIVE_PORTAL = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
    b"<!doctype html><title>Welcome</title><p>Accept the terms of this network to go on."
)


@dataclass(slots=True)
class Exchange:
    """One request as it passed, and what became of it."""

    number: int
    """Counts requests in the order in which they arrived here."""
    method: str
    path: str
    outcome: str = "answered"


@dataclass
class Line:
    """One phone's way to the server.

    ``up`` passes everything; ``cut`` closes every connection at once; ``lost`` lets the server
    answer and throws the answer away; ``torn`` sends the first half of it; ``stalled`` sends the
    first half and waits for ``release``; ``doubled`` asks the server twice; ``late`` ends the
    connection and keeps the request until ``deliver``; ``captive`` answers 200 with somebody else's
    HTML. All but the first two can be bound to paths: everything else then passes.
    """

    upstream: tuple[str, int]
    mode: str = "up"
    paths: tuple[str, ...] = ()
    arrived: int = 0
    exchanges: list[Exchange] = field(default_factory=list)
    kept: list[tuple[Exchange, bytes]] = field(default_factory=list)
    """Requests that are still on their way to the server."""
    on_forwarded: Callable[[Exchange], None] | None = None
    stalled: Exchange | None = None
    """The exchange whose answer stands half sent."""

    def __post_init__(self) -> None:
        self._passed = threading.Condition()
        self._open = threading.Event()
        self._open.set()
        self._stalling = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def behave(self, mode: str, *paths: str) -> None:
        """From the next request on, treat those whose path begins with one of ``paths`` so."""
        self.mode, self.paths = mode, paths

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Requests that arrive meanwhile wait until the block is left."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    def wait_for(self, path: str, outcome: str, after: int = 0, seconds: float = 30) -> Exchange:
        """An exchange with this path and outcome that arrived past ``after``, when it is over."""

        def found() -> Exchange | None:
            for exchange in self.exchanges:
                is_past = exchange.number > after
                if is_past and exchange.path.startswith(path) and exchange.outcome == outcome:
                    return exchange
            return None

        with self._passed:
            exchange = self._passed.wait_for(found, seconds)
        assert exchange, f"no {path} was {outcome}: {self.exchanges}"
        return exchange

    def wait_until_stalled(self, seconds: float = 60) -> None:
        with self._passed:
            assert self._passed.wait_for(lambda: self.stalled is not None, seconds)

    def deliver(self) -> int:
        """Let what was kept arrive at the server after all, its asker long gone; how many."""
        kept, self.kept = self.kept, []
        for exchange, request in kept:
            self._ask(exchange, request)
        return len(kept)

    def release(self) -> None:
        """What was held half sent is cut off."""
        self._stalling.set()

    def close(self) -> None:
        self._open.set()
        self._stalling.set()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, browser: socket.socket) -> None:
        with browser, contextlib.suppress(OSError):
            if self.mode == "cut":
                return
            head, body = _read_request(browser)
            if not head:
                return
            method, url, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
            path = "/" + url.split("://", 1)[-1].partition("/")[2]
            with self._passed:
                self.arrived += 1
                exchange = Exchange(self.arrived, method, path)
            self._open.wait()
            try:
                self._exchange(browser, exchange, head, body)
            finally:
                with self._passed:
                    self.exchanges.append(exchange)
                    self._passed.notify_all()

    def _exchange(
        self, browser: socket.socket, exchange: Exchange, head: bytes, body: bytes
    ) -> None:
        mode = self.mode
        if mode != "cut" and self.paths and not exchange.path.startswith(self.paths):
            mode = "up"
        if mode == "cut":
            exchange.outcome = "cut"
            return
        if mode == "captive":
            exchange.outcome = "captive"
            browser.sendall(CAPTIVE_PORTAL)
            return
        request = _for_server(head, exchange) + body
        if mode == "late":
            exchange.outcome = "late"
            self.kept.append((exchange, request))
            return
        exchange.outcome = "unanswered"
        if mode == "doubled":
            self._ask(exchange, request)
        answer = self._ask(exchange, request)
        if not answer:
            return
        if mode == "lost":
            exchange.outcome = "lost"
        elif mode == "torn":
            exchange.outcome = "torn"
            browser.sendall(answer[: len(answer) // 2])
        elif mode == "stalled":
            browser.sendall(answer[: len(answer) // 2])
            with self._passed:
                self.stalled = exchange
                self._passed.notify_all()
            self._stalling.wait()
            exchange.outcome = "stalled"
        else:
            browser.sendall(answer)
            exchange.outcome = "doubled" if mode == "doubled" else "answered"

    def _ask(self, exchange: Exchange, request: bytes) -> bytes:
        with socket.create_connection(self.upstream, timeout=60) as server:
            server.sendall(request)
            if self.on_forwarded and exchange.path.startswith("/api/sync"):
                self.on_forwarded(exchange)
            return b"".join(iter(lambda: server.recv(65536), b""))


def _read_request(browser: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        more = browser.recv(65536)
        if not more:
            return b"", b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += browser.recv(65536)
    return head, body


def _for_server(head: bytes, exchange: Exchange) -> bytes:
    """The request in origin form, on a connection that closes: one exchange a connection."""
    lines = head.split(b"\r\n")
    kept = [
        line
        for line in lines[1:]
        if line.split(b":", 1)[0].strip().lower() not in (b"connection", b"proxy-connection")
    ]
    first = f"{exchange.method} {exchange.path} HTTP/1.1".encode("latin-1")
    return b"\r\n".join([first, *kept, b"Connection: close"]) + b"\r\n\r\n"
