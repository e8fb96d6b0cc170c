"""The people of these tests and their phones."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.server.office import Office, Phone


@pytest.fixture
def office(app: Flask) -> Office:
    return Office.open(app)


@pytest.fixture
def phone(office: Office) -> Phone:
    """The phone of a coordinator of team North."""
    return office.phone(office.add("coordinator", "North"))


@pytest.fixture
def colleague(office: Office) -> Phone:
    """The phone of another coordinator of team North."""
    return office.phone(office.add("coordinator", "North"))


@pytest.fixture
def supervisor(office: Office) -> Phone:
    """The phone of the supervisor of team North."""
    return office.phone(office.add("supervisor", "North"))
