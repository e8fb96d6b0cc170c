"""When the last backup was taken from here: noted in DOORSTEP_HOME, for `doorstep check`. The role
that takes backups of a PostgreSQL database may write nothing into it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import orjson

from server.whole_file import write_whole

FILE = "last.backup"


class Last(NamedTuple):
    """A backup that was taken and found whole."""

    made_at: int
    path: str
    bytes: int


def remember(home: Path, last: Last) -> None:
    write_whole(
        home / FILE, orjson.dumps(last._asdict(), option=orjson.OPT_APPEND_NEWLINE).decode()
    )


def remembered(home: Path) -> Last | None:
    """Raises ValueError for a file that is not as we write it."""
    path = home / FILE
    if not path.exists():
        return None
    try:
        return Last(**orjson.loads(path.read_bytes()))
    except (ValueError, TypeError):
        raise ValueError(f"{path} is not as it was written; take it away") from None
