"""The disk is full: of a backup nothing is left, and a restore changes nothing, wherever in it the
room ran out. A disk is a small file system of the test's own, where one may be mounted."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from server.database import begin
from server.tables import salvage
from tests.conftest import OWNER, Cluster
from tests.faults.test_full import Ballast, small_disk
from tests.server.backup.conftest import have_backup_role
from tests.server.office import Office, new_id
from tests.server.operator import BACKING_UP, Operator, everything, serving

ROWS, LETTERS = 300, 10_000
"""Three megabytes."""


@contextlib.contextmanager
def database_on(disk: Path, request: pytest.FixtureRequest, sort: str) -> Iterator[Operator]:
    """An operator whose database lies there, with a server key."""
    (disk / "server.key").write_text("A" * 43 + "=\n")
    if sort == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), disk / "doorstep.sqlite3")
        yield Operator(disk, f"sqlite:///{disk / 'doorstep.sqlite3'}")
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    have_backup_role(cluster)
    cluster.empty("doorstep")
    space = disk / "space"
    space.mkdir()
    if os.geteuid() == 0:
        shutil.chown(space, cluster.user)
    cluster.sql(f"CREATE TABLESPACE small LOCATION '{space}'")
    try:
        cluster.sql(f"CREATE DATABASE small TEMPLATE doorstep OWNER {OWNER} TABLESPACE small")
        yield Operator(disk, cluster.url("small"))
    finally:
        cluster.sql("DROP DATABASE IF EXISTS small WITH (FORCE)")
        cluster.sql("DROP TABLESPACE small")


def open_with_bulk(operator: Operator) -> str:
    with serving(operator) as app:
        office = Office.open(app)
        row = {"organisation": office.organisation, "version": 1, "kind": "task", "offered_at": 1}
        row |= {"member": new_id(), "device": new_id(), "hash": "h"}
        with begin(office.organisation, write=True) as connection:
            rows = [
                row | {"record": new_id(), "body": secrets.token_hex(LETTERS // 2)}
                for _ in range(ROWS)
            ]
            connection.execute(insert(salvage), rows)
    return office.organisation


def state_of(operator: Operator, organisation: str) -> object:
    with serving(operator):
        return everything(organisation)


@pytest.mark.parametrize("sort", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_full_disk_changes_nothing(
    sort: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with small_disk(60) as disk, database_on(disk, request, sort) as operator:
        organisation = open_with_bulk(operator)
        operator.backup(tmp_path / "a.backup")
        before = state_of(operator, organisation)
        # Without any room; with room for the first step, and for the first two, of a restore.
        for megabytes in (0, 5, 9) if sort == "sqlite" else (0, 2):
            with all_but(disk, megabytes):
                said = operator.fails("restore", tmp_path / "a.backup", "--yes")
            assert "full" in said.lower() or "no space" in said.lower(), said
            assert state_of(operator, organisation) == before, megabytes
            assert not list(disk.glob("*.part*"))
            assert not list(disk.glob("replaced*"))
        with all_but(disk, 1):
            said = operator.fails("backup", disk / "b.backup", role=BACKING_UP)
        assert "full" in said.lower() or "no space" in said.lower(), said
        assert not list(disk.glob("b.backup*"))
        operator.restore(tmp_path / "a.backup")


@contextlib.contextmanager
def all_but(disk: Path, megabytes: int) -> Iterator[None]:
    """The disk is full but for that much."""
    spared = disk / "spared"
    spared.write_bytes(bytes(megabytes * 2**20))
    ballast = Ballast(disk)
    ballast.fill()
    spared.unlink()
    try:
        yield
    finally:
        ballast.give_back()
