"""The next release takes over while phones sync, through the proxies of server/README.md, and
nobody notices: two servers on one database, the schema brought further beneath the old one."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from flask import Flask
from psycopg.errors import DeadlockDetected
from sqlalchemy import text

from server.database import begin
from server.tables import METADATA
from tests.conftest import Cluster
from tests.e2e.deployment import Deployment, free_port
from tests.faults.proxies import Front, front
from tests.faults.shift import Shift, persist
from tests.faults.watching import TOKEN, ask, count, until
from tests.server.office import Office

LAST, NEXT = "0005", "9999"


def expand(app: Flask, request: pytest.FixtureRequest) -> None:
    """What a migration of the next release may do beneath this one: columns that may be null or
    have a default, in every table, and a table."""
    statements = [f"UPDATE alembic_version SET version_num = '{NEXT}'", "CREATE TABLE more (x int)"]
    for table in METADATA.sorted_tables:
        statements.append(f"ALTER TABLE {table.name} ADD COLUMN later text")
        statements.append(f"ALTER TABLE {table.name} ADD COLUMN counted int NOT NULL DEFAULT 7")
    if app.config["SETTINGS"].database_url.startswith("sqlite"):
        with begin(None, write=True) as connection:
            for statement in statements:
                connection.execute(text(statement))
    else:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        is_done = False
        while not is_done:  # as its administrator does, where it waited in a circle
            with contextlib.suppress(DeadlockDetected):
                cluster.sql("BEGIN; " + "; ".join(statements) + "; COMMIT", "doorstep")
                is_done = True


@pytest.fixture
def contracted(app: Flask, request: pytest.FixtureRequest) -> Iterator[None]:
    """The database of the tests as it was."""
    yield
    if not app.config["SETTINGS"].database_url.startswith("sqlite"):
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        dropped = [
            f"ALTER TABLE {table.name} DROP COLUMN IF EXISTS later, DROP COLUMN IF EXISTS counted"
            for table in METADATA.sorted_tables
        ]
        cluster.sql("; ".join([*dropped, "DROP TABLE IF EXISTS more"]), "doorstep")


@pytest.mark.parametrize(
    ("database", "kind"),
    [("sqlite", "caddy"), ("postgresql", "nginx")],
    indirect=["database"],
)
def test_one_release_follows_another_while_phones_sync(
    database: str,
    kind: str,
    app: Flask,
    contracted: None,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    ports, port = (free_port(), free_port()), free_port()
    settings = {
        "ORIGIN": f"https://localhost:{port}",
        "TRUSTED_PROXIES": "1",
        "DRAIN_SECONDS": "2",
        "METRICS_TOKEN": TOKEN,
        "WEB_CONCURRENCY": "1",
    }
    old, new = (Deployment(tmp_path, database, port=each, settings=settings) for each in ports)
    old.start()
    new.start()
    try:
        with front(kind, tmp_path / "front", ports, port) as proxy:
            through(proxy, app, old, new, request)
    finally:
        old.kill()
        new.kill()


def through(
    proxy: Front, app: Flask, old: Deployment, new: Deployment, request: pytest.FixtureRequest
) -> None:
    shift = Shift.begin(Office.open(app, origin=proxy.origin, trusts=proxy.trusting()))
    over = Event()
    rounds = dict.fromkeys(range(len(shift.working)), 0)

    def work(number: int) -> None:
        phone, by = shift.working[number], random.Random(number)
        while not over.is_set():
            shift.edit(phone, by)
            persist(phone)
            rounds[number] += 1

    def go_on(times: int = 2) -> None:
        before = dict(rounds)
        until(lambda: all(rounds[each] - before[each] >= times for each in rounds))

    with ThreadPoolExecutor(len(shift.working)) as threads:
        at_work = [threads.submit(work, number) for number in rounds]
        try:
            go_on(6)  # what is sent often is prepared by then
            assert count(old, "doorstep_syncs_total", outcome="ok") > 0
            expand(app, request)
            go_on()
            assert ask(old, "/readyz")[0] == 200, "it serves beneath a schema that is newer"
            assert old.process is not None
            os.kill(old.process.pid, signal.SIGTERM)
            go_on()
            assert old.process.wait(60) == 0
            go_on()
        finally:
            over.set()
        for each in at_work:
            each.result()
    assert count(new, "doorstep_syncs_total", outcome="ok") > 0
    assert count(new, "doorstep_syncs_total", outcome="broken") == 0
    assert defects(old.home) == []
    shift.check()


def defects(home: Path) -> list[dict[str, Any]]:
    """What went wrong but for waiting for a table that the migration holds: of two that wait for
    each other PostgreSQL ends one, and a phone tries again."""
    said = [json.loads(line) for line in (home / "server.log").read_text().splitlines()]
    return [each for each in said if each["level"] == "error" and each["event"] != "database"]
