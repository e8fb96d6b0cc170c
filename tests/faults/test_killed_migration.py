"""kill -9 of a migration at its statements, from the oldest revision with what its release left:
the database is as it was, to the last row, and the next `doorstep migrate` brings it to its end.

The process that migrates counts its own statements and ends itself by SIGKILL before the one aimed
at, inside the one transaction of the migration. What an embedded database's files hold at that
moment is what a killed process leaves: that is looked at for every single statement.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from server import schema
from server.database import begin
from tests.server.test_migrations import Empty, empty

__all__ = ["empty"]

OLDEST = "0001"
BLOWS = 4
"""Real kills a run, spread over the whole of the migration."""


@contextmanager
def before_each_statement(act: Callable[[int, str], object]) -> Iterator[None]:
    """Call it with the number of each statement that is about to be executed, from 1 on."""
    numbers = itertools.count(1)

    def executing(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        act(next(numbers), statement)

    event.listen(Engine, "before_cursor_execute", executing)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", executing)


def killed_before(empty: Empty, number: int) -> bool:
    """Migrate in a process of its own, which is killed; False where it came to its end."""
    child = os.fork()
    if child == 0:

        def strike(counted: int, _statement: str) -> None:
            if counted == number:
                os.kill(os.getpid(), signal.SIGKILL)

        with before_each_statement(strike):
            empty.migrate()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def statements_of_a_migration(empty: Empty) -> list[str]:
    """Those of an undisturbed one, which is taken back."""
    found: list[str] = []
    with suppress(TakenBack), empty.open() as connection:
        with before_each_statement(lambda _, statement: found.append(statement)):
            schema.upgrade(connection)
        raise TakenBack
    return found


class TakenBack(Exception):
    """Undoes a transaction."""


def revision_of(empty: Empty) -> str | None:
    with empty.at_hand(), begin(None) as connection:
        return schema.stored_revision(connection)


def test_a_killed_migration_leaves_what_was_there_and_the_next_one_finishes(empty: Empty) -> None:
    empty.fill(OLDEST)
    before = empty.rows()
    count = len(statements_of_a_migration(empty))
    assert revision_of(empty) == OLDEST
    for blow in range(BLOWS):
        number = 5 + blow * count // BLOWS
        assert killed_before(empty, number), f"statement {number} of {count} was not struck"
        assert revision_of(empty) == OLDEST
        assert empty.rows() == before
    assert not killed_before(empty, 10 * count)
    assert revision_of(empty) == schema.needed_revision()
    after = empty.rows()
    assert {name: len(rows) for name, rows in before.items()}.items() <= {
        name: len(rows) for name, rows in after.items()
    }.items()


@pytest.mark.parametrize("empty", ["sqlite"], indirect=True)
def test_at_every_statement_the_files_hold_the_database_as_it_was(
    empty: Empty, tmp_path: Path
) -> None:
    empty.fill(OLDEST)
    here, left = tmp_path / "doorstep.sqlite3", tmp_path / "left"
    was = told(here)
    moments: list[str] = []

    def look(number: int, statement: str) -> None:
        left.mkdir()
        for path in tmp_path.glob("doorstep.sqlite3*"):
            if not path.name.endswith("-shm"):  # rebuilt from the log after a crash
                shutil.copyfile(path, left / path.name)
        assert told(left / here.name) == was, (number, statement)
        shutil.rmtree(left)
        moments.append(statement)

    with before_each_statement(look):
        empty.migrate()
    assert len(moments) > 100
    assert any(statement.startswith("UPDATE alembic_version") for statement in moments)
    assert told(here) != was


def told(path: Path) -> tuple[Any, ...]:
    """Whether a database is whole, its revision, its tables and how many rows are in each."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        rows = [
            connection.execute(f"SELECT count(*) FROM {name}").fetchone()
            for (name,) in tables.fetchall()
        ]
        return (connection.execute("SELECT * FROM alembic_version").fetchall(), names, rows)
