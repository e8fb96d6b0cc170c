"""What the processes of gunicorn count is added up, whichever of them is asked and whatever became
of the others."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from tests.e2e.deployment import Deployment
from tests.faults.watching import count, until, workers
from tests.server.office import Phone


def folder(deployment: Deployment) -> Path | None:
    """Where they count: a worker that has counted has it in its memory's map."""
    for pid in workers(deployment):
        if found := re.search(r"(/\S+/doorstep-counts-[^/\s]+)/", _maps(pid)):
            return Path(found[1])
    return None


def _maps(pid: int) -> str:
    return Path(f"/proc/{pid}/maps").read_text()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_two_processes_count_as_one_and_a_killed_one_stays_counted(
    deployment: Deployment, phone: Phone
) -> None:
    def asked() -> float:
        return count(deployment, "doorstep_request_seconds_count", route="GET /api/me")

    def counting() -> set[int]:
        found = folder(deployment)
        named = (path.stem.rpartition("_")[2] for path in found.glob("*.db")) if found else ()
        return {int(pid) for pid in named}

    sent = 0
    while not counting() >= workers(deployment) or len(workers(deployment)) < 2:
        assert phone.session.get("/api/me").status_code == 200
        sent += 1
        assert sent < 10_000, "one process answers everything"
    until(lambda: asked() == sent)

    counts = folder(deployment)
    assert counts is not None
    before = workers(deployment)
    killed = min(before)
    os.kill(killed, signal.SIGKILL)
    until(lambda: len(workers(deployment) - {killed}) == 2)
    until(lambda: not list(counts.glob(f"gauge_live*_{killed}.db")))
    assert asked() == sent, "what the killed process had counted stays counted"
    until(lambda: count(deployment, "doorstep_requests_running") == 1)  # this very question

    deployment.stop()
    assert not counts.exists()
