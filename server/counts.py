"""What is counted while requests are answered. server/metrics.py shows it.

A request only notes what happened, in a line in memory; what is noted is counted when gunicorn's
main thread has a moment (server/worker.py), at least each second, and when somebody asks. A process
that is killed takes with it what it had noted and not counted.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Iterable
from typing import NamedTuple

from flask import Flask, Response, g, request
from prometheus_client import Counter as Count
from prometheus_client import Gauge, Histogram

from server.catalogue import CATALOGUE
from server.sync.answered import Answered
from server.sync.offer import Offer

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 15, 30)
"""Bounds of the latency's buckets: 0.4 is what a sync of 20 changes may take, 15 how long a writer
waits for another."""

BEGAN = "doorstep.began"
SYNC, UNKNOWN = "POST /api/sync", "unknown"
MOST_NOTED = 10_000
"""After so many notes a request counts them itself: nobody else does outside of gunicorn."""

SYNCS = Count(
    "doorstep_syncs",
    "Round trips of phones and programs: ok, restored (told of a new epoch), or a problem's code.",
    ["outcome"],
)
CHANGES = Count(
    "doorstep_changes",
    "Changes answered: accepted, refused, or known (sent again).",
    ["kind", "outcome"],
)
CONTESTED = Count(
    "doorstep_contested",
    "Fields that stood contested once a push had changed their record.",
    ["kind"],
)
REFUSED = Count("doorstep_refused", "Changes refused for the first time, by code.", ["code"])
REQUESTS = Histogram(
    "doorstep_request_seconds",
    "How long requests took, from their head read to their answer made.",
    ["route", "status"],
    buckets=SECONDS,
)


class _Running:
    """The requests being answered. Its gauge is made when it is first needed, and once: it opens a
    file, and not every process answers requests."""

    def __init__(self) -> None:
        self._gauge: Gauge | None = None
        self._making = threading.Lock()

    def inc(self, by: int) -> None:
        with self._making:
            if self._gauge is None:
                name, help_ = "doorstep_requests_running", "Requests being answered."
                self._gauge = Gauge(name, help_, multiprocess_mode="livesum")
        self._gauge.inc(by)


RUNNING = _Running()


class Began(NamedTuple):
    by: int
    """1 where a request began, -1 where it is over."""


class Ended(NamedTuple):
    route: str
    """What our table calls the address: what was asked for may hold the id of a chart."""
    status: int
    took: float
    outcome: str


class Pushed(NamedTuple):
    changes: Counter[tuple[str, str]]
    refused: Counter[str]
    contested: Counter[str]


_noted: deque[Began | Ended | Pushed] = deque()
_BEGAN, _OVER = Began(1), Began(-1)


def measure(app: Flask) -> None:
    """Time every request, and count how syncs end."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_leave)


def _begin() -> None:
    request.environ[BEGAN] = time.perf_counter()
    _noted.append(_BEGAN)


def _end(answer: Response) -> Response:
    took = time.perf_counter() - request.environ[BEGAN]
    route = request.endpoint or UNKNOWN
    _noted.append(Ended(route, answer.status_code, took, g.get("outcome", UNKNOWN)))
    if len(_noted) > MOST_NOTED:
        count_noted()
    return answer


def _leave(_error: BaseException | None) -> None:
    if request.environ.pop(BEGAN, None) is not None:
        _noted.append(_OVER)


def note_push(offers: Iterable[Offer], answered: Answered) -> None:
    """Note what became of a push, once it is committed: what is undone was not done."""
    fresh, refused = answered.fresh, answered.refused
    _noted.append(
        Pushed(
            Counter((_kind_of(offer), _outcome_of(offer, answered)) for offer in offers),
            Counter(refused[n]["code"] for n in refused if n in fresh),
            answered.contested,
        )
    )


def _kind_of(offer: Offer) -> str:
    kind = offer.sent.get("kind")
    return kind if isinstance(kind, str) and kind in CATALOGUE.kinds else UNKNOWN


def _outcome_of(offer: Offer, answered: Answered) -> str:
    if offer.n not in answered.fresh:
        return "known"
    return "accepted" if offer.n in answered.accepted else "refused"


def count_noted() -> None:
    """Count what was noted so far. Several threads may do so at once: each note is taken once."""
    while True:
        try:
            note = _noted.popleft()
        except IndexError:
            return
        match note:
            case Began(by):
                RUNNING.inc(by)
            case Ended(route, status, took, outcome):
                REQUESTS.labels(route, f"{status // 100}xx").observe(took)
                if route == SYNC:
                    SYNCS.labels(outcome).inc()
            case Pushed(changes, refused, contested):
                for (kind, became), times in changes.items():
                    CHANGES.labels(kind, became).inc(times)
                for code, times in refused.items():
                    REFUSED.labels(code).inc(times)
                for kind, times in contested.items():
                    CONTESTED.labels(kind).inc(times)
