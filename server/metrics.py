"""GET /metrics: what the server did and how its phones are, as Prometheus reads it, for whoever
sends METRICS_TOKEN as a bearer token; without that setting the address is not there.

Each process of gunicorn counts in files of its own, in a folder that server/gunicorn.py makes, and
whichever process is asked adds all of them up. Without that folder, as in tests and for the command
line, the counts are this process's. How the phones are stands in the database and is read when
asked. No label names a person, a chart, a phone or an organisation: kinds, codes and addresses are
words of our own.
"""

from __future__ import annotations

import hmac
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, Gauge, Histogram
from prometheus_client import Counter as Count
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector
from sqlalchemy.exc import DBAPIError

from server.catalogue import CATALOGUE
from server.problems import Problem
from server.settings import Settings
from server.standing import Standing, standing
from server.sync.offer import Offer
from server.sync.push import Answered
from server.who import bearer, now_ms

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Under which prometheus-client finds the folder that processes share."""

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 15, 30)
"""Bounds of the latency's buckets: 0.4 is what a sync of 20 changes may take, 15 how long a writer
waits for another."""

SYNC, UNKNOWN = "POST /api/sync", "unknown"

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
RUNNING = Gauge(
    "doorstep_requests_running",
    "Requests being answered.",
    ["route"],
    multiprocess_mode="livesum",
)


def measure(app: Flask) -> None:
    """Time every request, and count how syncs end."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_leave)


def _begin() -> None:
    g.began = time.perf_counter()
    RUNNING.labels(_route()).inc()


def _end(answer: Response) -> Response:
    route, took = _route(), time.perf_counter() - g.began
    REQUESTS.labels(route, f"{answer.status_code // 100}xx").observe(took)
    if route == SYNC:
        SYNCS.labels(g.get("outcome", UNKNOWN)).inc()
    return answer


def _leave(_error: BaseException | None) -> None:
    if g.pop("began", None) is not None:
        RUNNING.labels(_route()).dec()


def _route() -> str:
    """What our table calls the address: what was asked for may hold the id of a chart."""
    return request.endpoint or UNKNOWN


def count_push(offers: Iterable[Offer], answered: Answered) -> None:
    """Count what became of a push, once it is committed: what is undone was not done."""
    outcomes = Counter((_kind_of(offer), _outcome_of(offer, answered)) for offer in offers)
    for (kind, outcome), times in outcomes.items():
        CHANGES.labels(kind, outcome).inc(times)
    for code, times in Counter(
        refused["code"] for n, refused in answered.refused.items() if n in answered.fresh
    ).items():
        REFUSED.labels(code).inc(times)
    for kind, fields in answered.contested.items():
        CONTESTED.labels(kind).inc(fields)


def _kind_of(offer: Offer) -> str:
    kind = offer.sent.get("kind")
    return kind if isinstance(kind, str) and kind in CATALOGUE.kinds else UNKNOWN


def _outcome_of(offer: Offer, answered: Answered) -> str:
    if offer.n not in answered.fresh:
        return "known"
    return "accepted" if offer.n in answered.accepted else "refused"


def metrics() -> ResponseReturnValue:
    """Everything counted, and how the phones are, in Prometheus' text format."""
    settings: Settings = current_app.config["SETTINGS"]
    wanted, sent = settings.metrics_token, bearer()
    if wanted is None or sent is None or not hmac.compare_digest(_bytes(wanted), _bytes(sent)):
        raise Problem(404, "not_found")
    counted = b"".join(generate_latest(each) for each in _registries())
    return Response(counted, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _registries() -> Iterator[CollectorRegistry]:
    if os.environ.get(FOLDER):
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        yield shared
    else:
        yield REGISTRY
    asked = CollectorRegistry()
    asked.register(_Standing())
    yield asked


class _Standing(Collector):
    """What is read when asked. A database that is away leaves its part out and says so."""

    def collect(self) -> Iterator[Metric]:
        build = GaugeMetricFamily(
            "doorstep_build", "1, with the version that runs.", labels=["version", "catalogue"]
        )
        build.add_metric([version("doorstep"), CATALOGUE.version[:12]], 1)
        yield build
        is_up = GaugeMetricFamily("doorstep_database_up", "Whether the database answers.")
        try:
            found = standing(now_ms())
        except DBAPIError:
            is_up.add_metric([], 0)
            yield is_up
            return
        is_up.add_metric([], 1)
        yield is_up
        yield from _gauges(found)


def _gauges(found: Standing) -> Iterator[Metric]:
    yield _by(
        "doorstep_phones",
        "Phones in use, by how long ago they were last in touch.",
        "last_contact",
        found.phones,
    )
    yield _one(
        "doorstep_unsent_changes",
        "Changes that phones held unsent when they were last in touch.",
        found.unsent,
    )
    yield _by(
        "doorstep_waiting",
        "What waits: changes for a supervisor's review, after a restore for others to come back,"
        " and records offered for salvage.",
        "what",
        found.waiting,
    )
    yield _one(
        "doorstep_restoring_organisations",
        "Organisations whose phones are still bringing back what a backup lacked.",
        found.restoring,
    )


def _one(name: str, help_: str, value: int) -> Metric:
    return GaugeMetricFamily(name, help_, value=value)


def _by(name: str, help_: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, help_, labels=[label])
    for each, value in values.items():
        family.add_metric([each], value)
    return family
