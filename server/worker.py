"""The gunicorn worker that serves Doorstep: threads, no echo of what is no HTTP, and an end that
finishes what was begun."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from functools import partial
from types import FrameType

from gunicorn.http.errors import (  # type: ignore[import-untyped]
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.util import write_error  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from server.counts import count_noted
from server.logs import get_logger, places
from server.ready import drain

log = get_logger("worker")

COUNTED_EVERY_S = 1.0

ANSWERS = {
    LimitRequestLine: (414, "URI Too Long"),
    LimitRequestHeaders: (431, "Request Header Fields Too Large"),
}

OF_AN_ANSWER = (InvalidResponseHeader, InvalidResponseHeaderName)


class Worker(ThreadWorker):  # type: ignore[misc]
    """What cannot be read as a request never reaches the application. gunicorn would say in its
    answer and in its log what it could not read.

    Told to end, it says so at /readyz for `drain_seconds` and serves on, for whoever spreads
    requests to look elsewhere; then it takes no more and finishes those in flight.
    """

    drain_seconds = 0
    counted_at = 0.0

    def run(self) -> None:
        super().run()
        with contextlib.suppress(OSError):
            count_noted()

    def notify(self) -> None:
        """gunicorn's heart, which beats at least each second between requests."""
        super().notify()
        if (now := time.monotonic()) - self.counted_at >= COUNTED_EVERY_S:
            self.counted_at = now
            with contextlib.suppress(OSError):  # no figure is worth the work that it counts
                count_noted()

    def handle_exit(self, signal_: int, frame: FrameType | None) -> None:
        drain()
        end = partial(super().handle_exit, signal_, frame)
        if self.drain_seconds and self.alive:
            threading.Timer(self.drain_seconds, end).start()
        else:
            end()

    def set_accept_enabled(self, enabled: bool) -> None:
        """An ending worker closes its ear: gunicorn leaves it open until the last request in flight
        is answered, and who comes meanwhile would wait for nothing."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                listener.close()

    def handle_error(
        self, _request: object, client: socket.socket, _address: object, error: Exception
    ) -> None:
        if isinstance(error, ParseException) and not isinstance(error, OF_AN_ANSWER):
            status, reason = ANSWERS.get(type(error), (400, "Bad Request"))
            log.warning("no request", error=type(error).__name__, status=status)
        else:
            status, reason = 500, "Internal Server Error"
            log.error("defect", error=type(error).__name__, at=places(error.__traceback__))
        with contextlib.suppress(OSError):
            write_error(client, status, reason, "")
