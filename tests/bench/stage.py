"""Doorstep deployed for a measurement: gunicorn as the Procfile starts it, on either database, both
durable (SQLite in WAL with FULL, PostgreSQL with fsync), and what its processes use."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from server import build_app
from server.database import begin, db
from server.settings import Settings
from tests.conftest import Cluster, migrate
from tests.e2e.deployment import Deployment

DURABLE = "-c listen_addresses='' -c shared_buffers=256MB -c max_wal_size=4GB"
DATABASES = ("SQLite", "PostgreSQL")
TICKS = 100
"""Clock ticks a second in /proc."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One deployment. `inside` is the database's address under which no row-level security hides
    anything from the measurement."""

    name: str
    deployment: Deployment
    inside: str
    database_processes: int | None = None
    """The process above all of PostgreSQL's, where that is a program of its own."""

    def cpu(self) -> float:
        """Seconds of CPU that gunicorn's processes have used, user and system; on SQLite the
        database is in them."""
        assert self.deployment.process is not None
        return sum(each.cpu for each in processes() if each.group == self.deployment.process.pid)

    def database_cpu(self) -> float:
        """The same of PostgreSQL's processes; 0 where the database is embedded."""
        if self.database_processes is None:
            return 0.0
        root = self.database_processes
        return sum(each.cpu for each in processes() if root in (each.pid, each.parent))

    def workers(self) -> list[int]:
        """The processes that serve: gunicorn's first one only watches them."""
        assert self.deployment.process is not None
        first = self.deployment.process.pid
        return [each.pid for each in processes() if each.group == first and each.pid != first]

    def memory(self) -> Mapping[str, float]:
        """The most that any worker has held, in MB: resident at its peak; and at this moment its
        share of what is resident (PSS), and what is its own alone and of no file."""
        found = {"peak": 0.0, "share": 0.0, "own": 0.0}
        for pid in self.workers():
            peak = _kilobytes(Path(f"/proc/{pid}/status"), "VmHWM")
            rollup = Path(f"/proc/{pid}/smaps_rollup")
            share, own = _kilobytes(rollup, "Pss"), _kilobytes(rollup, "Pss_Anon")
            for name, value in (("peak", peak), ("share", share), ("own", own)):
                found[name] = max(found[name], value / 1024)
        return found

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One on all organisations' rows, beside the server."""
        with build_app(Settings(home=self.deployment.home, database_url=self.inside)).app_context():
            try:
                with begin(None, write=True) as connection:
                    yield connection
            finally:
                db.engine.dispose()


@dataclass(frozen=True, slots=True)
class Process:
    pid: int
    parent: int
    group: int
    cpu: float


def processes() -> Iterator[Process]:
    """Every process that there is. One that has ended counts in its parent's `cpu`, once that has
    waited for it, and so does not vanish from a sum over a family."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            said = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        used = sum(map(int, said[11:15])) / TICKS
        yield Process(int(stat.parent.name), int(said[1]), int(said[2]), used)


def _kilobytes(path: Path, name: str) -> int:
    for line in path.read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    return 0


@contextmanager
def staged(name: str) -> Iterator[Stage]:
    """A fresh organisation on one of DATABASES, served."""
    if name == "SQLite":
        with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
            url = f"sqlite:///{folder}/doorstep.sqlite3"
            with served(name, Path(folder), url, url) as stage:
                yield stage
        return
    place = Path(tempfile.mkdtemp(prefix="doorstep-pg-"))  # short: a socket's path is limited
    cluster = Cluster(place, DURABLE)
    try:
        cluster.start()
        cluster.create("doorstep")
        first = int((place / "data" / "postmaster.pid").read_text().split()[0])
        with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
            url, inside = cluster.url("doorstep"), cluster.url("doorstep", cluster.user)
            with served(name, Path(folder), url, inside, first) as stage:
                yield stage
    finally:
        cluster.stop()
        shutil.rmtree(place)


@contextmanager
def served(
    name: str, home: Path, url: str, inside: str, database_processes: int | None = None
) -> Iterator[Stage]:
    """An organisation in a database that has our schema or none, served."""
    if name == "SQLite":
        migrate(url, home)
    deployment = Deployment(home, url)
    deployment.doorstep("init", "Bench", "--email", "a@example.org", "--administrator", "Ada")
    deployment.start()
    try:
        yield Stage(name, deployment, inside, database_processes)
    finally:
        deployment.stop()
