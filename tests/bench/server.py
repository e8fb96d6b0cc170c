"""What the server costs: push, pull and a small delta over HTTP against gunicorn as the Procfile
starts it, on both databases, beside the floor of the same run.

The floor is the same rows into the same tables and indexes by the driver's own executemany, in
transactions of the same size, without us. Both are durable: SQLite in WAL with FULL, PostgreSQL
with fsync.
"""

from __future__ import annotations

import http.client
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import psycopg
from sqlalchemy import select, text
from uuid6 import uuid7

from server import create_app, sessions
from server.database import begin, db
from server.settings import Settings
from server.tables import changes, member, records
from server.who import COOKIE
from tests.conftest import Cluster, migrate
from tests.e2e.deployment import Deployment

CHANGES = 10_000
BATCH = 500
PAGE = 1_000
DELTA = 10
CHARTS = 40
STORED = 100_000
ROUNDS = 15
INSTRUCTIONS = "Take one tablet every morning with a full glass of water, before food. " * 4
DURABLE = "-c listen_addresses='' -c shared_buffers=256MB"


class Phone:
    """A member's phone: it sends JSON on one connection and measures nothing but that."""

    def __init__(self, deployment: Deployment, session: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", deployment.port)
        self.headers = {
            "Cookie": f"{COOKIE}={session}",
            "Origin": deployment.origin,
            "Content-Type": "application/json",
        }
        enrolled = self.post("/api/devices", {"name": "bench"})
        self.device = enrolled["device"]
        self.headers["Doorstep-Device"] = enrolled["secret"]
        self.epoch: str | None = None
        self.cursor: str | None = None
        self.n = 0

    def post(self, path: str, body: object) -> Any:
        return orjson.loads(self.raw(path, orjson.dumps(body)))

    def raw(self, path: str, body: bytes) -> bytes:
        self.connection.request("POST", path, body, self.headers)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status < 300, content
        return content

    def request(self, sent: Sequence[dict[str, Any]], limit: int) -> bytes:
        return orjson.dumps(
            {
                "device": self.device,
                "now": time.time_ns() // 1_000_000,
                "epoch": self.epoch,
                "cursor": self.cursor,
                "limit": limit,
                "changes": sent,
            }
        )

    def sync(self, sent: Sequence[dict[str, Any]] = (), limit: int = PAGE) -> int:
        """One round trip; how many records came."""
        answer = orjson.loads(self.raw("/api/sync", self.request(sent, limit)))
        assert not answer["refused"], answer["refused"][0]
        self.epoch, self.cursor, self.more = answer["epoch"], answer["cursor"], answer["more"]
        return len(answer["records"])

    def sync_all(self) -> int:
        came = self.sync()
        while self.more:
            came += self.sync()
        return came

    def change(self, record: str, patient: str, kind: str, seen: int, **fields: Any) -> Any:
        self.n += 1
        return {
            "n": self.n,
            "at": time.time_ns() // 1_000_000,
            "seen": seen,
            "record": record,
            "kind": kind,
            "patient": patient,
            "set": fields,
        }


def medication(phone: Phone, patient: str, number: int) -> Any:
    return phone.change(
        str(uuid7()),
        patient,
        "medication",
        0,
        name=f"Lisinopril {number}",
        dose="5 mg",
        status="active",
        instructions=INSTRUCTIONS,
    )


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
        url = f"sqlite:///{folder}/doorstep.sqlite3"
        measure("SQLite", Path(folder), url, url, sqlite_floor)
    folder_of_cluster = Path(tempfile.mkdtemp(prefix="doorstep-pg-"))
    cluster = Cluster(folder_of_cluster, DURABLE)
    try:
        cluster.start()
        cluster.create("doorstep")
        cluster.create("floor")
        with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
            measure(
                "PostgreSQL",
                Path(folder),
                cluster.url("doorstep"),
                cluster.url("doorstep", cluster.user),
                lambda _home, rows: postgresql_floor(cluster, rows),
            )
    finally:
        cluster.stop()
        shutil.rmtree(folder_of_cluster)


def measure(name: str, home: Path, url: str, inside: str, floor: Callable[..., float]) -> None:
    """`inside` is the address under which no row-level security hides the rows from us."""
    migrate(url, home)
    deployment = Deployment(home, url)
    deployment.doorstep("init", "Bench", "--email", "a@example.org", "--administrator", "Ada")
    deployment.doorstep("member", "add", "c@example.org", "--name", "Cora", "--role", "coordinator")
    session = signed_in(home, inside)
    deployment.start()
    try:
        writer, reader = Phone(deployment, session), Phone(deployment, session)
        patients = [str(uuid7()) for _ in range(CHARTS)]
        writer.sync(
            [writer.change(id_, id_, "patient", 0, name={"family": "R"}) for id_ in patients]
        )
        writer.sync_all()
        sent = [medication(writer, patients[i % CHARTS], i) for i in range(CHANGES)]
        pushed, by_cpu = push(deployment, writer, sent)
        rows = stored_rows(home, inside)
        raw = floor(home, rows)
        print(
            f"{name:10}  push    {pushed:9,.0f} changes/s   by server CPU {by_cpu:9,.0f}"
            f"   floor {raw:9,.0f}   1/{raw / pushed:.1f}"
        )
        pulled, by_cpu = pull(deployment, reader)
        print(f"{name:10}  pull    {pulled:9,.0f} records/s   by server CPU {by_cpu:9,.0f}")
        few = delta(writer, reader, patients)
        fill(home, inside, patients)
        many = delta(writer, reader, patients)
        print(
            f"{name:10}  delta of {DELTA}   {few * 1000:.2f} ms at {CHANGES:,} stored,"
            f" {many * 1000:.2f} ms at {STORED:,}   {many / few - 1:+.0%}"
        )
    finally:
        deployment.stop()


def push(
    deployment: Deployment, writer: Phone, sent: Sequence[dict[str, Any]]
) -> tuple[float, float]:
    """Changes a second by the clock, and by the CPU time of the server's processes."""
    batches = [writer.request(sent[i : i + BATCH], 1) for i in range(0, len(sent), BATCH)]
    before, began = cpu_seconds(deployment), time.perf_counter()
    answers = [writer.raw("/api/sync", batch) for batch in batches]
    took, used = time.perf_counter() - began, cpu_seconds(deployment) - before
    assert not any(orjson.loads(answer)["refused"] for answer in answers)
    return len(sent) / took, len(sent) / used


def pull(deployment: Deployment, reader: Phone) -> tuple[float, float]:
    """Records a second by the clock, and by the CPU time of the server's processes."""
    before, began, came, took = cpu_seconds(deployment), time.perf_counter(), 0, 0.0
    reader.more = True
    while reader.more:
        came += reader.sync()
    took = time.perf_counter() - began
    used = cpu_seconds(deployment) - before
    assert came >= CHANGES
    return came / took, came / used


def delta(writer: Phone, reader: Phone, patients: Sequence[str]) -> float:
    """Seconds of one request that brings ten changed records, the quickest of several: what else
    the machine does can only add."""
    reader.sync_all()
    times = []
    for number in range(ROUNDS):
        writer.sync([medication(writer, patients[number], i) for i in range(DELTA)])
        body = reader.request([], PAGE)
        began = time.perf_counter()
        reader.raw("/api/sync", body)
        times.append(time.perf_counter() - began)
        assert reader.sync_all() == DELTA
    return min(times)


def cpu_seconds(deployment: Deployment) -> float:
    """User and system time of gunicorn's processes; clock ticks are hundredths of a second."""
    assert deployment.process is not None
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == deployment.process.pid:  # the process group
            ticks += int(fields[11]) + int(fields[12])
    return ticks / 100


@contextmanager
def application(home: Path, url: str) -> Iterator[None]:
    with create_app(Settings(home=home, database_url=url)).app_context():
        yield
        db.engine.dispose()


def signed_in(home: Path, url: str) -> str:
    """The session of the one coordinator."""
    with application(home, url), begin(None, write=True) as connection:
        row = connection.execute(select(member).where(member.c.role == "coordinator")).one()
        return sessions.start(connection, row.organisation, row.id)


Rows = tuple[Sequence[Sequence[Any]], Sequence[Sequence[Any]]]


def stored_rows(home: Path, url: str) -> Rows:
    """The rows that the push stored, to store them once more without us."""
    with application(home, url), begin(None) as connection:
        return (
            [tuple(row) for row in connection.execute(select(changes).order_by(changes.c.seq))],
            [tuple(row) for row in connection.execute(select(records).order_by(records.c.version))],
        )


def sqlite_floor(home: Path, rows: Rows) -> float:
    path = home / "floor.sqlite3"
    migrate(f"sqlite:///{path}", home)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    try:
        return floor_of(connection, rows, "?")
    finally:
        connection.close()


def postgresql_floor(cluster: Cluster, rows: Rows) -> float:
    address = f"host={cluster.folder} user={cluster.user} dbname=floor"
    with psycopg.connect(address, autocommit=True) as connection:
        return floor_of(connection, rows, "%s")


def floor_of(connection: Any, rows: Rows, mark: str) -> float:
    """Changes a second by the driver alone."""
    cursor = connection.cursor()
    statements = [
        f"INSERT INTO {table.name} VALUES ({', '.join([mark] * len(table.columns))})"
        for table in (changes, records)
    ]
    began = time.perf_counter()
    for first in range(0, len(rows[0]), BATCH):
        cursor.execute("BEGIN")
        for statement, table_rows in zip(statements, rows, strict=True):
            cursor.executemany(statement, table_rows[first : first + BATCH])
        cursor.execute("COMMIT")
    return len(rows[0]) / (time.perf_counter() - began)


def fill(home: Path, url: str, patients: Sequence[str]) -> None:
    """Bring the organisation to STORED records, most of them other people's."""
    with application(home, url), begin(None, write=True) as connection:
        rows = [
            row._asdict()
            for row in connection.execute(
                select(records).where(records.c.kind == "medication").limit(CHANGES)
            )
        ]
        head = connection.scalar(text("SELECT max(head) FROM organisation"))
        strangers = [str(uuid7()) for _ in range(CHARTS * 9)]
        for copy in range(STORED // CHANGES - 1):
            for number, row in enumerate(rows):
                head += 1
                row |= {"id": str(uuid7()), "version": head, "position": head}
                row["patient"] = strangers[(copy * CHANGES + number) % len(strangers)]
            connection.execute(records.insert(), rows)
        connection.execute(text("UPDATE organisation SET head = :head"), {"head": head})
        if connection.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))


if __name__ == "__main__":
    main()
