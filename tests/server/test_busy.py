"""A writer that hangs holds nobody up for ever: who waits for it is told to come back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from server import create_app, database
from server.database import begin, db
from server.settings import Settings
from server.sync.stored import take_counter
from tests.server.office import Office


@pytest.fixture
def app(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A server of little patience."""
    monkeypatch.setattr("server.database.BUSY_SECONDS", 0.3)
    made = create_app(Settings(home=tmp_path, database_url=database))
    with made.app_context():
        yield made
        db.engine.dispose()


def test_who_waits_for_a_writer_that_hangs_is_told_to_come_back(office: Office) -> None:
    phone = office.phone(office.add("coordinator", "North"))
    patient = phone.new_patient()
    body = phone.request()
    with begin(office.organisation, write=True) as connection:
        take_counter(connection, office.organisation)
        busy = phone.send(body)
    assert (busy.status_code, busy.json["code"]) == (503, "busy")
    assert int(busy.headers["Retry-After"]) > 0
    phone.sync()
    assert patient in phone.held


def test_a_writer_is_waited_for_less_long_than_a_request_may_take() -> None:
    assert 5 < database.BUSY_SECONDS < 30
