"""A file while it is being written: FILE.part, for its owner alone, by one process at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from server.backup.failed import Failed, told

BESIDE = ("", "-journal", "-wal", "-shm")
"""What SQLite leaves beside a database that it was kept from closing."""


@contextmanager
def unfinished(path: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """The unfinished file of a path, empty: what lay there was left by one that was killed. Unless
    it has been given its name by the end, it is gone. Raises Failed where another writes it."""
    part = path.with_name(f"{path.name}.part")
    with (
        told(f"{part} cannot be written"),
        open(os.open(part, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file,
    ):
        if not _is_ours(file, part):
            raise Failed(f"{part} is being written by another.")
        file.truncate()
        os.fchmod(file.fileno(), 0o600)
        try:
            yield part, file
        finally:
            for end in BESIDE:
                Path(f"{part}{end}").unlink(missing_ok=True)


def _is_ours(file: IO[bytes], part: Path) -> bool:
    """Whether nobody else has it, nor has had it and given it its name since we opened it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(file.fileno()), os.stat(part))
    except (BlockingIOError, FileNotFoundError):
        return False
