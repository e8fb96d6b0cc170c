"""What this host has: settings, server key, disk, fonts, backups."""

from __future__ import annotations

import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from server import server_key
from server.backup import into_sqlite, last
from server.check.finding import Finding, fail, ok, warn
from server.database import db, is_sqlite
from server.said import said_duration, said_size
from server.settings import Settings
from server.summaries.typeset import PACKAGES, LibrariesMissing, libraries

LOCAL = ("localhost", "127.0.0.1", "::1")
LEAST_FREE = 200_000_000
"""Bytes without which a day's work may not fit."""

DAY_MS = 24 * 3_600_000
STALE_MS = 26 * 3_600_000
"""A daily backup that took somewhat longer is none that was missed."""
LOST_MS = 7 * DAY_MS

FAMILIES = {"Noto-Sans": "A", "Noto-Sans-CJK": "漢"}
"""Fonts that a paper needs, as PDF names them, with a letter that only they draw."""


def check_settings(settings: Settings) -> Finding:
    """Phones run offline apps, and make passkeys, only under HTTPS."""
    host = urlsplit(settings.origin).hostname
    if not settings.is_secure:
        if host in LOCAL:
            return warn("settings", f"ORIGIN is {settings.origin}: for trying out, not for phones.")
        return fail("settings", f"ORIGIN is {settings.origin}: phones need HTTPS.")
    if settings.trusted_proxies == 0:
        return warn(
            "settings",
            f"ORIGIN is {settings.origin} and TRUSTED_PROXIES is 0: behind a proxy everybody has"
            " its address.",
        )
    return ok("settings", f"Phones reach us under {settings.origin}.")


def check_server_key(settings: Settings) -> Finding:
    if settings.server_key is not None:
        return ok("server key", "From SERVER_KEY.")
    path = settings.home / server_key.FILE
    try:
        if not path.exists():
            return warn(
                "server key",
                f"There is no {path}: the first start makes it for a database that never had one.",
            )
        server_key.require()
    except server_key.NoServerKey as error:
        return fail("server key", str(error))
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return fail("server key", f"{path} can be read by others; chmod 600 it.")
    return ok("server key", f"From {path}. Keep a copy apart from the backups.")


def check_disk(settings: Settings) -> Iterator[Finding]:
    """Room for the day's work, and on SQLite for a restore: the backup twice, and its log."""
    folders = {"disk": settings.home}
    if is_sqlite(db.engine) and into_sqlite.database_file().parent != settings.home:
        folders["disk of the database"] = into_sqlite.database_file().parent
    for name, folder in folders.items():
        yield _disk(name, folder)
    for kept in sorted(settings.home.glob(f"{into_sqlite.KEPT}*")):
        size = said_size(kept.stat().st_size)
        yield warn(
            "disk", f"{kept} ({size}) was replaced by a restore; remove it when that is over."
        )


def _disk(name: str, folder: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as probe:
            probe.write(b"\0")
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return fail(name, f"{folder} cannot be written ({error.strerror}).")
    if free < LEAST_FREE:
        return fail(name, f"{folder} has {said_size(free)} left.")
    left, wanted = f"{folder} has {said_size(free)} left", _for_a_restore()
    if free < wanted:
        return warn(name, f"{left}; a restore takes {said_size(wanted)}.")
    return ok(name, f"{left}.")


def _for_a_restore() -> int:
    if not is_sqlite(db.engine) or not into_sqlite.database_file().exists():
        return LEAST_FREE
    return LEAST_FREE + 3 * into_sqlite.database_file().stat().st_size


def check_fonts() -> Finding:
    """Sets a page and looks at what it was set in."""
    needed = f"install {' '.join(PACKAGES)}"
    try:
        weasyprint, fetcher = libraries()
    except LibrariesMissing:
        return warn("fonts", f"No paper can be made: {needed}.")
    names = ", ".join(f"'{name.replace('-', ' ')}'" for name in ("Noto-Sans", "Noto-Sans-CJK-SC"))
    page = f"<p lang='en' style=\"font-family: {names}\">{''.join(FAMILIES.values())}</p>"
    pdf = weasyprint.HTML(string=page, url_fetcher=fetcher).write_pdf(uncompressed_pdf=True)
    used = {name.decode() for name in re.findall(rb"/BaseFont /\w+\+([\w-]+)", pdf)}
    missing = [name for name in FAMILIES if not any(each.startswith(name) for each in used)]
    if missing:
        return warn("fonts", f"{', '.join(missing)} is missing; papers lack letters: {needed}.")
    return ok("fonts", f"Papers are set in {', '.join(sorted(used))}.")


def check_backups(settings: Settings, now: int) -> Finding:
    try:
        found = last.remembered(settings.home)
    except ValueError as error:
        return fail("backup", f"{error}.")
    if found is None:
        return warn("backup", "`doorstep backup` has taken none from here yet.")
    age = now - found.made_at
    said = f"The last was taken {said_duration(age)} ago: {found.path}, {said_size(found.bytes)}."
    if age > LOST_MS:
        return fail("backup", said)
    return warn("backup", said) if age > STALE_MS else ok("backup", said)
