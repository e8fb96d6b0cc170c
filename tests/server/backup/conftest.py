"""Whoever runs the server: `doorstep` on the test's database, on PostgreSQL by the role that README
says to take for each command."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import make_url, select

from server import build_app, create_app, server_key
from server.commands import main
from server.database import begin, db
from server.settings import Settings
from server.tables import METADATA
from tests.conftest import OWNER, SERVING, Cluster

BACKING_UP = "doorstep_backup"


@dataclass
class Operator:
    home: Path
    url: str
    """As the server has it."""

    def as_role(self, role: str) -> str:
        return self.url.replace(f"//{SERVING}@", f"//{role}@")

    def environment(self, role: str = SERVING) -> dict[str, str]:
        return {"DATABASE_URL": self.as_role(role), "DOORSTEP_HOME": str(self.home)}

    def run(self, *arguments: str | Path, role: str = SERVING, **options: str) -> Result:
        environment = self.environment(role)
        return CliRunner().invoke(main, list(map(str, arguments)), env=environment, **options)

    def backup(self, path: Path, *options: str) -> str:
        done = self.run("backup", path, *options, role=BACKING_UP)
        assert done.exit_code == 0, done.output
        return done.stdout

    def restore(self, path: Path, *options: str) -> str:
        done = self.run("restore", path, "--yes", *options, role=OWNER)
        assert done.exit_code == 0, done.output
        return done.stdout

    def fails(self, *arguments: str | Path, role: str = OWNER) -> str:
        """The one sentence of a command that does nothing."""
        failed = self.run(*arguments, role=role)
        assert failed.exit_code == 1, failed.output
        lines = [line for line in failed.stderr.splitlines() if line.startswith("Error: ")]
        assert len(lines) == 1, failed.output
        return lines[0].removeprefix("Error: ")


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


@contextlib.contextmanager
def serving(operator: Operator, role: str = SERVING) -> Iterator[Flask]:
    """The server that would start there; for the owner, whatever the schema is."""
    settings = Settings(home=operator.home, database_url=operator.as_role(role))
    made = create_app(settings) if role == SERVING else build_app(settings)
    with made.app_context():
        try:
            yield made
        finally:
            db.engine.dispose()


def everything(organisation: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of an organisation, by table."""
    with begin(organisation) as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in METADATA.sorted_tables
        }
