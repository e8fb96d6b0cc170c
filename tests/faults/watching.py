"""What a real server says of itself, and waiting until it does."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.deployment import Deployment

TOKEN = "for-those-who-watch"
PATIENCE_S = 60.0


def ask(deployment: Deployment, path: str, **headers: str) -> tuple[int, str]:
    """Status and body. Raises OSError where nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", deployment.port, timeout=PATIENCE_S)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except http.client.HTTPException as error:
        raise OSError(repr(error)) from error
    finally:
        connection.close()


def count(deployment: Deployment, name: str, **labels: str) -> float:
    """One figure of /metrics; 0 where it is not there yet."""
    status, body = ask(deployment, "/metrics", Authorization=f"Bearer {TOKEN}")
    assert status == 200, body
    return sum(
        sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def workers(deployment: Deployment) -> set[int]:
    """The processes that answer."""
    assert deployment.process is not None
    return children_of(deployment.process.pid)


def children_of(pid: int) -> set[int]:
    return {int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def is_listening(deployment: Deployment) -> bool:
    try:
        ask(deployment, "/healthz")
    except OSError:
        return False
    return True


def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds; an assertion where it does not come to that."""
    deadline, pause = time.monotonic() + PATIENCE_S, Event()
    while not holds():
        assert time.monotonic() < deadline, "it did not come to that"
        pause.wait(0.02)
