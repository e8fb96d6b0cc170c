"""Whoever runs the server: `doorstep` on the test's database, on PostgreSQL by the role that README
says to take for each command."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from server import build_app, create_app
from server.commands import main
from server.database import begin, db
from server.settings import Settings
from server.tables import METADATA
from tests.conftest import OWNER, SERVING

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
