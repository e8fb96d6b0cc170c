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
from collections.abc import Iterator, Mapping
from importlib.metadata import version

from flask import Response, current_app
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector
from sqlalchemy.exc import DBAPIError

from server.catalogue import CATALOGUE
from server.counts import count_noted
from server.problems import Problem
from server.settings import Settings
from server.standing import Standing, standing
from server.who import bearer, now_ms

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Under which prometheus-client finds the folder that processes share."""


def metrics() -> ResponseReturnValue:
    """Everything counted, and how the phones are, in Prometheus' text format."""
    settings: Settings = current_app.config["SETTINGS"]
    wanted, sent = settings.metrics_token, bearer()
    if wanted is None or sent is None or not hmac.compare_digest(_bytes(wanted), _bytes(sent)):
        raise Problem(404, "not_found")
    count_noted()
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
