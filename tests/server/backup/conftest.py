"""Whoever runs the server: `doorstep` on the test's database, on PostgreSQL by the role that README
says to take for each command."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url

from server import server_key
from tests.conftest import OWNER, SERVING, Cluster
from tests.server.operator import BACKING_UP, Operator


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of its own: a restore makes tables anew."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copyfile(template, tmp_path / "doorstep.sqlite3")
        yield f"sqlite:///{tmp_path / 'doorstep.sqlite3'}"
    else:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        have_backup_role(cluster)
        cluster.empty("doorstep")
        with cluster.copied("doorstep") as url:
            yield url


def have_backup_role(cluster: Cluster) -> None:
    cluster.sql(
        f"DO $$BEGIN CREATE ROLE {BACKING_UP} LOGIN BYPASSRLS; GRANT pg_read_all_data TO"
        f" {BACKING_UP}; EXCEPTION WHEN duplicate_object THEN NULL; END$$"
    )


@pytest.fixture
def operator(app: Flask, database: str, tmp_path: Path) -> Operator:
    """With a server key, as every server that has been started."""
    server_key.require()
    return Operator(tmp_path, database)


@pytest.fixture
def somewhere_new(
    operator: Operator, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], Operator]]:
    """Makes an empty database beside the other, under the same server key."""
    with contextlib.ExitStack() as stack:

        def make() -> Operator:
            home = tmp_path / f"new{len(list(tmp_path.glob('new*')))}"
            home.mkdir()
            shutil.copyfile(tmp_path / "server.key", home / "server.key")
            if operator.url.startswith("sqlite"):
                return Operator(home, f"sqlite:///{home / 'doorstep.sqlite3'}")
            cluster: Cluster = request.getfixturevalue("postgres_cluster")
            url = stack.enter_context(cluster.copied("template0"))
            cluster.sql(
                f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public"
                f" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {SERVING}",
                make_url(url).database or "",
            )
            return Operator(home, url)

        yield make
