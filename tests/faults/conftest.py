"""A real server under fire: gunicorn as it is deployed, an organisation in its database, and phones
that speak to it over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.e2e.deployment import Deployment
from tests.faults.watching import TOKEN
from tests.server.office import Office, Phone


@pytest.fixture
def deployment(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Deployment]:
    """A running server; a test's parameter adds variables to its environment."""
    settings = {"METRICS_TOKEN": TOKEN} | getattr(request, "param", {})
    made = Deployment(tmp_path, database, settings=settings)
    made.start()
    yield made
    made.kill()


@pytest.fixture
def office(app: Flask, deployment: Deployment) -> Office:
    """`app` is of this process, on the same database: a test looks things up with it."""
    return Office.open(app, origin=deployment.origin)


@pytest.fixture
def phone(office: Office) -> Phone:
    return office.phone(office.add("coordinator", "North"))


@pytest.fixture
def colleague(office: Office) -> Phone:
    return office.phone(office.add("coordinator", "North"))
