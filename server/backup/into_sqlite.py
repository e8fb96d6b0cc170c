"""Puts a backup in the place of an embedded database, all of it or nothing.

    backup ──copy──► FILE.restored.part   migrated, in its new epoch
                          │ page by page, in one transaction of the database that serves;
                          ▼ behind its lock the database is first copied aside
    replaced-….sqlite3 ◄──database

The server may go on meanwhile: it reads what was, and waits to write. A database that cannot be
opened any more is itself put aside, and the new one takes its name.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace as with_other
from pathlib import Path

from sqlalchemy import URL, text

from server import build_app, schema
from server.backup.contents import Contents
from server.backup.embedded import Tell, copy_pages, open_read_only
from server.backup.failed import Failed
from server.backup.fresh_epochs import Begun, begin_epochs
from server.backup.unfinished import BESIDE, unfinished
from server.database import BUSY_SECONDS, begin, db, settle
from server.settings import Settings
from server.whole_file import keep_names, put_in_place

KEPT = "replaced-"
"""How the names begin of what was replaced."""
PLACED_AT_ONCE = 1
"""Pages. With the first, the database is ours; no database is whole with it."""
LEFT_BEHIND = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def heads_of_present() -> Mapping[str, int] | None:
    """The counter of each organisation there is; None where the database cannot be read."""
    path = database_file()
    if not path.exists():
        return {}
    try:
        with closing(open_read_only(path)) as file:
            if not _has_tables(file):
                return {}
            return dict(file.execute("SELECT id, head FROM organisation").fetchall())
    except sqlite3.DatabaseError:
        return None


def replace(
    contents: Contents, settings: Settings, kept: Path, now: int, detail: str, tell: Tell
) -> tuple[Sequence[Begun], bool]:
    """The epochs that began, and whether there was something to keep, as a file of that name.
    Raises Failed, and then the database is as it was."""
    live = database_file()
    try:
        with unfinished(live.with_name(f"{live.name}.restored")) as (prepared, file):
            for left in kept.parent.glob(f"{KEPT}*.part*"):  # by one that was killed
                left.unlink()
            begun = _prepare(contents, prepared, settings, now, detail)
            os.fsync(file.fileno())
            is_kept = _place(prepared, live, kept, tell)
    except sqlite3.Error as error:
        raise Failed(f"The database could not be replaced, and is as it was: {error}.") from error
    return begun, is_kept


def database_file() -> Path:
    return Path(db.engine.url.database or "").absolute()


def _prepare(
    contents: Contents, prepared: Path, settings: Settings, now: int, detail: str
) -> Sequence[Begun]:
    """Make the database that is to be, beside the one that serves."""
    heads = heads_of_present() or {}
    with closing(open_read_only(contents.path)) as source:
        copy_pages(source, prepared, lambda _done, _of: None)
    address = URL.create("sqlite", database=str(prepared)).render_as_string()
    with build_app(with_other(settings, database_url=address)).app_context():
        try:
            schema.migrate()
            with begin(None, write=True) as connection:
                connection.execute(text("DROP TABLE IF EXISTS backup"))
                begun = begin_epochs(connection, settings.home, heads, now, detail)
        finally:
            db.engine.dispose()
    with closing(sqlite3.connect(prepared, isolation_level=None)) as made:
        made.execute("PRAGMA journal_mode = DELETE")
    return begun


def _place(prepared: Path, live: Path, kept: Path, tell: Tell) -> bool:
    """Whether there was something to keep."""
    try:
        return _place_over(prepared, live, kept, tell)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in LEFT_BEHIND:
            raise
    _place_instead(prepared, live, kept)
    return True


def _place_over(prepared: Path, live: Path, kept: Path, tell: Tell) -> bool:
    with closing(sqlite3.connect(live, timeout=0, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        is_kept = _has_tables(database)
        with closing(open_read_only(prepared)) as source:
            _match_pages(source, database, prepared)
            source.execute("BEGIN")
            _has_tables(source)
            keep = (lambda: _keep(live, kept)) if is_kept else (lambda: None)
            after_page = _behind_the_lock(keep, tell)
            try:
                source.backup(database, pages=PLACED_AT_ONCE, sleep=0.05, progress=after_page)
            except Exception:
                kept.unlink(missing_ok=True)  # nothing was replaced
                raise
    settle()
    return is_kept


def _behind_the_lock(keep: Callable[[], None], tell: Tell) -> Callable[[int, int, int], None]:
    """What is done after each page: `keep` once, as soon as nobody else can write. Until the last
    page everybody reads the database that was."""
    gives_up_at = time.monotonic() + BUSY_SECONDS
    is_ours = False

    def after_page(status: int, left: int, of: int) -> None:
        nonlocal is_ours
        if left == 0:
            return  # it is in place: nothing may fail any more
        if is_ours:
            tell(of - left, of)
        elif status not in BUSY:
            is_ours = True
            keep()
        elif time.monotonic() > gives_up_at:
            raise Failed("The database is being written to without a pause; stop the server first.")

    return after_page


def _keep(live: Path, kept: Path) -> None:
    with unfinished(kept) as (part, file):
        with closing(open_read_only(live)) as source:
            copy_pages(source, part, lambda _done, _of: None)
        os.fsync(file.fileno())
        put_in_place(part, kept)


def _place_instead(prepared: Path, live: Path, kept: Path) -> None:
    """The log of the damaged database goes first: it would be taken for the new one's."""
    os.link(live, kept)
    for end in BESIDE[1:]:
        if Path(f"{live}{end}").exists():
            os.replace(f"{live}{end}", f"{kept}{end}")
    keep_names(live.parent)
    shutil.copymode(live, prepared)
    put_in_place(prepared, live)


def _match_pages(source: sqlite3.Connection, database: sqlite3.Connection, prepared: Path) -> None:
    """Pages go over as they are, so both must have them of one size."""
    (wanted,) = database.execute("PRAGMA page_size").fetchone()
    if source.execute("PRAGMA page_size").fetchone() != (wanted,):
        with closing(sqlite3.connect(prepared, isolation_level=None)) as made:
            made.execute(f"PRAGMA page_size = {wanted}")
            made.execute("VACUUM")


def _has_tables(file: sqlite3.Connection) -> bool:
    return bool(file.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
