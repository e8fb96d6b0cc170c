"""Copies of a whole database and their return, quick enough for a machine that restores often. The
commands that people use have tests of their own (tests/server/backup); what follows a restore, a
new epoch, is made by the same code."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from server.backup.fresh_epochs import begin_epochs
from server.database import begin
from server.tables import METADATA

TABLES = [table.name for table in METADATA.sorted_tables]


@dataclass
class Backups:
    """Of the database at this address, whose server keeps its files in `home`."""

    url: str
    home: Path

    def take(self) -> Any:
        if self.is_sqlite:
            copy = sqlite3.connect(":memory:", check_same_thread=False)
            with closing(sqlite3.connect(self.path)) as source:
                source.backup(copy)
            return copy
        with self._superuser() as connection, connection.cursor() as cursor:
            return {name: self._rows_out(cursor, name) for name in TABLES}

    def put_back(self, copy: Any) -> None:
        """Let the database be what it was; what happened since is gone."""
        if self.is_sqlite:
            with closing(sqlite3.connect(self.path)) as target:
                copy.backup(target)
            return
        with self._superuser() as connection, connection.cursor() as cursor:
            cursor.execute(b"DELETE FROM " + b"; DELETE FROM ".join(n.encode() for n in TABLES))
            for name, rows in copy.items():
                if rows:
                    with cursor.copy(f"COPY {name} FROM STDIN".encode()) as into:
                        into.write(rows)

    def begin_epoch(self, replaced_head: int, organisation: str, now: int) -> None:
        """What a restore does besides: a new history, and nobody is signed in."""
        with begin(None, write=True) as connection:
            detail = "tests.sqlite3"
            begin_epochs(connection, self.home, {organisation: replaced_head}, now, detail)

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def path(self) -> str:
        return self.url.removeprefix("sqlite:///")

    @contextmanager
    def _superuser(self) -> Iterator[psycopg.Connection[Any]]:
        """Whom row-level security does not bind."""
        folder = self.url.partition("?host=")[2]
        name = self.url.partition("@/")[2].partition("?")[0]
        with psycopg.connect(f"host={folder} user=postgres dbname={name}") as connection:
            yield connection

    def _rows_out(self, cursor: psycopg.Cursor[Any], name: str) -> bytes:
        with cursor.copy(f"COPY {name} TO STDOUT".encode()) as out:
            return b"".join(bytes(part) for part in out)
