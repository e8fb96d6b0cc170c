"""PostgreSQL goes away under a working server, in three ways, and comes back: the server is not
started again, and phones go on where they were.

Each blow falls inside a push's transaction: the server's processes are halted (SIGSTOP) first, and
PostgreSQL is asked whether one of their transactions has written and not ended. If none has, they
run on for a moment and it is tried again.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
from flask import Flask

from server import create_app
from server.database import db
from server.settings import Settings
from tests.conftest import SERVING, Cluster
from tests.e2e.deployment import Deployment
from tests.faults.shift import Shift, persist
from tests.faults.watching import ask, children_of, until, workers
from tests.server.office import Office

IN_THE_MIDDLE = (
    f"SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE usename = '{SERVING}'"
    " AND state = 'idle in transaction' AND backend_xid IS NOT NULL"
)

OPTIONS = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c shared_buffers=32MB"
"""What was committed is the system's by then, which outlives PostgreSQL."""

pytestmark = pytest.mark.postgres


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL that nobody else uses."""
    made = Cluster(Path(tempfile.mkdtemp(prefix="doorstep-pg-")), OPTIONS)
    try:
        made.start()
        made.create("doorstep")
        yield made
    finally:
        if is_up(made):
            made.stop()
        shutil.rmtree(made.folder, ignore_errors=True)


@pytest.fixture
def app(cluster: Cluster, tmp_path: Path) -> Iterator[Flask]:
    made = create_app(Settings(home=tmp_path, database_url=cluster.url("doorstep")))
    with made.app_context():
        yield made
        db.engine.dispose()


@pytest.fixture
def deployment(app: Flask, cluster: Cluster, tmp_path: Path) -> Iterator[Deployment]:
    made = Deployment(tmp_path, cluster.url("doorstep"))
    made.start()
    yield made
    made.kill()


def postmaster(cluster: Cluster) -> int:
    return int((cluster.folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def is_up(cluster: Cluster) -> bool:
    try:
        return is_running(postmaster(cluster))
    except FileNotFoundError:
        return False


def is_running(pid: int) -> bool:
    return state_of(pid) not in ("", "Z")


def state_of(pid: int) -> str:
    """R, S, D, T (halted), Z (ended and not reaped), or nothing."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return ""


def asked(cluster: Cluster, question: str) -> int:
    """A number that PostgreSQL answers; 0 where there is no answer."""
    address = f"host={cluster.folder} user={cluster.user} dbname=doorstep"
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
    return int(row[0]) if row else 0


def stop_at_once(cluster: Cluster) -> None:
    """As when its host is told to go down now."""
    cluster.stop()


def kill_all(cluster: Cluster) -> None:
    """As when the kernel wants its memory back: the postmaster and everything that it started."""
    first = postmaster(cluster)
    pids = {first, *children_of(first)}
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    until(lambda: not any(map(is_running, pids)))
    for lock in ("data/postmaster.pid", ".s.PGSQL.5432.lock"):
        (cluster.folder / lock).unlink()  # a container's init may be long in reaping whom they name


def kill_one(cluster: Cluster) -> None:
    """The one of its processes that is in the middle of a push: PostgreSQL ends all others, looks
    its log through and goes on by itself."""
    os.kill(asked(cluster, IN_THE_MIDDLE), signal.SIGKILL)


@contextmanager
def halted(deployment: Deployment) -> Iterator[None]:
    """The server's processes stand still meanwhile."""
    pids = workers(deployment)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    until(lambda: all(state_of(pid) == "T" for pid in pids))
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def strike_a_push(
    deployment: Deployment, cluster: Cluster, blow: Callable[[Cluster], None]
) -> None:
    def has_struck() -> bool:
        with halted(deployment):
            is_in_the_middle = asked(cluster, IN_THE_MIDDLE) > 0
            if is_in_the_middle:
                blow(cluster)
        return is_in_the_middle

    until(has_struck)


def test_a_server_outlives_its_database(
    app: Flask, deployment: Deployment, cluster: Cluster
) -> None:
    assert deployment.process is not None
    shift = Shift.begin(Office.open(app, origin=deployment.origin))
    started = deployment.process.pid
    for number, blow in enumerate((stop_at_once, kill_all, kill_one)):
        over = Event()

        def work(each: int, by: random.Random, over: Event = over) -> None:
            while not over.is_set():
                shift.edit(shift.working[each], by, edits=2)
                persist(shift.working[each])

        threads = [
            Thread(target=work, args=(each, random.Random(f"{number} {each}")))
            for each in range(len(shift.working))
        ]
        for thread in threads:
            thread.start()
        try:
            strike_a_push(deployment, cluster, blow)
            if blow is not kill_one:
                assert ask(deployment, "/healthz")[0] == 200
                until(lambda: ask(deployment, "/readyz")[0] == 503)
                assert '"database"' in ask(deployment, "/readyz")[1]
                cluster.restart()
            until(lambda: ask(deployment, "/readyz")[0] == 200)
        finally:
            over.set()
            for thread in threads:
                thread.join()
        db.engine.dispose()
        shift.check()
    assert deployment.process.pid == started
    assert deployment.process.poll() is None
    assert '"event":"defect"' not in (deployment.home / "server.log").read_text()
