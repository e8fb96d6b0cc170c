"""Takes a backup while the server runs: FILE.part, found whole, and only then FILE."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from server import schema
from server.backup import dumped, embedded, last
from server.backup.embedded import Tell
from server.backup.failed import Failed
from server.backup.unfinished import unfinished
from server.database import begin, db, is_sqlite, see_organisations
from server.who import now_ms
from server.whole_file import put_in_place


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that is there, and whole."""

    bytes: int
    heads: Sequence[tuple[str, int]]
    """Name and counter of each organisation."""


def take(path: Path, home: Path, tell: Tell, *, force: bool = False) -> Taken:
    """Write a backup of the whole database, as it stood at one moment. Raises Failed, and then
    nothing is left of it and what was there before stays."""
    _require_free(path, force=force)
    now = now_ms()
    with unfinished(path) as (part, file):
        with begin(None) as connection:
            if schema.stored_revision(connection) is None:
                raise Failed("The database is empty: there is nothing to back up.")
            see_organisations(connection)
            heads = connection.execute(text("SELECT name, head FROM organisation ORDER BY name"))
            told_heads = [(str(row.name), int(row.head)) for row in heads]
            if is_sqlite(connection):
                embedded.copy_out(connection, part, now, tell)
            else:
                dumped.dump(connection, file)
                tell(1, 1)
        kept = embedded if is_sqlite(db.engine) else dumped
        kept.require_whole(part)
        os.fsync(file.fileno())
        size = os.fstat(file.fileno()).st_size
        put_in_place(part, path)
    with suppress(OSError):  # the backup is there: that it is not noted is for `check` to find
        last.remember(home, last.Last(now, str(path.absolute()), size))
    return Taken(size, told_heads)


def _require_free(path: Path, *, force: bool) -> None:
    if not path.parent.is_dir():
        raise Failed(f"There is no folder {path.parent}.")
    if path.is_dir():
        raise Failed(f"{path} is a folder; name the file in it.")
    database = Path(db.engine.url.database or "")
    if is_sqlite(db.engine) and path.exists() and path.samefile(database):
        raise Failed(f"{path} is the database itself.")
    if path.exists() and not force:
        raise Failed(f"{path} is there already; --force replaces it.")
