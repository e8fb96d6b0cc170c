"""Backups of an embedded database: a plain SQLite file, by SQLite's backup API."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Connection

from server.backup.failed import Failed

MAGIC = b"SQLite format 3\0"
PAGES_A_STEP = 256
WHOLE = "ok"

Tell: TypeAlias = Callable[[int, int], None]
"""Told how much is done, and of how much."""


def copy_out(connection: Connection, path: Path, made_at: int, tell: Tell) -> None:
    """Copy the database as a reading transaction sees it. Nobody waits for that: who writes
    meanwhile writes to the log behind the snapshot."""
    source = connection.connection.driver_connection
    assert isinstance(source, sqlite3.Connection)
    try:
        copy_pages(source, path, tell)
        with closing(sqlite3.connect(path, isolation_level=None)) as made:
            made.execute("PRAGMA journal_mode = DELETE")  # one file, that opens where nobody writes
            made.execute("CREATE TABLE backup (made_at INTEGER NOT NULL)")
            made.execute("INSERT INTO backup VALUES (?)", (made_at,))
    except sqlite3.Error as error:
        raise Failed(f"{path} could not be written: {error}.") from error


def copy_pages(source: sqlite3.Connection, path: Path, tell: Tell) -> None:
    """All pages of a database into a file, which is not on the disk before it is synced."""
    with closing(sqlite3.connect(path, isolation_level=None)) as target:
        target.execute("PRAGMA journal_mode = OFF")
        target.execute("PRAGMA synchronous = OFF")
        source.backup(
            target,
            pages=PAGES_A_STEP,
            progress=lambda _status, left, of: tell(of - left, of),
        )


def open_read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


def require_whole(path: Path) -> None:
    """Raise Failed for a file with a page that is missing, torn or not as its index says."""
    try:
        with closing(open_read_only(path)) as file:
            (said,) = file.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        raise Failed(f"{path} is cut off or damaged: {error}.") from error
    if said != WHOLE:
        raise Failed(f"{path} is cut off or damaged.")


def made_at(path: Path) -> int | None:
    """When it was taken; of a copy that `doorstep backup` did not make, nobody knows."""
    with closing(open_read_only(path)) as file:
        try:
            found: int | None = file.execute("SELECT max(made_at) FROM backup").fetchone()[0]
        except sqlite3.OperationalError:
            return None
    return found


def revision(path: Path) -> str | None:
    with closing(open_read_only(path)) as file:
        row = file.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def heads(path: Path) -> list[tuple[str, str, int]]:
    """Id, name and counter of each organisation."""
    with closing(open_read_only(path)) as file:
        return file.execute("SELECT id, name, head FROM organisation ORDER BY name").fetchall()
