"""The disk is full under a working server: 503 with a time to come back, nothing half-applied,
reading goes on; and when there is room again, so does everything, by itself.

A real disk is a small file system of the test's own, which takes the right to mount one. Where that
is missing, and on SQLite beside it, the limit on the size of files (RLIMIT_FSIZE) stands in: the
same statement of the same transaction fails to write.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from server import create_app
from server.database import db
from server.settings import Settings
from tests.conftest import OWNER, Cluster
from tests.e2e.deployment import Deployment
from tests.faults.shift import Shift, persist
from tests.faults.watching import ask, workers
from tests.fire.stored import Stored
from tests.phone.rounds import Outcome, exchange
from tests.server.office import Office

LARGE = "Sleeps badly. " * 1_000
MOST_PUSHES = 200


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A file system of that size. Skips the test where it may not be mounted."""
    folder = Path(tempfile.mkdtemp(prefix="doorstep-disk-"))
    options = f"size={megabytes}m,mode=0777"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True
    )
    try:
        if mounted.returncode:
            pytest.skip("no file system may be mounted here")
        yield folder
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


class Ballast:
    """Fills a disk to the last byte, and gives it back."""

    def __init__(self, disk: Path) -> None:
        self.path = disk / "ballast"

    def fill(self) -> None:
        with open(self.path, "wb", buffering=0) as file:
            for piece in (2**16, 2**12, 1):
                try:
                    while True:
                        file.write(b"\0" * piece)
                except OSError:
                    continue

    def give_back(self) -> None:
        self.path.unlink()


class Limit:
    """No file of the server's processes may grow beyond what the largest is already."""

    def __init__(self, deployment: Deployment, database: Path) -> None:
        self.deployment, self.database = deployment, database

    def fill(self) -> None:
        log = self.database.with_name(f"{self.database.name}-wal")
        self._limit(max(log.stat().st_size, self.database.stat().st_size))

    def give_back(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        assert self.deployment.process is not None
        for pid in (self.deployment.process.pid, *workers(self.deployment)):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def endure(deployment: Deployment, disk: Ballast | Limit, url: str, is_written_to: bool) -> None:
    """Fill the disk under people at work, and give it back."""
    app = create_app(Settings(home=deployment.home, database_url=url))
    with app.app_context(), ExitStack() as stack:
        stack.callback(db.engine.dispose)
        shift = Shift.begin(Office.open(app, origin=deployment.origin), people=2)
        phone, colleague = shift.working
        visits = [(record, patient) for record, kind, patient in shift.records if kind == "visit"]

        disk.fill()
        stored = Stored.read(shift.office.organisation)
        while exchange(phone) is Outcome.DONE:
            assert len(phone.journal) < MOST_PUSHES, "the disk does not fill"
            stored = Stored.read(shift.office.organisation)
            for record, patient in visits:
                text = {"note_how": f"{phone.n}. {LARGE}"}
                shift.type(phone, record, "visit", patient, set=text)
        refused = phone.send(phone.request())
        assert (refused.status_code, refused.json["code"]) == (503, "busy")
        assert int(refused.headers["Retry-After"]) > 0
        assert Stored.read(shift.office.organisation) == stored, "nothing of it is there"
        assert phone.outbox, "it stays on the phone"
        assert ask(deployment, "/healthz")[0] == 200
        if is_written_to:
            assert '"disk"' in ask(deployment, "/readyz")[1]
        assert colleague.session.get("/api/me").status_code == 200

        disk.give_back()
        assert persist(phone) is Outcome.DONE
        assert ask(deployment, "/readyz")[0] == 200
        shift.edit(colleague, random.Random(1), edits=3)
        shift.check()
    assert '"event":"defect"' not in (deployment.home / "server.log").read_text()


@contextmanager
def serving(home: Path, url: str, log: Path | None = None) -> Iterator[Deployment]:
    made = Deployment(home, url)
    made.start()
    try:
        yield made
    finally:
        made.kill()


def test_an_embedded_database_on_a_full_disk(sqlite_template: Path) -> None:
    with small_disk(6) as disk:
        shutil.copyfile(sqlite_template, disk / "doorstep.sqlite3")
        url = f"sqlite:///{disk / 'doorstep.sqlite3'}"
        with serving(disk, url) as deployment:
            endure(deployment, Ballast(disk), url, is_written_to=True)


def test_an_embedded_database_whose_files_may_not_grow(
    sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "doorstep.sqlite3"
    shutil.copyfile(sqlite_template, path)
    url = f"sqlite:///{path}"
    with serving(tmp_path, url) as deployment:
        endure(deployment, Limit(deployment, path), url, is_written_to=False)


@pytest.mark.postgres
def test_tables_of_postgresql_on_a_full_disk(postgres_cluster: Cluster, tmp_path: Path) -> None:
    """Its log is on another disk. Where that is full, PostgreSQL stops, and what then happens is in
    test_killed_database.py."""
    with small_disk(40) as disk:
        postgres_cluster.empty("doorstep")
        space = disk / "space"
        space.mkdir()
        if os.geteuid() == 0:
            shutil.chown(space, postgres_cluster.user)
        postgres_cluster.sql(f"CREATE TABLESPACE small LOCATION '{space}'")
        try:
            postgres_cluster.sql(
                f"CREATE DATABASE on_small TEMPLATE doorstep OWNER {OWNER} TABLESPACE small"
            )
            url = postgres_cluster.url("on_small")
            with serving(tmp_path, url) as deployment:
                endure(deployment, Ballast(disk), url, is_written_to=False)
        finally:
            postgres_cluster.sql("DROP DATABASE IF EXISTS on_small WITH (FORCE)")
            postgres_cluster.sql("DROP TABLESPACE small")
