"""Files that are there whole or not at all, whatever ends us while they are written."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Put a small file in place of the one that was there, for its owner alone to read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        put_in_place(unfinished, path)
    except OSError:
        with suppress(OSError):  # on a folder that nobody may write to, nothing was begun
            unfinished.unlink()
        raise


def put_in_place(unfinished: Path, path: Path) -> None:
    """Give a file that is written and on the disk its name, also where the power fails next."""
    os.replace(unfinished, path)
    keep_names(path.parent)


def keep_names(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
