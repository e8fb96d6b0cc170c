"""The databases of the tests: every test that asks for `database` runs on SQLite and on PostgreSQL.

PostgreSQL is a private cluster, one a test process, which an unprivileged user runs on a socket in
a temporary folder. It has never heard of fsync, and each test finds its tables empty. As README
says to, one role owns the tables and another, bound by row-level security, serves.
"""

from __future__ import annotations

import contextlib
import getpass
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from server import build_app, create_app, schema
from server.database import db
from server.settings import Settings
from server.tables import METADATA

CLUSTER_OPTIONS = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    " -c shared_buffers=64MB -c max_connections=60 -c autovacuum=off"
)
OWNER, SERVING = "doorstep_owner", "doorstep_server"


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes give a test no name: what packed them may have put the second of the day in, and the
    processes of one run must all find the same tests."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with our schema and no row in it."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copyfile(template, tmp_path / "doorstep.sqlite3")
        yield f"sqlite:///{tmp_path / 'doorstep.sqlite3'}"
    else:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        cluster.empty("doorstep")
        yield cluster.url("doorstep")


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[Flask]:
    """The server on that database, its application context open for calls below HTTP."""
    made = create_app(Settings(home=tmp_path, database_url=database, web=tmp_path / "web"))
    with made.app_context():
        yield made
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "doorstep.sqlite3"
    migrate(f"sqlite:///{path}", path.parent)
    return path


class Cluster:
    """A PostgreSQL of this test process's own."""

    def __init__(self, folder: Path, options: str = CLUSTER_OPTIONS) -> None:
        self.folder = folder
        self.options = f"{options} -k {folder}"
        self.user = "postgres" if os.geteuid() == 0 else getpass.getuser()
        self.names = (f"test_{number}" for number in itertools.count())

    def run(self, program: str, *arguments: str) -> None:
        found = find_postgres(program)
        as_user = ["runuser", "-u", self.user, "--"] if os.geteuid() == 0 else []
        subprocess.run(
            [*as_user, found, *arguments], check=True, cwd=self.folder, stdout=subprocess.DEVNULL
        )

    def start(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, self.user)
        data = str(self.folder / "data")
        self.run("initdb", "-D", data, "-U", self.user, "--auth=trust", "--no-sync", "-E", "UTF8")
        self.restart()
        for role in (OWNER, SERVING):
            self.sql(f"CREATE ROLE {role} LOGIN")

    def restart(self) -> None:
        """Start it on the data that it has."""
        data, log = str(self.folder / "data"), str(self.folder / "log")
        self.run("pg_ctl", "-D", data, "-w", "-l", log, "-o", self.options, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def url(self, name: str, role: str = SERVING) -> str:
        return f"postgresql+psycopg://{role}@/{name}?host={self.folder}"

    def create(self, name: str, options: str = "") -> None:
        """A database with our schema, made by its owner for the role that serves."""
        self.create_empty(name, options)
        migrate(self.url(name, OWNER), self.folder)

    def create_empty(self, name: str, options: str = "") -> None:
        """A database without a table: the owner's will be open to the role that serves."""
        self.sql(f"CREATE DATABASE {name} OWNER {OWNER} {options}")
        self.sql(
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public"
            f" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {SERVING}",
            name,
        )

    def sql(self, statement: str, name: str = "postgres") -> None:
        address = f"host={self.folder} user={self.user} dbname={name}"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())

    def empty(self, name: str) -> None:
        """Take every row away: ten times quicker than a new database."""
        revision = schema.needed_revision()
        rows = [f"DELETE FROM {table.name}" for table in METADATA.sorted_tables]
        rows += [
            "DELETE FROM alembic_version",
            f"INSERT INTO alembic_version VALUES ('{revision}')",
        ]
        self.sql("; ".join(rows), name)

    @contextlib.contextmanager
    def fresh(self) -> Iterator[str]:
        """The name of an empty database of its own, dropped afterwards."""
        name = next(self.names)
        self.create_empty(name)
        try:
            yield name
        finally:
            self.sql(f"DROP DATABASE {name} WITH (FORCE)")

    @contextlib.contextmanager
    def copied(self, template: str) -> Iterator[str]:
        """A database of its own, a copy of another, dropped afterwards."""
        name = next(self.names)
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {OWNER}")
        try:
            yield self.url(name)
        finally:
            self.sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="doorstep-pg-"))  # short: a socket's path is limited
    cluster = Cluster(folder)
    try:
        cluster.start()
        # As on a host whose locale is a language's: text does not sort by its bytes.
        cluster.create("doorstep", "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE en")
        yield cluster
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def find_postgres(program: str) -> str:
    """Where a program of PostgreSQL stands; Debian keeps the server's beside the path."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / program).exists():
            return str(folder / program)
    if found := shutil.which(program):
        return found
    pytest.fail(
        "PostgreSQL is missing. Install it with: sudo apt-get install --no-install-recommends"
        " postgresql"
    )


def migrate(url: str, home: Path) -> None:
    with build_app(Settings(home=home, database_url=url)).app_context():
        schema.migrate()
        db.engine.dispose()
