"""What a file is a backup of. Nothing of it is believed before it was read from end to end."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from server import schema
from server.backup import dumped, embedded
from server.backup.failed import Failed, told

SORTS = {embedded.MAGIC: "SQLite", dumped.MAGIC: "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class Contents:
    """A backup that is whole, of a Doorstep that this one knows."""

    path: Path
    made_at: int | None
    """Milliseconds; None for a copy that was made by other means."""
    revision: str
    heads: Sequence[tuple[str, str, int]]
    """Id, name and counter of each organisation."""


def read(path: Path, sort: str) -> Contents:
    """What is in a backup for a database of that sort. Raises Failed for what is none, for one of
    the other sort, for one that is cut off, and for one that a newer Doorstep made."""
    found = _sort(path)
    if found is None:
        raise Failed(
            f"{path} is no backup of Doorstep; unpack it first if it was packed or encrypted."
        )
    if found != sort:
        raise Failed(f"{path} is a backup of a {found} database, and this is a {sort} database.")
    kept = embedded if found == "SQLite" else dumped
    kept.require_whole(path)
    try:
        revision, heads = kept.revision(path), kept.heads(path)
    except (sqlite3.DatabaseError, KeyError, ValueError) as error:
        raise Failed(f"{path} is a {found} database, but no backup of Doorstep.") from error
    if revision is None:
        raise Failed(f"{path} is a {found} database, but no backup of Doorstep.")
    if revision not in schema.known_revisions():
        raise Failed(f"{path} was made by a newer Doorstep; restore it with that version.")
    return Contents(path, kept.made_at(path), revision, heads)


def _sort(path: Path) -> str | None:
    with told(f"{path} cannot be read"), open(path, "rb") as file:
        start = file.read(max(map(len, SORTS)))
    return next((sort for magic, sort in SORTS.items() if start.startswith(magic)), None)
