"""An organisation that is backed up and restored, and the people whose work was lost with it."""

from __future__ import annotations

import pytest

from tests.server.office import Office, Phone


@pytest.fixture
def of_south(office: Office) -> Phone:
    """The phone of the supervisor of another team."""
    return office.phone(office.add("supervisor", "South"))


@pytest.fixture
def administrator(office: Office) -> Phone:
    return office.phone(office.add("administrator"))
