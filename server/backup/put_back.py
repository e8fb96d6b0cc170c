"""Puts a backup in the place of the database: looked at first, then carried out. Called by
`doorstep restore`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from server import server_key
from server.backup import into_postgresql, into_sqlite
from server.backup.by_hand import Standing, lost, read_standing
from server.backup.contents import Contents, read
from server.backup.embedded import Tell
from server.backup.failed import Failed
from server.backup.fresh_epochs import Begun
from server.database import db, is_sqlite
from server.settings import Settings
from server.who import now_ms


@dataclass(frozen=True, slots=True)
class Plan:
    """What a restore would do."""

    contents: Contents
    present: Mapping[str, int] | None
    """The counter of each organisation that would be replaced; None where it cannot be read."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a restore did."""

    begun: Sequence[Begun]
    kept: str | None
    """Where what was replaced is kept; None where there was nothing."""
    lost: Sequence[str]
    """What the replaced database had and the backup has not, a sentence each, where it could be
    read: nobody's phone brings it back."""


def look(path: Path, settings: Settings) -> Plan:
    """Raises Failed where nothing can come of it."""
    if not server_key.is_here():
        raise Failed(
            f"The server key is not here. Put back {settings.home / server_key.FILE}, or set"
            " SERVER_KEY: escrow copies and the access log need the one that there was."
        )
    server_key.require()
    on_sqlite = is_sqlite(db.engine)
    if on_sqlite and path.exists() and _is_database(path):
        raise Failed(f"{path} is the database itself.")
    contents = read(path, "SQLite" if on_sqlite else "PostgreSQL")
    into = into_sqlite if on_sqlite else into_postgresql
    return Plan(contents, into.heads_of_present())


def carry_out(plan: Plan, settings: Settings, tell: Tell) -> Done:
    """Replace the database, all of it or nothing. Raises Failed, and then it is as it was."""
    before, now = read_standing(), now_ms()
    detail = f"a backup of {day_of(plan.contents.made_at)}"
    stamp = f"{datetime.fromtimestamp(now / 1000, UTC):%Y%m%dt%H%M%Sz}"
    try:
        if is_sqlite(db.engine):
            kept = str(settings.home / f"{into_sqlite.KEPT}{stamp}.sqlite3")
            begun, is_kept = into_sqlite.replace(
                plan.contents, settings, Path(kept), now, detail, tell
            )
        else:
            kept = f"{into_postgresql.KEPT}{stamp}"
            begun, is_kept = into_postgresql.replace(
                plan.contents, settings.home, kept, now, detail, tell
            )
    except ValueError as error:
        raise Failed(f"{error}.") from error
    finally:
        db.engine.dispose()
    after = read_standing()
    return Done(begun, kept if is_kept else None, _lost(before, after))


def day_of(moment: int | None) -> str:
    if moment is None:
        return "an unknown day"
    return f"{datetime.fromtimestamp(moment / 1000, UTC):%F %R} UTC"


def _lost(before: Standing | None, after: Standing | None) -> Sequence[str]:
    return lost(before, after) if before and after else ()


def _is_database(path: Path) -> bool:
    with suppress(OSError):
        return path.samefile(into_sqlite.database_file())
    return False
