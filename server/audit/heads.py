"""The heads of the access log that were found whole, kept in DOORSTEP_HOME and so outside the
database: whoever cuts off the log's end there is found out by the next look."""

from __future__ import annotations

from pathlib import Path

from server.audit.verify import Head
from server.whole_file import write_whole

FILE = "access.heads"


def remembered(home: Path, organisation: str) -> Head | None:
    """The head that was last found whole. Raises ValueError, a sentence, for a file that is not as
    we write it."""
    return _read(home / FILE).get(organisation)


def remember(home: Path, organisation: str, head: Head) -> None:
    path = home / FILE
    heads = _read(path) | {organisation: head}
    write_whole(path, "".join(f"{id_} {head}\n" for id_, head in sorted(heads.items())))


def _read(path: Path) -> dict[str, Head]:
    if not path.exists():
        return {}
    try:
        parts = [line.split(" ") for line in path.read_text("utf-8").splitlines()]
        return {organisation: Head.read(head) for organisation, head in parts}
    except ValueError:
        raise ValueError(f"{path} is not as it was written; put it back or take it away") from None
