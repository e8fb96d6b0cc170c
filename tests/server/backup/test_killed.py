"""A restore that is killed with -9 leaves the database that was, or the restored one.

The process is stopped at a point and killed there. Before that, the blow is shown to fall where it
is meant to: somebody else cannot write, and still reads what was, or has what is new.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert, select

from server.database import begin, db
from server.tables import organisation, salvage
from tests.conftest import OWNER
from tests.server.backup.stopping import HERE, POINTS
from tests.server.office import Office, Phone, new_id
from tests.server.operator import Operator, everything

ROOT = Path(__file__).parents[3]
DONE = ("in place", "committed")
BULK = 600
"""Rows of 10 kB: more than SQLite keeps in memory of a transaction that is not over."""


def test_a_killed_restore_leaves_the_old_database_or_the_new(
    operator: Operator, office: Office, phone: Phone, tmp_path: Path
) -> None:
    add_bulk(office)
    operator.backup(tmp_path / "a.backup")
    phone.new_patient()
    phone.sync_all()
    sort = operator.url.partition(":")[0].partition("+")[0]
    for point in POINTS[sort]:
        before = everything(office.organisation)
        with stopped(operator, sort, point, tmp_path / "a.backup") as process:
            if point in DONE:
                assert is_restored(office)
            else:
                require_inside(operator, process, point)
            process.kill()
        db.engine.dispose()
        assert (everything(office.organisation) == before) is (point not in DONE), point
        require_writable(operator)
    operator.restore(tmp_path / "a.backup")
    assert list(tmp_path.glob("*.part*")) == []


def add_bulk(office: Office) -> None:
    row = {"organisation": office.organisation, "version": 1, "kind": "task", "offered_at": 1}
    row |= {"member": new_id(), "device": new_id(), "body": "x" * 10_000}
    with begin(office.organisation, write=True) as connection:
        rows = [row | {"record": new_id(), "hash": "h"} for _ in range(BULK)]
        connection.execute(insert(salvage), rows)


def stopped(operator: Operator, sort: str, point: str, file: Path) -> subprocess.Popen[str]:
    """The process at that point."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.server.backup.stopping", sort, point, str(file)],
        cwd=ROOT,
        env=os.environ | operator.environment(OWNER),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    if HERE not in map(str.strip, iter(process.stdout.readline, "")):
        pytest.fail(f"{point} was not reached: {process.stderr.read()}")
    return process


def is_restored(office: Office) -> bool:
    with begin(office.organisation) as connection:
        return bool(connection.scalars(select(organisation.c.is_restoring)).one())


def require_inside(operator: Operator, process: subprocess.Popen[str], point: str) -> None:
    if operator.url.startswith("sqlite"):
        live = operator.home / "doorstep.sqlite3"
        with closing(sqlite3.connect(live, timeout=0)) as other:
            assert other.execute("SELECT max(is_restoring) FROM organisation").fetchone() == (0,)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("UPDATE organisation SET head = head")
        if point == "all but a page in place":
            assert Path(f"{live}-wal").stat().st_size > 1_000_000
        return
    address = operator.as_role("postgres").replace("+psycopg", "")
    with psycopg.connect(address) as other:
        held = other.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE mode = 'AccessExclusiveLock' AND usename = %s AND granted",
            (OWNER,),
        ).fetchone()
    assert held is not None
    assert held[0] > 20


def require_writable(operator: Operator) -> None:
    done = operator.run(
        "member", "add", f"{new_id()}@example.org", *("--name", "Ana"), *("--role", "clinician")
    )
    assert done.exit_code == 0, done.output
