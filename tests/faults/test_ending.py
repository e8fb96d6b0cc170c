"""A server that is told to end says so, finishes what it has begun, and takes nothing more."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.database import begin
from server.sync.stored import take_counter
from tests.e2e.deployment import Deployment
from tests.faults.watching import ask, count, is_listening, until
from tests.server.office import Office, Phone


@pytest.mark.parametrize("deployment", [{"DRAIN_SECONDS": "4"}], indirect=True)
def test_a_push_in_flight_is_answered_before_the_server_ends(
    deployment: Deployment, office: Office, phone: Phone
) -> None:
    """The push waits for the counter, which this test holds, from before the signal until the
    server has stopped to listen."""
    assert deployment.process is not None
    patient = phone.new_patient()
    with ThreadPoolExecutor(1) as threads:
        with begin(office.organisation, write=True) as connection:
            take_counter(connection, office.organisation)
            push = threads.submit(phone.sync)
            until(lambda: count(deployment, "doorstep_requests_running") == 2)  # and the question

            os.kill(deployment.process.pid, signal.SIGTERM)
            until(lambda: ask(deployment, "/readyz")[0] == 503)
            assert '"draining"' in ask(deployment, "/readyz")[1]
            assert phone.session.get("/api/me").status_code == 200, "it serves on while it drains"

            until(lambda: not is_listening(deployment))
            assert not push.done()
        answer = push.result()
    assert [each["n"] for each in answer["accepted"]] == [1]
    assert patient in phone.held
    assert deployment.process.wait(30) == 0
