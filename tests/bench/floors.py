"""What cannot be undercut: the same rows into the same tables, and the same text out of them, by
the database's own driver and without us."""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import select
from sqlalchemy.engine import make_url

from server.tables import changes, records
from tests.bench.stage import Stage
from tests.conftest import migrate

GZIP = 31  # zlib's word for it


class Cost(NamedTuple):
    """What a piece of work took: seconds of CPU where it ran, in PostgreSQL's processes, and by the
    clock."""

    cpu: float
    database: float
    clock: float


@contextmanager
def measured(stage: Stage, cpu: Callable[[], float]) -> Iterator[list[Cost]]:
    """The cost of what is done inside, the one item of the list afterwards."""
    found: list[Cost] = []
    before = cpu(), stage.database_cpu(), time.perf_counter()
    yield found
    after = cpu(), stage.database_cpu(), time.perf_counter()
    found.append(Cost(*(end - start for start, end in zip(before, after, strict=True))))


Rows = tuple[Sequence[Sequence[Any]], Sequence[Sequence[Any]]]


def stored_rows(stage: Stage, pushed: int) -> Rows:
    """The rows of the last changes that were pushed, each the creation of a record."""
    with stage.transaction() as connection:
        last = select(changes).order_by(changes.c.seq.desc()).limit(pushed)
        of_changes = [tuple(row) for row in connection.execute(last)][::-1]
        wanted = select(records).order_by(records.c.version.desc()).limit(pushed)
        of_records = [tuple(row) for row in connection.execute(wanted)][::-1]
    return of_changes, of_records


def raw_inserts(stage: Stage, rows: Rows, batch: int) -> Cost:
    """The cost of storing these rows in an empty database with our schema, in transactions of as
    many as a push has, each table's by one executemany."""
    with _empty_database(stage) as (connection, mark):
        cursor = connection.cursor()
        statements = [
            f"INSERT INTO {table.name} VALUES ({', '.join([mark] * len(table.columns))})"
            for table in (changes, records)
        ]
        with measured(stage, time.process_time) as cost:
            for first in range(0, len(rows[0]), batch):
                cursor.execute("BEGIN")
                for statement, of_table in zip(statements, rows, strict=True):
                    cursor.executemany(statement, of_table[first : first + batch])
                cursor.execute("COMMIT")
    return cost[0]


def concatenated(stage: Stage, page: int) -> tuple[int, Cost, Cost]:
    """How many records there are, and the cost of reading their text and joining it by the page:
    as it is, and packed as gzip packs it at its quickest."""
    with _open(stage) as connection:
        costs = []
        for is_packed in (False, True):
            with measured(stage, time.process_time) as cost:
                cursor = connection.execute("SELECT body FROM records ORDER BY version")
                count = 0
                while rows := cursor.fetchmany(page):
                    count += len(rows)
                    text = b"[" + b",".join(body.encode() for (body,) in rows) + b"]"
                    if is_packed:
                        packer = zlib.compressobj(1, wbits=GZIP)
                        packer.compress(text) + packer.flush()
            costs += cost
    return count, costs[0], costs[1]


@contextmanager
def _open(stage: Stage) -> Iterator[Any]:
    if stage.name == "SQLite":
        connection = sqlite3.connect(stage.deployment.home / "doorstep.sqlite3")
        try:
            yield connection
        finally:
            connection.close()
        return
    with psycopg.connect(_address(stage), autocommit=True) as opened:
        yield opened


@contextmanager
def _empty_database(stage: Stage) -> Iterator[tuple[Any, str]]:
    """A connection to a second database of the same sort, and its mark for a parameter."""
    home = stage.deployment.home
    if stage.name == "SQLite":
        path = home / "floor.sqlite3"
        migrate(f"sqlite:///{path}", home)
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        try:
            yield connection, "?"
        finally:
            connection.close()
            path.unlink()
        return
    with psycopg.connect(_address(stage), autocommit=True) as connection:
        connection.execute("CREATE DATABASE floor")
    url = make_url(stage.inside).set(database="floor")
    migrate(url.render_as_string(hide_password=False), home)
    with psycopg.connect(_address(stage, "floor"), autocommit=True) as opened:
        yield opened, "%s"
    with psycopg.connect(_address(stage), autocommit=True) as connection:
        connection.execute("DROP DATABASE floor WITH (FORCE)")


def _address(stage: Stage, database: str | None = None) -> str:
    url = make_url(stage.inside)
    folder = url.query["host"]
    return f"host={folder} user={url.username} dbname={database or url.database}"
